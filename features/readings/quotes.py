"""Market prices as those know them who read the quotes."""

from __future__ import annotations

from dataclasses import replace

from tradeshock.features.errors import PanelError
from tradeshock.features.panel.panel import Panel
from tradeshock.features.panel.release import ReleaseRule

# The quotes of a month are complete when it ends; New York's last one falls into the next day in
# Asia.
WHEN_QUOTED = ReleaseRule(day=1, months_after=1)


def as_quoted(panel: Panel) -> Panel:
    """Panel in which a month's mean of market prices is known when the month is over.

    Publishers print the means of exchange rates, oil and metals some days into the next month, and
    that is when a panel has them. Whoever takes the mean of the daily quotes knows it on the first
    of the month, the day of the export total.

    Parameters
    ----------
    panel : Panel
        Before it is cut to an origin.

    Returns
    -------
    Panel
        The same figures, with other release rules for the series that the catalog calls `quoted`.

    Raises
    ------
    PanelError
        If the panel was cut before: what it lacks cannot be read from quotes any more.
    """
    entries = (panel.catalog[str(id)] for id in panel.values.columns)
    quoted = [replace(entry, release=WHEN_QUOTED) for entry in entries if entry.quoted]
    read = panel.with_release(*quoted)
    late = [e.id for e in quoted if read.is_stale(e.id) and not panel.is_stale(e.id)]
    if late:
        raise PanelError(
            f"the panel of {panel.origin.date()} lacks the last quotes of {', '.join(late)}; take "
            "them before it is cut: as_quoted(panel).as_of(day)"
        )
    return read
