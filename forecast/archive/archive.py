"""A folder of issued forecasts: one file each, never changed."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from tradeshock.features.errors import (
    ModelError,
    OtherFiguresWarning,
    StoredFileError,
    StoredFileWarning,
)
from tradeshock.features.panel.panel import Panel
from tradeshock.features.vintages.home import archive_path
from tradeshock.forecast.archive.issued import Issued
from tradeshock.forecast.archive.same_figures import other_figures
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.plots.history import plot_issued
from tradeshock.forecast.version import __version__
from tradeshock.models.record.files import Schema, read_arrays, remove_drafts, write_arrays
from tradeshock.models.record.places import expanded
from tradeshock.models.record.rows import Actual, forecast_rows
from tradeshock.models.univariate.random_walk import RandomWalk

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SCHEMA = Schema("issued forecast", 2)
# Without card, code and what was printed.
FIRST_SCHEMA = Schema("issued forecast", 1)
DAMAGED = "cannot be read"
LOG = logging.getLogger(__name__)


class Archive:
    """Forecasts as they were issued.

    Parameters
    ----------
    folder : path, optional
        Default: TRADESHOCK_ARCHIVE, or the folder ``archive`` beside the store of figures
        (`tradeshock.features.vintages.home.archive_path`). Made when the first forecast is put
        into it. Each is one file, written whole or not at all; nothing is ever changed or removed.
    """

    def __init__(self, folder: str | PathLike[str] | None = None) -> None:
        self.folder = archive_path() if folder is None else expanded(folder)

    def __repr__(self) -> str:
        return f"Archive of {len(list(self._files()))} forecasts in {self.folder}"

    def add(self, forecast: MonthlyForecast) -> str:
        """Put a forecast into the archive.

        Returns
        -------
        str
            Its id. A forecast that says the same to the last bit is there once; a damaged file
            of it is made good.

        Raises
        ------
        UnwritableFileError
            If the folder cannot be written to.
        """
        issued = Issued.from_forecast(forecast, __version__)
        path = self._path(issued.id)
        if not _is_whole(path):
            remove_drafts(self.folder)
            stored = issued.to_stored()
            write_arrays(path, SCHEMA, stored.arrays, stored.about, compressed=True)
            LOG.info("written: %s", path)
        return issued.id

    @property
    def is_empty(self) -> bool:
        """Whether there is no forecast at all."""
        return not any(self._files())

    def refuse_empty(self) -> None:
        """Refuse to look for a forecast where there is none at all.

        Raises
        ------
        ModelError
            If the archive is empty.
        """
        if self.is_empty:
            raise ModelError(
                f"there is no forecast in {self.folder}; `tradeshock forecast --archive` puts one "
                "there"
            )

    def read(self, id: str) -> Issued:
        """Return one forecast.

        Parameters
        ----------
        id : str
            Or so much of its beginning that only one begins so.

        Raises
        ------
        ModelError
            If the archive is empty, or none or several begin so.
        StoredFileError
            If its file is damaged.
        """
        self.refuse_empty()
        files = list(self._files())
        found = [path for path in files if path.stem.startswith(id)]
        if len(found) != 1:
            names = ", ".join(path.stem for path in found or files[-4:])
            raise ModelError(
                f"{len(found) or 'no'} forecasts of {self.folder} begin with {id!r}; there are "
                f"{names}: `archive list` names all"
            )
        return _read(found[0])

    def contents(self) -> pd.DataFrame:
        """Return what is in the archive, by day of origin.

        Returns
        -------
        DataFrame
            Index id; columns issued (UTC), origin, target, state, model, first (month of step 1),
            steps, version; a file that cannot be read has a row that says so.
        """
        rows: dict[str, dict[str, object]] = {}
        for path in self._files():
            try:
                one = _read(path)
            except StoredFileError:
                rows[path.stem] = {"model": DAMAGED}
                continue
            rows[one.id] = {
                "issued": one.issued,
                "origin": one.paths.origin,
                "target": one.paths.series[0],
                "state": one.paths.state,
                "model": one.paths.model,
                "first": one.paths.index[0],
                "steps": len(one.paths.index),
                "version": one.version,
            }
        columns = ["issued", "origin", "target", "state", "model", "first", "steps", "version"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("id")

    def forecasts(self, target: str, panel: Panel | None = None) -> list[Issued]:
        """Return the forecasts of a target that can be read, by day of origin.

        Parameters
        ----------
        target : str
        panel : Panel, optional
            Only those that were made from its figures
            (`tradeshock.forecast.archive.same_figures.other_figures`). Default: all.

        Warns
        -----
        StoredFileWarning
            If a file cannot be read: it is left out.
        OtherFiguresWarning
            If forecasts were made from other figures than the panel's: they are left out.
        """
        read = []
        for path in self._files():
            try:
                one = _read(path)
            except StoredFileError as error:
                warnings.warn(f"{error}; it is left out", StoredFileWarning, stacklevel=2)
                continue
            if one.paths.series[0] == target:
                read.append(one)
        return read if panel is None else self._of_these(read, panel)

    def _of_these(self, read: list[Issued], panel: Panel) -> list[Issued]:
        """Those of some forecasts that were made from a panel's figures."""
        other = {one.id: why for one in read if (why := other_figures(one, panel))}
        if other:
            id, why = next(iter(other.items()))
            warnings.warn(
                f"{len(other)} of {len(read)} forecasts of {read[0].paths.series[0]} in "
                f"{self.folder} were made from other figures and are left out, such as {id}: {why}",
                OtherFiguresWarning,
                stacklevel=3,
            )
        return [one for one in read if one.id not in other]

    def scores(
        self, panel: Panel, target: str = "exports_total", actual: Actual = "latest"
    ) -> pd.DataFrame:
        """Score what has come out since against what was said, and against the random walk.

        Forecasts that were made from other figures of the same name are left out: see `forecasts`.

        Parameters
        ----------
        panel : Panel
            Holds the outcomes.
        target : str
        actual : {"latest", "first"}
            What counts as outcome where the panel has vintages: the newest figure or the first.

        Returns
        -------
        DataFrame
            Index id and month; columns step, median, low80, high80 and actual in the target's
            unit; outcome, which revision of the actual that is ("first print" or "figure as of"
            the panel's day); error and walk (of the random walk of that day), 100 log(actual /
            median); inside, whether the 80 % interval held; crps and crps_walk. Months that are
            not out, and forecasts from days after the panel's, have no rows.

        Raises
        ------
        StoredFileError
            If there are forecasts and none of them can be read.
        """
        tables = {}
        for one in self.forecasts(target, panel):
            if one.paths.origin <= panel.origin:
                tables[one.id] = _scored(one, panel, actual)
        if not tables:
            self._refuse_all_damaged()
            return pd.DataFrame(columns=SCORES, index=pd.MultiIndex.from_tuples([], names=KEYS))
        return pd.concat(tables, names=[KEYS[0]])

    def plot(self, panel: Panel, target: str = "exports_total", ax: Axes | None = None) -> Axes:
        """Draw what was said and what came (`tradeshock.forecast.plots.plot_issued`).

        Raises
        ------
        ModelError
            If the archive has no forecast of the target.
        StoredFileError
            If there are forecasts and none of them can be read.
        """
        entry = panel.entry(target)
        paths = [one.paths for one in self.forecasts(target, panel)]
        if not paths:
            raise self._nothing_of(target)
        return plot_issued(paths, panel.series(target), ax, entry.unit, entry.title or target)

    def frame(self, panel: Panel, target: str, actual: Actual = "latest") -> pd.DataFrame:
        """Return the tidy frame of all that was said of a target, as a backtest has it.

        For `tradeshock.forecast.plots.plot_history` and `tradeshock.forecast.judging.scores`.
        Of several forecasts of one day, state and model the last one counts.

        Raises
        ------
        ModelError
            If the archive has no forecast of the target.
        StoredFileError
            If there are forecasts and none of them can be read.
        """
        last = {
            (one.paths.model, one.paths.state, one.paths.origin): one.paths
            for one in sorted(self.forecasts(target, panel), key=lambda one: one.issued)
        }
        if not last:
            raise self._nothing_of(target)
        return forecast_rows(list(last.values()), panel, actual)

    def _nothing_of(self, target: str) -> ModelError:
        self.refuse_empty()
        self._refuse_all_damaged()
        return ModelError(f"{self.folder} has no forecast of {target}; `archive list` names all")

    def _refuse_all_damaged(self) -> None:
        """Say that all is damaged where it is: nothing else can be said of such an archive."""
        files = list(self._files())
        if files and not any(_is_whole(path) for path in files):
            raise StoredFileError(
                f"none of the {len(files)} forecasts in {self.folder} can be read; bring the "
                f"folder back from a copy, or remove them, such as {files[0].name}"
            )

    def _files(self) -> Iterator[Path]:
        yield from sorted(self.folder.glob("[0-9]*.npz"))

    def _path(self, id: str) -> Path:
        return self.folder / f"{id}.npz"


