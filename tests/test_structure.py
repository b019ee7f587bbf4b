"""Structural tools: against statsmodels, closed forms, and what must hold whatever the figures."""

import dataclasses
import math
import warnings
from itertools import permutations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st
from statsmodels.datasets import macrodata
from statsmodels.stats.diagnostic import acorr_ljungbox, het_arch
from statsmodels.tsa.api import VAR as StatsmodelsVAR, LocalProjections

from tradeshock.features import Panel, ReleaseRule
from tradeshock.features.errors import ModelError
from tradeshock.forecast.plots import (
    plot_historical_decomposition,
    plot_responses,
    plot_variance_decomposition,
)
from tradeshock.models import (
    VAR,
    BayesianVAR,
    RandomWalk,
    generalised_shocks,
    granger_causality,
    historical_decomposition,
    impulse_responses,
    local_projections,
    recursive_shocks,
    residual_tests,
    sign_restricted_shocks,
    var_summary,
    variance_decomposition,
)

NAMES = ("exports_total", "us_ip", "usdkrw", "brent")
# What moves Korea's exports, as in docs/structural-analysis.md.
SIGNS = {
    "demand": {"us_ip": "+", "brent": "+", "copper": "+", "exports_total": "+"},
    "supply": {"gscpi": "+", "brent": "+", "exports_total": "-"},
    "won": {"usdkrw": "+", "copper": "-", "us_ip": "-"},
    "chips": {"us_semiconductor_ip": "+", "exports_total": "+", "brent": "-"},
}


@pytest.fixture(scope="module")
def plain(panel: Panel) -> VAR:
    """Return a system of raw growth, so that statsmodels can be given the same figures."""
    return VAR(NAMES, lags=3, calendar=False).fit(panel)


@pytest.fixture(scope="module")
def reference(panel: Panel):
    growth = np.log(panel.values[list(NAMES)]).dropna().diff().dropna()
    return StatsmodelsVAR(growth).fit(3, trend="c")


@pytest.fixture(scope="module")
def seasonal(panel: Panel) -> VAR:
    return VAR().fit(panel)


@pytest.fixture(scope="module")
def seven(panel: Panel) -> BayesianVAR:
    others = ["us_ip", "usdkrw", "brent", "copper", "us_semiconductor_ip", "gscpi"]
    return BayesianVAR(others).fit(panel)


@pytest.fixture(scope="module")
def signed(seven: BayesianVAR):
    return sign_restricted_shocks(seven, SIGNS)


def array(frame: pd.DataFrame, column: str) -> np.ndarray:
    """Tidy frame as an array of shape (steps, series, shocks), names in their order in it."""
    shocks, series = frame["shock"].unique(), frame["series"].unique()
    values = frame[column].to_numpy().reshape(len(shocks), len(series), -1)
    return values.transpose(2, 1, 0)


# -- responses ------------------------------------------------------------------------------------


def test_responses_equal_statsmodels(plain, reference):
    shocks = recursive_shocks(plain, NAMES, n_draws=10)
    theirs = reference.irf(18)
    growth = impulse_responses(shocks, 18, growth=True).table()
    np.testing.assert_allclose(array(growth, "response"), theirs.orth_irfs, rtol=0, atol=1e-10)
    levels = impulse_responses(shocks, 18).table()
    ours = array(levels, "response")
    np.testing.assert_allclose(ours, theirs.orth_cum_effects, rtol=0, atol=1e-10)


# R's package vars on growth of US real GDP, consumption and investment, two lags: responses at
# steps 0 to 2 to each shock, as they stand in statsmodels' own tests (vars_results.npz).
R_RESPONSES = {
    "realgdp": [
        [0.0075573572, 0.0039484034, 0.0297243416],
        [0.0015408727, 0.0010664916, 0.0092357549],
        [0.0015874964, 0.0010551761, 0.0061025142],
    ],
    "realcons": [
        [0.0, 0.005219257, -0.0159355939],
        [0.002993709, 0.000991937, 0.0194455065],
        [0.0021116319, 0.0013051321, 0.0090167469],
    ],
    "realinv": [
        [0.0, 0.0, 0.0207419927],
        [0.0006890376, 0.0005338725, 0.0046768828],
        [0.0001713446, 0.0006820849, -0.0005205836],
    ],
}


