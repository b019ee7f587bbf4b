"""Numbers with points or commas: one reading of all cells, or a refusal."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from tradeshock.features.errors import PanelError

# What publishers write where there is no figure.
MISSING = frozenset(
    ["", ".", "..", "...", "…", "-", "–", "NA", "N/A", "n/a", "NaN", "nan", "null", "ND"]
)
_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2212": "-", "\u2019": "'"})


class Notation(NamedTuple):
    """How numbers are written: decimal mark, and what parts thousands (empty: nothing)."""

    decimal: str
    thousands: str


PLAIN = Notation(".", "")
NOTATIONS = (
    PLAIN, Notation(".", ","), Notation(",", ""), Notation(",", "."),
    Notation(".", " "), Notation(",", " "), Notation(".", "'"), Notation(",", "'"),
)  # fmt: skip


@cache
def _pattern(notation: Notation) -> re.Pattern[str]:
    whole, point = r"\d+", re.escape(notation.decimal)
    if notation.thousands:
        whole = rf"(?:\d{{1,3}}(?:{re.escape(notation.thousands)}\d{{3}})+|\d+)"
    return re.compile(rf"[+-]?(?:{whole}(?:{point}\d*)?|{point}\d+)(?:[eE][+-]?\d+)?")


def cleaned(text: str) -> str:
    """Cell with plain spaces and minus signs."""
    return text.translate(_SPACES)


def is_plain_number(text: str) -> bool:
    """Whether a cell is a number with at most a decimal point."""
    return _pattern(PLAIN).fullmatch(text) is not None


def reads(text: str, notation: Notation) -> bool:
    """Whether a cell is a number in a notation."""
    return _pattern(notation).fullmatch(cleaned(text)) is not None


def number(text: str, notation: Notation) -> float:
    """Value of a cell that `reads` in a notation."""
    bare = cleaned(text).replace(notation.thousands, "") if notation.thousands else cleaned(text)
    return float(bare.replace(notation.decimal, "."))


def value_of(mark: str, notation: Notation) -> float | None:
    """Value of a mark that is a number in a notation, or with a point; None if it is none."""
    for how in (notation, PLAIN):
        if reads(mark, how):
            return number(mark, how)
    return None


def notation_of(
    cells: Iterable[str], decimal: str | None, thousands: str | None, *, plain: bool
) -> Notation:
    """Notation of the numbers of a file.

    Parameters
    ----------
    cells : iterable of str
        All that should be numbers.
    decimal, thousands : str, optional
        What is given. Default: the only reading of all cells.
    plain : bool
        Whether numbers with at most a decimal point are taken as they are, as in a file with
        commas between its fields.

    Raises
    ------
    PanelError
        If two notations read all cells, and differently.
    """
    _refuse_odd(decimal, thousands)
    texts = list(dict.fromkeys(cells))
    said = decimal is not None or thousands is not None
    if plain and not said and all(reads(text, PLAIN) for text in texts):
        return PLAIN
    possible = [
        notation
        for notation in NOTATIONS
        if decimal in (None, notation.decimal) and thousands in (None, notation.thousands)
    ]
    fitting = [n for n in possible if all(reads(text, n) for text in texts)]
    if not fitting:
        # the one that reads most, so that the rest can be named
        return max(possible, key=lambda n: sum(reads(text, n) for text in texts))
    first, *others = fitting
    for other in others:
        for text in texts:
            a, b = number(text, first), number(text, other)
            if a != b:
                raise PanelError(
                    f"{text!r} can be {a:.10g} or {b:.10g}; say which: decimal={first.decimal!r} "
                    f"or decimal={other.decimal!r}"
                )
    return first


def _refuse_odd(decimal: str | None, thousands: str | None) -> None:
    if decimal not in (None, ".", ",") or thousands not in (None, "", ".", ",", " ", "'"):
        raise PanelError(
            f"decimal={decimal!r} and thousands={thousands!r} are no way to write numbers; decimal "
            "is '.' or ',', thousands one of '.', ',', ' ', \"'\""
        )
    if decimal is not None and decimal == thousands:
        raise PanelError(f"decimal and thousands are both {decimal!r}; they must differ")
