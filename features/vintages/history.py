"""All that was seen, in order of time, and what follows from it for a panel."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property

import numpy as np
import pandas as pd

from tradeshock.features.vintages.answer import Answer
from tradeshock.features.vintages.kept import Kept


@dataclass(frozen=True, eq=False)
class History:
    """Answers in order of time.

    Parameters
    ----------
    names : mapping of int to str
        Ids of series by the numbers that the answers use.
    answers : tuple of Kept
    """

    names: Mapping[int, str]
    answers: tuple[Kept, ...]

    @classmethod
    def of(cls, names: Mapping[int, str], answers: Iterable[Kept]) -> History:
        """Put answers in order; of two in one second the first is the earlier one."""
        return cls(names, tuple(sorted(answers, key=lambda kept: kept.seen)))

    def with_answers(self, answers: Iterable[Answer]) -> History:
        """Return a history with more answers."""
        more = list(answers)
        ids = dict.fromkeys(str(id) for answer in more for id in answer.figures["series"].unique())
        unknown = [id for id in ids if id not in self.names.values()]
        first = max(self.names, default=0) + 1
        names = {**self.names, **dict(enumerate(unknown, first))}
        numbers = {id: number for number, id in names.items()}
        return History.of(names, [*self.answers, *(Kept.from_answer(a, numbers) for a in more)])

    @property
    def updated(self) -> datetime:
        """Moment of the newest answer, UTC."""
        return datetime.fromtimestamp(self.answers[-1].seen, UTC)

    @property
    def day(self) -> pd.Timestamp:
        """Day of the newest answer in Korea."""
        return pd.Timestamp(self.answers[-1].day)

    def looks(self, id: str) -> list[np.datetime64]:
        """Days on which a series was asked for, ascending."""
        return self._looks.get(id, [])

    @cached_property
    def _looks(self) -> dict[str, list[np.datetime64]]:
        found: dict[str, list[np.datetime64]] = {}
        for kept in self.answers:
            for number in kept.covered.tolist():
                days = found.setdefault(self.names[number], [])
                if not days or days[-1] != kept.day:
                    days.append(kept.day)
        return found

    def months(self) -> pd.DataFrame:
        """Return the figures of months: one row a figure and day on which it was another.

        Returns
        -------
        DataFrame
            Columns series, month (ordinal), seen (a day in Korea) and value, in that order; the
            last value of a day. What was withdrawn is left out: a figure is as it was last
            published.
        """
        return self.months_by_source().drop(columns="source")

    def months_by_source(self) -> pd.DataFrame:
        """Return the figures of months as `months`, with who said them in a last column source."""
        return self._table(daily=False).rename(columns={"period": "month"})

    def days(self) -> pd.DataFrame:
        """Return the quotes of days, as `months`, with the column day instead of month."""
        table = self._table(daily=True).rename(columns={"period": "day"}).drop(columns="source")
        return table.assign(day=table["day"].to_numpy().astype("datetime64[D]"))

    def _table(self, *, daily: bool) -> pd.DataFrame:
        chosen = [kept for kept in self.answers if kept.daily == daily]
        lengths = [len(kept.values) for kept in chosen]
        series = _joined([kept.series for kept in chosen], np.int16)
        periods = _joined([kept.periods for kept in chosen], np.int32)
        values = _joined([kept.values for kept in chosen], np.float64)
        seen = np.repeat(np.array([kept.day for kept in chosen], dtype="datetime64[D]"), lengths)
        said = np.repeat(np.arange(len(chosen)), lengths)
        there = np.flatnonzero(~np.isnan(values))
        # Stable: of one day the last answer stays last.
        order = there[np.lexsort((seen[there], periods[there], series[there]))]
        series, periods, seen, values, said = (
            column[order] for column in (series, periods, seen, values, said)
        )
        cell = (series[1:] == series[:-1]) & (periods[1:] == periods[:-1])
        last = np.append(~(cell & (seen[1:] == seen[:-1])), True)[: len(values)]
        series, periods, seen, values, said = (
            column[last] for column in (series, periods, seen, values, said)
        )
        cell = (series[1:] == series[:-1]) & (periods[1:] == periods[:-1])
        same = np.append(False, cell & (values[1:] == values[:-1]))[: len(values)]
        ids = np.full(max(self.names, default=0) + 1, "", dtype=object)
        for number, id in self.names.items():
            ids[number] = id
        sources = np.array([kept.source for kept in chosen], dtype=object)[said]
        columns = {
            "series": ids[series],
            "period": periods,
            "seen": seen,
            "value": values,
            "source": sources,
        }
        return pd.DataFrame({name: column[~same] for name, column in columns.items()})


def _joined(parts: list[np.ndarray], dtype: type) -> np.ndarray:
    return np.concatenate([np.empty(0, dtype=dtype), *parts]).astype(dtype)