def test_responses_equal_those_of_r():
    figures = macrodata.load_pandas().data[list(R_RESPONSES)]
    # Quarters stand for months: without a calendar a system does not know the difference.
    months = pd.period_range("2000-01", periods=len(figures), freq="M")
    panel = Panel.from_frame(figures.set_index(months), ReleaseRule.after(days=30))
    model = VAR(list(R_RESPONSES), lags=2, calendar=False).fit(panel, "realgdp")
    shocks = recursive_shocks(model, list(R_RESPONSES), n_draws=2)
    made = impulse_responses(shocks, 2, growth=True).values
    np.testing.assert_allclose(made, list(R_RESPONSES.values()), rtol=0, atol=1e-9)


@pytest.mark.parametrize("order", list(permutations(NAMES[:3])))
def test_an_order_is_that_of_columns_in_statsmodels(panel, order):
    model = VAR(NAMES[:3], lags=1, calendar=False).fit(panel)
    growth = np.log(panel.values[list(order)]).dropna().diff().dropna()
    theirs = StatsmodelsVAR(growth).fit(1, trend="c").irf(6).orth_irfs
    made = impulse_responses(recursive_shocks(model, order, n_draws=2), 6, growth=True)
    assert made.shocks == order
    places = [made.series.index(id) for id in order]
    ours = array(made.table(), "response")[:, places]
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10)


def test_one_lag_has_a_closed_form(panel):
    model = VAR(NAMES, lags=1, calendar=False).fit(panel)
    impact = np.linalg.cholesky(model.sigma_u_)
    far = impulse_responses(recursive_shocks(model, NAMES, n_draws=2), 240).values
    # All growth to come: (I - A)^-1 times the impact (Lütkepohl 2005, eq. 2.3.34).
    total = np.linalg.solve(np.eye(4) - model.coefs_[0], impact)
    np.testing.assert_allclose(far[:, -1].T, total, rtol=1e-9)
    fifth = np.linalg.matrix_power(model.coefs_[0], 5) @ impact
    np.testing.assert_allclose((far[:, 5] - far[:, 4]).T, fifth, rtol=0, atol=1e-13)


def test_targets_come_last_unless_said_otherwise(seasonal):
    shocks = recursive_shocks(seasonal, n_draws=40)
    assert shocks.names == (*seasonal.series_[1:], "exports_total")
    at_once = shocks.responses(1)[:, :, 0]
    ours = [seasonal.series_.index(id) for id in shocks.names]
    # Shocks by series, both in the order: nothing before a shock's own series moves.
    below = np.tril(np.ones((7, 7), dtype=bool), -1)
    assert (at_once[:, :, ours][:, below] == 0.0).all()
    assert (np.diagonal(at_once[:, :, ours], axis1=1, axis2=2) > 0.0).all()


def test_generalised_responses_are_those_of_each_series_put_first(plain):
    together = impulse_responses(generalised_shocks(plain, n_draws=2), 12).values
    for place, id in enumerate(NAMES):
        order = (id, *(other for other in NAMES if other != id))
        first = impulse_responses(recursive_shocks(plain, order, n_draws=2), 12).values[0]
        np.testing.assert_allclose(together[place], first, rtol=0, atol=1e-12)


def test_a_system_of_levels_answers_in_levels(seven):
    shocks = recursive_shocks(seven, n_draws=20)
    levels, growth = shocks.responses(12), shocks.responses(12, growth=True)
    np.testing.assert_allclose(np.cumsum(growth, axis=2), levels, rtol=0, atol=1e-14)
    # By hand: z_h = A_1 z_{h-1} + A_2 z_{h-2} + A_3 z_{h-3}.
    coefs = shocks.parameters.coefs[7]
    path = [np.zeros(7), np.zeros(7), shocks.impacts[7, :, 2]]
    for _ in range(12):
        path.append(sum(a @ z for a, z in zip(coefs, path[:-4:-1], strict=True)))
    np.testing.assert_allclose(levels[7, 2], path[2:], rtol=0, atol=1e-14)


