"""Soft conditions against importance weights: draws weighed by the density of what is assumed."""

import numpy as np
import pytest

from tradeshock.features.errors import ConditionError
from tradeshock.models import VAR, BayesianVAR
from tradeshock.models.conditions import Conditions

SERIES = ("exports_total", "us_ip", "usdkrw")
SD = 0.05
AHEAD = 0.1


class NormalBayesianVAR(BayesianVAR):
    """All months of one size."""

    def _month_scales(self, half, months, rng):
        return np.ones((half, months, 1))


@pytest.fixture(scope="module")
def known(panel):
    return panel.as_of("2026-05-01")


def shifts(model, step, hard=None):
    """Change of the log means, as conditions make it and as weights make it."""
    free = model.forecast(12, hard, drivers=True)
    logs = np.log(free.values)
    won = logs[:, step - 1, free.series.index("usdkrw")]
    wanted = won.mean() + AHEAD
    month = {free.index[step - 1]: float(np.exp(wanted))}
    values = {"usdkrw": month}
    if hard is not None:
        values |= {"us_ip": {entry.month: entry.value for entry in hard}}
    given = Conditions(values, sd={"usdkrw": SD})
    made = np.log(model.forecast(12, given, drivers=True).values).mean(axis=0) - logs.mean(axis=0)
    weights = np.exp(-0.5 * ((won - wanted) / SD) ** 2)
    weighed = np.average(logs, axis=0, weights=weights) - logs.mean(axis=0)
    won = free.series.index("usdkrw")
    at = [(step - 1, won), (11, won), (step - 1, 0), (11, 0)]
    return np.array([made[i] for i in at]), np.array([weighed[i] for i in at])


@pytest.mark.parametrize("step", [1, 3, 6, 12])
@pytest.mark.parametrize(
    ("model", "tolerance"),
    [
        (VAR(SERIES, lags=2, innovations="gaussian", n_draws=40_000), 0.05),
        (NormalBayesianVAR(SERIES, n_draws=40_000), 0.05),
        (BayesianVAR(SERIES, n_draws=40_000), 0.10),
    ],
    ids=["VAR", "normal", "Student"],
)
def test_means_are_those_of_importance_weights(known, model, tolerance, step):
    """The series and the target, in the month assumed and at the end."""
    made, weighed = shifts(model.fit(known), step)
    # What moves by less than the draws can tell is compared in log points.
    np.testing.assert_allclose(made, weighed, rtol=tolerance, atol=0.001)


def test_beside_hard_conditions(known):
    hard = Conditions({"us_ip": {"2026-07": 104.0}})
    made, weighed = shifts(BayesianVAR(SERIES, n_draws=40_000).fit(known), 3, hard)
    np.testing.assert_allclose(made, weighed, rtol=0.10, atol=0.001)


def test_one_gain_for_all_draws_would_pull_too_little(known):
    """The case of the default series: 0.30 of the way where weights go 0.43."""
    model = BayesianVAR(n_draws=20_000).fit(known)
    made, weighed = shifts(model, 3)
    assert made[0] / AHEAD == pytest.approx(weighed[0] / AHEAD, rel=0.05)
    assert made[0] / AHEAD > 0.38


@pytest.mark.parametrize("cls", [VAR, BayesianVAR])
def test_hard_conditions_are_met_beside_soft_ones(known, cls):
    model = cls(SERIES, n_draws=200).fit(known)
    given = Conditions(
        {"usdkrw": {"2026-07": 1600.0}, "us_ip": {"2026-08": 104.0}}, sd={"usdkrw": 0.02}
    )
    paths = model.forecast(6, given, drivers=True)
    np.testing.assert_allclose(paths.draws("us_ip")[:, 3], 104.0, rtol=1e-9)
    assert paths.draws("usdkrw")[:, 2].std() > 1.0


@pytest.mark.parametrize("cls", [VAR, BayesianVAR])
def test_a_condition_that_says_nothing_moves_nothing(known, cls):
    model = cls(SERIES, n_draws=200).fit(known)
    given = Conditions({"usdkrw": {"2026-07": 1600.0}}, sd={"usdkrw": 500.0})
    plain = model.forecast(6, Conditions({})).values
    np.testing.assert_allclose(model.forecast(6, given).values, plain, rtol=1e-4)


@pytest.mark.parametrize("cls", [VAR, BayesianVAR])
def test_a_target_is_the_law_that_the_value_has(known, cls):
    model = cls(SERIES, n_draws=20_000).fit(known)
    given = Conditions({"usdkrw": {"2026-07": 1612.9}}, sd={"usdkrw": 0.05}, soft="target")
    won = np.log(model.forecast(3, given, drivers=True).draws("usdkrw")[:, 2])
    assert won.mean() == pytest.approx(np.log(1612.9), abs=0.001)
    assert won.std() == pytest.approx(0.05, rel=0.02)
    law = model.law(3, given)
    months = model.levels_.ahead(model.last_ + 3, given)
    n, at = len(model.series_), months.get_loc("2026-07")
    column = model.series_.index("usdkrw")
    if cls is BayesianVAR:
        expected = law.mean[at, column] + model.centre_[column]
        spread = np.sqrt(law.covariance[at * n + column, at * n + column])
    else:
        expected = law.mean[: at + 1, column].sum() + model.levels_.base[column]
        cells = np.arange(at + 1) * n + column
        spread = np.sqrt(law.covariance[np.ix_(cells, cells)].sum())
    assert expected == pytest.approx(np.log(1612.9), abs=1e-9)
    assert spread == pytest.approx(0.05, rel=1e-6)


def test_no_third_meaning():
    with pytest.raises(ConditionError, match="got soft='law'"):
        Conditions({"usdkrw": {"2026-07": 1600.0}}, soft="law")  # type: ignore[arg-type]


@pytest.mark.parametrize("cls", [VAR, BayesianVAR])
def test_another_model_is_steered_as_the_system_itself_moves(known, cls):
    """Its own paths, steered, are its own conditional paths."""
    model = cls(SERIES, n_draws=4000).fit(known)
    free = model.forecast(6).draws()
    for sd in (0.0, 0.05):
        given = Conditions({"usdkrw": {"2026-08": 1600.0}}, sd={"usdkrw": sd})
        steered = np.log(model.steer(free, given) / free).mean(axis=0)
        own = model.conditional_shift(6, given)[:, :, 0].mean(axis=0)
        np.testing.assert_allclose(steered, own, rtol=1e-8 if sd == 0.0 else 0.05)


@pytest.mark.parametrize("cls", [VAR, BayesianVAR])
def test_steered_paths_meet_a_condition_on_the_target(known, cls):
    model = cls(SERIES, n_draws=200).fit(known)
    other = np.exp(np.random.default_rng(0).normal(11.3, 0.1, (200, 4)))
    given = Conditions({"exports_total": {"2026-07": 80_000.0}})
    np.testing.assert_allclose(model.steer(other, given)[:, 2], 80_000.0, rtol=1e-9)
