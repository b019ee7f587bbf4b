"""Conformance: what every model must do, checked one by one.

`check_model` runs everything on one model. In a test suite, one test for each model and check
says more::

    @pytest.mark.parametrize("check", CHECKS)
    def test_my_model(check):
        check_model(MyModel(), only=[check])
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import clone

from tradeshock.features.errors import ModelError, stale_series_noted
from tradeshock.features.panel.panel import Panel
from tradeshock.models.base import Model
from tradeshock.models.checks import conditional, refusals, saving
from tradeshock.models.checks.case import (
    N_DRAWS,
    STEPS,
    ConformanceCase,
    distance,
    disturbed,
    in_billions,
    late,
    peeking,
    retold,
    variant,
    with_another_past,
)
from tradeshock.models.checks.demand import ConformanceError, demand as _demand
from tradeshock.models.checks.of_features import features_are_those_of_each_day
from tradeshock.models.paths import ForecastPaths
from tradeshock.models.pools.wrapper import Wrapper

TIGHT = 1e-9
# Months after which a figure may only be in what was estimated, and what is left of it elsewhere.
LONG_AGO = 144
FORGOTTEN = 1e-6
# Log points; a model with an optimiser inside sets its own `scale_tolerance`.
SCALE_TOLERANCE = 1e-8


def check_model(
    model: Model,
    panel: Panel | None = None,
    target: str | Sequence[str] = "exports_total",
    origins: Sequence[pd.Timestamp] | None = None,
    only: Sequence[str] | None = None,
) -> None:
    """Check that a model keeps the contract of all models.

    Parameters
    ----------
    model : Model
        Is not changed; a clone with few draws is run.
    panel : Panel, optional
        Default: the embedded snapshot.
    target : str or sequence of str
    origins : sequence of Timestamp, optional
        At least three, ascending. Default: consecutive months, a gap and all states of the target.
    only : sequence of str, optional
        Names of the checks to run, of `CHECKS`; default all.

    Raises
    ------
    ConformanceError
        At the first check that fails, naming model and check.
    """
    case = ConformanceCase.make(model, panel, target, origins)
    if unknown := sorted(set(only or ()) - set(CHECKS)):
        raise ModelError(f"no checks {unknown}; there are {list(CHECKS)}")
    for name in CHECKS if only is None else only:
        try:
            CHECKS[name](case)
        except Exception as error:
            what = "" if isinstance(error, ConformanceError) else f"raised {type(error).__name__}: "
            raise ConformanceError(f"{model.name} fails the check {name}: {what}{error}") from error


def inputs_are_unchanged(case: ConformanceCase) -> None:
    """Panel, origins and the model's own parameters are as they were."""
    panel, model = case.known(), clone(case.model)
    values, parameters = panel.values.copy(), str(clone(model).get_params())
    model.fit(panel, case.target, case.record).forecast(STEPS)
    _demand(panel.values.equals(values), "fit or forecast changed the panel's values")
    _demand(str(clone(model).get_params()) == parameters, "fit or forecast changed parameters")
    whole, origins = case.panel.values.copy(), list(case.origins)
    list(clone(case.model).replay(case.panel, case.target, origins[-1:], STEPS))
    _demand(case.panel.values.equals(whole), "replay changed the panel's values")
    _demand(origins == list(case.origins), "replay changed the list of origins")


def clone_is_independent(case: ConformanceCase) -> None:
    """A clone has the same parameters, nothing learned, and lives a life of its own."""
    model = case.standing
    other = clone(model)
    _demand(str(other.get_params()) == str(model.get_params()), "a clone has other parameters")
    _demand(not hasattr(other, "panel_"), "a clone is fitted")
    before = model.forecast(STEPS)
    other.fit(case.known(case.origins[0]), case.target, case.record)
    _demand(distance(model.forecast(STEPS), before) == 0.0, "fitting a clone changed the model")


def seed_decides_the_paths(case: ConformanceCase) -> None:
    """The same seed gives the same paths, another seed other ones."""
    model = case.standing
    again = distance(model.forecast(STEPS), case.fitted().forecast(STEPS))
    _demand(again == 0.0, f"two runs with one seed are {again:.2g} apart")
    _demand(distance(model.forecast(STEPS), model.forecast(STEPS)) == 0.0, "forecast is not pure")
    other = variant(case.model, random_state=case.model.random_state + 1)
    other.fit(case.known(), case.target, case.record)
    _demand(distance(other.forecast(STEPS), model.forecast(STEPS)) > 0.0, "the seed does nothing")