def test_bands_are_as_wide_as_the_errors_of_least_squares(plain, reference):
    shocks = recursive_shocks(plain, NAMES, n_draws=4000)
    spread = shocks.parameters.coefs.std(axis=0)
    errors = np.asarray(reference.stderr_endog_lagged).reshape(3, 4, 4).transpose(0, 2, 1)
    np.testing.assert_allclose(spread, errors, rtol=0.08)
    theirs = reference.irf(8).stderr(orth=True)
    made = impulse_responses(shocks, 8, growth=True)
    ours = ((made.high - made.low) / 2.0).transpose(1, 2, 0)
    # Asymptotic against drawn: equal but for small samples.
    ratio = ours[theirs > 1e-12] / theirs[theirs > 1e-12]
    assert 0.9 < np.median(ratio) < 1.1


def test_more_coverage_is_wider(seasonal):
    shocks = recursive_shocks(seasonal, n_draws=100)
    narrow, wide = (impulse_responses(shocks, 6, coverage=c) for c in (0.5, 0.9))
    assert (wide.low <= narrow.low).all()
    assert (wide.high >= narrow.high).all()
    inside = (narrow.low < narrow.high).mean()
    assert inside > 0.9


def test_the_law_of_a_bayesian_var_is_its_posterior(seven):
    shocks = recursive_shocks(seven, n_draws=4000)
    assert shocks.estimate.point.covariance[0] == pytest.approx(seven.covariance_)
    mean = shocks.parameters.coefs.mean(axis=0)
    np.testing.assert_allclose(mean, seven.coefs_, rtol=0, atol=1e-9)  # antithetic pairs
    np.testing.assert_allclose(
        shocks.parameters.covariance.mean(axis=0), seven.covariance_, rtol=0.1, atol=2e-5
    )


@settings(max_examples=8)
@given(st.floats(1e-3, 1e3), st.permutations(range(3)))
def test_units_and_the_order_of_columns_do_not_count(factor, columns):
    months = pd.period_range("2008-01", "2019-12", freq="M")
    rng = np.random.default_rng(5)
    logs = 9.0 + np.cumsum(rng.normal(0.002, 0.03, (len(months), 3)), axis=0)
    names = [("a", "b", "c")[i] for i in columns]
    frame = pd.DataFrame(np.exp(logs), months, ["a", "b", "c"])
    rule = ReleaseRule.after(days=30)
    one = VAR(["a", "b", "c"], lags=2, calendar=False).fit(Panel.from_frame(frame, rule), "a")
    frame["b"] *= factor
    other = VAR(names, lags=2, calendar=False).fit(Panel.from_frame(frame, rule), "a")
    order = ["c", "a", "b"]
    made = [impulse_responses(recursive_shocks(m, order, n_draws=2), 9) for m in (one, other)]
    tables = [m.table().set_index(["shock", "series", "step"])["response"] for m in made]
    np.testing.assert_allclose(tables[1].reindex(tables[0].index), tables[0], rtol=0, atol=1e-9)
    split = [historical_decomposition(recursive_shocks(m, order, n_draws=2)) for m in (one, other)]
    rows = [h.table("a")[["c", "a", "b"]] for h in split]
    np.testing.assert_allclose(rows[0], rows[1], rtol=0, atol=1e-9)


# -- decompositions -------------------------------------------------------------------------------


def test_shares_equal_statsmodels(plain, reference):
    shocks = recursive_shocks(plain, NAMES, n_draws=10)
    made = variance_decomposition(shocks, 12, growth=True)
    theirs = reference.fevd(12).decomp  # series, steps, shocks
    ours = array(made.table(), "share").transpose(1, 0, 2)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-10)


@pytest.mark.parametrize("growth", [False, True])
def test_shares_add_up(seven, signed, growth):
    for shocks in (recursive_shocks(seven, n_draws=50), signed):
        made = variance_decomposition(shocks, 13, growth=growth)
        np.testing.assert_allclose(made.shares.sum(axis=0), 1.0, rtol=0, atol=1e-10)
        assert (made.shares > -1e-12).all()
    assert made.shocks[-1] == "other shocks"
    assert ((made.low > -1e-12) & (made.high < 1.0)).all()


