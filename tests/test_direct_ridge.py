from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge

from tradeshock.features import FeaturePipeline, Panel, ReleaseRule
from tradeshock.features.errors import ShortHistoryError
from tradeshock.features.indicators.lags import TargetLags
from tradeshock.features.vintages import Answer, Store, live_panel
from tradeshock.models import Conditions, ForecastPaths, RandomWalk
from tradeshock.models.adjustment import CalendarAdjustment
from tradeshock.models.direct.base import Past, Rows
from tradeshock.models.direct.ridge import (
    DirectRidge,
    choose_penalty,
    ridge_growth,
    standardised,
    step_penalties,
)


def rows_at(panel: Panel, origin: str) -> Rows:
    known = panel.as_of(origin)
    adjustment = CalendarAdjustment().fit(known.series("exports_total"), known.calendar)
    past = Past(DirectRidge(), known, "exports_total")
    last = known.last_month("exports_total")
    return past.rows(known.state(), last, adjustment.adjusted_.to_numpy())


def point(paths: ForecastPaths) -> np.ndarray:
    """Median of the logs, of which every draw has a mirror image."""
    return np.median(np.log(paths.draws()), axis=0)


@pytest.fixture(scope="module")
def rows(panel: Panel) -> Rows:
    return rows_at(panel, "2019-07-01")


# -- rows -----------------------------------------------------------------------------------------


def test_rows_hold_growth_to_each_step_and_from_each_lag(rows: Rows) -> None:
    a, start = rows.adjusted, rows.start
    row = 200
    before = rows.months[row] - 1 - start
    assert rows.cumulative_growth(3)[row] == a[before + 3] - a[before]
    assert rows.X[row, rows.names.index("adjusted_growth_6")] == a[before] - a[before - 6]
    # The last row is the origin's own: nothing of it has come out.
    assert str(pd.Period(ordinal=int(rows.months[-1]), freq="M")) == "2019-07"
    known = (~np.isnan(rows.outcome_table(12))).sum(axis=0)
    np.testing.assert_array_equal(known, len(rows.months) - np.arange(1, 13))


def test_extreme_outcomes_are_cut(rows: Rows) -> None:
    raw = rows.cumulative_growth(6)
    raw = raw[~np.isnan(raw)]
    cut = 2.0 * np.median(np.abs(raw)) / 0.6745
    outcomes = rows.outcome_table(6)[: len(raw), 5]
    assert np.abs(raw).max() > cut
    np.testing.assert_array_equal(outcomes, np.clip(raw, -cut, cut))


def test_an_early_count_is_learned_net_of_the_working_days_that_it_counts(panel: Panel) -> None:
    id = "exports_total_first_20_days"
    known = panel.as_of("2026-05-15")
    model = DirectRidge(n_draws=20).fit(known, id)
    suited = CalendarAdjustment(window="first_20_days")
    figures = known.series(id)
    level = suited.fit(figures, known.calendar).adjusted_
    np.testing.assert_array_equal(model.rows_.adjusted, level)
    # Past errors, too: those of a year come from a fit on what was known before it.
    lesson = Past(model, known, id).lesson(pd.Period("2025-01"), known.state(id), 1)
    assert lesson is not None
    calendar = panel.as_of("2024-12-23").calendar
    before = suited.fit(figures.loc[:"2024-12"], calendar).adjusted_
    np.testing.assert_allclose(lesson.rows.adjusted, before, rtol=1e-12)


# -- ridge ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("penalty", [50.0, 700.0])
def test_agrees_with_scikit_learn(rows: Rows, penalty: float) -> None:
    growth = ridge_growth(rows, rows.X[-3:], 12, [penalty])
    outcomes = rows.outcome_table(12)
    Z, new = standardised(rows, len(rows.X) - 1, rows.X[-3:])
    for step in (1, 6, 12):
        y = outcomes[: len(rows.X) - step, step - 1]
        # The constant is a column, shrunk like the others.
        reference = Ridge(alpha=penalty * np.sqrt(step), fit_intercept=False)
        expected = reference.fit(Z[: len(y)], y).predict(new)
        np.testing.assert_allclose(growth[:, step - 1], expected, rtol=1e-8, atol=1e-12)


def test_standardised_columns(rows: Rows) -> None:
    Z, new = standardised(rows, 300, rows.X[-1:])
    assert new.shape == (1, Z.shape[1])
    assert (Z[:, 0] == 1.0).all()
    # The target's own lags are first, three times as wide; all are cut at 1.5 deviations.
    assert np.abs(Z[:, 1:7]).max() == pytest.approx(4.5)
    assert np.abs(Z[:, 7:]).max() == pytest.approx(1.5)
    seen = ~np.isnan(rows.X[:300])
    assert (Z == 0.0).any()
    assert Z.shape[1] - 1 <= int((seen.sum(axis=0) >= 24).sum())


