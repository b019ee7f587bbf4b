"""On which days a target's own figures come out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd

from tradeshock.features.days.reading import Day, as_day
from tradeshock.features.errors import PanelError
from tradeshock.features.panel.panel import Panel

WINDOWS = {"first_10_days": "first 10 days of ", "first_20_days": "first 20 days of "}
# Months before a day whose figures may come out on it, and after.
BEHIND, AHEAD = 36, 1


class Release(NamedTuple):
    """A figure of a target, and the day on which it is due.

    Parameters
    ----------
    day : Timestamp
        By the release rule, rolled over days off.
    series : str
        The target, or the series of its early count.
    month : Period
    what : str
        Such as "first 10 days of December 2026".
    """

    day: pd.Timestamp
    series: str
    month: pd.Period
    what: str

    def is_out(self, panel: Panel) -> bool:
        """Whether a panel has the figure."""
        return panel.last_month(self.series) >= self.month


def releases(panel: Panel, target: str, first: Day, last: Day) -> list[Release]:
    """List what is due of a target between two days, both included.

    Whole months and the early counts of running ones that the panel has.

    Parameters
    ----------
    panel : Panel
    target : str
    first, last : day

    Returns
    -------
    list of Release
        In order of time.

    Raises
    ------
    PanelError
        If the panel does not have the target.
    """
    begins, ends = as_day(first), as_day(last)
    months = pd.period_range(begins.to_period("M") - BEHIND, ends.to_period("M") + AHEAD, freq="M")
    named = {"": panel.entry(target).id}
    named |= {w: id for w, id in panel.catalog.flash(target).items() if id in panel}
    found = [
        Release(pd.Timestamp(day), id, month, WINDOWS.get(window, "") + month.strftime("%B %Y"))
        for window, id in named.items()
        for month, day in zip(months, panel.catalog[id].release.dates(months), strict=True)
    ]
    return sorted(release for release in found if begins <= release.day <= ends)


def last_due(panel: Panel, target: str, day: Day) -> Release:
    """Return the last figure of a target that is due by a day.

    Raises
    ------
    PanelError
        If the panel does not have the target, or nothing of it comes out by a rule.
    """
    until = as_day(day)
    found = releases(panel, target, until - pd.DateOffset(months=BEHIND), until)
    if not found:
        raise PanelError(f"no figure of {target} was due by {until.date()}")
    return found[-1]


def ics(panel: Panel, due: Iterable[Release]) -> str:
    """Release days as a calendar file (RFC 5545): one event of a whole day each.

    Parameters
    ----------
    panel : Panel
        Names the series.
    due : iterable of Release
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//tradeshock//release days//EN"]
    for release in due:
        title = panel.catalog[release.series].title or release.series
        summary = f"{title}: {release.month.strftime('%B %Y')}"
        escaped = "".join(f"\\{sign}" if sign in "\\,;" else sign for sign in summary)
        lines += [
            "BEGIN:VEVENT",
            f"UID:{release.series}-{release.month}@tradeshock",
            # When the file was made says nothing: the same days give the same file.
            f"DTSTAMP:{release.day:%Y%m%d}T000000Z",
            f"DTSTART;VALUE=DATE:{release.day:%Y%m%d}",
            *_folded(f"SUMMARY:{escaped}"),
            "END:VEVENT",
        ]
    return "".join(f"{line}\r\n" for line in [*lines, "END:VCALENDAR"])


def _folded(line: str) -> list[str]:
    """Line in pieces of at most 75 octets, as the format asks; later ones begin with a blank."""
    pieces, piece = [], ""
    for sign in line:
        if len((piece + sign).encode()) > 75:
            pieces.append(piece)
            piece = " "
        piece += sign
    return [*pieces, piece]
