"""The user's own records: forecasts after those of the package's, and replays of other figures."""

from __future__ import annotations

import hashlib
import warnings
from functools import lru_cache
from pathlib import Path

import pandas as pd

from tradeshock.features.errors import ModelError, StoredFileWarning
from tradeshock.features.panel.origins import AFTER_TOTAL
from tradeshock.features.panel.panel import Panel
from tradeshock.features.vintages.home import past_path, record_path
from tradeshock.forecast.version import __version__
from tradeshock.models.record.figures_key import figures_keys
from tradeshock.models.record.record import Record

# Months that systems and regressions need before their first forecast.
FEWEST_MONTHS = 60


def own_record(target: str) -> Record:
    """Return the user's own record of a target; empty where there is none.

    Warns
    -----
    StoredFileWarning
        If there is a file that cannot be read.
    """
    return _kept_in(record_path(target), "`tradeshock run`")


def past_record(panel: Panel, target: str) -> Record:
    """Return what was replayed of a target's past (`own_past_record`); empty where nothing was.

    It speaks of the figures at hand: an outcome that has been revised or corrected since, or that
    is not out in this panel, is not known (`with_outcomes` gives what came instead).

    Parameters
    ----------
    panel : Panel
    target : str

    Warns
    -----
    StoredFileWarning
        If there is a file that cannot be read.
    """
    path = past_file(panel, target)
    if path is None:
        return Record()
    kept = _kept_in(path, "`own_past_record`").made_from(panel, target)
    return kept.without_other_outcomes(panel, target)


def longer_past(panel: Panel, target: str) -> Record:
    """Return what is kept of a replay that goes on beyond this panel and agrees with it so far.

    Whoever looks back at a past day has fewer figures at hand than were replayed. Empty where what
    is kept ends with the panel, or was made from other figures.

    Parameters
    ----------
    panel : Panel
    target : str
    """
    path = past_file(panel, target)
    kept = Record() if path is None else _kept_in(path, "`own_past_record`")
    if not len(kept):
        return kept
    until = int((kept.frame["origin"] <= panel.origin).sum())
    agrees = until < len(kept) and len(kept.made_from(panel, target)) == until
    return kept if agrees else Record()


def past_file(panel: Panel, target: str) -> Path | None:
    """Return the file of a target's replayed past, which need not be there.

    It goes by the figures of the first replayed origin, by the series beside them, which models may
    read, and by the version of the package, whose models may have changed. Figures of those series
    do not count. None where history is too short for a replay.
    """
    first = first_origin(panel, target)
    if first is None:
        return None
    keys = figures_keys(panel, target, AFTER_TOTAL, [first]) or {}
    beside = sorted(map(str, panel.values.columns))
    text = f"{target} {sorted(keys[first])} {beside} {__version__}"
    return past_path(hashlib.sha256(text.encode()).hexdigest()[:24])


def first_origin(panel: Panel, target: str) -> pd.Timestamp | None:
    """Day from which a target's past is replayed; None if the panel's own is before it."""
    month = panel.series(target).index[0] + FEWEST_MONTHS
    days = pd.DatetimeIndex(panel.origin_days(pd.PeriodIndex([month]), AFTER_TOTAL, target))
    return days[0] if days[0] <= panel.origin else None


def _kept_in(path: Path, maker: str) -> Record:
    if not path.is_file():
        return Record()
    stat = path.stat()
    try:
        return _read(path, stat.st_mtime_ns, stat.st_size)
    except ModelError as error:
        warnings.warn(
            f"{error}; it is left out until {maker} makes it anew",
            StoredFileWarning,
            stacklevel=3,
        )
        return Record()


@lru_cache(maxsize=2)
def _read(path: Path, *_: int) -> Record:
    """Read a file once, as long as time of change and size stay what they are."""
    return Record.load(path)
