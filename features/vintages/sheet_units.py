"""In which unit of money the columns of a sheet are, by what they say and by months that are known.

The unit is that of most known months: a single figure with a lost digit is another matter, and is
refused as a figure.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

import numpy as np
import pandas as pd

from tradeshock.features.errors import PanelError
from tradeshock.features.panel.naming import series_called
from tradeshock.features.panel.panel import Panel

MONEY = "mn USD"
# Units of sheets in million USD, and how they are written, without blanks and punctuation.
UNITS: dict[str, tuple[float, tuple[str, ...]]] = {
    MONEY: (1.0, ("mnusd", "usdmn", "musd", "millionusd", "usdmillion", "백만달러", "백만불")),
    "thousand USD": (
        1e-3,
        ("thousandusd", "usdthousand", "kusd", "천달러", "천불", "천usd", "1000usd"),
    ),
    "억달러": (1e2, ("억달러", "억불", "억usd", "100mnusd")),
    "bn USD": (
        1e3,
        ("bnusd", "usdbn", "busd", "billionusd", "usdbillion", "십억달러", "10억달러", "십억불"),
    ),
    "USD": (1e-6, ("usd", "us", "달러", "불")),
}
# A figure fits a unit within this factor; units are ten times apart or more.
FITS, FEWEST = 1.5, 2
_STATED = re.compile(r"(?P<name>.*\S)\s*[(\[（](?P<unit>[^()\[\]（）]+)[)\]）]\s*")


class Converted(NamedTuple):
    """A sheet in the units of the catalog.

    Parameters
    ----------
    values : DataFrame
        Months by ids of series.
    factors : dict of str to float
        By series, what its figures were multiplied by.
    notes : list of str
        Which units were found that the sheet does not state.
    """

    values: pd.DataFrame
    factors: dict[str, float]
    notes: list[str]


def converted(table: pd.DataFrame, panel: Panel) -> Converted:
    """Bring a sheet to the units of the catalog.

    Parameters
    ----------
    table : DataFrame
        Months by names of series, which may say a unit as in "수출 (억달러)".
    panel : Panel
        What is known.

    Raises
    ------
    PanelError
        If a name is that of no series, or a stated unit is not that of the known months.
    """
    names = [_stated(str(name), panel) for name in table.columns]
    ids = series_called(panel.catalog, panel.values.columns, [name for name, _ in names])
    values = table.set_axis(ids, axis=1)
    factors: dict[str, float] = {}
    notes = []
    for id, label, (_, stated) in zip(ids, table.columns, names, strict=True):
        if panel.catalog[id].unit != MONEY:
            continue
        found = _found(values[id], panel.values[id])
        if stated and found and stated != found:
            raise PanelError(
                f"{label!r} says {stated}, but most of its known months are in {found}; correct "
                "the unit or the figures"
            )
        unit = stated or found or MONEY
        factors[id] = UNITS[unit][0]
        if not stated and unit != MONEY:
            notes.append(f"{id} is read as {unit}: so are most of its known months")
    scale = pd.Series(factors).reindex(ids).astype(float).fillna(1.0)
    return Converted(values * scale, factors, notes)


def _stated(name: str, panel: Panel) -> tuple[str, str]:
    """Name of a series without its unit, and the unit; empty where there is none."""
    match = _STATED.fullmatch(name)
    if match is None or name in panel.values:
        return name, ""
    letters = unicodedata.normalize("NFKC", match["unit"]).casefold()
    written = "".join(letter for letter in letters if letter.isalnum())
    for unit, (_, forms) in UNITS.items():
        if written.removeprefix("단위") in forms:
            return match["name"], unit
    return name, ""


def _found(typed: pd.Series, known: pd.Series) -> str:
    """Unit in which more than half of the months that are known fit; empty where none is.

    One month is too little: a digit may be lost in it.
    """
    ratios = (typed / known.reindex(typed.index)).dropna()
    sizes = ratios[ratios > 0].to_numpy()
    for unit, (factor, _) in UNITS.items():
        near = np.abs(np.log(sizes * factor)) < np.log(FITS)
        if int(near.sum()) >= FEWEST and 2 * int(near.sum()) > len(ratios):
            return unit
    return ""
