"""The user's own record, kept up to date."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from warnings import warn

import numpy as np

from tradeshock.features.errors import StoredFileError, StoredFileWarning
from tradeshock.features.panel.panel import Panel
from tradeshock.features.vintages.home import record_path
from tradeshock.forecast.backtesting.catch_up import (
    Occasion,
    catch_up,
    missing_occasions,
    recorded,
)
from tradeshock.forecast.backtesting.progress import progress_bar
from tradeshock.forecast.monthly.defaults import default_record
from tradeshock.forecast.monthly.own_record import own_record
from tradeshock.models.base import Model
from tradeshock.models.paths import ForecastPaths
from tradeshock.models.record.files import Schema, read_arrays, write_arrays
from tradeshock.models.record.record import Record
from tradeshock.models.record.stored_paths import paths_from_arrays, paths_to_arrays

WAITING = Schema("waiting forecasts", 1)


def extend_own_record(
    panel: Panel, target: str, model: Model, progress: bool | None = None
) -> Iterator[Occasion]:
    """Forecast from each occasion that the record lacks, and keep what comes of it.

    The record is written after each occasion: whoever stops here loses the one that was being
    made. What it holds of figures that are not today's, because earlier ones were brought in later,
    is dropped. Whole paths wait beside it until all their months are out, because scores are taken
    from them; those of months that have come out since the last call are scored first.

    Parameters
    ----------
    panel : Panel
    target : str
    model : Model
    progress : bool, optional
        Progress bar on standard error. Default: if that is a terminal.

    Yields
    ------
    Occasion
        That has been added; none where there is no record.
    """
    record = default_record(panel, target)
    if record is None:
        return
    missing = missing_occasions(panel, target, record, model)
    kept = _scored(own_record(target).made_from(panel, target), panel, target)
    with progress_bar(len(missing), progress) as advance:
        for forecasts in catch_up(panel, target, record, model, missing):
            new = recorded(forecasts, panel)
            # Another run may have gone further meanwhile: a forecast issued now stands on it.
            kept = Record.concat([own_record(target).made_from(panel, target), kept, new])
            if _unscored(new):
                _wait(forecasts, target)
            kept.save(record_path(target))
            added = Occasion(forecasts[0].origin, forecasts[0].state)
            advance(f"record {added.origin.date()} {added.state}")
            yield added


def _scored(kept: Record, panel: Panel, target: str) -> Record:
    """Score the forecasts that wait for figures which are out now; those with none left go."""
    rows = kept.with_outcomes(panel).frame
    out = rows[rows["crps"].isna() & rows["actual"].notna()]
    for origin, state in sorted(set(zip(out["origin"], out["state"], strict=True))):
        path = _waiting_file(target, Occasion(origin, state))
        try:
            forecasts = list(paths_from_arrays(read_arrays(path, WAITING).arrays))
        except FileNotFoundError:
            continue
        except StoredFileError as error:
            warn(f"{error}; removed, its scores stay empty", StoredFileWarning, stacklevel=2)
            path.unlink(missing_ok=True)
            continue
        again = recorded(forecasts, panel)
        kept = Record.concat([kept, again])
        kept.save(record_path(target))
        if not _unscored(again):
            path.unlink(missing_ok=True)
    return kept


def _unscored(record: Record) -> bool:
    return bool(np.isnan(record.frame["crps"]).any())


def _wait(forecasts: list[ForecastPaths], target: str) -> None:
    """Keep the whole paths of those that forecast all months."""
    first = forecasts[0]
    whole = [paths for paths in forecasts if len(paths.index) == len(first.index)]
    path = _waiting_file(target, Occasion(first.origin, first.state))
    write_arrays(path, WAITING, paths_to_arrays(whole), {}, compressed=True)


def _waiting_file(target: str, occasion: Occasion) -> Path:
    folder = record_path(target).with_suffix("")
    return folder / f"{occasion.origin.date()}-{occasion.state}.npz"
