"""Columns of figures whose heading is no month, in a table with months across."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tradeshock.features.errors import PanelError
from tradeshock.features.files.grid import Grid
from tradeshock.features.files.numerals import MISSING, cleaned

_FIGURE = re.compile(r"[+-]?[.,]?\d")
# How a heading begins or ends that was meant for a month: labels in front are named in words.
_LIKE_A_MONTH = re.compile(r"\d.*|.*(?<!\d)(?:19|20)\d\d(?!\d).*", re.DOTALL)


def refuse_other_headings(
    grid: Grid, months: Sequence[bool], series: Sequence[str] | None = None
) -> None:
    """Demand that every column of figures has a month as its heading.

    Numbers in front of the first month are codes, such as those of the Harmonized System, unless
    their heading looks like a month; behind it they are figures.

    Parameters
    ----------
    months : sequence of bool
        Which headings are months.
    series : sequence of str, optional
        Columns that name the series of a row, and may be numbers.

    Raises
    ------
    PanelError
        If figures stand below another heading, which would be left out otherwise.
    """
    first = months.index(True)
    odd = [
        name
        for j, name in enumerate(grid.header)
        if not months[j]
        and name not in (series or ())
        and (j > first or _LIKE_A_MONTH.fullmatch(name))
        and _holds_figures(grid.column(j))
    ]
    if odd:
        several = len(odd) > 1
        raise PanelError(
            f"months stand across, and {'columns' if several else 'a column'} of figures "
            f"{'have' if several else 'has'} no month as heading: {odd[:6]}; write a month's "
            f"heading as the others, such as {grid.header[first]!r}, take sums and quarters out, "
            "or, if it names the rows, say series=[...]"
        )


def _holds_figures(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell not in MISSING]
    figures = [cell for cell in filled if _FIGURE.match(cleaned(cell))]
    return 2 * len(figures) > len(filled)
