"""What all chunks of a backtest have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.backtesting.functionals import Functional
from tradeshock.models.record.rows import Actual


@dataclass(frozen=True)
class Settings:
    """Arguments of a backtest, checked (see `tradeshock.forecast.backtest`)."""

    panel: Panel
    target: tuple[str, ...]
    origins: tuple[pd.Timestamp, ...]
    warmup: tuple[pd.Timestamp, ...]
    steps: int
    refit_every: int
    functionals: Mapping[str, Functional]
    actual: Actual = "latest"