def test_generalised_shares_have_their_closed_form(plain):
    made = variance_decomposition(generalised_shocks(plain, n_draws=2), 1, growth=True)
    s = plain.sigma_u_
    expected = s**2 / np.outer(np.diag(s), np.diag(s))  # squared correlations at step 1
    np.testing.assert_allclose(made.shares[:, 0].T, expected, rtol=0, atol=1e-12)
    assert (made.shares.sum(axis=0) > 1.0).all()


@pytest.mark.parametrize("name", ["plain", "seasonal", "seven", "signed"])
def test_history_adds_up(name, request):
    history = historical_decomposition(request.getfixturevalue(name))
    away = history.contributions.sum(axis=0) - history.levels
    assert np.abs(away).max() < 1e-10
    id = "exports_total"
    for change in (None, 12):
        table = history.table(id, change)
        np.testing.assert_allclose(
            table.drop(columns="total").sum(axis=1), table["total"], rtol=0, atol=1e-10
        )


@pytest.mark.parametrize("lags", [1, 3, 6])
@pytest.mark.parametrize("window", [None, 120])
def test_history_is_that_of_the_published_figures(panel, lags, window):
    model = VAR(NAMES, lags=lags, window=window, calendar=False).fit(panel)
    history = historical_decomposition(model)
    figures = np.log(panel.values.loc[history.months, list(NAMES)].to_numpy())
    np.testing.assert_allclose(history.levels, figures, rtol=0, atol=1e-10)
    if window:
        assert len(history.months) == window - lags


def test_a_contribution_is_past_shocks_times_responses(plain):
    shocks = recursive_shocks(plain, NAMES, n_draws=2)
    history = historical_decomposition(shocks)
    steps = 200
    answers = impulse_responses(shocks, steps).values
    months = len(history.months)
    hit = history.shocks["usdkrw"].to_numpy()[months - steps - 1 :]
    recent = hit[::-1] @ answers[2, :, 0]
    # Growth before those months is long over: what it did to the level is the long-run response.
    older = history.shocks["usdkrw"].to_numpy()[: months - steps - 1].sum() * answers[2, -1, 0]
    assert history.table("exports_total")["usdkrw"].iloc[-1] == pytest.approx(recent + older)


def test_shocks_have_unit_variance_and_are_uncorrelated(plain):
    hit = historical_decomposition(plain).shocks
    rows, columns = len(hit), 1 + 4 * 3
    crossed = hit.T @ hit / (rows - columns)
    np.testing.assert_allclose(crossed, np.eye(4), rtol=0, atol=1e-10)


def test_shocks_of_a_bayesian_var_are_in_the_size_of_their_month(seven):
    shocks = recursive_shocks(seven, seven.series_, n_draws=2)
    hit = historical_decomposition(shocks).shocks
    coefs, z = seven.coefs_, seven.levels_.complete - seven.centre_
    fitted = sum(z[-1 - lag - 1] @ a.T for lag, a in enumerate(coefs)) + seven.posterior_.mean[0]
    expected = np.linalg.solve(np.linalg.cholesky(seven.covariance_), z[-1] - fitted)
    np.testing.assert_allclose(hit.iloc[-1], expected / seven.volatility_.iloc[-1], atol=1e-10)


# -- sign restrictions ----------------------------------------------------------------------------


@pytest.mark.parametrize("until", [0, 2])
def test_every_kept_rotation_has_all_signs(seven, until):
    asked = {k: {id: (s, until) for id, s in own.items()} for k, own in SIGNS.items()}
    shocks = sign_restricted_shocks(seven, asked)
    assert 200 <= shocks.accepted == len(shocks.impacts) < shocks.tried
    assert 150 < shocks.parameter_draws <= shocks.accepted
    made = shocks.responses(until + 1)
    for place, own in enumerate(asked.values()):
        for id, (sign, _) in own.items():
            answers = made[:, place, : until + 1, seven.series_.index(id)]
            assert ((answers > 0.0) if sign == "+" else (answers < 0.0)).all()


def test_kept_shocks_are_orthogonal_and_of_unit_size(signed):
    inverse = np.linalg.inv(signed.parameters.covariance)
    metric = signed.impacts.swapaxes(1, 2) @ inverse @ signed.impacts
    np.testing.assert_allclose(metric, np.broadcast_to(np.eye(4), metric.shape), atol=1e-9)


