"""What a user typed into a sheet, checked against what is known."""

from __future__ import annotations

import hashlib
import warnings
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.days import clock
from tradeshock.features.errors import OddFigureWarning, PanelError
from tradeshock.features.files.table import Reading, read_table
from tradeshock.features.files.workbook import PARQUET, WORKBOOKS
from tradeshock.features.vintages.answer import Answer
from tradeshock.features.vintages.history import History
from tradeshock.features.vintages.home import inbox
from tradeshock.features.vintages.live import Live, panel_of
from tradeshock.features.vintages.sheet_units import converted

USER = "user"
# A figure that is known is seldom revised by more than this factor: a digit or a unit is wrong.
FACTOR = 1.5
ROUNDING = 1e-4
SHEETS = (*WORKBOOKS, *PARQUET, ".csv", ".tsv", ".txt")
# What programs leave beside a file that is open.
OPENED = ("~$", ".")


class Sheet(NamedTuple):
    """A sheet that was read.

    Parameters
    ----------
    answer : Answer
        Its new and revised figures.
    changes : DataFrame
        What they change, as `Panel.changes` says it.
    live : Live
        The panel with them.
    notes : list of str
        Which units were found that the sheet does not state.
    """

    answer: Answer
    changes: pd.DataFrame
    live: Live
    notes: list[str]


def read_sheet(
    history: History,
    file: str | PathLike[str],
    reading: Reading | None = None,
    *,
    accept: bool = False,
) -> Sheet:
    """Read a sheet of newer and revised figures.

    What it repeats of known months is compared, not taken again: a figure that is the known one,
    or was once, rounded as it was typed, is no revision. Amounts of money may be in another unit
    (see `tradeshock.features.vintages.sheet_units`).

    Parameters
    ----------
    history : History
        What is known.
    file : path
    reading : Reading, optional
        How the file is read, where it is in doubt.
    accept : bool
        Take figures that look as if a digit or the unit were wrong.

    Raises
    ------
    PanelError
        If the sheet does not read in one way, a series is unknown, or a figure looks wrong.
    """
    panel = panel_of(history).panel
    table = read_table(file, {} if reading is None else reading).values
    sheet = converted(table, panel)
    changes = panel.changes(sheet.values)
    factors = changes["series"].map(sheet.factors).astype(float).fillna(1.0).to_numpy()
    fresh = ~_known_once(changes, factors, history)
    changes, factors = changes[fresh].reset_index(drop=True), factors[fresh]
    if not accept:
        _refuse_other_units(changes, factors)
    answer = Answer(
        USER,
        clock.now(),
        changes.rename(columns={"after": "value"})[["series", "month", "value"]],
        raw_hash=hash_of(Path(file)),
        note=Path(file).name,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore" if accept else "error", OddFigureWarning)
        try:
            live = panel_of(history.with_answers([answer]))
        except OddFigureWarning as odd:
            raise PanelError(
                f"{odd} If the figure is right, say --accept; if it is in another unit, name that "
                "in its column, as in 'exports_total (bn USD)'"
            ) from odd
    return Sheet(answer, changes, live, sheet.notes)


def unread(history: History) -> list[Path]:
    """Sheets of the inbox that were not read as they are now, by name.

    A sheet stays where it is; what was taken of it has its hash, so one that was changed since is
    read again. Files of other kinds are left alone.
    """
    read = {kept.raw_hash for kept in history.answers if kept.source == USER}
    files = sorted(inbox().iterdir()) if inbox().is_dir() else []
    return [
        file
        for file in files
        if file.suffix.lower() in SHEETS
        and not file.name.startswith(OPENED)
        and not _was_read(file, read)
    ]


def _was_read(file: Path, read: set[str]) -> bool:
    """Whether a file was read as it is; one that cannot be opened was not, and reading says why."""
    try:
        return hash_of(file) in read
    except OSError:
        return False


def hash_of(file: Path) -> str:
    """SHA-256 of a file, by which it is known that it was read."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _known_once(
    changes: pd.DataFrame, factors: np.ndarray, history: History
) -> npt.NDArray[np.bool_]:
    """Whether each figure is what was known at some time, rounded as it was typed.

    A sheet that was begun a month ago holds what was known then: no revision of what came since.
    """
    cells = pd.DataFrame(
        {
            "series": changes["series"],
            "month": pd.PeriodIndex(changes["month"]).asi8,
            "row": np.arange(len(changes)),
        }
    )
    once = cells.merge(history.months(), on=["series", "month"])
    found = np.zeros(len(changes), dtype=bool)
    typed = changes["after"].to_numpy() / factors
    for row, value in zip(once["row"], once["value"] / factors[once["row"]], strict=True):
        places = _decimals(typed[row])
        found[row] |= round(value, places) == round(typed[row], places)
    return found


def _decimals(value: float) -> int:
    """Places after the point of a figure as it was typed; below zero where it ends in zeros.

    Zeros at the end are places that were rounded if that is by less than `ROUNDING`: 85867500 has
    two of them, 80000 none.
    """
    whole, _, places = f"{value:.10f}".rstrip("0").partition(".")
    if places:
        return len(places)
    zeros = len(whole) - len(whole.rstrip("0"))
    most = int(np.floor(np.log10(abs(value) * ROUNDING))) if value else 0
    return -max(min(zeros, most), 0)


def _refuse_other_units(changes: pd.DataFrame, factors: np.ndarray) -> None:
    """Refuse a revision that is no revision."""
    ratio = (changes["after"] / changes["before"]).abs()
    odd = changes[(ratio > FACTOR) | (ratio < 1.0 / FACTOR)]
    if odd.empty:
        return
    first, factor = odd.iloc[0], float(factors[odd.index[0]])
    written = "" if factor == 1.0 else f" (written as {first['after'] / factor:,.10g})"
    powers = np.log10(ratio[odd.index].to_numpy())
    one_unit = len(odd) > 1 and np.ptp(powers) < 0.1 and abs(np.median(powers)) > 1.5
    hint = (
        f"all {len(odd)} known months are off by about 10^{np.median(powers):.0f}: give them in "
        "the units of `tradeshock data`."
        if one_unit
        else "is a digit lost, or the unit another?"
    )
    raise PanelError(
        f"{first['series']} of {first['month']} is {first['after']:,.10g}{written}, known so far "
        f"as {first['before']:,.10g}; {hint} If the figure is right, say --accept"
    )