def survives_pickling(case: ConformanceCase) -> None:
    """A fitted model that was saved and loaded forecasts the same."""
    model = case.standing
    loaded = pickle.loads(pickle.dumps(model))
    apart = distance(loaded.forecast(STEPS), model.forecast(STEPS))
    _demand(apart == 0.0, f"forecasts before and after pickling are {apart:.2g} apart")


def starts_after_the_last_published_month(case: ConformanceCase) -> None:
    """Step 1 is the month after the target's last published one, in every state."""
    for state in case.panel.states(case.first_target):
        month = case.panel.last_month(case.first_target) - 1
        (origin,) = case.panel.origins(month, month, state=state, target=case.first_target)
        panel = case.known(origin)
        paths = case.fitted(panel).forecast(STEPS)
        expected = pd.period_range(month, periods=STEPS, freq="M")
        _demand(
            list(paths.index) == list(expected),
            f"in state {state} on {origin.date()} steps run from {paths.index[0]} to "
            f"{paths.index[-1]}, expected {expected[0]} to {expected[-1]}",
        )
        _demand(paths.state == state, f"state is {paths.state!r}, expected {state!r}")
        _demand(paths.origin == origin, f"origin is {paths.origin}, expected {origin}")
        _demand(paths.model == case.model.name, f"paths are called {paths.model!r}")
        _demand(
            paths.series == ((case.target,) if isinstance(case.target, str) else case.target),
            f"series are {paths.series}, expected {case.target}",
        )
        _demand(len(paths.values) == N_DRAWS, f"{len(paths.values)} paths, expected {N_DRAWS}")


def lives_with_a_ragged_edge(case: ConformanceCase) -> None:
    """Indicators that are two months later than usual are coped with."""
    panel = case.known()
    targets = [case.target] if isinstance(case.target, str) else list(case.target)
    ragged = late(panel, 2, punctual=targets)
    # Being left out, with a warning, is one way of coping.
    with stale_series_noted():
        paths = case.fitted(ragged).forecast(STEPS)
    expected = panel.last_month(case.first_target) + 1
    _demand(paths.index[0] == expected, f"steps start in {paths.index[0]}, expected {expected}")


def update_without_news_changes_nothing(case: ConformanceCase) -> None:
    """Updating with the panel that the model has leaves the forecast as it is."""
    model = case.fitted()
    before = model.forecast(STEPS)
    apart = distance(model.update(case.known()).forecast(STEPS), before)
    _demand(apart <= TIGHT, f"forecasts before and after are {apart:.2g} apart")


def freeze_holds_what_was_estimated(case: ConformanceCase) -> None:
    """An update with ``freeze`` learns nothing, from old figures or new, and takes the new ones.

    Asked of models that can: those with `_refresh` or an `update` of their own.
    """
    if not case.can_be_frozen:
        return
    known = case.known()
    model, last = case.fitted(), known.last_month(case.first_target)
    before = model.forecast(STEPS)
    apart = distance(model.update(known, freeze=True).forecast(STEPS), before)
    _demand(apart == 0.0, f"without news forecasts before and after are {apart:.2g} apart")
    old = known.months[known.months < last - LONG_AGO]
    apart = distance(model.update(retold(known, old), freeze=True).forecast(STEPS), before)
    _demand(apart <= FORGOTTEN, f"figures before {old[-1]} still move it by {apart:.2g}")
    newest = known.months[known.months > last - 12]
    apart = distance(model.update(retold(known, newest), freeze=True).forecast(STEPS), before)
    _demand(apart > 0.0, "other figures for the last year move nothing")
    apart = distance(model.update(known, freeze=True).forecast(STEPS), before)
    _demand(apart == 0.0, f"figures that it saw in between have left {apart:.2g} behind")
    model = case.fitted(case.known(case.origins[0])).update(known, freeze=True)
    paths = model.forecast(STEPS)
    _demand(paths.index[0] == last + 1, f"steps start in {paths.index[0]}, not after {last}")