def brute_force_penalty(rows: Rows, penalties: list[float], validation: int = 120) -> float:
    outcomes = rows.outcome_table(12)
    known = len(rows.X) - 1
    losses = []
    for penalty in penalties:
        wrong, nothing = np.zeros(12), np.zeros(12)
        for begin in range(known - validation, known, 12):
            block = slice(begin, min(begin + 12, known))
            Z, new = standardised(rows, begin - 11, rows.X[block])
            for h in range(12):
                model = Ridge(alpha=step_penalties(penalty, 12)[h], fit_intercept=False)
                model.fit(Z, outcomes[: begin - 11, h])
                actual = outcomes[block, h]
                missed = model.predict(new) - actual
                wrong[h] += np.nansum(missed**2)
                nothing[h] += np.nansum(actual**2)
        losses.append(sum(w / n for w, n in zip(wrong, nothing, strict=True) if n > 0.0))
    return penalties[int(np.argmin(losses))]


@pytest.mark.parametrize("origin", ["2012-01-01", "2019-07-01"])
def test_penalty_is_that_of_the_best_forecasts_forward_in_time(panel: Panel, origin: str) -> None:
    rows = rows_at(panel, origin)
    penalties = [10.0, 100.0, 1000.0, 1e5]
    assert choose_penalty(rows, penalties) == brute_force_penalty(rows, penalties)


def test_penalty_is_chosen_without_a_look_ahead(panel: Panel) -> None:
    """So many candidates that a fit on rows whose outcomes were not out would choose another."""
    fine = [float(penalty) for penalty in np.geomspace(20.0, 5000.0, 40)]
    rows = rows_at(panel, "2016-03-01")
    assert choose_penalty(rows, fine) == brute_force_penalty(rows, fine)


def test_short_rows_take_the_middle_penalty(rows: Rows) -> None:
    few = Rows(rows.months[-40:], rows.X[-40:], rows.names, rows.adjusted, rows.start)
    assert choose_penalty(few, [1.0, 3.0, 9.0]) == 3.0


@pytest.mark.parametrize("months", [50, 55, 58])
def test_blocks_without_outcomes_of_long_steps_are_judged_by_the_short_ones(
    rows: Rows, months: int
) -> None:
    """No choice by 0 / 0, which took the first penalty whatever it was and warned."""
    few = Rows(rows.months[-months:], rows.X[-months:], rows.names, rows.adjusted, rows.start)
    penalties = [1.0, 400.0, 1e6]
    best = brute_force_penalty(few, penalties, months - 1 - 47)
    assert choose_penalty(few, penalties) == best
    assert choose_penalty(few, penalties[::-1]) == best


def test_a_series_that_never_changed_takes_the_middle_penalty(rows: Rows) -> None:
    still = Rows(rows.months, rows.X, rows.names, np.ones_like(rows.adjusted), rows.start)
    assert choose_penalty(still, [9.0, 1.0, 3.0]) == 3.0


def test_heavy_penalty_is_the_random_walk(panel: Panel) -> None:
    known = panel.as_of("2019-07-01")
    walk = RandomWalk(n_draws=10).fit(known).forecast(12)
    ridge = DirectRidge(penalties=[1e12], n_draws=10).fit(known).forecast(12)
    np.testing.assert_allclose(point(ridge), point(walk), atol=1e-8)


# -- past errors and paths ------------------------------------------------------------------------


def test_past_errors_are_those_of_forecasts_made_then(panel: Panel) -> None:
    past = Past(DirectRidge(), panel, "exports_total")
    last = pd.Period("2019-06", "M")
    errors = past.errors("after_total", last, 3, years=2)
    # Complete for rows 2017-01 to 2019-04.
    assert errors.shape == (28, 3)
    then = DirectRidge(n_draws=2).fit(panel.as_of(panel.origins("2018-01", "2018-01")[0]))
    forecast = then.forecast(3)
    actual = np.log(panel.series("exports_total")[forecast.index])
    # No holiday of these months was announced later.
    np.testing.assert_allclose(errors[12], actual - point(forecast), atol=1e-9)


def test_past_errors_do_not_know_what_came_later(panel: Panel) -> None:
    origin = panel.origins("2019-07", "2019-07")[0]
    last = pd.Period("2019-06", "M")
    whole = Past(DirectRidge(), panel, "exports_total").errors("after_total", last, 6, 3)
    cut = Past(DirectRidge(), panel.as_of(origin), "exports_total")
    np.testing.assert_allclose(cut.errors("after_total", last, 6, 3), whole, atol=1e-12)


def test_past_errors_of_a_year_whose_december_came_late() -> None:
    months = pd.period_range("2026-05", "2027-12", freq="M")
    figures = pd.DataFrame({"series": "exports_total", "month": months.astype(str)})
    figures["value"] = np.linspace(80_000.0, 90_000.0, len(months))
    store = Store()
    for seen, known in (("2027-01-01", 7), ("2027-01-08", 8), ("2028-01-01", 20)):
        moment = datetime.fromisoformat(f"{seen}T01:00:00+00:00")
        store.append(Answer("test", moment, figures[:known]))
    past = Past(
        DirectRidge(FeaturePipeline([("lags", TargetLags())])), live_panel(), "exports_total"
    )
    errors = past.errors("after_total", pd.Period("2027-12", "M"), 3, years=1)
    # Complete for rows 2027-01 to 2027-10.
    assert errors.shape == (10, 3)
    assert np.isfinite(errors).all()


