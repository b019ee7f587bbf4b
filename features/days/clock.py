"""What time it is, and what day in Korea: release days are days there."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pandas as pd

KOREA_HOURS = 9
SECONDS_A_DAY = 86400


def now() -> datetime:
    """Return this moment, UTC."""
    return datetime.now(UTC)


def korean_day(seconds: int) -> np.datetime64:
    """Day in Korea of a moment in seconds since 1970, UTC."""
    return np.datetime64((seconds + 3600 * KOREA_HOURS) // SECONDS_A_DAY, "D")


def today() -> pd.Timestamp:
    """Return the day that it is in Korea."""
    return pd.Timestamp(korean_day(int(now().timestamp())))
