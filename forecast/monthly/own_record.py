"""The user's own record: forecasts from days after those of the package's."""

from __future__ import annotations

import warnings
from functools import lru_cache
from pathlib import Path

from tradeshock.features.errors import ModelError, StoredFileWarning
from tradeshock.features.vintages.home import record_path
from tradeshock.models.record.record import Record


def own_record(target: str) -> Record:
    """Return the user's own record of a target; empty where there is none.

    Warns
    -----
    StoredFileWarning
        If there is a file that cannot be read.
    """
    path = record_path(target)
    if not path.is_file():
        return Record()
    stat = path.stat()
    try:
        return _read(path, stat.st_mtime_ns, stat.st_size)
    except ModelError as error:
        warnings.warn(
            f"{error}; forecasts go on without it, and `tradeshock run` makes it anew",
            StoredFileWarning,
            stacklevel=2,
        )
        return Record()


@lru_cache(maxsize=2)
def _read(path: Path, *_: int) -> Record:
    """Read a file once, as long as time of change and size stay what they are."""
    return Record.load(path)
