"""Where the user's own figures and forecasts are kept."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "TRADESHOCK_HOME"
STORE, INBOX = "figures.sqlite", "inbox"
RECORDS = "records"
ARCHIVE = "archive"
ARCHIVE_VARIABLE = "TRADESHOCK_ARCHIVE"


def home() -> Path:
    """Return the folder of the user's own files: TRADESHOCK_HOME, or that of the system."""
    if folder := os.environ.get(VARIABLE):
        return Path(folder).expanduser()
    from platformdirs import user_data_path

    return user_data_path("tradeshock", appauthor=False)


def store_path() -> Path:
    """Return the file of the user's own figures, which need not be there."""
    return home() / STORE


def record_path(target: str) -> Path:
    """Return the file of a target's forecasts from days after the package's own record."""
    return home() / RECORDS / f"{target}.npz"


def past_path(figures: str) -> Path:
    """Return the file of what was replayed of a target's past, by a fingerprint of its figures.

    Targets of two nations may have the same name.
    """
    return home() / RECORDS / "past" / f"{figures}.npz"


def archive_path() -> Path:
    """Return the folder of issued forecasts: TRADESHOCK_ARCHIVE, or one beside the figures."""
    if folder := os.environ.get(ARCHIVE_VARIABLE):
        return Path(folder).expanduser()
    return home() / ARCHIVE


def inbox() -> Path:
    """Return the folder of sheets that an update looks at, which need not be there."""
    return home() / INBOX
