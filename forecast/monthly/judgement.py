"""Judgemental add-factors: amounts that a forecaster adds to single months, and why."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from tradeshock.features.days.reading import as_month
from tradeshock.features.days.written import MONTH
from tradeshock.features.errors import ModelError, PanelError
from tradeshock.models.paths import ForecastPaths

_WRITTEN = re.compile(rf"(?P<month>{MONTH.pattern})\s*=\s*(?P<amount>[\d.eE+-]+)")
NO_REASON = "no reason given"


def parse_adjustments(texts: Iterable[str]) -> dict[str, float]:
    """Read add-factors as they are written on the command line.

    Parameters
    ----------
    texts : iterable of str
        Such as "2026-06=+1200", in the target's unit (million USD for Korea's exports).

    Returns
    -------
    dict of str to float
        Amount by month.

    Raises
    ------
    ModelError
        If one does not read, or a month stands twice.

    Examples
    --------
    >>> parse_adjustments(["2026-06=+1200", "2026-07=-300"])
    {'2026-06': 1200.0, '2026-07': -300.0}
    """
    amounts: dict[str, float] = {}
    for text in texts:
        found = _WRITTEN.fullmatch(text.strip())
        if found is None:
            raise ModelError(
                f"adjustment {text!r} does not read; write month=amount, such as 2026-06=+1200"
            )
        month = found["month"]
        if month in amounts:
            raise ModelError(f"{month} is adjusted twice; give one amount a month")
        amounts[month] = _amount(month, found["amount"])
    return amounts


def _amount(month: str, text: str | float) -> float:
    try:
        amount = float(text)
    except (TypeError, ValueError):
        amount = math.nan
    if not math.isfinite(amount):
        raise ModelError(
            f"the adjustment of {month} is {text!r}, which is no amount; such as +1200"
        )
    return amount


@dataclass(frozen=True, eq=False)
class Judgement:
    """Add-factors of one forecast.

    Parameters
    ----------
    amounts : Series
        Amount added to every path, in the target's unit, by month.
    unit : str
        The target's unit.
    reason : str
        Why.
    """

    amounts: pd.Series
    unit: str
    reason: str = NO_REASON

    @classmethod
    def from_amounts(
        cls, amounts: Mapping[str, float] | None, unit: str, reason: str | None
    ) -> Judgement | None:
        """Judgement from amounts by month, or None where there are none.

        Raises
        ------
        ModelError
            If a month or an amount does not read, or a reason is given for nothing.
        """
        if amounts is not None and not isinstance(amounts, Mapping):
            raise ModelError(
                f"adjustments are {amounts!r}; give amounts by month, such as {{'2026-06': 1200}}"
            )
        if not amounts:
            if reason is not None:
                raise ModelError(
                    f"the note {reason!r} is the reason of an adjustment, but there is none; "
                    "add one, such as 2026-06=+1200, or drop the note"
                )
            return None
        try:
            months = pd.PeriodIndex([as_month(month) for month in amounts], freq="M")
        except PanelError as error:
            raise ModelError(f"an adjusted month does not read: {error}") from error
        figures = [_amount(str(month), amount) for month, amount in amounts.items()]
        by_month = pd.Series(figures, months).sort_index()
        return cls(by_month, unit, (reason or "").strip() or NO_REASON)

    @property
    def text(self) -> str:
        """One sentence for people, with amounts, months and reason."""
        amounts = ", ".join(
            f"{amount:+,.10g} {self.unit} in {month.strftime('%B %Y')}"
            for month, amount in zip(self.amounts.index, self.amounts, strict=True)
        )
        return f"Judgement: {amounts} ({self.reason})"

    def applied(self, paths: ForecastPaths) -> ForecastPaths:
        """Add the amounts to every path of the first series.

        Raises
        ------
        ModelError
            If a month is not in the forecast, or an amount takes a positive series below zero.
        """
        adjusted = paths.shifted(self.amounts, self.text)
        below = (adjusted.draws() <= 0).any(axis=0) & (paths.draws() > 0).all(axis=0)
        if below.any():
            month = paths.index[int(below.argmax())]
            raise ModelError(
                f"the adjustment of {month} by {self.amounts.at[month]:+,.10g} {self.unit} takes "
                f"{paths.series[0]} below zero; give a smaller amount"
            )
        return adjusted
