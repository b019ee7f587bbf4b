"""The conformance suite catches what it is there for."""

from dataclasses import replace
from itertools import pairwise
from typing import ClassVar

import numpy as np
import pandas as pd
import pytest

from tradeshock.features import Panel, ReleaseRule, load_panel
from tradeshock.features.errors import ModelError
from tradeshock.features.indicators import Block
from tradeshock.models import VAR, BayesianVAR, Model, SeasonalNaive, check_model
from tradeshock.models.checks.case import disturbed, in_billions, late, tricky_origins
from tradeshock.models.checks.check import CHECKS, ConformanceError
from tradeshock.models.pools.wrapper import Wrapper

TARGET = "exports_total"


def of(panel):
    """Naive paths from the last figure of a panel's series."""
    return float(panel.series(TARGET).iloc[-1])


class Naive(Model):
    """Last figure times lognormal noise as large as last year's: does everything right."""

    sd_ = 0.05

    def __init__(self, panel=None, n_draws=100, random_state=0):
        self.panel = panel
        self.n_draws = n_draws
        self.random_state = random_state

    def _fit(self):
        self.level_ = of(self.panel_)
        self.sd_ = float(np.log(self.panel_.series(TARGET)).diff().iloc[-12:].std())

    def _refresh(self):
        self.level_ = of(self.panel_)

    def _paths(self, steps, rng, conditions):
        noise = rng.normal(0.0, self.sd_, size=(self.n_draws, steps, len(self.target_)))
        return self.level_ * np.exp(noise)


class HoldsTheWholePanel(Naive):
    """Looks one month ahead in a panel that it was given when it was made."""

    def _fit(self):
        self.level_ = float(self.panel.values[TARGET].get(self.last_ + 1, np.nan))


class LooksAheadInReplay(Naive):
    def replay(self, panel, target, origins, steps):
        for paths in super().replay(panel, target, origins, steps):
            ahead = panel.values[TARGET].reindex(paths.index).ffill().to_numpy()
            yield replace(paths, values=paths.values * (ahead / ahead[0])[None, :, None])


class KnowsTomorrowsHolidays(Naive):
    """Replays with the calendar of the uncut panel."""

    def _paths(self, steps, rng, conditions):
        days = self.panel_.calendar.working_days(self._ahead(steps))
        return super()._paths(steps, rng, conditions) * days[None, :, None]

    def replay(self, panel, target, origins, steps):
        for origin in origins:
            known = panel.as_of(origin)
            known.calendar = panel.calendar
            model = type(self)(n_draws=self.n_draws).fit(known, target)
            yield model.forecast(steps)


class LosesAnOrigin(Naive):
    def replay(self, panel, target, origins, steps):
        return super().replay(panel, target, origins[1:], steps)


class LooksAheadInPoints(Naive):
    """Its points stand on the month after each origin."""

    def replay_points(self, panel, target, origins, steps):
        points = [self.fit(panel.as_of(origin), target).points(steps) for origin in origins[:-1]]
        last = self.fit(panel.as_of(origins[-1]), target)
        after = panel.values[TARGET].reindex([self.last_ + 1]).ffill().to_numpy()[0]
        points = [p * (1.0 + 1e-12 * after / p.max()) for p in points]
        return np.array([*points, last.points(steps)])


class RoundsPoints(Naive):
    def replay_points(self, panel, target, origins, steps):
        return np.round(super().replay_points(panel, target, origins, steps), 1)


class ChangesThePanel(Naive):
    def _fit(self):
        super()._fit()
        self.panel_.values.iloc[0, 0] *= 2.0


class ChangesItsParameters(Naive):
    def _fit(self):
        super()._fit()
        self.n_draws = 7


class SharesWhatItLearned(Naive):
    learned: ClassVar[dict[str, float]] = {}

    def _fit(self):
        self.learned["level"] = of(self.panel_)
        self.level_ = 0.0

    def _paths(self, steps, rng, conditions):
        self.level_ = self.learned["level"]
        return super()._paths(steps, rng, conditions)


class IgnoresItsSeed(Naive):
    def _paths(self, steps, rng, conditions):
        return super()._paths(steps, np.random.default_rng(3), conditions)


class RollsDice(Naive):
    def _paths(self, steps, rng, conditions):
        return super()._paths(steps, np.random.default_rng(), conditions)


class ForgetsWhenSaved(Naive):
    def __getstate__(self):
        return {**super().__getstate__(), "level_": 1.0}


class LeavesItsFileEmpty(Naive):
    def _stored(self):
        return {name: value for name, value in super()._stored().items() if name != "level_"}

    def _restore(self, stored):
        super()._restore(stored)
        self.level_ = 50000.0