def test_signs_of_growth_systems_are_those_of_levels(seasonal):
    shocks = sign_restricted_shocks(
        seasonal, {"world": {"exports_total": ("+", 3), "us_ip": ("+", 3)}}, n_draws=50
    )
    made = shocks.responses(3)[:, 0]
    wanted = [seasonal.series_.index(id) for id in ("exports_total", "us_ip")]
    assert (made[:, :, wanted] > 0.0).all()
    # A level may fall back as long as it stays above where it was.
    assert (np.diff(made[:, :, wanted], axis=1) < 0.0).any()


def test_acceptance_of_two_signs_has_a_closed_form(panel):
    model = VAR(NAMES[:2], lags=1, calendar=False).fit(panel)
    shocks = sign_restricted_shocks(
        model, {"both": {"exports_total": "+", "us_ip": "+"}}, n_draws=5000
    )
    s = model.sigma_u_
    # A direction drawn uniformly on the circle moves both series the same way.
    correlation = s[0, 1] / math.sqrt(s[0, 0] * s[1, 1])
    share = 1.0 - math.acos(correlation) / math.pi
    assert shocks.accepted / shocks.tried == pytest.approx(share, abs=0.03)
    # The response of exports is its standard deviation times the cosine of a uniform angle.
    cosine = shocks.impacts[:, 0, 0] / np.sqrt(shocks.parameters.covariance[:, 0, 0])
    angles = np.sort(np.arccos(cosine))
    # Accepted angles: from asin(correlation) below zero to a right angle, folded at zero.
    lean = math.asin(correlation)
    below = np.minimum(angles, lean) + angles
    expected = below / (lean + math.pi / 2.0)
    np.testing.assert_allclose(expected, np.linspace(0.0, 1.0, len(angles)), atol=0.05)


def test_the_same_seed_gives_the_same_rotations(seven):
    one, other = (sign_restricted_shocks(seven, SIGNS, n_draws=10) for _ in range(2))
    assert (one.impacts == other.impacts).all()
    different = sign_restricted_shocks(seven, SIGNS, n_draws=10, random_state=1)
    assert not np.array_equal(one.impacts[:2], different.impacts[:2])


def test_none_found_says_what_stands_in_the_way():
    months = pd.period_range("2005-01", "2019-12", freq="M")
    rng = np.random.default_rng(0)
    walk = np.cumsum(rng.normal(0.0, 0.05, len(months)))
    frame = pd.DataFrame({"a": np.exp(walk), "b": np.exp(rng.normal(0, 0.05, len(months)))}, months)
    # Always the same way as `a`.
    frame["twin"] = np.exp(walk + rng.normal(0.0, 1e-7, len(months)))
    model = VAR(["a", "b", "twin"], lags=1, calendar=False)
    model.fit(Panel.from_frame(frame, ReleaseRule.after(days=30)), "a")
    asked = {"fine": {"b": "+"}, "odd": {"a": "+", "b": "-", "twin": "-"}}
    with pytest.raises(
        ModelError, match=r"none of .* rotations .* under shock odd fails most"
    ) as e:
        sign_restricted_shocks(model, asked, max_rotations=5000)
    assert "shock odd is met least, in 0.00%" in str(e.value)
    assert "drop or shorten restrictions" in str(e.value)


def test_restrictions_are_reported(signed):
    table = signed.restrictions
    assert list(table) == ["shock", "series", "sign", "step", "failed", "shock_met"]
    assert len(table) == sum(map(len, SIGNS.values()))
    assert table[["failed", "shock_met"]].gt(0.0).all(axis=None)
    assert table[["failed", "shock_met"]].lt(1.0).all(axis=None)
    assert f"accepted {signed.accepted:,} of {signed.tried:,} rotations, 1 in" in repr(signed)


