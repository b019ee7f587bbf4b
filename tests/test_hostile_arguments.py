"""Whatever is handed in, public doors answer with a result or with a named error."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import given, settings, strategies as st

from tradeshock.features import Panel, ReleaseRule, load_panel
from tradeshock.features.errors import ModelError, TradeshockError
from tradeshock.forecast import (
    Move,
    Shock,
    backtest,
    compare_scenarios,
    early_warning,
    judging,
    monthly_forecast,
    scenario,
)
from tradeshock.forecast.cli.main import main
from tradeshock.forecast.exposure import TariffHit, exposure
from tradeshock.forecast.hierarchy import coherent
from tradeshock.forecast.judging.scores import scores
from tradeshock.forecast.news import news
from tradeshock.forecast.plots import plot_historical_decomposition, plot_responses
from tradeshock.forecast.warning import leading_indicators
from tradeshock.models import (
    VAR,
    BayesianVAR,
    Combination,
    DynamicFactor,
    ForecastPaths,
    Model,
    RandomWalk,
    StructuralShocks,
    historical_decomposition,
    impulse_responses,
    local_projections,
    make_model,
    recursive_shocks,
    residual_tests,
    sign_restricted_shocks,
    variance_decomposition,
)
from tradeshock.models.conditions import Conditions

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-10, 10**12),
    st.floats(),
    st.text(max_size=8),
    st.binary(max_size=3),
    st.lists(st.floats(), max_size=9),
    st.dictionaries(st.text(max_size=3), st.floats(), max_size=2),
    st.sampled_from(
        [1j, pd.NaT, object(), np.ones((3, 2)), np.array(["a"]), pd.Series(dtype=float), "1,500"]
    ),
)

WEAK = Shock("weak", moves=(Move("usdkrw", to=0.1),))


@cache
def small() -> Panel:
    """Four series, since 2015, which is quick to fit."""
    panel = load_panel().select(["exports_total", "us_ip", "usdkrw", "brent"])
    return Panel(panel.values.iloc[-140:], panel.catalog, panel.calendar, panel.origin)


@cache
def parted() -> Panel:
    return load_panel().select(["exports_total", "exports_to_us"])


@cache
def fitted(model: type[Model]) -> Model:
    return model(n_draws=20).fit(small())


@cache
def shocks() -> StructuralShocks:
    return recursive_shocks(fitted(VAR), n_draws=10)


@cache
def paths() -> ForecastPaths:
    return fitted(RandomWalk).forecast(9)


@cache
def frame() -> pd.DataFrame:
    origins = small().origins("2024-01", "2024-12")
    return backtest([RandomWalk(n_draws=20)], small(), origins=origins, steps=2, n_jobs=1).frame


def series() -> pd.Series:
    return small().values["exports_total"]


RULE = ReleaseRule.after(days=40)
LOSS = np.arange(40.0) % 7
# Doors with one hostile argument each.
DOORS: dict[str, Callable[[Any], object]] = {
    "from_frame values": lambda x: Panel.from_frame(x, RULE),
    "from_frame release": lambda x: Panel.from_frame(series(), x),
    "from_frame calendar": lambda x: Panel.from_frame(series(), RULE, x),
    "from_frame unit": lambda x: Panel.from_frame(series(), RULE, unit=x),
    "from_frame transform": lambda x: Panel.from_frame(series(), RULE, transform=x),
    "from_frame holes": lambda x: Panel.from_frame(series(), RULE, holes=x),
    "release days": lambda x: ReleaseRule.after(days=x),
    "as_of": lambda x: small().as_of(x),
    "append": lambda x: small().append(x),
    "append seen": lambda x: small().append(series().tail(1), seen=x),
    "series": lambda x: small().series(x),
    "origins first": lambda x: small().origins(x, "2024-01"),
    "origins state": lambda x: small().origins("2024-01", "2024-02", state=x),
    "fit panel": lambda x: RandomWalk().fit(x),
    "fit target": lambda x: RandomWalk().fit(small(), x),
    "forecast steps": lambda x: fitted(RandomWalk).forecast(x),
    "forecast conditions": lambda x: fitted(VAR).forecast(3, x),
    "lags": lambda x: VAR(lags=x, n_draws=5).fit(small()),
    "overall": lambda x: BayesianVAR(overall=x, n_draws=5).fit(small()),
    "n_draws": lambda x: RandomWalk(n_draws=x if not isinstance(x, int) else -x).fit(small()),
    "members": lambda x: Combination(members=x).fit(small()),
    "make_model": make_model,
    "conditions": Conditions,
    "condition value": lambda x: Conditions({"usdkrw": {"2026-07": x}}),
    "condition month": lambda x: Conditions({"usdkrw": {str(x): 1500.0}}),
    "quantile": lambda x: paths().quantile(x),
    "interval": lambda x: paths().interval(x),
    "draws": lambda x: paths().draws(x),
    "total": lambda x: paths().total(x),
    "monthly panel": lambda x: monthly_forecast(x, steps=1) if x is not None else None,
    "monthly as_of": lambda x: monthly_forecast(small(), x, model="RandomWalk", steps=1),
    "monthly model": lambda x: (
        monthly_forecast(small(), model=x, steps=1) if isinstance(x, str) else None
    ),
    "monthly steps": lambda x: monthly_forecast(small(), model="RandomWalk", steps=x),
    "monthly target": lambda x: monthly_forecast(small(), model="RandomWalk", target=x),
    "warning panel": lambda x: early_warning(x, model="RandomWalk") if x is not None else None,
    "warning target": lambda x: early_warning(small(), x, "RandomWalk"),
    "warning threshold": lambda x: early_warning(small(), model="RandomWalk", threshold=x),
    "warning record": lambda x: early_warning(small(), model="RandomWalk", record=x),
    "warning reliability": lambda x: early_warning(small(), model="RandomWalk").reliability(x),
    "news model": lambda x: news(x, "2026-04-21") if x is not None else None,
    "news old": lambda x: news(RandomWalk(n_draws=20), x, panel=small(), steps=1),
    "news new": lambda x: news(RandomWalk(n_draws=20), "2026-01-21", x, panel=small(), steps=1),
    "news panel": lambda x: news(RandomWalk(n_draws=20), "2026-04-21", panel=x, steps=1),
    "news target": lambda x: news(RandomWalk(), "2026-04-21", panel=small(), target=x, steps=1),
    "news steps": lambda x: news(RandomWalk(n_draws=20), "2026-04-21", panel=small(), steps=x),
    "indicators": lambda x: leading_indicators(small(), "exports_total", x),
    "monthly threshold": lambda x: monthly_forecast(
        small(), model="RandomWalk", threshold=x
    ).to_json(),
    "monthly adjustments": lambda x: monthly_forecast(small(), model="RandomWalk", adjustments=x),
    "scenario shock": lambda x: scenario(small(), x, model="RandomWalk", steps=1),
    "scenario size": lambda x: scenario(small(), WEAK, model="RandomWalk", steps=1, size=x),
    "move to": lambda x: Move("usdkrw", to=x),
    "move path": lambda x: Move("usdkrw", path=x),
    "move over": lambda x: Move("usdkrw", to=0.1, over=x),
    "move like": lambda x: Move("usdkrw", like=x),
    "shock moves": lambda x: Shock("x", moves=x),
    "shock starts": lambda x: Shock("x", WEAK.moves, starts=x),
    "shock carrier": lambda x: Shock("x", WEAK.moves, carrier=x),
    "compare": lambda x: compare_scenarios(small(), x, WEAK, model="RandomWalk", steps=1),
    "backtest models": lambda x: backtest(x, small(), origins=["2024-01-01"], steps=1, n_jobs=1),
    "backtest origins": lambda x: (
        None if x is None else backtest("RandomWalk", small(), origins=x, steps=1, n_jobs=1)
    ),
    "backtest steps": lambda x: backtest(
        "RandomWalk", small(), origins=["2024-01-01"], steps=x, n_jobs=1
    ),
    "backtest actual": lambda x: backtest(
        "RandomWalk", small(), origins=["2024-01-01"], steps=1, n_jobs=1, actual=x
    ),
    "scores": scores,
    "scores by": lambda x: scores(frame(), by=x),
    "scores reference": lambda x: scores(frame(), reference=x),
    "diebold_mariano": lambda x: judging.diebold_mariano(LOSS, x),
    "diebold_mariano step": lambda x: judging.diebold_mariano(LOSS, LOSS[::-1], x),
    "clark_west": lambda x: judging.clark_west(x, LOSS),
    "giacomini_white": lambda x: judging.giacomini_white(LOSS, LOSS[::-1], instruments=x),
    "giacomini_rossi share": lambda x: judging.giacomini_rossi(LOSS, LOSS[::-1], share=x),
    "model_confidence_set": judging.model_confidence_set,
    "mincer_zarnowitz": lambda x: judging.mincer_zarnowitz(LOSS, x),
    "coverage_binomial": lambda x: judging.coverage_binomial(x, 0.8),
    "coverage level": lambda x: judging.coverage_binomial(LOSS > 3, x),
    "coverage_hac": lambda x: judging.coverage_hac(x, 0.8),
    "pinball": lambda x: judging.pinball(LOSS, x, 0.5),
    "pinball level": lambda x: judging.pinball(LOSS, LOSS, x),
    "structural model": lambda x: recursive_shocks(x),
    "structural order": lambda x: recursive_shocks(fitted(VAR), x, n_draws=2),
    "structural draws": lambda x: recursive_shocks(fitted(VAR), n_draws=x),
    "structural seed": lambda x: recursive_shocks(fitted(VAR), n_draws=2, random_state=x),
    "signs": lambda x: sign_restricted_shocks(fitted(VAR), x, n_draws=2, max_rotations=400),
    "sign": lambda x: sign_restricted_shocks(
        fitted(VAR), {"a": {"us_ip": x}}, n_draws=2, max_rotations=400
    ),
    "last step of a sign": lambda x: sign_restricted_shocks(
        fitted(VAR), {"a": {"us_ip": ("+", x)}}, n_draws=2, max_rotations=400
    ),
    "responses": lambda x: impulse_responses(x, 3),
    "responses steps": lambda x: impulse_responses(shocks(), x),
    "responses coverage": lambda x: impulse_responses(shocks(), 3, coverage=x),
    "responses growth": lambda x: impulse_responses(shocks(), 3, growth=x),
    "shares steps": lambda x: variance_decomposition(shocks(), x),
    "history": historical_decomposition,
    "history series": lambda x: historical_decomposition(shocks()).table(x),
    "history change": lambda x: historical_decomposition(shocks()).table("us_ip", x),
    "projections shock": lambda x: local_projections(fitted(VAR), x, 3),
    "projections steps": lambda x: local_projections(fitted(VAR), "us_ip", x),
    "residual tests lags": lambda x: residual_tests(fitted(VAR), x),
    "pictures series": lambda x: plot_responses(impulse_responses(shocks(), 2), x, ["us_ip"]),
    "pictures first": lambda x: plot_historical_decomposition(
        historical_decomposition(shocks()), "us_ip", first=x
    ),
    "berkowitz": judging.berkowitz,
    "pit_moments": judging.pit_moments,
    "exposure panel": lambda x: exposure(x),
    "exposure by": lambda x: exposure(parted(), x),
    "exposure target": lambda x: exposure(parted(), ["exports_to_us"], x),
    "exposure months": lambda x: exposure(parted(), ["exports_to_us"], months=x),
    "tariff rate": lambda x: TariffHit("exports_to_us", x),
    "tariff share": lambda x: TariffHit("exports_to_us", 25.0, x, source="a study"),
    "tariff response": lambda x: TariffHit("exports_to_us", 25.0, response=x),
    "tariff hits": lambda x: exposure(parted(), ["exports_to_us"]).at_risk(x),
    "hierarchy nodes": lambda x: coherent(x, np.zeros((9, 9, 2))),
    "hierarchy errors": lambda x: coherent([paths(), replace(paths(), series=("us",))], x),
    "hierarchy groups": lambda x: coherent(
        [paths(), replace(paths(), series=("us",))], np.ones((9, 9, 2)), x
    ),
}


@pytest.mark.parametrize("door", DOORS)
@settings(max_examples=25, deadline=None)
@given(junk=JUNK)
def test_only_named_errors_come_out(door: str, junk: object) -> None:
    with warnings.catch_warnings(), contextlib.suppress(TradeshockError, OSError):
        warnings.simplefilter("ignore")
        DOORS[door](junk)


# -- series that leave nothing to learn from -----------------------------------------------------

MONTHS = pd.period_range("2008-01", "2019-12", freq="M")
WALK = np.exp(9.0 + np.cumsum(np.random.default_rng(0).normal(0.003, 0.05, len(MONTHS))))
STRANGE = {
    "constant": np.full(len(MONTHS), 7.0),
    "twice the target": 2.0 * WALK,
    "constant growth": np.exp(0.003 * np.arange(len(MONTHS))),
    "flat since 2013": np.r_[WALK[:60], np.full(len(MONTHS) - 60, WALK[60])],
}


@pytest.mark.parametrize("strange", STRANGE)
@pytest.mark.parametrize("model", [VAR, BayesianVAR, DynamicFactor])
def test_constant_and_collinear_series(model: type[Model], strange: str) -> None:
    figures = pd.DataFrame({"exports_total": WALK, "other": STRANGE[strange]}, MONTHS)
    panel = Panel.from_frame(figures, ReleaseRule.after(days=30))
    with contextlib.suppress(TradeshockError):
        drawn = model(series=["exports_total", "other"], n_draws=20).fit(panel).forecast(3)
        assert np.isfinite(drawn.values).all()


@pytest.mark.parametrize("strange", ["constant", "constant growth"])
@pytest.mark.parametrize("model", [VAR, BayesianVAR, DynamicFactor])
def test_what_never_moves_is_named(model: type[Model], strange: str) -> None:
    figures = pd.DataFrame({"exports_total": WALK, "other": STRANGE[strange]}, MONTHS)
    panel = Panel.from_frame(figures, ReleaseRule.after(days=30))
    with pytest.raises(TradeshockError, match="other constant in growth"):
        model(series=["exports_total", "other"], n_draws=20).fit(panel)


# -- tables with more than one name a row --------------------------------------------------------


def test_indexes_of_several_levels_are_refused() -> None:
    months = pd.period_range("2020-01", periods=3, freq="M")
    stacked = pd.DataFrame({"x": 1.0}, pd.MultiIndex.from_product([["KR", "US"], months]))
    with pytest.raises(TradeshockError, match="the index has 2 levels"):
        Panel.from_frame(stacked, RULE)
    wide = pd.DataFrame(1.0, months, pd.MultiIndex.from_tuples([("KR", "x"), ("US", "x")]))
    with pytest.raises(TradeshockError, match="the columns have 2 levels"):
        Panel.from_frame(wide, RULE)


# -- the command line ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options",
    [
        ["--threshold", "nan"],
        ["--threshold", "inf"],
        ["--as-of", "2026"],
        ["--adjust", "2026-06=1,200"],
        ["--assume", "usdkrw:2026-07=1,500"],
        ["--assume", "usdkrw"],
        ["--target", ""],
        ["--model", ":"],
        ["--add", "."],
    ],
)
def test_one_sentence_on_the_command_line(options: list[str]) -> None:
    run = CliRunner().invoke(main, ["forecast", "--steps", "1", *options])
    assert run.exit_code == 2
    assert "Traceback" not in run.output
    assert "tradeshock --debug shows where" not in run.output


@pytest.mark.parametrize("system", [VAR, BayesianVAR, DynamicFactor])
def test_levels_that_cannot_be_squared_are_refused_by_name(system: type[Model]) -> None:
    panel, ids = load_panel(), ["exports_total", "us_ip", "usdkrw", "brent"]
    entry = replace(panel.catalog["exports_total"], transform="level")
    huge = panel.select(ids).with_series(panel.series("exports_total") * 1e204, entry)
    with pytest.raises(ModelError, match=r"got exports_total with levels of up to .*e\+20"):
        system(series=ids).fit(huge)


def test_a_closed_pipe_ends_quietly(monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr("sys.stdout", Closed())
    with pytest.raises((SystemExit, BrokenPipeError)) as ended:
        main(["models"])
    assert getattr(ended.value, "code", 1) != 0