class StartsLate(Naive):
    def forecast(self, steps, conditions=None):
        paths = super().forecast(steps, conditions)
        return replace(paths, index=paths.index + 1)


class NeedsEveryIndicator(Naive):
    def _fit(self):
        super()._fit()
        if self.panel_.is_stale("exports_steel"):
            raise ModelError("no steel")


class DriftsOnUpdate(Naive):
    def update(self, panel, freeze=False):
        super().update(panel, freeze)
        self.level_ *= 1.001
        return self


class LearnsFromOldFiguresWhenFrozen(Naive):
    """Its level is an old mean's, which an update estimates again."""

    def _fit(self):
        self.level_ = float(self.panel_.series(TARGET).mean())

    _refresh = _fit


class IgnoresFiguresWhenFrozen(Naive):
    def _refresh(self):
        pass


class KeepsWhatItsReplayFoundFirst(Naive):
    """A January that is too short for it takes what the first origin of the replay knew."""

    def replay(self, panel, target, origins, steps):
        found = {}
        for origin in origins:
            model = type(self)(n_draws=self.n_draws).fit(panel.as_of(origin), target)
            if panel.as_of(pd.Timestamp(origin.year, 1, 1)).values[TARGET].count() < 36:
                model.level_ = found.setdefault(origin.year, model.level_)
            yield model.forecast(steps)


class RemembersWhereItsReplayBegan(Naive):
    def replay(self, panel, target, origins, steps):
        began = 1.0 + 1e-3 * (origins[0].toordinal() % 1000)
        for paths in super().replay(panel, target, origins, steps):
            yield replace(paths, values=paths.values * began)


class TakesAnyHistory(Naive):
    def _open(self, panel, target, record):
        self.minimum_months = 1
        super()._open(panel, target, record)


class ChangesInPlace(Naive):
    """Notes what it is handed before it asks whether that will do."""

    def _fit(self):
        super()._fit()
        self.levels_ = [self.level_]

    def _open(self, panel, target, record):
        if hasattr(self, "levels_"):
            self.levels_[0] = of(panel)
        super()._open(panel, target, record)

    def _paths(self, steps, rng, conditions):
        return super()._paths(steps, rng, conditions) / self.level_ * self.levels_[0]


class CountsInMillions(Naive):
    def _fit(self):
        self.level_ = of(self.panel_) + 100.0


class ReadsWhatItDoesNotName(Naive):
    def _inputs(self):
        return ("us_ip",)

    def _fit(self):
        self.level_ = of(self.panel_) * (1.1 if "usdkrw" in self.panel_ else 1.0)


class ReadsTheOutcomesElsewhere(Naive):
    """Its median is what came later, from a panel that it loads itself; its noise is its own."""

    def _paths(self, steps, rng, conditions):
        paths = super()._paths(steps, rng, conditions)
        later = load_panel().values[TARGET].reindex(self._ahead(steps)).ffill().to_numpy()
        return paths / np.median(paths, axis=0) * later[:, None]


class ReadsGrowthElsewhere(Naive):
    """Its last figure is the panel's, and what comes after it is another panel's growth."""

    def _fit(self):
        self.level_ = of(self.panel_)

    def _paths(self, steps, rng, conditions):
        seen = load_panel().values[TARGET].reindex(self._ahead(steps)).ffill().to_numpy()
        growth = seen / load_panel().values[TARGET][self.last_]
        return super()._paths(steps, rng, conditions) * growth[:, None]


class AboveTheLowest(Block):
    """Above the lowest figure ever, which is still to come in rows of long ago."""

    def __init__(self, series=("copper",)):
        self.series = series

    def _columns(self, known, series):
        x = known.panel.values[series[0]].to_numpy()
        return {"low": known.last(series[0], x / np.nanmin(x))}


class IsGivenFeatures(Naive):
    def __init__(self, features=None, n_draws=100, random_state=0):
        self.features = features
        super().__init__(None, n_draws, random_state)


class GoesBelowZero(Naive):
    def _paths(self, steps, rng, conditions):
        return super()._paths(steps, rng, conditions) - (self.level_ if steps > 6 else 0.0)


class TakesAnyCondition(Naive):
    """Does not look at what is assumed, so it takes what is published and what is nonsense."""

    takes_conditions = True


class LosesItsCountsToEmptyConditions(TakesAnyCondition):
    def forecast(self, steps, conditions=None):
        paths = super().forecast(steps, conditions)
        return paths if conditions is None else replace(paths, values=paths.values * 1.001)


