"""Korea's newest figures that are here: of the user's own store, or else the embedded ones."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import pandas as pd

from tradeshock.features import snapshot
from tradeshock.features.days import clock
from tradeshock.features.errors import PanelError, StoredFileError
from tradeshock.features.panel.panel import Panel
from tradeshock.features.vintages.home import store_path

# Every month has a new total: figures older than this lack one.
OLD_DAYS = 45
NEWER = (
    "to bring them up to date: `tradeshock data update`, or by hand `tradeshock data template "
    "FILE`, fill it in, `tradeshock data add FILE`"
)


class Latest(NamedTuple):
    """The newest figures that are here.

    Parameters
    ----------
    panel : Panel
    updated : datetime or None
        When the store was last added to; None for the embedded figures.
    notes : tuple of str
        What a user should know: months that are missing, a store that cannot be read.
    """

    panel: Panel
    updated: datetime | None = None
    notes: tuple[str, ...] = ()

    def sentence(self) -> str:
        """Say of which day the figures are, and how to bring them up to date where they are old.

        Empty where they are embedded and not old.
        """
        age = (clock.today() - self.panel.origin).days
        if self.updated is None and age <= OLD_DAYS:
            return ""
        when = "" if self.updated is None else f", updated {ago(self.updated)}"
        months = f", {round(age / 30.44)} months old; {NEWER}" if age > OLD_DAYS else ""
        return f"Figures to {_words(self.panel.origin)}{when}{months}"


def latest_figures() -> Latest:
    """Return the newest figures; where the store cannot be used, the embedded ones."""
    if not store_path().is_file():
        return Latest(snapshot.load_panel())
    from tradeshock.features.vintages.live import panel_of
    from tradeshock.features.vintages.store import Store

    try:
        history = Store().history()
        live = panel_of(history)
    except (StoredFileError, PanelError) as error:
        return Latest(snapshot.load_panel(), None, (f"{error}; these are the embedded figures",))
    return Latest(live.panel, history.updated, tuple(live.sentences()))


def ago(moment: datetime) -> str:
    """How long ago a moment was."""
    minutes = int((clock.now() - moment).total_seconds() // 60)
    for size, unit in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            count = minutes // size
            return f"{count} {unit}{'s' if count > 1 else ''} ago"
    return "just now"


def _words(day: pd.Timestamp) -> str:
    return f"{day.day} {day:%B %Y}"
