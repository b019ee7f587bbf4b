"""What each series is, who publishes it, and when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

import pandas as pd

from tradeshock.features.days.nations import nation_code
from tradeshock.features.days.reading import as_month
from tradeshock.features.errors import CatalogError, PanelError
from tradeshock.features.files.toml import read_toml
from tradeshock.features.panel.release import LatestOf, ReleaseRule

WINDOWS = ("month", "first_10_days", "first_20_days")
TRANSFORMS = ("log", "level")
TEXTS = ("id", "title", "unit", "adjustment", "publisher", "code", "licence", "retrieved", "note")
# Units of what does not add up over months: indices, shares, and whatever is so much for each.
_NO_AMOUNT = re.compile(r"index|points?\b|=\s*100|%|deviations?|\bper\b|\ban?\b|/", re.IGNORECASE)


@dataclass(frozen=True)
class Series:
    """Catalog entry of one monthly series.

    Parameters
    ----------
    id : str
        Column name in the panel.
    release : ReleaseRule or LatestOf
        On which day a month's figure is out.
    title, unit, publisher, code, licence, retrieved, note : str
        What it measures, in what, who says so, under which code, on which terms, and the ISO
        day on which the column was fetched.
    adjustment : {"NSA", "SA", "-"}
        Seasonal adjustment by the publisher.
    revised : bool
        Whether later figures replace earlier ones.
    nation : str, optional
        Nation whose working days move the series; None where none do.
    window : {"month", "first_10_days", "first_20_days"}
        Days of the month that are counted.
    transform : {"log", "level"}
        How it is made stationary: difference of logs, or plain difference.
    holes : tuple of str
        Months known to be missing inside the series, as "2024-09".
    flash_of : str, optional
        Series of which this is the early count.
    quoted : bool
        Whether it is the mean of prices that a market quotes every day (see
        `tradeshock.features.as_quoted`).
    names : tuple of str
        Other names by which tables may call it, such as "반도체".
    """

    id: str
    release: ReleaseRule | LatestOf
    title: str = ""
    unit: str = "units"
    adjustment: str = "NSA"
    publisher: str = ""
    code: str = ""
    licence: str = ""
    revised: bool = False
    nation: str | None = None
    window: str = "month"
    transform: str = "log"
    holes: tuple[str, ...] = ()
    retrieved: str = ""
    flash_of: str | None = None
    quoted: bool = False
    note: str = ""
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in TEXTS:
            if not isinstance(text := getattr(self, name), str):
                raise CatalogError(f"{self.id}: {name} is {text!r}; give text")
        object.__setattr__(self, "nation", nation_code(self.nation))
        if self.window not in WINDOWS:
            raise CatalogError(f"{self.id}: window {self.window!r} is none of {WINDOWS}")
        if self.transform not in TRANSFORMS:
            raise CatalogError(f"{self.id}: transform {self.transform!r} is none of {TRANSFORMS}")
        if (self.window == "month") != (self.flash_of is None):
            raise CatalogError(
                f"{self.id}: a count of the first days needs flash_of, and only such a count; "
                f"got window={self.window!r}, flash_of={self.flash_of!r}"
            )
        try:
            holes = tuple(str(as_month(month)) for month in self.holes)
        except PanelError as error:
            raise CatalogError(
                f"{self.id}: holes {list(self.holes)} do not all read: {error}"
            ) from error
        object.__setattr__(self, "holes", holes)

    @property
    def is_relative(self) -> bool:
        """Whether growth in per cent means something: not where values may pass zero."""
        return self.transform == "log"

    @property
    def is_adjusted(self) -> bool:
        """Whether the publisher has taken season and working days out."""
        return self.adjustment == "SA"

    @property
    def is_flow(self) -> bool:
        """Whether months add up to a year: amounts do; indices, prices and rates do not."""
        return self.is_relative and self.is_amount

    @property
    def is_amount(self) -> bool:
        """Whether its unit adds up, over parts and over days, balances below zero included."""
        return not _NO_AMOUNT.search(self.unit)

    @property
    def counts_days(self) -> bool:
        """Whether it means something a working day: a flow from which none have been taken out."""
        return self.is_flow and not self.is_adjusted

    @property
    def hole_months(self) -> pd.PeriodIndex:
        """Known holes as months."""
        return pd.PeriodIndex(list(self.holes), freq="M")

    @classmethod
    def from_table(cls, id: str, table: Mapping[str, Any]) -> Series:
        """Entry from one TOML table.

        Raises
        ------
        CatalogError
            If a key is unknown or the release rule is missing.
        """
        if not isinstance(table, Mapping):
            raise CatalogError(f"{id} is {table!r}; write a table of its own: [{id}]")
        known = {f.name for f in fields(cls)} - {"id"}
        if unknown := set(table) - known:
            raise CatalogError(
                f"{id}: unknown catalog fields {sorted(unknown)}; known: {sorted(known)}"
            )
        if "release" not in table:
            raise CatalogError(f"{id}: no release rule; add e.g. release = {{day = 1}}")
        entry = dict(table)
        try:
            entry["release"] = ReleaseRule(**entry["release"])
        except TypeError as error:
            raise CatalogError(
                f"{id}: release is {entry['release']!r}; give e.g. release = {{day = 1}}, with "
                f"fields of {[f.name for f in fields(ReleaseRule)]}"
            ) from error
        for several in ("holes", "names"):
            entry[several] = tuple(entry.get(several, ()))
        return cls(id=id, **entry)


class Catalog(Mapping[str, Series]):
    """Entries by series id, immutable."""

    def __init__(self, entries: Iterable[Series]) -> None:
        self._entries: dict[str, Series] = {}
        for entry in entries:
            if entry.id in self._entries:
                raise CatalogError(f"{entry.id} stands twice in the catalog")
            self._entries[entry.id] = entry
        counts: dict[tuple[str, str], str] = {}
        for entry in self._entries.values():
            if entry.flash_of is not None:
                other = counts.setdefault((entry.flash_of, entry.window), entry.id)
                if other != entry.id:
                    raise CatalogError(
                        f"{other} and {entry.id} are both the count of {entry.window} of "
                        f"{entry.flash_of}; keep one"
                    )

    def __getitem__(self, id: str) -> Series:
        return self._entries[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __deepcopy__(self, _: dict[int, object]) -> Self:
        # Nothing in it can change, and models are copied with their panels many times.
        return self

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"Catalog of {len(self)} series"

    def _repr_html_(self) -> str:
        columns = ("title", "unit", "publisher", "nation", "window", "transform", "release")
        rows = {
            id: {name: _shown(getattr(entry, name)) for name in columns}
            for id, entry in self._entries.items()
        }
        table = pd.DataFrame.from_dict(rows, orient="index", columns=list(columns))
        return f"<p>{self!r}</p>{table.to_html(max_rows=20)}"

    @classmethod
    def read(cls, path: Path) -> Catalog:
        """Read a TOML file with one table a series.

        Raises
        ------
        CatalogError
            With the name of the file, if it does not read or an entry makes no sense.
        """
        tables, _ = read_toml(path, CatalogError, "a catalog")
        try:
            return cls(Series.from_table(id, table) for id, table in tables.items())
        except CatalogError as error:
            raise CatalogError(f"{path}: {error}") from error

    def with_series(self, *entries: Series) -> Catalog:
        """Return a catalog with these entries added or replaced."""
        return Catalog({**self._entries, **{entry.id: entry for entry in entries}}.values())

    def flash(self, target: str) -> dict[str, str]:
        """Ids of the early counts of a series, by window."""
        return {e.window: e.id for e in self._entries.values() if e.flash_of == target}


def _shown(value: object) -> str:
    """Text of a field of an entry."""
    if isinstance(value, LatestOf):
        return "with the last of its parts"
    if not isinstance(value, ReleaseRule):
        return "" if value is None else str(value)
    if value.days_after_end is not None:
        return f"{value.days_after_end} days after the month"
    when = {0: "the same month", 1: "the next month"}
    return f"day {value.day} of {when.get(value.months_after, f'{value.months_after} months on')}"
