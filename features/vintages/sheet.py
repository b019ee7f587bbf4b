"""What a user typed into a sheet, checked against what is known."""

from __future__ import annotations

import warnings
from os import PathLike
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradeshock.features.errors import OddFigureWarning, PanelError
from tradeshock.features.files.table import Reading, read_table
from tradeshock.features.vintages import clock
from tradeshock.features.vintages.answer import Answer
from tradeshock.features.vintages.history import History
from tradeshock.features.vintages.live import Live, panel_of

USER = "user"
# A figure that is known is seldom revised by more than this factor: a digit or a unit is wrong.
FACTOR = 1.5


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
    """

    answer: Answer
    changes: pd.DataFrame
    live: Live


def read_sheet(
    history: History,
    file: str | PathLike[str],
    reading: Reading | None = None,
    *,
    accept: bool = False,
) -> Sheet:
    """Read a sheet of newer and revised figures.

    What it repeats of known months is compared, not taken again: a figure that is the known one,
    rounded, is no revision.

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
    changes = panel.changes(table)
    changes = changes[~_rounded(changes)].reset_index(drop=True)
    if not accept:
        _refuse_other_units(changes)
    answer = Answer(
        USER,
        clock.now(),
        changes.rename(columns={"after": "value"})[["series", "month", "value"]],
        note=Path(file).name,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore" if accept else "error", OddFigureWarning)
        try:
            live = panel_of(history.with_answers([answer]))
        except OddFigureWarning as odd:
            raise PanelError(f"{odd} If the figure is right, say --accept") from odd
    return Sheet(answer, changes, live)


def _rounded(changes: pd.DataFrame) -> np.ndarray:
    """Whether each revision is the known figure, rounded as it was typed."""
    pairs = zip(changes["before"].tolist(), changes["after"].tolist(), strict=True)
    decimals = [(before, after, _decimals(after)) for before, after in pairs]
    return np.array([round(b, n) == round(a, n) if b == b else False for b, a, n in decimals], bool)


def _decimals(value: float) -> int:
    """Places after the point, of a figure as it was typed."""
    return len(f"{value:.10f}".rstrip("0").partition(".")[2])


def _refuse_other_units(changes: pd.DataFrame) -> None:
    """Refuse a revision that is no revision."""
    ratio = (changes["after"] / changes["before"]).abs()
    odd = changes[(ratio > FACTOR) | (ratio < 1.0 / FACTOR)]
    if odd.empty:
        return
    first = odd.iloc[0]
    powers = np.log10(ratio[odd.index].to_numpy())
    one_unit = len(odd) > 1 and np.ptp(powers) < 0.1 and abs(np.median(powers)) > 1.5
    hint = (
        f"all {len(odd)} known months are off by about 10^{np.median(powers):.0f}: give them in "
        "the units of `tradeshock data`."
        if one_unit
        else "is a digit lost, or the unit another?"
    )
    raise PanelError(
        f"{first['series']} of {first['month']} is {first['after']:,.10g}, known so far as "
        f"{first['before']:,.10g}; {hint} If the figure is right, say --accept"
    )
