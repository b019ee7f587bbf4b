"""Holidays that move with the moon: which nations keep which, and when they were."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from tradeshock.features.days.holidays import Days


class Festival(NamedTuple):
    """A moving holiday as a nation keeps it.

    Attributes
    ----------
    name : str
        Name of its columns.
    dates : str
        Which of the frozen dates it has (see ``snapshot/festivals.csv``).
    first, last : int
        First and last day off, counted from the date.
    ahead : int
        Days before the run-up that are unlike others too: Ramadan before Eid al-Fitr.
    """

    name: str
    dates: str
    first: int
    last: int
    ahead: int = 0


RAMADAN_DAYS = 29
_NEW_YEAR, _AUTUMN = "lunar_new_year", "mid_autumn"
_EIDS = (
    Festival("eid_al_fitr", "eid_al_fitr", 0, 2, RAMADAN_DAYS),
    Festival("eid_al_adha", "eid_al_adha", 0, 2),
)
# Nations whose national holidays include both, at least two days long.
KEEP_EID = (
    "AE", "BD", "BH", "BN", "DZ", "EG", "ID", "IQ", "JO", "KW", "LB", "LY", "MA", "MV", "MY", "OM",
    "PK", "QA", "SA", "TN", "TR",
)  # fmt: skip
FESTIVALS: dict[str, tuple[Festival, ...]] = {
    "KR": (Festival("seollal", "seollal", -1, 1), Festival("chuseok", "chuseok", -1, 1)),
    "CN": (Festival(_NEW_YEAR, _NEW_YEAR, 0, 6), Festival(_AUTUMN, _AUTUMN, 0, 0)),
    "TW": (Festival(_NEW_YEAR, _NEW_YEAR, -1, 3), Festival(_AUTUMN, _AUTUMN, 0, 0)),
    "HK": (Festival(_NEW_YEAR, _NEW_YEAR, 0, 2), Festival(_AUTUMN, _AUTUMN, 1, 1)),
    "MO": (Festival(_NEW_YEAR, _NEW_YEAR, 0, 2), Festival(_AUTUMN, _AUTUMN, 1, 1)),
    "SG": (Festival(_NEW_YEAR, _NEW_YEAR, 0, 1),),
    "VN": (Festival(_NEW_YEAR, "tet", -1, 4),),
    **dict.fromkeys(KEEP_EID, _EIDS),
    "MY": (Festival(_NEW_YEAR, _NEW_YEAR, 0, 1), *_EIDS),
}


def festivals_of(nation: str | None) -> tuple[Festival, ...]:
    """Moving holidays of a nation, or of the nation of which it is a part."""
    return FESTIVALS.get((nation or "").partition("-")[0], ())


@cache
def festival_dates(dates: str) -> Days:
    """Frozen dates of a festival, datetime64[D], ascending.

    Dates of the Islamic calendar are those that the library has for all nations; where the moon
    was seen on another evening, a nation's own differ by a day.
    """
    source = files("tradeshock.features").joinpath("snapshot", "festivals.csv")
    rows = csv.reader(source.read_text(encoding="utf-8").splitlines()[1:])
    return np.array([day for name, day in rows if name == dates], dtype="datetime64[D]")
