"""Polls of economists, combined with a forecast by weights that the record of both gives."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tradeshock.features.days.reading import as_month
from tradeshock.features.days.written import MONTH
from tradeshock.features.errors import ModelError, PanelError
from tradeshock.features.panel.panel import Panel
from tradeshock.models.conditions import Conditions
from tradeshock.models.paths import ForecastPaths
from tradeshock.models.record.record import Record

_WRITTEN = re.compile(rf"(?P<month>{MONTH.pattern})\s*=\s*(?P<growth>[+-]?[\d.]+)\s*%?")
# Months that stand for "both err alike" before the first poll that came true.
PRIOR_MONTHS = 12.0


def parse_polls(texts: Iterable[str]) -> dict[str, float]:
    """Read polls as they are written on the command line.

    Parameters
    ----------
    texts : iterable of str
        Such as "2026-05=+48.0": growth on the same month a year before, per cent.

    Returns
    -------
    dict of str to float

    Raises
    ------
    ModelError
        If one does not read, or a month stands twice.

    Examples
    --------
    >>> parse_polls(["2026-05=+48.0", "2026-04=41.5%"])
    {'2026-05': 48.0, '2026-04': 41.5}
    """
    polls: dict[str, float] = {}
    for text in texts:
        found = _WRITTEN.fullmatch(text.strip())
        if found is None:
            raise ModelError(
                f"poll {text!r} does not read; write month=growth in per cent on a year before, "
                "such as 2026-05=+48.0"
            )
        if found["month"] in polls:
            raise ModelError(f"the poll of {found['month']} is given twice; give one a month")
        polls[found["month"]] = _growth(found["month"], found["growth"])
    return polls


@dataclass(frozen=True, eq=False)
class Polls:
    """Polled growth of a target, of months that are out and of those to come.

    Parameters
    ----------
    growth : mapping of month to float
        Growth on the same month a year before, per cent.

    Raises
    ------
    ModelError
        If a month or a growth rate does not read.
    """

    growth: Mapping[Any, float]

    def __post_init__(self) -> None:
        if not isinstance(self.growth, Mapping):
            raise ModelError(
                f"polls are {self.growth!r}; give growth by month, such as {{'2026-05': 48.0}}"
            )
        try:
            read = {as_month(month): _growth(month, g) for month, g in self.growth.items()}
        except PanelError as error:
            raise ModelError(f"the month of a poll does not read: {error}") from error
        object.__setattr__(self, "growth", dict(sorted(read.items())))

    def combined(
        self,
        paths: ForecastPaths,
        panel: Panel,
        record: Record | None,
        assumed: Conditions | None = None,
    ) -> tuple[Conditions | None, tuple[str, ...]]:
        """Assume what the forecast and the polls of its months say together.

        The median of a polled month moves to the weighted mean of both, in logs; every path keeps
        its distance from the median, so that other months move as the model has them move together.

        Parameters
        ----------
        paths : ForecastPaths
            The forecast without polls.
        panel : Panel
            What was known.
        record : Record or None
            Past errors of the same model; with polls of the same months it gives the weights.
        assumed : Conditions, optional
            What is assumed besides; where both speak of a month, this holds.

        Returns
        -------
        conditions : Conditions or None
            Of both; None if no poll is of a month to come and nothing else is assumed.
        notes : tuple of str
            One a poll that was used.

        Raises
        ------
        ModelError
            If a polled month to come is not in the forecast.
        """
        target = paths.series[0]
        last = panel.last_month(target)
        ahead = {month: g for month, g in self.growth.items() if month > last}
        if late := [str(month) for month in ahead if month not in paths.index]:
            raise ModelError(
                f"the poll is of {', '.join(late)}, but the forecast goes from {paths.index[0]} to "
                f"{paths.index[-1]}; forecast more steps or leave it out"
            )
        weight, n = self.weight(paths, panel, record)
        known = pd.concat([paths.history[target].dropna(), paths.median()])
        changes: dict[Any, Any] = {}
        notes = []
        for month, growth in ahead.items():
            polled = float(known[month - 12]) * (1.0 + growth / 100.0)
            changes[str(month)] = (polled / float(known[month])) ** weight - 1.0
            notes.append(
                f"poll of {month}: {growth:+.1f} % on a year before, with weight {weight:.2f} "
                + (f"from {n} months" if n else "(no past polls: both count alike)")
            )
        if not changes:
            return assumed, ()
        moved = Conditions.relative({target: changes})
        return (moved if assumed is None else moved | assumed), tuple(notes)

    def weight(
        self, paths: ForecastPaths, panel: Panel, record: Record | None
    ) -> tuple[float, int]:
        """Weight of a poll beside the forecast, and the number of months it rests on.

        Inverse mean squared errors (Bates and Granger 1969) over the months of which there is a
        poll and a forecast of step 1 from the same state, with a year in which both err alike.
        """
        target = paths.series[0]
        if record is None:
            return 0.5, 0
        errors = record.errors(paths.model, target, paths.state)
        if errors.empty:
            return 0.5, 0
        ours = errors[1].set_axis(pd.PeriodIndex(errors.index, freq="M"))
        actual = panel.series(target)
        growth = np.log(actual / actual.shift(12))
        said = pd.Series({m: math.log1p(g / 100.0) for m, g in self.growth.items()}, dtype=float)
        both = pd.DataFrame({"ours": ours, "theirs": 100.0 * (growth - said)}).dropna()
        squares = (both**2).sum()
        pooled = squares.mean() / max(len(both), 1)
        loss = (squares + PRIOR_MONTHS * pooled) / (len(both) + PRIOR_MONTHS)
        share = loss["ours"] / loss.sum() if len(both) and loss.sum() > 0.0 else 0.5
        return float(share), len(both)


def _growth(month: object, value: object) -> float:
    try:
        growth = float(str(value))
    except ValueError:
        growth = math.nan
    if not math.isfinite(growth) or growth <= -100.0:
        raise ModelError(
            f"the poll of {month} is {value!r}; give growth on a year before, per cent, above -100"
        )
    return growth