def future_does_not_matter(case: ConformanceCase) -> None:
    """Changing what came out after an origin changes nothing, in fit, update and replay."""
    first, origin = case.origins[-3], case.origins[-2]
    other = disturbed(case.panel, origin)
    peeker = peeking(case.model, other)
    record = case.record if case.record is None else case.record.as_of(origin)
    ours = case.fitted(case.known(first))
    theirs = clone(peeker).fit(other.as_of(first), case.target, record)
    apart = distance(theirs.forecast(STEPS), ours.forecast(STEPS))
    _demand(apart == 0.0, f"fit on {first.date()} sees what came out after {origin.date()}")
    ours.update(case.known(origin))
    theirs.update(other.as_of(origin))
    apart = distance(theirs.forecast(STEPS), ours.forecast(STEPS))
    _demand(apart == 0.0, f"update on {origin.date()} sees what came out later")
    # The last origin is asked for, but its figures are made up and may have no sane estimate.
    replay = clone(peeker).replay(other, case.target, list(case.origins), STEPS)
    for before, after in zip(case.replayed[:-1], replay, strict=False):
        _demand(
            distance(before, after) == 0.0,
            f"replay on {before.origin.date()} sees what came out after {origin.date()}",
        )


def replay_is_the_slow_path(case: ConformanceCase) -> None:
    """Replay gives what fit and forecast on the panel of that day give."""
    replayed = case.replayed
    _demand(
        [paths.origin for paths in replayed] == list(case.origins),
        f"{len(replayed)} forecasts, not one from each of {len(case.origins)} origins in order",
    )
    for paths in replayed:
        slow = case.fitted(case.known(paths.origin)).forecast(STEPS)
        apart = distance(paths, slow)
        where = f"on {paths.origin.date()}"
        _demand(apart <= TIGHT, f"{where} replay is {apart:.2g} apart from the slow path")
        for trait in ("series", "state", "seed", "model"):
            a, b = getattr(paths, trait), getattr(slow, trait)
            _demand(a == b, f"{where} {trait} is {a!r} in replay and {b!r} in the slow path")
        _demand(paths.index.equals(slow.index), f"{where} replay forecasts other months")
        _demand(paths.history.equals(slow.history), f"{where} replay has another history")


def replay_may_start_anywhere(case: ConformanceCase) -> None:
    """A replay that starts later gives the same where they meet.

    A wrapper learns from what its replay has seen; there its members count.
    """
    first = len(case.origins) // 2
    for model in case.model.parts if isinstance(case.model, Wrapper) else (case.model,):
        whole = case.replayed if model is case.model else case.replay(model, case.panel)
        later = case.replay(model, case.panel, first)
        for ours, theirs in zip(whole[first:], later, strict=True):
            apart = distance(theirs, ours)
            _demand(
                apart <= TIGHT,
                f"on {ours.origin.date()} a replay of {model.name} that starts on "
                f"{case.origins[first].date()} is {apart:.2g} apart from one that starts on "
                f"{case.origins[0].date()}",
            )


def young_targets_are_no_exception(case: ConformanceCase) -> None:
    """A target that starts mid-record, too short in January: replay, its start and the future."""
    replay_is_the_slow_path(case.young)
    replay_may_start_anywhere(case.young)
    future_does_not_matter(case.young)


def point_replay_is_the_slow_path(case: ConformanceCase) -> None:
    """Points of a replay are those of each origin by itself, and later figures do not move them.

    Holds by construction where `replay_points` is the inherited one.
    """
    if not case.has_point_replay:
        return
    target, origins, other = case.target, case.origins, disturbed(case.panel, case.origins[-2])
    points = clone(case.model).replay_points(case.panel, target, origins, STEPS)
    for origin, replayed in zip(origins, points, strict=True):
        alone = case.fitted(case.known(origin)).points(STEPS)
        apart = float(np.max(np.abs(replayed / alone - 1.0)))
        _demand(apart <= TIGHT, f"on {origin.date()} points are {apart:.2g} apart from its own")
    theirs = clone(case.model).replay_points(other, target, origins, STEPS)
    seen = np.flatnonzero((theirs[:-1] != points[:-1]).any(axis=(1, 2)))
    _demand(
        not len(seen),
        f"points on {[str(origins[i].date()) for i in seen]} see what came out after "
        f"{origins[-2].date()}",
    )


