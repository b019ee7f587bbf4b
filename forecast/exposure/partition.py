"""A total split into named parts and a remainder, over the last months that all parts have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from tradeshock.features.errors import PanelError
from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.exposure.groups import MEMBERS, group_ids, refuse_part_of_another

REMAINDER = "remainder"
# Rows that are no series.
RESERVED = (REMAINDER, "total", "all")
# Parts are rounded on their own: their sum may pass the total by this share of it.
ROUNDING = 1e-3


@dataclass(frozen=True, eq=False)
class Partition:
    """Amounts of a total's parts in its last months and in the same months a year before.

    Parameters
    ----------
    target : str
        Id of the total.
    amounts, before : Series
        Amounts by part in the total's unit, the remainder last; they add up to the total.
    months : PeriodIndex
        Months of `amounts`; those of `before` are a year earlier.
    notes : tuple of str
        What a reader must know: parts left out, months that are estimates.
    """

    target: str
    amounts: pd.Series
    before: pd.Series
    months: pd.PeriodIndex
    notes: tuple[str, ...]

    @property
    def shares(self) -> pd.Series:
        """Shares of the total, which add up to 1."""
        return (self.amounts / self.amounts.sum()).rename("share")


def partition(panel: Panel, by: str | Sequence[str], target: str, months: int) -> Partition:
    """Split a total into parts and what is left.

    Parameters
    ----------
    panel : Panel
        As of the day on which the question is asked.
    by : {"item", "destination"} or sequence of str
        A group of the catalog, or ids of parts that do not overlap.
    target : str
        Id of the total.
    months : int
        How many of the last months that all parts have.

    Returns
    -------
    Partition
        Without parts that are stale, that begin too late to be compared with a year before, or
        that hold others twice; its notes name them.

    Raises
    ------
    PanelError
        If there are no such parts, they are parts of another total, do not add up over months, are
        in another unit than the total, or are together more than the total.
    """
    if isinstance(months, bool) or not isinstance(months, int) or months < 1:
        raise PanelError(f"got months={months!r}, expected a whole number of at least 1")
    ids = [id for id in group_ids(panel, by) if id != panel.entry(target).id]
    if not ids:
        raise PanelError(f"{target} is its only part; name others, by=[...]")
    if taken := [id for id in ids if id in RESERVED]:
        raise PanelError(f"no part may be called {taken[0]!r}, the name of a row; rename it")
    for id in ids:
        refuse_part_of_another(panel, id, target)
    _refuse_other_units(panel, ids, target)
    kept, notes = _comparable(panel, ids, months)
    if not kept:
        raise PanelError(f"no part can be compared with a year before: {'; '.join(notes)}")
    end = min(panel.last_month(id) for id in (*kept, target))
    window = pd.period_range(end=end, periods=months, freq="M", name="month")
    if (first := panel.series(target).index[0]) > window[0] - 12:
        raise PanelError(
            f"{target} begins in {first}; {window[0] - 12} is needed to compare {months} months "
            "with a year before: ask for fewer months"
        )
    amounts, before = (
        _amounts(panel.values.loc[span, [*kept, target]], target) for span in (window, window - 12)
    )
    notes += _filled(panel, kept, window)
    return Partition(target, amounts, before, window, tuple(notes))


def item_shares(
    panel: Panel,
    parts: Sequence[str] | None = None,
    target: str = "exports_total",
    months: int = 12,
) -> pd.Series:
    """Shares of items in the total's last months, which add up to 1.

    Parameters
    ----------
    panel : Panel
    parts : sequence of str, optional
        Default: the items of the catalog that the panel has.
    target : str
    months : int

    Returns
    -------
    Series
        By id; what no part names is the row "remainder".

    Raises
    ------
    PanelError
        As `exposure`.
    """
    return partition(panel, "item" if parts is None else parts, target, months).shares


def destination_shares(
    panel: Panel,
    parts: Sequence[str] | None = None,
    target: str = "exports_total",
    months: int = 12,
) -> pd.Series:
    """Shares of destinations in the total's last months, which add up to 1.

    Parameters, result and errors are those of `item_shares`.
    """
    return partition(panel, "destination" if parts is None else parts, target, months).shares


def _refuse_other_units(panel: Panel, ids: list[str], target: str) -> None:
    whole = panel.entry(target)
    for id in (target, *ids):
        entry = panel.entry(id)
        if not entry.is_flow or entry.window != "month":
            raise PanelError(f"{id} is no amount of whole months, so it has no share of {target}")
        if (entry.unit, entry.adjustment) != (whole.unit, whole.adjustment):
            raise PanelError(
                f"{id} is in {entry.unit} ({entry.adjustment}), {target} in {whole.unit} "
                f"({whole.adjustment}); bring both into one"
            )


def _comparable(panel: Panel, ids: list[str], months: int) -> tuple[list[str], list[str]]:
    """Parts that are fresh and long enough and count once, and notes on the others."""
    kept, notes = [], []
    for id in ids:
        if panel.values[id].isna().all():
            notes.append(f"{id} is left out: nothing of it is published")
        elif panel.is_stale(id):
            notes.append(f"{id} is left out: it ends in {panel.last_month(id)}")
        elif len(figures := panel.series(id)) < months + 12:
            notes.append(f"{id} is left out: it begins in {figures.index[0]}")
        else:
            kept.append(id)
    for region, members in MEMBERS.items():
        if region in kept and (named := [id for id in members if id in kept]):
            kept.remove(region)
            notes.append(f"{region} is left out: {named[0]} is a part of it")
    return kept, notes


def _amounts(figures: pd.DataFrame, target: str) -> pd.Series:
    sums = figures.sum(skipna=False)
    parts = sums.drop(target)
    rest = sums[target] - parts.sum()
    if rest < -ROUNDING * sums[target]:
        raise PanelError(
            f"the parts are {parts.sum():,.0f} in {figures.index[0]} to {figures.index[-1]}, more "
            f"than {target} with {sums[target]:,.0f}: parts must not overlap and must be in its "
            "unit"
        )
    amounts: pd.Series = pd.concat([parts, pd.Series({REMAINDER: rest})])
    return amounts.rename_axis("part").rename("amount")


def _filled(panel: Panel, ids: list[str], window: pd.PeriodIndex) -> list[str]:
    """Notes on months that no publisher has printed."""
    shown = window.union(window - 12)
    holes = {id: panel.entry(id).hole_months.intersection(shown) for id in ids}
    months = sorted({month for own in holes.values() for month in own})
    return [
        f"{sum(month in own for own in holes.values())} of {len(ids)} parts have no figure of "
        f"{month}: an estimate from earlier months stands in"
        for month in months
    ]
