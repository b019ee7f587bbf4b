"""Series that repeat each other: refused by name, or done without where a prior can."""

import numpy as np
import pandas as pd
import pytest

from tradeshock.features import Panel, ReleaseRule
from tradeshock.features.errors import ModelError
from tradeshock.models import VAR, BayesianVAR, DynamicFactor, Model, local_projections

ORIGINS = [pd.Timestamp(f"{year}-07-05") for year in (2012, 2014, 2016, 2018)]
OWN = ["x", "won"]


@pytest.fixture(scope="module")
def own(panel: Panel) -> pd.DataFrame:
    """Return two real series under own names, and a third."""
    names = {"exports_total": "x", "usdkrw": "won", "usdjpy": "yen"}
    return panel.values.loc["2004-01":"2026-04", list(names)].rename(columns=names)


def panel_with(own: pd.DataFrame, pound: pd.Series) -> Panel:
    return Panel.from_frame(own.assign(pound=pound), ReleaseRule(day=1), "KR")


def repeats(own: pd.DataFrame, how: str) -> pd.Series:
    return {
        "twice": 2.0 * own.won,
        "square": own.won**2,
        "product": own.won * own.yen,
        "target": own.x,
        "late": own.won.shift(1).bfill(),
    }[how]


@pytest.mark.parametrize("settings", [{"lags": 2}, {}, {"lags": 1, "window": 90}])
@pytest.mark.parametrize("innovations", ["bootstrap", "gaussian"])
@pytest.mark.parametrize(
    ("how", "source"),
    [("twice", "won"), ("square", "won"), ("product", "won and yen"), ("target", "x")],
)
def test_least_squares_names_what_repeats_what(
    own: pd.DataFrame, how: str, source: str, innovations: str, settings: dict[str, int]
) -> None:
    model = VAR([*own, "pound"], innovations=innovations, n_draws=20, **settings)  # type: ignore[arg-type]
    panel = panel_with(own, repeats(own, how))
    said = f"got pound, which repeats {source}: its growth follows .* leave one of them out"
    with pytest.raises(ModelError, match=said):
        model.fit(panel, "x")
    with pytest.raises(ModelError, match=said):
        list(model.replay(panel, "x", ORIGINS, 3))
    with pytest.raises(ModelError, match=said):
        model.replay_points(panel, "x", ORIGINS, 3)


def test_least_squares_refuses_what_repeats_earlier_months(own: pd.DataFrame) -> None:
    panel = panel_with(own, repeats(own, "late"))
    model = VAR(["x", "won", "pound"], lags=2, innovations="gaussian", n_draws=20)
    for ask in (
        lambda: model.fit(panel, "x"),
        lambda: list(model.replay(panel, "x", ORIGINS, 3)),
    ):
        with pytest.raises(ModelError, match="got pound, which repeats earlier months"):
            ask()


def test_origins_after_a_peg_was_left_are_forecast(own: pd.DataFrame) -> None:
    """What repeats another series at the first origins alone is no reason at the later ones."""
    index = own.index
    # In the yen's size, so that leaving the peg is no jump.
    scale = own.yen["2015-01"] / own.won["2014-12"]
    panel = panel_with(own, (scale * own.won).where(index < pd.Period("2015-01", "M"), own.yen))
    model = VAR(["x", "won", "pound"], lags=1, n_draws=20)
    paths = list(model.replay(panel, "x", ORIGINS[2:], 3))
    alone = list(Model.replay(model, panel, "x", ORIGINS[2:], 3))
    for one, other in zip(paths, alone, strict=True):
        np.testing.assert_allclose(one.mean(), other.mean(), rtol=1e-10)
    with pytest.raises(ModelError, match="got pound, which repeats won"):
        list(model.replay(panel, "x", ORIGINS, 3))


@pytest.mark.parametrize("how", ["twice", "square", "target"])
def test_a_prior_does_without(own: pd.DataFrame, how: str) -> None:
    """What is no news moves the forecast little."""
    panel = panel_with(own, repeats(own, how))
    two, three = (BayesianVAR(s, n_draws=400) for s in (OWN, [*OWN, "pound"]))
    one, other = (model.fit(panel, "x").forecast(6).mean() for model in (two, three))
    np.testing.assert_allclose(other, one, rtol=0.02)
    assert len(list(three.replay(panel, "x", ORIGINS, 3))) == len(ORIGINS)


def test_a_twin_is_no_second_witness_of_how_large_a_month_was(own: pd.DataFrame) -> None:
    panel = panel_with(own, repeats(own, "twice"))
    two, three = (BayesianVAR(s, n_draws=20).fit(panel, "x") for s in (OWN, [*OWN, "pound"]))
    np.testing.assert_allclose(three.volatility_, two.volatility_, rtol=0.1)


def test_a_prior_and_factors_take_what_stands_still_but_once(own: pd.DataFrame) -> None:
    """The median movement is zero, yet the series is not constant."""
    step = pd.Series(np.where(own.index < pd.Period("2010-01", "M"), 1100.0, 1000.0), own.index)
    panel = panel_with(own, step)
    flat = BayesianVAR(OWN, n_draws=400).fit(panel, "x").forecast(6).mean()
    model = BayesianVAR([*OWN, "pound"], n_draws=400).fit(panel, "x")
    np.testing.assert_allclose(model.forecast(6).mean(), flat, rtol=0.03)
    assert np.isfinite(model.volatility_).all()
    factor = DynamicFactor([*OWN, "pound"], maxiter=20, n_draws=20)
    assert np.isfinite(factor.fit(panel, "x").forecast(3).mean()).all(axis=None)


def test_local_projections_are_least_squares_too(own: pd.DataFrame) -> None:
    model = BayesianVAR([*OWN, "pound"], n_draws=20)
    model.fit(panel_with(own, repeats(own, "twice")), "x")
    with pytest.raises(ModelError, match=r"got pound, which repeats won: .* one of them out$"):
        local_projections(model, "won", 6)
