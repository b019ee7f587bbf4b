"""Future values that series are assumed to take: immutable, in the series' own units."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.days.reading import Month, as_month
from tradeshock.features.errors import ConditionError, PanelError
from tradeshock.models.algebra.linear_conditions import Soft

__all__ = ["Condition", "ConditionArrays", "Conditions"]

Array = npt.NDArray[np.float64]
T = TypeVar("T")


class Condition(NamedTuple):
    """One assumed value.

    Parameters
    ----------
    series : str
        Id of the series.
    month : Period
        Month in which the value is assumed.
    value : ndarray, shape (1,) or (draws,)
        In the series' own unit; read-only.
    sd : float
        0 for a hard condition; for a soft one the standard deviation around `value`, in log points
        (0.01 is about one per cent) for a series modelled in logs, else in the series' own unit.
    """

    series: str
    month: pd.Period
    value: Array
    sd: float


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

    Parameters
    ----------
    values : mapping of series id to mapping of month to value
        In the series' own units (million USD, won per dollar, index points). A value is a number,
        the same for all draws, or an array with one number a draw. Months are written
        ``"2026-06"`` or given as a `Period` or `Timestamp`.
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
        If a month cannot be read or is given twice, a value is not finite, `sd` is negative or
        names what `values` does not, or `soft` is neither of the two.

    Examples
    --------
    >>> won = Conditions({"usdkrw": {"2026-06": 1500.0, "2026-07": 1520.0}}, sd={"usdkrw": 0.01})
    >>> won.series
    ('usdkrw',)
    >>> str(won.last_month)
    '2026-07'
    """

    entries: tuple[Condition, ...]
    soft: Soft

    def __init__(
        self,
        values: Mapping[str, Mapping[Month, float | Array]],
        sd: Mapping[str, float | Mapping[Month, float]] | None = None,
        soft: Soft = "observation",
    ) -> None:
        if soft not in ("observation", "target"):
            raise ConditionError(
                f'got soft={soft!r}, expected "observation" (the value with noise) or "target" '
                "(the law that the value shall have)"
            )
        slack = {} if sd is None else sd
        for name in slack:
            if name not in values:
                raise ConditionError(
                    f"got a standard deviation for {name!r} but no values for it; conditioned "
                    f"series are: {', '.join(sorted(values)) or 'none'}"
                )
        entries = [
            entry
            for name, by_month in values.items()
            for entry in _entries(name, by_month, slack.get(name, 0.0))
        ]
        entries.sort(key=lambda entry: (entry.series, entry.month.ordinal))
        object.__setattr__(self, "entries", tuple(entries))
        object.__setattr__(self, "soft", soft)

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Condition]:
        return iter(self.entries)

    @property
    def series(self) -> tuple[str, ...]:
        """Ids of the series that are conditioned on, sorted."""
        return tuple(sorted({entry.series for entry in self.entries}))

    @property
    def last_month(self) -> pd.Period | None:
        """Last month that is conditioned on; None when there are no conditions."""
        return max((entry.month for entry in self.entries), default=None)

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
            If a series is not in the system, a month is already published or after the end of
            `index`, a value of a series modelled in logs is not positive, or values given draw by
            draw are not `n_draws` many.
        """
        in_logs = [True] * len(series) if logs is None else list(logs)
        rows = {entry.value.size for entry in self.entries} - {1}
        values = np.full((n_draws if rows else 1, len(index), len(series)), np.nan)
        sd = np.zeros((len(index), len(series)))
        for entry in self.entries:
            column = _column(entry, series)
            step = _step(entry, index, (published or {}).get(entry.series))
            if entry.value.size not in (1, n_draws):
                raise ConditionError(
                    f"got {entry.value.size} values for {entry.series} in {entry.month}, expected "
                    f"one value or one a draw ({n_draws})"
                )
            values[:, step, column] = _logged(entry) if in_logs[column] else entry.value
            sd[step, column] = entry.sd
        return ConditionArrays(values, sd)


def _entries(
    name: str,
    by_month: Mapping[Month, float | Array],
    sd: float | Mapping[Month, float],
) -> Iterator[Condition]:
    if not isinstance(by_month, Mapping):
        raise ConditionError(
            f"got {type(by_month).__name__} as the conditions of {name}, expected a mapping of "
            'month to value such as {"2026-06": 1500.0}'
        )
    months = _by_month(name, by_month)
    slack = _by_month(name, sd) if isinstance(sd, Mapping) else dict.fromkeys(months, sd)
    if extra := [str(month) for month in slack if month not in months]:
        raise ConditionError(
            f"got a standard deviation for {name} in {', '.join(extra)} but no value there"
        )
    for month, value in months.items():
        numbers = np.atleast_1d(np.array(value, dtype=np.float64))
        if numbers.ndim != 1 or numbers.size == 0 or not np.isfinite(numbers).all():
            raise ConditionError(
                f"got {value!r} for {name} in {month}, expected a finite number or a flat array "
                "with one finite number a draw"
            )
        spread = float(slack.get(month, 0.0))
        if not np.isfinite(spread) or spread < 0.0:
            raise ConditionError(
                f"got a standard deviation of {spread} for {name} in {month}, expected 0 (hard) "
                "or a positive number (soft)"
            )
        numbers.setflags(write=False)
        yield Condition(name, month, numbers, spread)


def _by_month(name: str, mapping: Mapping[Month, T]) -> dict[pd.Period, T]:
    months: dict[pd.Period, T] = {}
    for key, value in mapping.items():
        month = _month(name, key)
        if month in months:
            raise ConditionError(
                f"got {month} twice for {name} (written in different ways); give each month once"
            )
        months[month] = value
    return months


def _month(name: str, key: Month) -> pd.Period:
    # A day as text or a quarter is refused rather than turned into a month that was not meant.
    try:
        return as_month(key)
    except PanelError as error:
        raise ConditionError(f"conditions of {name}: {error}") from error


def _column(entry: Condition, series: Sequence[str]) -> int:
    if entry.series not in series:
        raise ConditionError(
            f"got a condition on {entry.series!r}, which this model does not contain; it contains "
            f"{', '.join(series)}"
        )
    return list(series).index(entry.series)


def _step(entry: Condition, index: pd.PeriodIndex, published: pd.Period | None) -> int:
    before = index[0] - 1
    last = before if published is None else max(published, before)
    if entry.month <= last:
        raise ConditionError(
            f"got a condition on {entry.series} in {entry.month}, but its figures are published "
            f"up to {last}; condition on {last + 1} or later, or cut the panel at an earlier origin"
        )
    if entry.month > index[-1]:
        raise ConditionError(
            f"got a condition on {entry.series} in {entry.month}, after the last forecast month "
            f"{index[-1]}; forecast more steps or drop it"
        )
    return int((entry.month - before).n) - 1


def _logged(entry: Condition) -> Array:
    if (entry.value <= 0.0).any():
        raise ConditionError(
            f"got {entry.value.min():g} for {entry.series} in {entry.month}, expected a positive "
            "value: the series is modelled in logs"
        )
    logged: Array = np.log(entry.value)
    return logged
