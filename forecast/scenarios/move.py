"""How one series moves in a shock: by how much, over how many months, from what."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from tradeshock.features.days.written import MONTH
from tradeshock.features.errors import ShockError
from tradeshock.features.panel.panel import Panel
from tradeshock.features.snapshot.global_drivers import GLOBAL_DRIVERS

Changes = dict[pd.Period, float]


@dataclass(frozen=True)
class Move:
    """Path of one series in a shock; one of `to`, `path` and `like` says how far it goes.

    Parameters
    ----------
    series : str
        Id of the series.
    to : float, optional
        Change that is reached after `over` months and kept: a share of the reference (-0.3 is
        30 % below), or an amount in the series' own unit. On the way it grows evenly, shares in
        logs.
    over : int
        Months until `to` is reached; 1 is at once.
    path : sequence of float, optional
        Change month by month; the last one is kept.
    like : str, optional
        A past month such as "2008-08" that stands where the last figure stands now: the series
        repeats what it did from there on, as long as it was known.
    against : {"baseline", "last"}
        What changes are counted from: the forecast without the shock, or the last figure. Not
        for `like`, which is against the last figure by its nature.
    by : {"share", "amount"}
        What changes are. Series that may be zero or negative take amounts.

    Raises
    ------
    ShockError
        Naming the field, if it does not read.
    """

    series: str
    to: float | None = None
    over: int = 1
    path: tuple[float, ...] = ()
    like: str | None = None
    against: Literal["baseline", "last"] = "baseline"
    by: Literal["share", "amount"] = "share"

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", _numbers(self.path))
        if not isinstance(self.series, str) or not self.series:
            raise ShockError(f"got series={self.series!r}, expected the id of a series", "series")
        ways = sum([self.to is not None, bool(self.path), self.like is not None])
        if ways != 1:
            raise ShockError(
                f"the move of {self.series} needs one of to, path and like, got {ways} of them",
                "series",
            )
        whole = isinstance(self.over, int) and not isinstance(self.over, bool)
        if not whole or self.over < 1:
            raise ShockError(
                f"got over={self.over!r} for {self.series}, expected a whole number of months of "
                "at least 1",
                "over",
            )
        for field, allowed in (("against", ("baseline", "last")), ("by", ("share", "amount"))):
            given = getattr(self, field)
            if not isinstance(given, str) or given not in allowed:
                raise ShockError(
                    f"got {field}={given!r} for {self.series}, expected one of "
                    f"{', '.join(allowed)}",
                    field,
                )
        self._check_sizes()

    def _check_sizes(self) -> None:
        field = "to" if self.to is not None else "path"
        if self.like is not None and not (
            isinstance(self.like, str) and MONTH.fullmatch(self.like)
        ):
            raise ShockError(
                f"got like={self.like!r} for {self.series}, expected a month such as 2008-08",
                "like",
            )
        for size in () if self.to is None else _numbers((self.to,), "to"):
            object.__setattr__(self, "to", size)
        for size in self.path if self.to is None else (self.to,):
            if self.by == "share" and size <= -1.0:
                raise ShockError(
                    f"got {field}={size:g} for {self.series}, {-100 * size:g} % below; "
                    "shares are written as -0.3 for 30 % below and cannot pass -1",
                    field,
                )

    @property
    def size(self) -> float | None:
        """The largest change of the move; None of a replay, whose size is in the figures."""
        if self.like is not None:
            return None
        return max(self.path, key=abs) if self.to is None else self.to

    @property
    def text(self) -> str:
        """The move in words."""
        if self.like is not None:
            return f"{self.series} as after {self.like}"
        size = self.size or 0.0
        amount = f"{abs(size) * 100:.4g} %" if self.by == "share" else f"{abs(size):,.10g}"
        side = "below" if size < 0 else "above"
        whom = {"baseline": "the baseline", "last": "the last figure"}[self.against]
        months = (self.path.index(size) + 1) if self.path else self.over
        when = "at once" if months == 1 else f"in {months} months"
        up_to = "up to " if self.path else ""
        return f"{self.series} {up_to}{amount} {side} {whom} {when}"

    def scaled(self, factor: float) -> Move:
        """Return a move of another size; shares are scaled in logs."""
        if self.like is not None:
            raise ShockError(
                f"the move of {self.series} repeats the figures after {self.like} and has no size "
                "of its own; leave size out, or write a shock with to or path",
                "like",
            )
        if self.to is not None:
            return replace(self, to=self._scaled(self.to, factor))
        return replace(self, path=tuple(self._scaled(change, factor) for change in self.path))

    def _scaled(self, change: float, factor: float) -> float:
        if self.by == "amount":
            return change * factor
        return math.expm1(factor * math.log1p(change))

    def changes(self, panel: Panel, index: pd.PeriodIndex) -> Changes:
        """Changes month by month.

        Parameters
        ----------
        panel : Panel
            What is known at the origin.
        index : PeriodIndex
            Months of the forecast; the first is month 1 of the shock.

        Returns
        -------
        dict of Period to float
            Without months of the series that are published already.

        Raises
        ------
        ShockError
            If the panel lacks the series, or the past that it shall repeat.
        """
        if self.series not in panel or panel.values[self.series].isna().all():
            remedy = (
                "join it to figures of your own by --global-drivers (`with_global_drivers`)"
                if self.series in GLOBAL_DRIVERS
                else "see `tradeshock data` for what it has"
            )
            raise ShockError(
                f"the panel has no figures of {self.series!r}, which the shock moves; {remedy}",
                "series",
            )
        last = panel.last_month(self.series)
        if self.like is not None:
            return self._replayed(panel, last, index[-1])
        changes = {month: self._change(step) for step, month in enumerate(index, start=1)}
        return {month: change for month, change in changes.items() if month > last}

    def _change(self, step: int) -> float:
        if self.to is None:
            return self.path[min(step, len(self.path)) - 1]
        return self.to if step >= self.over else self._scaled(self.to, step / self.over)

    def _replayed(self, panel: Panel, last: pd.Period, end: pd.Period) -> Changes:
        figures = panel.series(self.series)
        start = pd.Period(self.like, freq="M")
        months = pd.period_range(start, start + (end - last).n, freq="M")
        past: list[float] = figures.reindex(months).to_numpy(dtype=float).tolist()
        changes: Changes = {}
        for ahead in range(1, len(past)):
            now, then = past[0], past[ahead]
            if not np.isfinite([now, then]).all():
                raise ShockError(
                    f"the figures of {self.series} from {self.like} on are not known to "
                    f"{start + ahead}, which the shock repeats; take an earlier month or fewer "
                    "steps",
                    "like",
                )
            change = then / now - 1.0 if self.by == "share" else then - now
            changes[last + ahead] = float(change)
        return changes


def _numbers(values: object, field: str = "path") -> tuple[float, ...]:
    listed: list[Any] = list(values) if isinstance(values, list | tuple | np.ndarray) else [values]
    for value in listed:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not math.isfinite(value):
            raise ShockError(
                f"got {value!r} in {field}, expected numbers such as -0.3 for 30 % below", field
            )
    return tuple(float(value) for value in listed)
