"""Sign restrictions as they are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tradeshock.features.errors import ModelError
from tradeshock.models.parameters import whole
from tradeshock.models.structure.arguments import demand

__all__ = ["Restriction", "Signs", "parsed"]

Signs = Mapping[str, Mapping[str, "str | tuple[str, int]"]]

_DIRECTIONS = {"+": 1.0, "-": -1.0}
_UNTIL = whole(0, 120)


class Restriction(NamedTuple):
    """One sign of one response.

    Parameters
    ----------
    shock, series : str
    sign : {"+", "-"}
    step : int
        Months after the shock.
    """

    shock: str
    series: str
    sign: str
    step: int

    @property
    def direction(self) -> float:
        """1 or -1."""
        return _DIRECTIONS[self.sign]


def parsed(signs: Signs, series: Sequence[str]) -> list[Restriction]:
    """Restrictions one by one, in the order in which they are written.

    Parameters
    ----------
    signs : mapping of str to mapping
        Of each shock, series and their signs: "+" or "-" in the month of the shock, or a pair
        such as ("+", 3) for that month and the three after it.
    series : sequence of str
        Of the system.

    Raises
    ------
    ModelError
        If something is not of this form, a series is unknown, there are more shocks than series,
        or two shocks have the same signs, so that nothing tells them apart.
    """
    if not isinstance(signs, Mapping) or not signs:
        raise ModelError(
            f"got signs={signs!r}, expected a mapping such as "
            '{"demand": {"us_ip": "+", "brent": ("+", 2)}}'
        )
    if len(signs) > len(series):
        raise ModelError(
            f"got {len(signs)} shocks for {len(series)} series; a system has as many shocks as "
            "series at most"
        )
    found = [one for shock, rows in signs.items() for one in _of_shock(shock, rows, series)]
    _refuse_alike(found)
    return found


def _of_shock(shock: object, rows: object, series: Sequence[str]) -> list[Restriction]:
    if not isinstance(shock, str) or not shock:
        raise ModelError(f"got {shock!r} for the name of a shock, expected a text")
    if not isinstance(rows, Mapping) or not rows:
        raise ModelError(
            f'got {rows!r} for shock {shock}, expected signs of series, such as {{"us_ip": "+"}}'
        )
    found = []
    for id, value in rows.items():
        if id not in series:
            raise ModelError(
                f"shock {shock} has a sign for {id!r}, which is not in the system; it has "
                f"{', '.join(series)}"
            )
        pair = value if isinstance(value, tuple) and len(value) == 2 else (value, 0)
        if not isinstance(pair[0], str) or pair[0] not in _DIRECTIONS:
            raise ModelError(
                f"got {value!r} for {id} under shock {shock}, expected '+' or '-', or a pair such "
                "as ('+', 3) for the month of the shock and the three after it"
            )
        demand(pair[1], f"last step of {id} under shock {shock}", _UNTIL)
        found += [Restriction(shock, id, pair[0], step) for step in range(pair[1] + 1)]
    return found


def _refuse_alike(found: Sequence[Restriction]) -> None:
    """Refuse two shocks with the same signs: any rotation of the two would do as well."""
    seen: dict[frozenset[tuple[str, str, int]], str] = {}
    for shock in dict.fromkeys(one.shock for one in found):
        own = frozenset((one.series, one.sign, one.step) for one in found if one.shock == shock)
        turned = frozenset((id, "-" if sign == "+" else "+", step) for id, sign, step in own)
        other = seen.get(own, seen.get(turned))
        if other is not None:
            raise ModelError(
                f"shocks {other} and {shock} have the same signs, up to their direction, so "
                "nothing tells them apart; give one of them a sign that the other lacks"
            )
        seen[own] = shock
