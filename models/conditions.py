"""Future values that series are assumed to take: immutable, in the series' own units."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import ConditionError
from tradeshock.models.algebra.linear_conditions import Soft
from tradeshock.models.assumptions.entries import (
    MEASURES,
    REFERENCES,
    ByMonth,
    Cell,
    Condition,
    Entry,
    RelativeCondition,
    Slack,
    read_values,
)
from tradeshock.models.assumptions.placing import absolute, column_of, logged, step_of
from tradeshock.models.paths import ForecastPaths

__all__ = ["Condition", "ConditionArrays", "Conditions", "RelativeCondition"]

Array = npt.NDArray[np.float64]


class ConditionArrays(NamedTuple):
    """Conditions laid out on a system's series and months.

    Parameters
    ----------
    values : ndarray, shape (1 or draws, T, n)
        Assumed values, in logs where the series is modelled in logs; NaN where the future is free.
    sd : ndarray, shape (T, n)
        Standard deviations; 0 is hard.
    """

    values: Array
    sd: Array


@dataclass(frozen=True, eq=False, init=False)
class Conditions:
    """Values that series are assumed to take (hard) or to stay near (soft) in months ahead.

    Two are equal if they assume the same; ``first | second`` holds what both assume, the second's
    where they speak of the same series and month.

    Parameters
    ----------
    values : mapping of series id to mapping of month to value
        In the series' own units (million USD, won per dollar, index points). A value is a number,
        the same for all draws, or an array with one number a draw. Months are written
        ``"2026-06"`` or given as a `Period` or `Timestamp`. For changes see `relative`.
    sd : mapping, optional
        Makes conditions soft: series id to a standard deviation, or to a mapping of month to one.
        In log points for series modelled in logs, else in the series' own unit.
    soft : {"observation", "target"}
        What a soft condition is: an observation of the value with noise of standard deviation
        `sd`, which is weighed against what the model expects; or the law that the value shall
        have, with mean `value` and standard deviation `sd`, whatever the model expects.

    Raises
    ------
    ConditionError
        If a month or a value cannot be read, a month is given twice, `sd` is negative or names
        what `values` does not, or `soft` is neither of the two.

    Examples
    --------
    >>> won = Conditions({"usdkrw": {"2026-06": 1500.0, "2026-07": 1520.0}}, sd={"usdkrw": 0.01})
    >>> won.series
    ('usdkrw',)
    >>> str(won.last_month)
    '2026-07'
    >>> len(won | Conditions({"usdkrw": {"2026-07": 1480.0}, "us_ip": {"2026-07": 100.0}}))
    3
    """

    entries: tuple[Entry, ...]

    soft: Soft

    def __init__(
        self, values: ByMonth, sd: Slack | None = None, soft: Soft = "observation"
    ) -> None:
        if soft not in ("observation", "target"):
            raise ConditionError(
                f'got soft={soft!r}, expected "observation" (the value with noise) or "target" '
                "(the law that the value shall have)"
            )
        self._keep(read_values(values, sd), soft)

    @classmethod
    def relative(
        cls,
        changes: ByMonth,
        to: Literal["baseline", "last"] | ForecastPaths = "baseline",
        *,
        by: Literal["share", "amount"] = "share",
        keep_uncertainty: bool = True,
        sd: Slack | None = None,
        soft: Soft = "observation",
    ) -> Conditions:
        """Assume changes against a reference instead of values.

        Parameters
        ----------
        changes : mapping of series id to mapping of month to change
            A share of the reference (0.1 is 10 % above it, -0.3 is 30 % below) or an amount in
            the series' own unit, as `by` says.
        to : {"baseline", "last"} or ForecastPaths
            What the changes are counted from. "baseline": the median of that month in the
            forecast without conditions; each model, and each member of a combination, takes its
            own when it forecasts. "last": the last published figure. Paths that hold the series:
            their medians, at once.
        by : {"share", "amount"}
            Whether changes are shares or amounts. Series that may be zero or negative take
            amounts.
        keep_uncertainty : bool
            By default every draw keeps its own distance from the median: ``value = draw * (1 +
            change)`` against the baseline. False makes all draws take the one value, which
            narrows the forecast as any other hard condition does.
        sd, soft
            As for conditions on values.

        Returns
        -------
        Conditions

        Raises
        ------
        ConditionError
            As for conditions on values, and if `to` or `by` is none of these, or the paths lack
            a series or a month.

        Examples
        --------
        >>> weak = Conditions.relative({"usdkrw": {"2026-07": 0.1}})
        >>> weak.text
        'usdkrw 10 % above the baseline in 2026-07'
        """
        if by not in MEASURES:
            raise ConditionError(f"got by={by!r}, expected one of {', '.join(MEASURES)}")
        given = to if isinstance(to, ForecastPaths) else None
        if given is None and to not in REFERENCES:
            raise ConditionError(
                f"got to={to!r}, expected one of {', '.join(REFERENCES)}, or the ForecastPaths "
                "whose medians the changes are counted from"
            )
        name = "baseline" if isinstance(to, ForecastPaths) else to
        lazy = cls({}, soft=soft)
        lazy._keep(
            (
                RelativeCondition(*entry, name, by, keep_uncertainty)
                for entry in read_values(changes, sd)
            ),
            soft,
        )
        return lazy if given is None else lazy.resolved(_draws_in(given, lazy.cells), {})

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __or__(self, second: Conditions) -> Conditions:
        if not isinstance(second, Conditions):
            return NotImplemented
        meanings = {given.soft for given in (self, second) if given.is_soft}
        if len(meanings) > 1:
            raise ConditionError(
                "soft conditions that are observations meet others that are targets; give both "
                'one meaning: soft="observation" or soft="target"'
            )
        merged = {entry.cell: entry for entry in (*self.entries, *second.entries)}
        return self._with(merged.values(), min(meanings, default=self.soft))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Conditions):
            return NotImplemented
        return self._compared() == other._compared()

    def __hash__(self) -> int:
        return hash(self._compared())

    def _compared(self) -> tuple[object, ...]:
        return (self.soft if self.is_soft else "", *map(_comparable, self.entries))

    @property
    def series(self) -> tuple[str, ...]:
        """Ids of the series that are conditioned on, sorted."""
        return tuple(sorted({entry.series for entry in self.entries}))

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Series and month of every condition, in order."""
        return tuple(entry.cell for entry in self.entries)

    def on(self, series: Collection[str]) -> Conditions:
        """Return those conditions that are on some series."""
        return self._with((entry for entry in self.entries if entry.series in series), self.soft)

    @property
    def last_month(self) -> pd.Period | None:
        """Last month that is conditioned on; None when there are no conditions."""
        return max((entry.month for entry in self.entries), default=None)

    @property
    def is_soft(self) -> bool:
        """Whether some values are not met exactly."""
        return any(entry.sd > 0.0 for entry in self.entries)

    @property
    def is_relative(self) -> bool:
        """Whether some are changes that a model has to turn into values."""
        return any(isinstance(entry, RelativeCondition) for entry in self.entries)

    @property
    def text(self) -> str:
        """What is assumed, in words; equal values of following months are drawn together."""
        spans = []
        for (series, value), run in groupby(self.entries, lambda entry: (entry.series, entry.text)):
            months = [entry.month for entry in run]
            for first, last in _unbroken(months):
                when = str(first) if first == last else f"{first} to {last}"
                spans.append(f"{series} {value} in {when}")
        return ", ".join(spans)

    def resolved(self, draws: Array, last: Mapping[str, float]) -> Conditions:
        """Turn changes into values.

        Parameters
        ----------
        draws : ndarray, draws by cells
            Unconditional draws of `cells`, in the series' own units.
        last : mapping of series id to float
            Last published figure of each series.

        Returns
        -------
        Conditions
            Without changes; what was given as a value stays as it is.

        Raises
        ------
        ConditionError
            If a share is asked of what is not positive.
        """
        values = (
            entry.resolved(column, last.get(entry.series, np.nan))
            if isinstance(entry, RelativeCondition)
            else entry
            for entry, column in zip(self.entries, draws.T, strict=True)
        )
        return self._with(values, self.soft)

    def scaled(self, factors: Mapping[Cell, float], last: Mapping[str, float]) -> Conditions:
        """Assume the same of what is some share of the series in some months.

        Parameters
        ----------
        factors : mapping of (series, month) to float
            Shares; months that are not named stay.
        last : mapping of series id to float
            Last published figure of each series, which changes against it are counted from.

        Returns
        -------
        Conditions
        """
        entries = (
            entry.scaled(factors[entry.cell], last[entry.series])
            if entry.cell in factors
            else entry
            for entry in self.entries
        )
        return self._with(entries, self.soft)

    def _with(self, entries: Iterable[Entry], soft: Soft) -> Conditions:
        made = Conditions({})
        made._keep(entries, soft)
        return made

    def _keep(self, entries: Iterable[Entry], soft: Soft) -> None:
        in_order = sorted(entries, key=lambda entry: (entry.series, entry.month.ordinal))
        object.__setattr__(self, "entries", tuple(in_order))
        object.__setattr__(self, "soft", soft)

    def for_(
        self,
        series: Sequence[str],
        index: pd.PeriodIndex,
        n_draws: int,
        *,
        logs: Sequence[bool] | None = None,
        published: Mapping[str, pd.Period] | None = None,
    ) -> ConditionArrays:
        """Lay the conditions out on the series and months of a system.

        Parameters
        ----------
        series : sequence of str
            Ids of the system's ``n`` series.
        index : PeriodIndex
            The ``T`` consecutive months that the system still has to fill.
        n_draws : int
            Number of draws that values given draw by draw must have.
        logs : sequence of bool, optional
            Which series are modelled in logs; all by default.
        published : mapping of series id to Period, optional
            Last published month of a series, where it is later than the month before `index`.

        Returns
        -------
        ConditionArrays

        Raises
        ------
        ConditionError
            If changes are not resolved yet, a series is not in the system, a month is already
            published or after the end of `index`, a value of a series modelled in logs is not
            positive, or values given draw by draw are not `n_draws` many.
        """
        in_logs = [True] * len(series) if logs is None else list(logs)
        entries = [absolute(entry) for entry in self.entries]
        rows = {entry.value.size for entry in entries} - {1}
        values = np.full((n_draws if rows else 1, len(index), len(series)), np.nan)
        sd = np.zeros((len(index), len(series)))
        for entry in entries:
            column = column_of(entry, series)
            step = step_of(entry, index, (published or {}).get(entry.series))
            if entry.value.size not in (1, n_draws):
                raise ConditionError(
                    f"got {entry.value.size} values for {entry.series} in {entry.month}, expected "
                    f"one value or one a draw ({n_draws})"
                )
            values[:, step, column] = logged(entry) if in_logs[column] else entry.value
            sd[step, column] = entry.sd
        return ConditionArrays(values, sd)


def _comparable(entry: Entry) -> tuple[object, ...]:
    return tuple(item.tobytes() if isinstance(item, np.ndarray) else item for item in entry)


def _unbroken(months: Sequence[pd.Period]) -> Iterator[tuple[pd.Period, pd.Period]]:
    """First and last month of each run of consecutive months."""
    first = months[0]
    for month, after in pairwise([*months, months[-1]]):
        if after != month + 1:
            yield first, month
            first = after


def _draws_in(paths: ForecastPaths, cells: Sequence[Cell]) -> Array:
    """Draws of some series and months, draws by cells."""
    columns = [np.empty((len(paths.values), 0))]
    for series, month in cells:
        if series not in paths.series or month not in paths.index:
            raise ConditionError(
                f"got a change of {series} in {month}, but the paths hold "
                f"{', '.join(paths.series)} from {paths.index[0]} to {paths.index[-1]}"
            )
        step = (month - paths.index[0]).n
        columns.append(paths.draws(series)[:, step : step + 1])
    return np.hstack(columns)