@pytest.mark.parametrize(
    ("signs", "message"),
    [
        ({}, "expected a mapping such as"),
        ("demand", "expected a mapping such as"),
        ({"a": {}}, "for shock a, expected signs of series"),
        ({"a": {"tea": "+"}}, "sign for 'tea', which is not in the system; it has exports_total"),
        ({"a": {"us_ip": 1}}, "got 1 for us_ip under shock a, expected '\\+' or '-'"),
        ({"a": {"us_ip": ("+", -1)}}, "last step of us_ip under shock a=-1, expected a whole"),
        ({"": {"us_ip": "+"}}, "name of a shock"),
        ({str(i): {"us_ip": "+"} for i in range(5)}, "got 5 shocks for 4 series"),
        ({"a": {"us_ip": "+"}, "b": {"us_ip": "-"}}, "shocks a and b have the same signs"),
    ],
)
def test_signs_without_sense_are_named(plain, signs, message):
    with pytest.raises(ModelError, match=message):
        sign_restricted_shocks(plain, signs)


# -- local projections ----------------------------------------------------------------------------


@pytest.mark.parametrize("shock", ["exports_total", "usdkrw"])
def test_projections_of_growth_equal_statsmodels(plain, panel, shock):
    growth = np.log(panel.values[list(NAMES)]).dropna().diff().dropna()
    place = NAMES.index(shock)
    before = growth.to_numpy()[:, :place] if place else None
    theirs = LocalProjections(growth, shock_idx=place, lags=3, horizons=8, exog=before).fit()
    made = local_projections(plain, shock, 8, order=NAMES)
    size = np.linalg.cholesky(plain.sigma_u_)[place, place]
    expected = size * np.cumsum(theirs.irfs[:, :, 0], axis=0)
    np.testing.assert_allclose(made.values[0], expected, rtol=0, atol=1e-10)


def test_projections_of_levels_equal_statsmodels(seven):
    levels = seven.levels_.complete
    theirs = LocalProjections(levels, shock_idx=1, lags=3, horizons=8).fit()
    order = ("us_ip", *(id for id in seven.series_ if id != "us_ip"))
    made = local_projections(seven, "us_ip", 8, order=order, coverage=0.9)
    size = math.sqrt(seven.covariance_[1, 1])
    np.testing.assert_allclose(made.values[0], size * theirs.irfs[:, :, 0], rtol=0, atol=1e-9)
    low, high = np.moveaxis(theirs.conf_int(alpha=0.1)[:, :, 0], -1, 0)
    np.testing.assert_allclose(made.low[0], size * low, rtol=0, atol=1e-8)
    np.testing.assert_allclose(made.high[0], size * high, rtol=0, atol=1e-8)


def test_projections_agree_with_the_system_at_once(seasonal, plain):
    for model in (seasonal, plain):
        made = local_projections(model, "us_ip", 3)
        whole = impulse_responses(recursive_shocks(model), 3)
        ours = whole.values[whole.shocks.index("us_ip")]
        # The months of the last steps are missing, and calendar effects are taken out beforehand.
        place = model.series_.index("us_ip")
        np.testing.assert_allclose(made.values[0, 0, place], ours[0, place], rtol=0.1)


# -- tests and summary ----------------------------------------------------------------------------


def test_causality_equals_statsmodels(plain, reference):
    table = granger_causality(plain).set_index(["caused", "causing"])
    assert len(table) == 4 * 4
    pair = reference.test_causality("exports_total", "brent", kind="f")
    row = table.loc[("exports_total", "brent")]
    assert row["statistic"] == pytest.approx(pair.test_statistic, rel=1e-8)
    assert row["p_value"] == pytest.approx(pair.pvalue, rel=1e-6)
    every = reference.test_causality("us_ip", [NAMES[0], *NAMES[2:]], kind="f")
    row = table.loc[("us_ip", "all others")]
    assert (row["statistic"], row["df_num"]) == (pytest.approx(every.test_statistic), 9)


