"""The past of a target that no record speaks of: replayed once, kept, and extended."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from warnings import catch_warnings

import pandas as pd
from threadpoolctl import threadpool_limits

from tradeshock.features.errors import ModelError, StoredFileWarning, stale_series_noted
from tradeshock.features.panel.origins import AFTER_TOTAL
from tradeshock.features.panel.panel import Panel
from tradeshock.features.snapshot import panel_or_embedded
from tradeshock.features.snapshot.global_drivers import GLOBAL_DRIVERS
from tradeshock.forecast.backtesting.catch_up import Occasion, occasions
from tradeshock.forecast.backtesting.progress import progress_bar
from tradeshock.forecast.monthly.defaults import chosen_model, default_model, target_of
from tradeshock.forecast.monthly.own_record import (
    FEWEST_MONTHS,
    longer_past,
    past_file,
    past_record,
)
from tradeshock.models.base import Model
from tradeshock.models.paths import ForecastPaths
from tradeshock.models.pools.own_history import stands_alone
from tradeshock.models.pools.wrapper import Wrapper, parts_within
from tradeshock.models.record.record import Record
from tradeshock.models.record.rows import forecast_rows
from tradeshock.models.univariate.random_walk import RandomWalk

STEPS = 12
# Calendar years that are replayed and written at a time.
YEARS = 5


def own_past_record(
    panel: Panel | None = None,
    target: str | None = None,
    model: Model | str | None = None,
    progress: bool | None = None,
) -> Record:
    """Forecast a target from each month of its past, and keep that, so that intervals learn.

    For figures of which the package's record does not speak: another nation's, another series. All
    is in pseudo real time: each forecast knows what was out on its day, and learns from those
    before it. What is kept is found again by its figures and extended by new months; where a past
    figure of the target was revised or corrected, it is made anew from the first forecast of that
    month on, so that it is what the target's figures at hand would give. Replays of other models
    stay. Every later forecast of the same figures, `monthly_forecast`, the page and the command
    line, learns from it.

    Figures of the series beside the target do not count, only which there are: where one of them
    was corrected, what is kept still says how well the target was forecast with the figures before
    it. `past_file` of `tradeshock.forecast.monthly.own_record` is the file to delete for a replay
    of all.

    Parameters
    ----------
    panel : Panel, optional
        Default: the embedded figures.
    target : str, optional
        As for `monthly_forecast`.
    model : Model or str, optional
        Default: that of `monthly_forecast`. The random walk is always with it.
    progress : bool, optional
        Progress bar on standard error. Default: if that is a terminal.

    Returns
    -------
    Record
        Of the model, the models inside it, the random walk, and all that were replayed before, on
        the days of the monthly totals.

    Raises
    ------
    ModelError
        If there are too few months for a replay, or the target has been zero or below.

    Warns
    -----
    StoredFileWarning
        If what was kept cannot be read: it is made anew.
    """
    panel = panel_or_embedded(panel)
    target = target_of(panel, target)
    _refuse_balances(panel, target)
    chosen = chosen_model(model, panel, target)
    path = past_file(panel, target)
    if path is None:
        raise ModelError(
            f"{target} has {len(panel.series(target))} months by {panel.origin.date()}; a replay "
            f"of its past takes at least {FEWEST_MONTHS}"
        )
    missing = missing_past(panel, target, chosen)
    with progress_bar(len({day.year // YEARS for day, _ in missing}), progress) as advance:
        for end in _extend(panel, target, chosen, missing, path):
            advance(f"{target} to {end.date()}")
    return past_record(panel, target).with_outcomes(panel)


def missing_past(panel: Panel, target: str, model: Model) -> list[Occasion]:
    """List the past days from which a target has not been forecast, ascending.

    Forecasts whose outcomes have come out or were revised since, and which therefore want their
    scores, count as missing, and so do all after them.
    """
    first = panel.series(target).index[0] + FEWEST_MONTHS
    every = occasions(panel, target, AFTER_TOTAL, first)
    record = past_record(panel, target)
    there = set(record.arrays([], model.name, target, AFTER_TOTAL)[0])
    rows = record.with_outcomes(panel).frame
    rows = rows[rows["model"].isin(_replayed_names(model))]
    unscored = rows[rows["crps"].isna() & rows["actual"].notna()]["origin"]
    lacking = [day for day, _ in every if day not in there]
    start = min([*lacking, *unscored], default=None)
    return [] if start is None else [each for each in every if each.origin >= start]


def wants_past(panel: Panel, target: str) -> bool:
    """Whether the default model of a target could learn from a past that is not replayed yet.

    Of figures that are not Korea's: alone in their panel, or beside world series.
    """
    model = default_model(panel, target)
    if not isinstance(model, Wrapper) or not stands_alone(panel, target, GLOBAL_DRIVERS):
        return False
    # Of a file that cannot be read the replay itself warns, or the forecast without one.
    with catch_warnings(action="ignore", category=StoredFileWarning):
        return bool(missing_past(panel, target, model))


def _refuse_balances(panel: Panel, target: str) -> None:
    figures = panel.series(target)
    if figures.min() <= 0.0:
        raise ModelError(
            f"{target} was {figures.min():g} in {figures.idxmin()}; replays are for positive "
            "targets, because their errors are taken in logs"
        )


def _extend(
    panel: Panel, target: str, model: Model, missing: list[Occasion], path: Path
) -> Iterator[pd.Timestamp]:
    """Replay the missing days some calendar years at a time; each time the record is written."""
    if not missing:
        return
    with catch_warnings(action="ignore", category=StoredFileWarning):
        # Whoever listed what is missing has been warned.
        rows = past_record(panel, target).frame
        longer = longer_past(panel, target)
    walk = RandomWalk()
    others = ~rows["model"].isin(_replayed_names(model))
    kept = Record(rows[others | (rows["origin"] < missing[0].origin)]).with_figures(panel)
    for _, days in groupby((day for day, _ in missing), key=lambda day: day.year // YEARS):
        origins = list(days)
        with threadpool_limits(1), stale_series_noted():
            _, new = _replayed(model, panel, target, origins, kept)
            if not len(new.arrays([], walk.name, target, AFTER_TOTAL)[0]):
                new = Record.concat([new, _rows(walk.replay(panel, target, origins, STEPS), panel)])
        kept = Record.concat([kept, new.with_figures(panel)])
        # Later forecasts and outcomes are not this panel's to drop.
        Record.concat([kept, longer]).save(path)
        yield origins[-1]


def _replayed_names(model: Model) -> set[str]:
    """Names of the models whose rows a replay of a model makes."""
    return {each.name for each in (model, RandomWalk(), *parts_within(model))}


def _replayed(
    model: Model, panel: Panel, target: str, origins: list[pd.Timestamp], kept: Record
) -> tuple[list[ForecastPaths], Record]:
    """Forecasts of a model, and the record of these and of all inside it."""
    if not isinstance(model, Wrapper):
        made = list(model.replay(panel, target, origins, STEPS))
        return made, _rows(made, panel)
    inside = [_replayed(part, panel, target, origins, kept) for part in model.parts]
    new = Record.concat(record for _, record in inside)
    known = Record.concat([kept, new]).with_outcomes(panel)
    made = list(model.replay_from([forecasts for forecasts, _ in inside], known, panel))
    return made, Record.concat([new, _rows(made, panel)])


def _rows(forecasts: Iterator[ForecastPaths] | list[ForecastPaths], panel: Panel) -> Record:
    return Record(forecast_rows(list(forecasts), panel, "first"))
