"""A forecast as it is printed for people: title, facts, the table of months, sentences on years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.monthly.wording import (
    day_words,
    month_words,
    published_words,
    year_sentences,
)
from tradeshock.forecast.plots.display_unit import DisplayUnit

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class PrintedForecast:
    """What `tradeshock forecast` prints, before it is laid out for a window or a pipe.

    Parameters
    ----------
    title : str
    facts : tuple of (name, text)
    columns : tuple of (header, kind)
        Kinds are those of `tradeshock.forecast.cli.terminal`: "text" or "figure".
    rows : tuple of tuples of str
        One a month.
    sentences : tuple of str
        On calendar years.
    """

    title: str
    facts: Pairs
    columns: Pairs
    rows: tuple[tuple[str, ...], ...]
    sentences: tuple[str, ...]

    @classmethod
    def from_forecast(cls, forecast: MonthlyForecast) -> Self:
        """Write a forecast down, in the unit in which people read it."""
        unit = DisplayUnit.choose(forecast.entry.unit, forecast.last.value)
        facts = [
            ("Known", f"{forecast.known} ({forecast.paths.state})"),
            ("Last published", published_words(forecast.last, unit)),
        ]
        if forecast.flash is not None:
            facts.append(("Early count", published_words(forecast.flash, unit)))
        facts.append(("Model", forecast.model + " (the default)" * forecast.by_default))
        facts += [("Note", note) for note in forecast.notes]
        return cls(
            title=f"{forecast.title}, forecast of {day_words(forecast.origin)}",
            facts=tuple(facts),
            columns=_columns(forecast, unit),
            rows=_rows(forecast, unit),
            sentences=tuple(year_sentences(forecast, unit)),
        )

    def to_plain(self) -> dict[str, Any]:
        """Return plain values that a file can hold."""
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """Read what `to_plain` gave, from JSON too, where tuples are lists.

        Raises
        ------
        KeyError
            If something is missing.
        """
        return cls(
            title=plain["title"],
            facts=tuple((name, text) for name, text in plain["facts"]),
            columns=tuple((header, kind) for header, kind in plain["columns"]),
            rows=tuple(tuple(row) for row in plain["rows"]),
            sentences=tuple(plain["sentences"]),
        )


def _columns(forecast: MonthlyForecast, unit: DisplayUnit) -> Pairs:
    growth = ("y/y, %", "80 % interval") if forecast.entry.is_relative else ()
    headers = [unit.name, "80 % interval", *growth]
    if forecast.judgement is not None:
        headers.append("judgement")
    return (("Month", "text"), *((header, "figure") for header in headers))


def _rows(forecast: MonthlyForecast, unit: DisplayUnit) -> tuple[tuple[str, ...], ...]:
    rows = []
    table = forecast.table()
    for month, (_, row) in zip(forecast.paths.index, table.iterrows(), strict=True):
        cells = [
            month_words(month, short=True),
            unit.text(row["median"]),
            f"{unit.text(row['low80'])} to {unit.text(row['high80'])}",
        ]
        if forecast.entry.is_relative:
            cells.append(f"{row['yoy_median']:+z.1f}")
            cells.append(f"{row['yoy_low80']:+z.1f} to {row['yoy_high80']:+z.1f}")
        if forecast.judgement is not None:
            amount = row["adjustment"]
            cells.append(unit.text(amount, sign=True) if amount else "")
        rows.append(tuple(cells))
    return tuple(rows)
