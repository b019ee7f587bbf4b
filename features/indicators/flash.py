"""What is out of the current month: counts of its first 10 or 20 days."""

from __future__ import annotations

import numpy as np

from tradeshock.features.indicators.block import Block
from tradeshock.features.indicators.changes import change
from tradeshock.features.indicators.lags import per_working_day
from tradeshock.features.indicators.origin_rows import Floats, OriginRows, take
from tradeshock.features.panel.origins import FLASH_STATES
from tradeshock.features.panel.panel import Panel

WHAT = ("total", "part", "rest")
HOW = ("yoy", "yoy_change_1", "ahead")


class Flash(Block):
    """Growth over a year, by working day, of the latest count of the month of step 1.

    Of the target, of a part of it and of the rest: growth, how it differs from that of the same
    count a month before, and from the target's growth over a year in the last whole month. The
    columns have the same names in every state and are empty where no count is out.

    Parameters
    ----------
    part : str, optional
        Series whose early counts are taken apart from the target's; no columns of part and rest
        where the panel has none of them.
    """

    def __init__(self, part: str | None = "exports_semiconductors") -> None:
        self.part = part

    def inputs(self, panel: Panel, target: str = "exports_total") -> tuple[str, ...]:
        """The target, and its early counts and those of the part."""
        whole = (target,) if self.part is None else (target, self.part)
        counts = [id for each in whole for id in panel.catalog.flash(each).values()]
        return (target, *(id for id in counts if id in panel))

    def _columns(self, known: OriginRows, series: tuple[str, ...]) -> dict[str, Floats]:
        panel = known.panel
        window = FLASH_STATES.get(known.state, "")
        flashes = panel.catalog.flash(known.target)
        if not any(id in panel for id in flashes.values()):
            return {}
        empty = np.full(len(known.months), np.nan)
        whats = WHAT if self._has_part(panel, known.target) else WHAT[:1]
        columns = dict.fromkeys([f"{what}_{how}" for what in whats for how in HOW], empty)
        total = flashes.get(window)
        if total is None or total not in panel:
            return columns
        daily = per_working_day(known, total)
        columns |= self._growth(known, "total", daily, total)
        part = panel.catalog.flash(self.part).get(window) if self.part and len(whats) > 1 else None
        if part is not None and part in panel:
            some = per_working_day(known, part)
            rest = np.where(daily > some, daily - some, np.nan)
            columns |= self._growth(known, "part", some, part)
            columns |= self._growth(known, "rest", rest, part)
        return columns

    def _has_part(self, panel: Panel, target: str) -> bool:
        """Whether there are early counts of the part, which is not the target itself."""
        if self.part is None or self.part == target:
            return False
        return any(id in panel for id in panel.catalog.flash(self.part).values())

    def _growth(self, known: OriginRows, what: str, daily: Floats, id: str) -> dict[str, Floats]:
        yoy = change(np.log(daily), 12)
        month = known.current(np.arange(len(yoy), dtype=float))
        out = known.positions(id)
        rows = np.where(out == month, out, -1)
        whole = change(np.log(per_working_day(known, known.target)), 12)
        now = take(yoy, rows)
        return {
            f"{what}_yoy": now,
            f"{what}_yoy_change_1": take(change(yoy, 1), rows),
            f"{what}_ahead": now - known.last(known.target, whole),
        }
