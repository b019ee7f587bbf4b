"""Past forecasts, what came out later, and the day on which that was known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import copy
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.days.reading import Day, as_day
from tradeshock.features.errors import ModelError
from tradeshock.models.record.files import read_arrays, replacing
from tradeshock.models.record.rows import COLUMNS, empty_frame, from_arrays, to_arrays

Array = npt.NDArray[np.float64]
Key = tuple[str, str, str]

KEYS = ("model", "target", "state", "origin", "step")
# Known only once the outcome is.
OUTCOME_COLUMNS = frozenset(("crps", "logscore", "pit", "actual"))


class Record:
    """Forecasts from many past origins with what came out later and when it did.

    The one source of combination weights, residual vectors and interval calibration.

    Parameters
    ----------
    frame : DataFrame, optional
        Rows as `tradeshock.models.record.rows.forecast_rows` makes them; those of quantity "level"
        are kept. None: an empty record.

    Raises
    ------
    ModelError
        If columns are missing, or a forecast is there twice.

    Notes
    -----
    An error counts only from the day on which its outcome came out, so at step h the newest one
    lags h months. ``record.as_of(origin)`` cuts the record there; it costs nothing, because the
    rows are shared.
    """

    def __init__(self, frame: pd.DataFrame | None = None) -> None:
        if frame is None:
            frame = empty_frame()
        if missing := [name for name in COLUMNS if name not in frame.columns]:
            raise ModelError(
                f"a record needs the columns {missing}; make its rows with "
                "tradeshock.models.record.rows.forecast_rows(forecasts, panel)"
            )
        rows = frame.loc[frame["quantity"] == "level", list(COLUMNS)].reset_index(drop=True)
        twice = rows.duplicated(list(KEYS))
        if twice.any():
            row = rows[twice].iloc[0]
            raise ModelError(
                f"the forecast of {row['target']} by {row['model']} for step {row['step']} from "
                f"{row['origin'].date()} is there twice; put records together with Record.concat"
            )
        self._rows = rows
        self._origin: pd.Timestamp | None = None

    def as_of(self, origin: Day) -> Record:
        """Return the record as it stood at the end of a day.

        Forecasts from later origins are gone, and outcomes that came out later are missing.
        """
        day = as_day(origin)
        cut = copy(self)
        # Made once, shared by all cuts.
        cut._blocks = self._blocks
        cut._origin = day if self._origin is None else min(day, self._origin)
        return cut

    def cut_from_same(self, other: Record) -> bool:
        """Whether both are cuts (`as_of`) of one and the same record."""
        return self._rows is other._rows

    # -- what is in it ------------------------------------------------------------------------

    def __len__(self) -> int:
        return int(self._kept().sum())

    def __repr__(self) -> str:
        cut = "" if self._origin is None else f" as of {self._origin.date()}"
        return f"Record{cut}: {len(self)} rows, models {self.models}"

    @property
    def models(self) -> list[str]:
        """Names of the models, sorted."""
        return sorted(set(self._rows.loc[self._kept(), "model"]))

    @property
    def frame(self) -> pd.DataFrame:
        """Rows of the record, outcomes and scores NaN where they were not known."""
        rows = self._rows[self._kept()].reset_index(drop=True)
        if self._origin is not None:
            unknown = ~(rows["known_on"] <= self._origin)
            rows.loc[unknown, list(OUTCOME_COLUMNS)] = np.nan
            rows.loc[unknown, "known_on"] = pd.NaT
        return rows

    def errors(self, model: str, target: str, state: str) -> pd.DataFrame:
        """Errors of a model's medians, ``100 * log(actual / q50)``.

        Returns
        -------
        DataFrame, origins by steps
            NaN where the outcome was not known. Empty if the record has no such forecasts.
        """
        ratio = self.matrix("actual", model, target, state)
        ratio /= self.matrix("q50", model, target, state)
        return ratio.apply(np.log) * 100.0

    def matrix(self, column: str, model: str, target: str, state: str) -> pd.DataFrame:
        """One column of the tidy frame, origins by steps.

        Parameters
        ----------
        column : str
            A score, ``actual``, ``mean``, a quantile, ``scale`` or ``last_yoy``.
        model, target, state : str

        Returns
        -------
        DataFrame, origins by steps
            NaN where not known. Empty if the record has no such forecasts.
        """
        origins, columns = self.arrays([column], model, target, state)
        table = columns[column]
        return pd.DataFrame(table, origins, pd.RangeIndex(1, table.shape[1] + 1, name="step"))

    def arrays(
        self, columns: Sequence[str], model: str, target: str, state: str
    ) -> tuple[pd.DatetimeIndex, dict[str, Array]]:
        """Several columns as `matrix` gives them, without labels.

        Returns
        -------
        origins : DatetimeIndex
        columns : dict of str to ndarray, origins by steps
        """
        block = self._blocks.get((model, target, state))
        if block is None:
            empty = pd.DatetimeIndex([], dtype="datetime64[ns]", name="origin")
            return empty, {column: np.empty((0, 0)) for column in columns}
        if self._origin is None:
            return block.index, {column: block.column(column).copy() for column in columns}
        day = self._origin.to_datetime64()
        rows = int(np.searchsorted(block.origins, day, side="right"))
        unknown = ~(block.known_on[:rows] <= day)
        found = {column: block.column(column)[:rows].copy() for column in columns}
        for column in found.keys() & OUTCOME_COLUMNS:
            found[column][unknown] = np.nan
        return block.index[:rows], found

    def _kept(self) -> pd.Series[bool]:
        if self._origin is None:
            return pd.Series(True, self._rows.index)
        return self._rows["origin"] <= self._origin

    @cached_property
    def _blocks(self) -> dict[Key, _Block]:
        groups = self._rows.groupby(["model", "target", "state"], sort=False)
        return {(str(m), str(t), str(s)): _Block(rows) for (m, t, s), rows in groups}

    # -- together, to disk and back ---------------------------------------------------------------

    @classmethod
    def concat(cls, records: Iterable[Record]) -> Self:
        """Put records together; where they have the same forecast, the last one's row stays."""
        frames = [record.frame for record in records if len(record)]
        if not frames:
            return cls()
        rows = pd.concat(frames, ignore_index=True)
        return cls(rows.drop_duplicates(list(KEYS), keep="last"))

    def save(self, path: str | PathLike[str]) -> None:
        """Write the record to an ``.npz`` file, whole or not at all."""
        with replacing(Path(path)) as file:
            np.savez_compressed(file, **to_arrays(self.frame))  # type: ignore[arg-type]

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Self:
        """Read what `save` wrote, bit for bit.

        Raises
        ------
        ModelError
            If the file is no record.
        """
        arrays = read_arrays(Path(path))
        if missing := set(COLUMNS) - set(arrays):
            raise ModelError(f"{path} is no record: it lacks {sorted(missing)}")
        return cls(from_arrays(arrays))


class _Block:
    """Forecasts of one model, target and state, origins by steps."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self.origins, row = np.unique(rows["origin"].to_numpy(), return_inverse=True)
        self.index = pd.DatetimeIndex(self.origins, name="origin")
        self._shape = (len(self.origins), int(rows["step"].max()))
        self._place = (row, rows["step"].to_numpy() - 1)
        self._rows = rows
        self._columns: dict[str, Array] = {}
        self.known_on = np.full(self._shape, np.datetime64("NaT"), dtype="datetime64[ns]")
        self.known_on[self._place] = rows["known_on"].to_numpy()

    def column(self, name: str) -> Array:
        """Values of a column, NaN where there is no forecast."""
        if name not in self._columns:
            table = np.full(self._shape, np.nan)
            table[self._place] = self._rows[name].to_numpy(dtype=float)
            self._columns[name] = table
        return self._columns[name]