class MovesWithoutNews(TakesAnyCondition):
    def _paths(self, steps, rng, conditions):
        return super()._paths(steps, rng, conditions) * (1.0 if conditions is None else 1.05)


class WidensTheNowcast(TakesAnyCondition):
    def _cell_draws(self, cells, steps, conditions):
        last = [float(self.panel_.series(id).iloc[-1]) for id, _ in cells]
        return np.tile(last, (self.n_draws, 1))

    def _paths(self, steps, rng, conditions):
        paths = super()._paths(steps, rng, conditions)
        return paths if conditions is None else self.level_ * (paths / self.level_) ** 1.2


CAUGHT = {
    TakesAnyCondition: "what_cannot_be_is_refused",
    LosesItsCountsToEmptyConditions: "empty_conditions_change_nothing",
    MovesWithoutNews: "what_it_expects_moves_nothing",
    WidensTheNowcast: "a_far_condition_keeps_the_nowcast",
    HoldsTheWholePanel: "future_does_not_matter",
    LooksAheadInReplay: "future_does_not_matter",
    KnowsTomorrowsHolidays: "replay_is_the_slow_path",
    LosesAnOrigin: "replay_is_the_slow_path",
    LooksAheadInPoints: "point_replay_is_the_slow_path",
    RoundsPoints: "point_replay_is_the_slow_path",
    ChangesThePanel: "inputs_are_unchanged",
    ChangesItsParameters: "inputs_are_unchanged",
    SharesWhatItLearned: "clone_is_independent",
    IgnoresItsSeed: "seed_decides_the_paths",
    RollsDice: "seed_decides_the_paths",
    ForgetsWhenSaved: "survives_pickling",
    LeavesItsFileEmpty: "survives_saving",
    StartsLate: "starts_after_the_last_published_month",
    NeedsEveryIndicator: "lives_with_a_ragged_edge",
    DriftsOnUpdate: "update_without_news_changes_nothing",
    LearnsFromOldFiguresWhenFrozen: "freeze_holds_what_was_estimated",
    IgnoresFiguresWhenFrozen: "freeze_holds_what_was_estimated",
    KeepsWhatItsReplayFoundFirst: "young_targets_are_no_exception",
    RemembersWhereItsReplayBegan: "replay_may_start_anywhere",
    TakesAnyHistory: "refuses_a_short_history",
    ChangesInPlace: "what_is_refused_changes_nothing",
    CountsInMillions: "unit_does_not_matter",
    ReadsWhatItDoesNotName: "reads_no_more_than_it_says",
    ReadsTheOutcomesElsewhere: "figures_come_through_the_panel",
    ReadsGrowthElsewhere: "figures_come_through_the_panel",
    IsGivenFeatures: "features_are_those_of_each_day",
    GoesBelowZero: "paths_are_numbers",
}


@pytest.mark.parametrize("cls", CAUGHT, ids=lambda cls: cls.__name__)
def test_a_model_that_breaks_the_contract_is_caught(panel, cls):
    parts = {HoldsTheWholePanel: panel, IsGivenFeatures: AboveTheLowest()}
    model = cls(parts[cls]) if cls in parts else cls()
    message = rf"{cls.__name__}.* fails the check {CAUGHT[cls]}: "
    with pytest.raises(ConformanceError, match=message):
        check_model(model, panel, only=[CAUGHT[cls]])
    others = set(CAUGHT.values()) - {CAUGHT[cls]}
    if cls in (LooksAheadInReplay, IgnoresItsSeed, ForgetsWhenSaved, TakesAnyHistory):
        for check in others - {"replay_is_the_slow_path", "young_targets_are_no_exception"}:
            check_model(model, panel, only=[check])


def test_what_a_model_raises_is_a_failed_check():
    message = "NeedsEveryIndicator fails the check lives_with_a_ragged_edge: raised ModelError: no"
    with pytest.raises(ConformanceError, match=message):
        check_model(NeedsEveryIndicator(), only=["lives_with_a_ragged_edge"])


class CannotBeFrozen(Naive):
    _refresh = Model._refresh


def test_a_model_that_cannot_hold_what_it_estimated_says_so(panel):
    check_model(CannotBeFrozen(), panel, only=["freeze_holds_what_was_estimated"])
    with pytest.raises(ModelError, match="CannotBeFrozen cannot hold what it has estimated"):
        CannotBeFrozen().fit(panel).update(panel, freeze=True)


def test_every_check_catches_something():
    assert set(CHECKS) == set(CAUGHT.values())


def test_a_model_that_keeps_the_contract_passes(panel):
    check_model(Naive(), panel)
    check_model(Naive(panel), panel, only=["future_does_not_matter"])


