"""Targets made from published series: without chips or ships, or by working day."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from tradeshock.features.errors import PanelError
from tradeshock.features.panel.panel import Panel
from tradeshock.features.panel.release import LatestOf


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
        panel = panel.with_series(
            (panel.values[minuend] - panel.values[subtrahend]).rename(new),
            replace(
                entry,
                id=new,
                title=f"{entry.title} excluding {other.title[:1].lower()}{other.title[1:]}",
                release=latest_of(panel, minuend, subtrahend),
                holes=tuple(sorted({*entry.holes, *other.holes})),
                flash_of=None if new == id else id,
            ),
        )
    return panel


def daily_average(panel: Panel, series: str, id: str | None = None) -> Panel:
    """Add a series divided by its working days, as its publisher quotes it.

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
        release=latest_of(panel, series),
    )
    values: pd.Series = panel.values[series] / np.where(days > 0, days, np.nan)
    return panel.with_series(values.rename(id), new)


def _refuse_no_amount(panel: Panel, id: str, so: str) -> None:
    entry = panel.entry(id)
    if not entry.is_amount:
        raise PanelError(
            f"{id} is in {entry.unit}, which does not add up, and {so}; give an amount, such as "
            "exports in mn USD"
        )


def latest_of(panel: Panel, *ids: str) -> LatestOf:
    """Release rule of a series derived from others: out with the last of them."""
    return LatestOf(tuple(panel.entry(id).release for id in ids))
