"""Figures as they were first and later seen."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from functools import cached_property
from os import PathLike

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.days.holidays import Days
from tradeshock.features.errors import PanelError

Floats = npt.NDArray[np.float64]
COLUMNS = ("series", "month", "seen", "value")


class Vintages:
    """Table of vintages: on which day a figure was seen to be what.

    On a day a figure is the newest vintage seen by then, and before its first vintage the oldest:
    so the first vintage that a store happens to hold does not change the days before it.

    Parameters
    ----------
    table : DataFrame
        Columns series, month, seen (a day) and value, in the series' own units.

    Raises
    ------
    PanelError
        If a column is missing, a value is not finite, or a figure has two values on one day.
    """

    def __init__(self, table: pd.DataFrame) -> None:
        if missing := [name for name in COLUMNS if name not in table]:
            raise PanelError(f"vintages lack the columns {missing}; they need {list(COLUMNS)}")
        rows = pd.DataFrame(
            {
                "series": table["series"].astype(str),
                "month": pd.PeriodIndex(table["month"], freq="M"),
                "seen": pd.to_datetime(table["seen"]),
                "value": table["value"].astype(float),
            }
        ).drop_duplicates()
        odd = ~np.isfinite(rows["value"]) | rows.duplicated(["series", "month", "seen"], keep=False)
        if odd.any():
            row = rows[odd].iloc[0]
            raise PanelError(
                f"{row['series']} of {row['month']} seen on {row['seen'].date()} is "
                f"{row['value']:g}, which is no number, or not the only one of that day; give one "
                "finite value a day"
            )
        self.table = rows.sort_values(["series", "month", "seen"]).reset_index(drop=True)

    @classmethod
    def read(cls, path: str | PathLike[str]) -> Vintages:
        """Read a CSV with columns series, month, first_seen and value."""
        return cls(pd.read_csv(path).rename(columns={"first_seen": "seen"}))

    def __repr__(self) -> str:
        return f"Vintages: {len(self.table)} of {len(self._starts)} figures"

    def with_rows(self, rows: pd.DataFrame) -> Vintages:
        """Return these vintages and more."""
        return Vintages(pd.concat([self.table, rows], ignore_index=True))

    def of_series(self, ids: Collection[str]) -> Vintages | None:
        """Return the vintages of these series alone; None if there are none."""
        rows = self.table[self.table["series"].isin(list(ids))]
        return Vintages(rows) if len(rows) else None

    @cached_property
    def _starts(self) -> npt.NDArray[np.intp]:
        """Row of the first vintage of each figure."""
        first = ~self.table.duplicated(["series", "month"]).to_numpy()
        return np.flatnonzero(first)

    @cached_property
    def _seen(self) -> Days:
        days: Days = self.table["seen"].to_numpy().astype("datetime64[D]")
        return days

    @cached_property
    def revision_days(self) -> Days:
        """Days on which a figure was seen to be another than before, ascending."""
        values = self.table["value"].to_numpy()
        revised = np.concatenate([[False], values[1:] != values[:-1]])[: len(values)]
        revised[self._starts] = False
        return np.unique(self._seen[revised])

    def revisions_by(self, day: pd.Timestamp) -> int:
        """Number of days up to this one on which figures were revised."""
        return int(np.searchsorted(self.revision_days, np.datetime64(day, "D"), side="right"))

    def seen_by(self, day: pd.Timestamp, values: pd.DataFrame) -> Floats:
        """Figures as they had been seen by the end of a day.

        Parameters
        ----------
        day : Timestamp
        values : DataFrame, months by series
            What holds for figures without vintages.

        Returns
        -------
        ndarray, months by series
        """
        figures: Floats = values.to_numpy().copy()
        if not len(self._starts):
            return figures
        out = np.add.reduceat(self._seen <= np.datetime64(day, "D"), self._starts, dtype=np.intp)
        chosen = self.table.iloc[self._starts + np.maximum(out - 1, 0)]
        rows = pd.PeriodIndex(values.index).get_indexer(pd.PeriodIndex(chosen["month"]))
        columns = values.columns.get_indexer(chosen["series"])
        there = (rows >= 0) & (columns >= 0)
        figures[rows[there], columns[there]] = chosen["value"].to_numpy()[there]
        return figures

    def digest(self) -> bytes:
        """Hash of the table."""
        return hashlib.sha256(self.table.to_csv(index=False).encode()).digest()


def joined(some: Vintages | None, more: Vintages | None) -> Vintages | None:
    """Vintages of both; None if there are none."""
    if some is None or more is None:
        return some or more
    return some.with_rows(more.table)