def unit_does_not_matter(case: ConformanceCase) -> None:
    """All series in billions of dollars instead of millions, or the like: the same growth."""
    other = in_billions(case.panel)
    tolerance = getattr(case.model, "scale_tolerance", SCALE_TOLERANCE)
    rescaled = replace(case, panel=other)
    ours, theirs = case.standing.forecast(STEPS), rescaled.fitted().forecast(STEPS)
    for id in ours.series:
        factor = 1000.0 if other.catalog[id] != case.panel.catalog[id] else 1.0
        apart = float(np.max(np.abs(np.log(theirs.draws(id) * factor / ours.draws(id)))))
        _demand(apart <= tolerance, f"growth of {id} moves by {apart:.2g}, over {tolerance:.0e}")


def reads_no_more_than_it_says(case: ConformanceCase) -> None:
    """Series that `inputs_` does not name may be taken away; early counts define the state."""
    model, panel = case.standing, case.known()
    kept = {*model.inputs_, *panel.catalog.flash(case.first_target).values()}
    fewer = panel.select([str(id) for id in panel.values.columns if id in kept])
    apart = distance(case.fitted(fewer).forecast(STEPS), model.forecast(STEPS))
    _demand(apart == 0.0, f"without what inputs_ does not name forecasts are {apart:.2g} apart")


def figures_come_through_the_panel(case: ConformanceCase) -> None:
    """With another past of all series, up to the same last figures, medians are others.

    What a model reads elsewhere, in a file or a panel that it loads itself, does not change with
    the panel. Only a median that rests on such figures alone is caught, and a walk that goes the
    same way from every last figure reads nothing.
    """
    ours = case.standing.forecast(STEPS)
    theirs = case.fitted(with_another_past(case.known())).forecast(STEPS)
    for id in ours.series:
        a, b = (np.median(paths.draws(id), axis=0) for paths in (ours, theirs))
        held = ours.index[np.abs(a - b) <= TIGHT * np.abs(a)]
        _demand(
            not len(held) or _goes_the_same_way(case, ours, id),
            f"the median of {id} in {', '.join(map(str, held))} is the same, though all figures "
            "but the last of each series are others; read them in self.panel_, from which the "
            "future is cut",
        )


def _goes_the_same_way(case: ConformanceCase, ours: ForecastPaths, id: str) -> bool:
    """Whether at the first origin medians over the last figure are the same but for noise."""
    early = case.fitted(case.known(case.origins[0])).forecast(STEPS)
    ways = [paths.draws(id) / paths.history[id].dropna().iloc[-1] for paths in (ours, early)]
    apart = np.abs(np.median(ways[0], axis=0) - np.median(ways[1], axis=0))
    # Four standard errors of a normal median.
    noise = 4.0 * np.sqrt(np.pi / 2.0) * ways[0].std(axis=0) / np.sqrt(len(ways[0]))
    return bool((apart <= noise).all())


def paths_are_numbers(case: ConformanceCase) -> None:
    """A year ahead every path is finite, and positive where the series is modelled in logs."""
    paths = case.standing.forecast(12)
    for id in paths.series:
        draws: npt.NDArray[np.float64] = paths.draws(id)
        _demand(np.isfinite(draws).all(), f"paths of {id} are not finite")
        if case.panel.catalog[id].transform == "log":
            _demand((draws > 0.0).all(), f"paths of {id} are not positive")


Check = Callable[[ConformanceCase], None]
CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        inputs_are_unchanged,
        reads_no_more_than_it_says,
        clone_is_independent,
        seed_decides_the_paths,
        survives_pickling,
        saving.survives_saving,
        starts_after_the_last_published_month,
        lives_with_a_ragged_edge,
        update_without_news_changes_nothing,
        freeze_holds_what_was_estimated,
        refusals.refuses_a_short_history,
        refusals.what_is_refused_changes_nothing,
        future_does_not_matter,
        features_are_those_of_each_day,
        replay_is_the_slow_path,
        replay_may_start_anywhere,
        young_targets_are_no_exception,
        point_replay_is_the_slow_path,
        unit_does_not_matter,
        figures_come_through_the_panel,
        paths_are_numbers,
        conditional.empty_conditions_change_nothing,
        conditional.what_it_expects_moves_nothing,
        conditional.a_far_condition_keeps_the_nowcast,
        conditional.what_cannot_be_is_refused,
    )
}
