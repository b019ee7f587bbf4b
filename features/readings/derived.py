"""Targets made from published series: without chips or ships, or by working day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd

from tradeshock.features.errors import PanelError
from tradeshock.features.panel.catalog import Series
from tradeshock.features.panel.figures import LearnedDays
from tradeshock.features.panel.panel import Panel
from tradeshock.features.panel.release import LatestOf
from tradeshock.features.panel.vintages import Vintages


def excluding(panel: Panel, whole: str, part: str, id: str | None = None) -> Panel:
    """Add `whole` less `part`, and its early counts where both have them.

    Parameters
    ----------
    panel : Panel
    whole, part : str
        For instance "exports_total" and "exports_semiconductors".
    id : str, optional
        Id of the new series. Default: `whole` followed by "_ex_" and the name of `part`.

    Returns
    -------
    Panel
        With the new series, out when the later of the two is.

    Raises
    ------
    PanelError
        If the panel lacks one of the two, their units differ or do not add up, or the part is as
        large as the whole somewhere.
    """
    _refuse_no_amount(panel, whole, "has no parts")
    unit, part_unit = panel.entry(whole).unit, panel.entry(part).unit
    if unit != part_unit:
        raise PanelError(
            f"{whole} is in {unit} and {part} in {part_unit}, so it is no part of it; give one in "
            "the unit of the whole"
        )
    id = id or f"{whole}_ex_{part.removeprefix('exports_')}"
    whole_flash, part_flash = panel.catalog.flash(whole), panel.catalog.flash(part)
    early = [
        (f"{id}_{window}", whole_flash[window], part_flash[window])
        for window in whole_flash
        if window in part_flash and whole_flash[window] in panel and part_flash[window] in panel
    ]
    for new, minuend, subtrahend in [(id, whole, part), *early]:
        entry, other = panel.entry(minuend), panel.entry(subtrahend)
        rest = replace(
            entry,
            id=new,
            title=f"{entry.title} excluding {other.title[:1].lower()}{other.title[1:]}",
            holes=tuple(sorted({*entry.holes, *other.holes})),
            flash_of=None if new == id else id,
        )
        less = partial(_difference, minuend=minuend, subtrahend=subtrahend)
        panel = with_derived(panel, rest, [minuend, subtrahend], less)
    return panel


def _difference(figures: pd.DataFrame, minuend: str, subtrahend: str) -> pd.Series:
    return figures[minuend] - figures[subtrahend]


def daily_average(panel: Panel, series: str, id: str | None = None) -> Panel:
    """Add a series divided by its working days, as its publisher quotes it.

    Working days are those that the panel's calendar knows, on earlier days too.

    Parameters
    ----------
    panel : Panel
    series : str
        Series counted over whole months or over their first days.
    id : str, optional
        Id of the new series. Default: `series` followed by "_daily_average".

    Returns
    -------
    Panel
        With the new series, in the unit of the old one a working day.

    Raises
    ------
    PanelError
        If the panel lacks the series, or it does not add up over days: a price, an index, or an
        average already.
    """
    _refuse_no_amount(panel, series, "has no average of a working day")
    id = id or f"{series}_daily_average"
    entry = panel.entry(series)
    days = panel.calendar.working_days(panel.months, entry.window)
    new = replace(
        entry,
        id=id,
        title=f"{entry.title}, average of a working day",
        unit=f"{entry.unit} a working day",
        window="month",
        flash_of=None,
    )
    divisor = np.where(days > 0, days, np.nan)
    return with_derived(panel, new, [series], lambda figures: figures[series] / divisor)


def with_derived(
    panel: Panel,
    entry: Series,
    parts: Sequence[str],
    formula: Callable[[pd.DataFrame], pd.Series],
) -> Panel:
    """Add a series made of others, with its past: what it was whenever they were seen to be else.

    Parameters
    ----------
    panel : Panel
    entry : Series
        Catalog entry of the new series; its release rule is taken from the parts.
    parts : sequence of str
        Ids of what it is made of.
    formula : callable
        From figures, months by series of the panel, to those of the new series.

    Returns
    -------
    Panel
        With the new series, out when the last of its parts is.

    Raises
    ------
    PanelError
        As `Panel.with_series`; also if the panel lacks a part.
    """
    rule = LatestOf(tuple(panel.entry(part).release for part in parts))
    return panel.with_series(
        formula(panel.values).rename(entry.id),
        replace(entry, release=rule),
        learned_days=_learned_days(panel, entry.id, parts),
        vintages=_vintages(panel, entry.id, parts, formula),
    )


def _learned_days(panel: Panel, id: str, parts: Sequence[str]) -> LearnedDays:
    """Days from which the parts are known, in months in which one of them is not by its rule."""
    months = sorted({month for part, month, _ in panel.learned_days if part in parts})
    known = panel.select(parts).release_dates.max(axis=1)
    rows = dict(zip(panel.months.asi8.tolist(), known, strict=True))
    return tuple((id, month, rows[month]) for month in months if month in rows)


def _vintages(
    panel: Panel, id: str, parts: Sequence[str], formula: Callable[[pd.DataFrame], pd.Series]
) -> Vintages | None:
    """Vintages of the months in which a revision of the parts is one of the new series."""
    seen = panel.vintages and panel.vintages.of_series(parts)
    if seen is None:
        return None
    days = [seen.table["seen"].min(), *pd.DatetimeIndex(seen.revision_days)]
    index, columns = panel.values.index, panel.values.columns
    then = [pd.DataFrame(seen.seen_by(day, panel.values), index, columns) for day in days]
    table = pd.concat([formula(figures) for figures in then], axis=1, keys=days)
    revised = table[table.nunique(axis=1) > 1].rename_axis("month").reset_index()
    rows = revised.melt("month", var_name="seen").dropna().assign(series=id)
    return Vintages(rows) if len(rows) else None


def _refuse_no_amount(panel: Panel, id: str, so: str) -> None:
    entry = panel.entry(id)
    if not entry.is_amount:
        raise PanelError(
            f"{id} is in {entry.unit}, which does not add up, and {so}; give an amount, such as "
            "exports in mn USD"
        )