def test_residual_tests_equal_statsmodels(plain, reference):
    table = residual_tests(plain, 12).set_index(["test", "series"])
    white, normal = reference.test_whiteness(12, adjusted=True), reference.test_normality()
    residuals = reference.resid["usdkrw"].to_numpy()
    box = acorr_ljungbox(residuals, [12]).iloc[0]
    arch = het_arch(residuals, nlags=12, result_object=False)
    expected = {
        ("portmanteau", "system"): (white.test_statistic, white.pvalue),
        ("normality", "system"): (normal.test_statistic, normal.pvalue),
        ("autocorrelation", "usdkrw"): (box["lb_stat"], box["lb_pvalue"]),
        ("arch", "usdkrw"): arch[:2],
    }
    for row, (statistic, p_value) in expected.items():
        assert table.loc[row, "statistic"] == pytest.approx(statistic, rel=1e-6)
        assert table.loc[row, "p_value"] == pytest.approx(p_value, rel=1e-5, abs=1e-12)


def test_volatility_is_taken_out_of_the_residuals_of_a_bayesian_var(seven):
    table = residual_tests(seven)
    assert set(table["test"]) == {"autocorrelation", "arch", "normality"}
    shocks = recursive_shocks(seven, n_draws=2)
    raw = shocks.estimate.innovations(shocks.estimate.point)[0, :, 0]
    own = table.set_index(["test", "series"])["statistic"]
    divided = raw / seven.volatility_.to_numpy()
    assert own["autocorrelation", "exports_total"] == pytest.approx(
        acorr_ljungbox(divided, [12])["lb_stat"].iloc[0]
    )


def test_a_summary_reads_as_in_statsmodels(plain, reference, seasonal):
    ours, theirs = str(var_summary(plain)), str(reference.summary())
    clock = ("Date", "Time")
    rows = [[r for r in t.splitlines() if not r.startswith(clock)] for t in (ours, theirs)]
    assert rows[0] == rows[1]
    assert "exog0" in str(var_summary(seasonal))


def test_statistics_of_coefficients_that_were_held_are_refused(panel):
    model = VAR(NAMES, lags=2).fit(panel.as_of("2015-05-15")).update(panel)
    for made in (granger_causality, var_summary, residual_tests):
        with pytest.raises(ModelError, match=r"VAR was updated with figures .* fit it again"):
            made(model)
    assert np.isfinite(impulse_responses(model, 3).values).all()


# -- doors ----------------------------------------------------------------------------------------


def test_the_wrong_model_is_named(seven):
    with pytest.raises(ModelError, match="got RandomWalk, expected a fitted VAR or BayesianVAR"):
        impulse_responses(RandomWalk())
    with pytest.raises(ModelError, match="this VAR is not fitted"):
        recursive_shocks(VAR())
    for made in (granger_causality, var_summary):
        with pytest.raises(ModelError, match="got BayesianVAR, expected a fitted VAR"):
            made(seven)


@pytest.mark.parametrize(
    ("order", "message"),
    [
        (["us_ip"], "the order lacks exports_total, usdkrw, brent; name each of"),
        ([*NAMES, "us_ip"], "the order repeats us_ip"),
        ([*NAMES[:3], "tea"], "the order lacks brent and has the unknown tea"),
        ("us_ip", "got order='us_ip', expected names in a list"),
    ],
)
def test_an_order_without_sense_is_named(plain, order, message):
    with pytest.raises(ModelError, match=message):
        recursive_shocks(plain, order)


def test_arguments_without_sense_are_named(plain):
    with pytest.raises(ModelError, match="got steps=0, expected a whole number from 1 to 240"):
        impulse_responses(plain, 0)
    with pytest.raises(ModelError, match=r"got coverage=68, expected a number above 0 and below 1"):
        variance_decomposition(plain, 3, coverage=68)
    with pytest.raises(ModelError, match="generalised shocks overlap"):
        historical_decomposition(generalised_shocks(plain, n_draws=2))
    with pytest.raises(ModelError, match="got series='tea', expected one of exports_total"):
        historical_decomposition(plain).table("tea")
    with pytest.raises(ModelError, match="got change=4000, but there are"):
        historical_decomposition(plain).table("us_ip", 4000)
    with pytest.raises(ModelError, match="got shock='tea', expected one of us_ip"):
        local_projections(plain, "tea")
    with pytest.raises(ModelError, match=r"got lags=2, expected a whole number from 4"):
        residual_tests(plain, 2)


def test_a_short_history_refuses_many_projections(panel):
    model = VAR(NAMES, lags=3, window=60, calendar=False).fit(panel)
    with pytest.raises(ModelError, match="got steps=48, which leaves 9 months for 14 regressors"):
        local_projections(model, "us_ip", 48)