def test_an_unknown_check_is_refused(panel):
    with pytest.raises(ModelError, match=r"no checks \['speed'\]"):
        check_model(Naive(), panel, only=["speed"])


def test_models_of_other_nations_are_checked_on_their_own_panel():
    months = pd.period_range("2005-01", "2025-12", freq="M")
    rng = np.random.default_rng(0)
    level = 1e4 * np.exp(np.cumsum(rng.normal(0.003, 0.03, len(months))))
    figures = pd.Series(level, months, name="exports_total")
    panel = Panel.from_frame(figures, ReleaseRule.after(days=40), calendar="TW")
    check_model(SeasonalNaive(), panel)


class Latest(Wrapper):
    """First member's paths, scaled by its newest error."""

    def __init__(self, members=None, n_draws=100, random_state=0):
        self.members = members
        self.n_draws = n_draws
        self.random_state = random_state

    def newest(self, record, paths):
        errors = record.errors(paths.model, paths.series[0], paths.state)
        known = errors[1].dropna() if len(errors) else errors
        return float(known.iloc[-1]) if len(known) else 0.0

    def combine(self, forecasts, record, panel):
        error = self.newest(record, forecasts[0])
        return replace(forecasts[0], values=forecasts[0].values * np.exp(error / 100.0))


class LooksUpTheAnswer(Latest):
    """Reads outcomes that came later, from the record that it was fitted with."""

    def replay(self, panel, target, origins, steps):
        record = self.make_record(panel, target, origins, steps)
        for (paths,) in zip(self.parts[0].replay(panel, target, origins, steps), strict=True):
            yield replace(self.combine([paths], record, panel), model=self.name)


def test_wrappers_are_checked_with_a_record(panel):
    check_model(Latest([SeasonalNaive()]), panel)
    with pytest.raises(ConformanceError, match="sees what came out after"):
        check_model(LooksUpTheAnswer([SeasonalNaive()]), panel, only=["future_does_not_matter"])


# -- what the checks are made of ------------------------------------------------------------------


def test_origins_are_tricky(panel):
    days = tricky_origins(panel, TARGET)
    assert days == sorted(set(days))
    states = [panel.as_of(day).state(TARGET) for day in days]
    assert set(states) == set(panel.states(TARGET))
    months = [panel.as_of(day).last_month(TARGET) for day in days]
    steps = {(b - a).n for a, b in pairwise(months)}
    assert {0, 1} < steps
    ahead = [pd.period_range(month + 1, periods=4, freq="M") for month in months]
    assert any(
        (panel.as_of(day).calendar.working_days(m) != panel.calendar.working_days(m)).any()
        for day, m in zip(days, ahead, strict=True)
    )


def test_a_disturbed_panel_differs_after_the_origin_alone(panel):
    origin = pd.Timestamp("2025-06-11")
    other = disturbed(panel, origin)
    assert other.as_of(origin).values.equals(panel.as_of(origin).values)
    late_figures = panel.values.notna() & (panel.release_dates > np.datetime64("2025-06-11"))
    assert (other.values != panel.values)[late_figures].to_numpy()[late_figures].all()


def test_billions_and_lateness(panel):
    billions = in_billions(panel)
    assert billions.values.at["2025-01", TARGET] * 1000 == panel.values.at["2025-01", TARGET]
    assert billions.values["usdkrw"].equals(panel.values["usdkrw"])
    assert billions.catalog[TARGET].unit == "bn USD"
    delayed = late(panel, 2, punctual=[TARGET])
    assert delayed.last_month(TARGET) == panel.last_month(TARGET)
    assert delayed.last_month("exports_steel") == panel.last_month("exports_steel") - 2


@pytest.mark.parametrize("model", [VAR(), BayesianVAR()], ids=["VAR", "BayesianVAR"])
def test_models_of_levels_pass_on_a_balance(panel: Panel, model: Model) -> None:
    balance = (panel.series("exports_total") - panel.series("imports_total")).iloc[-200:]
    own = Panel.from_frame(balance.to_frame("balance"), ReleaseRule(day=1), "KR", transform="level")
    asked = ["survives_saving", "what_it_expects_moves_nothing", "what_cannot_be_is_refused"]
    check_model(model, own, "balance", only=asked)


class Constant(Naive):
    """The last figure with the same noise whatever came before: honest, and reads nothing else."""

    def _fit(self):
        self.level_ = of(self.panel_)


def test_a_walk_of_constant_noise_reads_nothing_elsewhere() -> None:
    check_model(Constant(), only=["figures_come_through_the_panel"])
