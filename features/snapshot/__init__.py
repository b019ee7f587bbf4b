"""Embedded figures as of 15 May 2026, their catalog, vintages, and frozen public holidays."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from tradeshock.features.days.calendar import TradeCalendar
from tradeshock.features.panel.catalog import Catalog
from tradeshock.features.panel.panel import Panel

FOLDER = Path(__file__).parent
SNAPSHOT_DAY = date(2026, 5, 15)


def load_panel() -> Panel:
    """Korea's exports and their indicators, 1991 to 15 May 2026, from inside the package.

    Returns
    -------
    Panel
        With the working days of Korea. Figures are published facts: who published each column,
        under which code and terms, is in ``panel.catalog``.
    """
    values = pd.read_csv(FOLDER / "figures.csv", index_col="month")
    values.index = pd.PeriodIndex(values.index, freq="M")
    return Panel(values, Catalog.read(FOLDER / "catalog.toml"), TradeCalendar("KR"), SNAPSHOT_DAY)