def test_collinear_regressors_have_no_law(plain):
    shocks = recursive_shocks(plain, n_draws=2)
    flat = np.zeros_like(shocks.estimate.law.precision)
    estimate = dataclasses.replace(
        shocks.estimate, law=dataclasses.replace(shocks.estimate.law, precision=flat)
    )
    with pytest.raises(ModelError, match="regressors of VAR are collinear"):
        estimate.draws(2, np.random.default_rng(0))


def test_what_is_shown_says_how_shocks_are_told_apart(plain, signed):
    made = impulse_responses(recursive_shocks(plain, NAMES, n_draws=3), 6)
    assert repr(made).endswith("up to step 6 (recursive, VAR)")
    assert "Shares of demand" in repr(variance_decomposition(signed, 3))
    assert "from initial condition, deterministic, us_ip" in repr(historical_decomposition(plain))
    assert "4 shocks of VAR, generalised" in repr(generalised_shocks(plain, n_draws=3))


# -- pictures -------------------------------------------------------------------------------------


def test_pictures_show_the_figures(seven, signed):
    made = impulse_responses(signed, 12)
    grid = plot_responses(made, series=["exports_total", "gscpi"], shocks=["demand", "won"])
    assert grid.shape == (2, 2)
    line = grid[0, 1].lines[-1].get_ydata()
    np.testing.assert_allclose(line, 100.0 * made.values[2, :, 0])
    np.testing.assert_allclose(
        grid[1, 0].lines[-1].get_ydata(), made.values[0, :, seven.series_.index("gscpi")]
    )
    assert "own unit" in grid[1, 0].get_ylabel()
    shares = variance_decomposition(signed, 12)
    ax = plot_variance_decomposition(shares, "exports_total")
    assert [t.get_text() for t in ax.get_legend().get_texts()] == list(shares.shocks)
    top = max(bar.get_y() + bar.get_height() for bar in ax.patches)
    assert top == pytest.approx(100.0)
    history = historical_decomposition(signed)
    ax = plot_historical_decomposition(history, "exports_total", first="2018-01")
    total = history.table("exports_total", 12)["total"].loc["2018-01":]
    np.testing.assert_allclose(ax.lines[0].get_ydata(), 100.0 * total)
    bars = np.array([bar.get_height() for bar in ax.patches]).reshape(-1, len(total))
    np.testing.assert_allclose(bars.sum(axis=0), 100.0 * total)
    ends = np.array([bar.get_y() + bar.get_height() for bar in ax.patches]).reshape(bars.shape)
    for sign in (1.0, -1.0):
        reach = (sign * ends).max(axis=0).clip(min=0.0)
        np.testing.assert_allclose(reach, (sign * bars).clip(min=0.0).sum(axis=0), atol=1e-9)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        grid[0, 0].figure.canvas.draw()
        ax.figure.canvas.draw()
    plt.close("all")


@pytest.mark.parametrize("count", [1, 3])
def test_the_caption_of_responses_fits_the_figure(plain, count):
    made = impulse_responses(recursive_shocks(plain, n_draws=3), 3)
    figure = plot_responses(made, ["us_ip"], made.shocks[:count])[0, 0].figure
    figure.canvas.draw()
    (caption,) = [t for t in figure.texts if t.get_text().startswith("Months after a shock")]
    extent = caption.get_window_extent()
    assert extent.x0 >= 0
    assert extent.x1 <= figure.bbox.width
    assert "68 % bands; recursive, VAR" in caption.get_text().replace("\n", " ")
    plt.close("all")


def test_pictures_of_what_is_not_there_are_refused(plain):
    made = impulse_responses(recursive_shocks(plain, n_draws=3), 3)
    with pytest.raises(ModelError, match="got series='tea', expected one of"):
        plot_responses(made, series=["tea"])
    with pytest.raises(ModelError, match=r"got names of shock=\[\], expected names in a list"):
        plot_responses(made, shocks=[])
    with pytest.raises(ModelError, match="got first='2090-01', but months end in 2026-"):
        plot_historical_decomposition(historical_decomposition(plain), "us_ip", first="2090-01")
