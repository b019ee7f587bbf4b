"""Working days and moving holidays of the month that is forecast."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradeshock.features.indicators.block import Block
from tradeshock.features.indicators.origin_rows import Floats, OriginRows


class CalendarEffects(Block):
    """Calendar of the month of step 1, as it was known at the row's origin.

    Log working days, their change from the month and the year before, and the shares of the
    periods around moving holidays that fall in the month. A temporary holiday that was announced
    after the origin still counts as a working day in that row.
    """

    def _columns(self, known: OriginRows, series: tuple[str, ...]) -> dict[str, Floats]:
        calendar = known.panel.calendar
        # Temporary holidays are announced before their own month ends, so only the month ahead
        # looks different from an earlier day.
        past = [calendar.working_days(known.months - k) for k in (1, 12)]
        ahead = np.empty(len(known.months))
        for row, origin in enumerate(known.origins):
            month = known.months[row : row + 1]
            ahead[row] = calendar.as_of(pd.Timestamp(origin)).working_days(month)[0]
        days, *before = (np.log(np.maximum(count, 0.5)) for count in (ahead, *past))
        moving = calendar.moving_holidays(known.months)
        return {
            "working_days": days,
            "working_days_change_1": days - before[0],
            "working_days_change_12": days - before[1],
            **{str(name): moving[name].to_numpy(dtype=float) for name in moving.columns},
        }