def test_median_is_the_point_and_errors_stay_together(panel: Panel) -> None:
    model = DirectRidge(error_years=4).fit(panel.as_of("2019-07-01"))
    paths = model.forecast(6)
    logs = np.log(paths.draws())
    centre = np.median(logs, axis=0)
    vectors = model.past_.errors("after_total", model.last_, 6, 4)
    for draw in (logs - centre)[:20]:
        distances = np.abs(np.stack([draw - vectors, draw + vectors])).max(axis=2)
        assert distances.min() < 1e-9


@pytest.mark.parametrize("state", ["after_total", "after_10d", "after_20d"])
def test_replay_is_the_slow_path(panel: Panel, state: str) -> None:
    origins = panel.origins("2025-10", "2026-01", state)[::3]
    fast = DirectRidge(n_draws=20).replay(panel, "exports_total", origins, 12)
    for origin, paths in zip(origins, fast, strict=True):
        slow = DirectRidge(n_draws=20).fit(panel.as_of(origin)).forecast(12)
        np.testing.assert_allclose(paths.values, slow.values, rtol=1e-9)
        assert paths.state == state


def test_other_targets_and_features(panel: Panel) -> None:
    model = DirectRidge(FeaturePipeline([("lags", TargetLags())]), n_draws=50)
    paths = model.fit(panel.as_of("2026-04-20"), "exports_to_us").forecast(3)
    assert str(paths.index[0]) == "2026-04"
    assert "TargetLags" in paths.model


def test_target_alone_with_a_long_release_lag(panel: Panel) -> None:
    total = panel.series("exports_total")["2016-01":]
    alone = Panel.from_frame(total, ReleaseRule.after(days=40), calendar="DE")
    paths = DirectRidge(n_draws=50).fit(alone.as_of("2026-03-01")).forecast(12)
    assert str(paths.index[0]) == "2026-01"
    origins = alone.origins("2025-11", "2025-12")
    fast = list(DirectRidge(n_draws=50).replay(alone, "exports_total", origins, 2))
    slow = DirectRidge(n_draws=50).fit(alone.as_of(origins[1])).forecast(2)
    np.testing.assert_allclose(fast[1].values, slow.values, rtol=1e-9)


def test_too_many_steps_for_the_history(panel: Panel) -> None:
    total = panel.series("exports_total")["2020-01":"2025-12"]
    alone = Panel.from_frame(total, ReleaseRule(day=1))
    model = DirectRidge(n_draws=10).fit(alone)
    with pytest.raises(ShortHistoryError, match="needs 96 months of exports_total for 60 steps"):
        model.forecast(60)


# -- conditions -----------------------------------------------------------------------------------


def test_conditions_move_paths_as_a_bayesian_var_moves(panel: Panel) -> None:
    known = panel.as_of("2019-07-01")
    model = DirectRidge(n_draws=200, error_years=3).fit(known)
    oil = float(known.series("dubai").iloc[-1])
    months = [str(month) for month in pd.period_range("2019-07", periods=4, freq="M")]
    dear = model.forecast(4, Conditions({"dubai": dict.fromkeys(months, 2.0 * oil)}))
    cheap = model.forecast(4, Conditions({"dubai": dict.fromkeys(months, 0.5 * oil)}))
    # Of a month in which oil doubles and Brent stands still nobody knows the sign.
    assert (dear.median() > cheap.median()).iloc[1:].all()
    assert "dubai" in dear.notes[0]
    given = model.forecast(4, Conditions({"exports_total": {"2019-08": 45000.0}}))
    np.testing.assert_allclose(given.draws()[:, 1], 45000.0, rtol=1e-8)
    assert model.forecast(4).notes == ()


# -- accuracy -------------------------------------------------------------------------------------


def test_beats_the_random_walk(panel: Panel) -> None:
    origins = panel.origins("2010-01", "2019-01")
    total = np.log(panel.series("exports_total"))

    def rmse(model: DirectRidge | RandomWalk) -> np.ndarray:
        errors = [
            total[paths.index] - point(paths)
            for paths in model.replay(panel, "exports_total", origins, 12)
        ]
        return np.sqrt(np.mean(np.square(errors), axis=0))

    ratio = rmse(DirectRidge(n_draws=2, error_years=0)) / rmse(RandomWalk(n_draws=2))
    # Without figures of the running month, more would be a leak.
    assert ratio.min() > 0.8
    assert (ratio < [0.96] * 9 + [1.0] * 3).all(), ratio.round(3)
