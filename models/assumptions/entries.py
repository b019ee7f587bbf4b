"""One assumed value, as a number or against a reference, and how mappings of them are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.days.reading import Month, as_month
from tradeshock.features.errors import ConditionError, PanelError

Array = npt.NDArray[np.float64]
ByMonth = Mapping[str, Mapping[Month, float | Array]]
Slack = Mapping[str, float | Mapping[Month, float]]
Cell = tuple[str, pd.Period]
T = TypeVar("T")
REFERENCES = {"baseline": "the baseline", "last": "the last figure"}
MEASURES = ("share", "amount")


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

    @property
    def cell(self) -> Cell:
        """Series and month."""
        return self.series, self.month

    def scaled(self, factor: float, last: float) -> Condition:
        """The same assumed of a multiple of the series."""
        return self._replace(value=frozen(self.value * factor))

    @property
    def text(self) -> str:
        """The value in words, such as "1,550"."""
        if self.value.size == 1:
            return f"{self.value[0]:,.10g}" + _softly(self.sd)
        middle = float(np.median(self.value))
        # Six digits, and no exponent from a million on.
        figure = f"{middle:,.0f}" if abs(middle) >= 1e6 else f"{middle:,.6g}"
        return f"draw by draw about {figure}{_softly(self.sd)}"


class RelativeCondition(NamedTuple):
    """One assumed change, which each model turns into values of its own.

    Parameters
    ----------
    series : str
        Id of the series.
    month : Period
        Month in which the change is assumed.
    value : ndarray, shape (1,) or (draws,)
        A share of the reference (0.1 is 10 % above it), or an amount in the series' own unit.
    sd : float
        As in `Condition`.
    to : {"baseline", "last"}
        The reference: median of the model's own unconditional draws of that month, or the last
        published figure.
    by : {"share", "amount"}
        What `value` is.
    keep_uncertainty : bool
        Whether each draw keeps its distance from the median, or all draws take one value.
    """

    series: str
    month: pd.Period
    value: Array
    sd: float
    to: str
    by: str
    keep_uncertainty: bool

    @property
    def cell(self) -> Cell:
        """Series and month."""
        return self.series, self.month

    def scaled(self, factor: float, last: float) -> RelativeCondition:
        """The same assumed of a multiple of the series.

        A share of the baseline stays, for the baseline is multiplied too; the last figure, of
        which it is a multiple, is not.
        """
        if self.to == "last":
            base = 1.0 if self.by == "share" else last
            return self._replace(value=frozen((base + self.value) * factor - base))
        return self if self.by == "share" else self._replace(value=frozen(self.value * factor))

    @property
    def text(self) -> str:
        """The change in words, such as "10 % above the baseline"."""
        change = float(np.median(self.value))
        size = f"{abs(change) * 100:.6g} %" if self.by == "share" else f"{abs(change):,.10g}"
        side = "below" if change < 0 else "above"
        return f"{size} {side} {REFERENCES[self.to]}" + _softly(self.sd)

    def resolved(self, draws: Array, last: float) -> Condition:
        """Turn the change into values of the series.

        Parameters
        ----------
        draws : ndarray, shape (draws,)
            Unconditional draws of this series and month, in its own unit.
        last : float
            Last published figure of the series.

        Raises
        ------
        ConditionError
            If a share is asked of what is not positive.
        """
        middle = float(np.median(draws))
        base = middle if self.to == "baseline" else last
        if self.by == "amount":
            value = base + self.value
            moved = draws + (value - middle)
        elif base > 0.0 and (draws > 0.0).all():
            value = base * (1.0 + self.value)
            moved = draws * (value / middle)
        else:
            raise ConditionError(
                f"got a share of {REFERENCES[self.to]} of {self.series} in {self.month}, which is "
                f"{base:g}; a series that is not positive throughout moves by amounts: give "
                'by="amount"'
            )
        # A share of 0 leaves each draw what it is, to the last bit.
        if self.to == "baseline" and self.keep_uncertainty and not self.value.any():
            moved = draws
        return Condition(
            self.series, self.month, frozen(moved if self.keep_uncertainty else value), self.sd
        )


Entry = Condition | RelativeCondition


def read_values(values: ByMonth, sd: Slack | None) -> list[Condition]:
    """Read values and standard deviations, both by series and month, into conditions.

    Raises
    ------
    ConditionError
        If a month or a value cannot be read, a month is given twice, or `sd` names what `values`
        does not.
    """
    if not isinstance(values, Mapping):
        raise ConditionError(
            f"got {type(values).__name__} as conditions, expected a mapping of series to a "
            'mapping of month to value such as {"usdkrw": {"2026-06": 1500.0}}'
        )
    slack = {} if sd is None else sd
    for name in slack:
        if name not in values:
            raise ConditionError(
                f"got a standard deviation for {name!r} but no values for it; conditioned "
                f"series are: {', '.join(sorted(values)) or 'none'}"
            )
    return [
        entry
        for name, by_month in values.items()
        for entry in _entries(name, by_month, slack.get(name, 0.0))
    ]


def frozen(values: Array) -> Array:
    """Return a read-only copy."""
    copy = np.array(values, dtype=np.float64)
    copy.setflags(write=False)
    return copy


def _softly(sd: float) -> str:
    return f" (sd {sd:g})" if sd else ""


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
        numbers = _numbers(name, month, value)
        yield Condition(name, month, frozen(numbers), _spread(name, month, slack.get(month, 0.0)))


def _numbers(name: str, month: pd.Period, value: object) -> Array:
    given = np.asarray(value)
    # Text is refused even where it reads as a number: "1,500" and "10%" would not.
    if given.dtype.kind in "iuf" and given.ndim <= 1 and given.size and np.isfinite(given).all():
        return np.atleast_1d(given).astype(np.float64)
    raise ConditionError(
        f"got {value!r} for {name} in {month}, expected a finite number or a flat array "
        "with one finite number a draw"
    )


def _spread(name: str, month: pd.Period, sd: object) -> float:
    given = np.asarray(sd)
    if given.dtype.kind in "iuf" and given.ndim == 0 and np.isfinite(given) and given >= 0.0:
        return float(given)
    raise ConditionError(
        f"got a standard deviation of {sd!r} for {name} in {month}, expected 0 (hard) or a "
        "positive number (soft)"
    )


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