KEYS = ["id", "month"]
SCORES = [
    *("step", "median", "low80", "high80", "actual", "outcome"),
    *("error", "walk", "inside", "crps", "crps_walk"),
]


def outcome_words(panel: Panel, actual: Actual) -> str:
    """Say which revision of a figure counts as what came: the first print, or that of a day."""
    if actual == "first" and panel.revises_the_past:
        return "first print"
    return f"figure as of {panel.origin.date()}"


def _is_whole(path: Path) -> bool:
    try:
        _read(path)
    except StoredFileError:
        return False
    return True


def _read(path: Path) -> Issued:
    """Read a file of this schema or of the first one."""
    try:
        stored = read_arrays(path, SCHEMA)
    except StoredFileError as error:
        try:
            stored = read_arrays(path, FIRST_SCHEMA)
        except StoredFileError:
            raise error from None
    return Issued.from_stored(stored)


def _scored(one: Issued, panel: Panel, actual: Actual) -> pd.DataFrame:
    target, steps = one.paths.series[0], len(one.paths.index)
    walk = RandomWalk().fit(panel.as_of(one.paths.origin), target).forecast(steps)
    said, naive = (
        rows[rows["quantity"] == "level"].set_index("month")
        for rows in (forecast_rows(paths, panel, actual) for paths in (one.paths, walk))
    )
    out = said.index[said["actual"].notna()].intersection(naive.index)
    said, naive = said.loc[out], naive.loc[out]
    return pd.DataFrame(
        {
            "step": said["step"],
            "median": said["q50"],
            "low80": said["q10"],
            "high80": said["q90"],
            "actual": said["actual"],
            "outcome": outcome_words(panel, actual),
            "error": 100.0 * np.log(said["actual"] / said["q50"]),
            "walk": 100.0 * np.log(said["actual"] / naive["q50"]),
            "inside": said["actual"].between(said["q10"], said["q90"]),
            "crps": said["crps"],
            "crps_walk": naive["crps"],
        }
    ).rename_axis("month")
