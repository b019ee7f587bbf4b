"""Embedded figures as of 15 May 2026, their catalog, vintages, and frozen public holidays.

No code that changes figures: what stands here is as it was fetched.
"""

from __future__ import annotations

from copy import copy
from datetime import date
from functools import cache
from pathlib import Path

import pandas as pd

from tradeshock.features.days.calendar import TradeCalendar
from tradeshock.features.days.quotes import Quotes
from tradeshock.features.errors import PanelError
from tradeshock.features.panel.catalog import Catalog
from tradeshock.features.panel.panel import Panel
from tradeshock.features.panel.vintages import Vintages
from tradeshock.features.readings.quotes import as_quoted

FOLDER = Path(__file__).parent
SNAPSHOT_DAY = date(2026, 5, 15)


def panel_or_embedded(panel: Panel | None) -> Panel:
    """The panel that was given, or the embedded one.

    Raises
    ------
    PanelError
        If something else was given.
    """
    if panel is None:
        return load_panel()
    if not isinstance(panel, Panel):
        raise PanelError(
            f"got {type(panel).__name__} as panel; read a file with Panel.from_file(path, ...)"
        )
    return panel


def load_panel(vintages: bool = False, quoted: bool = True) -> Panel:
    """Korea's exports and their indicators, 1991 to 15 May 2026, from inside the package.

    Parameters
    ----------
    vintages : bool
        Whether the totals and early counts of 2026 are on earlier days what they were then: they
        were revised between 20 April and 11 May. By default all figures are the newest.
    quoted : bool
        Whether a month's mean of market prices is known when the month is over, as whoever reads
        the daily quotes knows it (`tradeshock.features.as_quoted`), and of the running month what
        its quotes say so far. False: on the day on which its publisher prints it.

    Returns
    -------
    Panel
        With the working days of Korea. Figures are published facts: who published each column,
        under which code and terms, is in ``panel.catalog``.
    """
    panel = _read(quoted)
    if vintages:
        return panel.with_vintages(Vintages.read(FOLDER / "vintages.csv"))
    # Whoever writes into the table of figures writes into a table of their own.
    panel = copy(panel)
    panel.values = panel.values.copy()
    return panel


@cache
def _read(quoted: bool) -> Panel:
    """The embedded panel, read and checked once: files of the package do not change."""
    values = pd.read_csv(FOLDER / "figures.csv", index_col="month")
    values.index = pd.PeriodIndex(values.index, freq="M")
    catalog = Catalog.read(FOLDER / "catalog.toml")
    panel = Panel(values, catalog, TradeCalendar("KR"), SNAPSHOT_DAY)
    return as_quoted(panel).with_quotes(Quotes.read(FOLDER / "quotes.csv")) if quoted else panel
