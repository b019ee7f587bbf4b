"""Shocks on top of each other: one set of conditions, whatever their order."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import pandas as pd

from tradeshock.features.errors import ShockError
from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.scenarios.move import Changes, Move
from tradeshock.forecast.scenarios.shock import Shock
from tradeshock.models.assumptions.entries import Cell
from tradeshock.models.conditions import Conditions


class Reference(NamedTuple):
    """What the changes of a series are counted from, and in what."""

    against: str
    by: str


class Stack(NamedTuple):
    """Moves of all shocks, joined by series.

    Parameters
    ----------
    changes : dict of str to Changes
        Joined changes by series; shares add up in logs.
    references : dict of str to Reference
    given : Conditions
        What shocks assume as it is.
    """

    changes: dict[str, Changes]
    references: dict[str, Reference]
    given: Conditions

    def conditions(self, hard: bool) -> Conditions:
        """All of it as conditions, hard or draw by draw."""
        made = self.given
        for series in sorted(self.changes):
            reference = self.references[series]
            made = made | Conditions.relative(
                {series: {str(m): change for m, change in self.changes[series].items()}},
                "last" if reference.against == "last" else "baseline",
                by="amount" if reference.by == "amount" else "share",
                keep_uncertainty=not hard,
            )
        return made


def stacked(shocks: Sequence[Shock], panel: Panel, index: pd.PeriodIndex) -> Stack:
    """Join the moves of shocks that a system carries.

    Raises
    ------
    ShockError
        If two of them move one series from different references, or one gives values where
        another moves, or a month is after the forecast.
    """
    changes: dict[str, Changes] = {}
    references: dict[str, Reference] = {}
    # In the order of names, so that sums of logs are the same to the last bit.
    for shock in sorted(shocks, key=lambda shock: (shock.name, shock.text)):
        for move in shock.moves if shock.carrier != "exposure" else ():
            against = "last" if move.like is not None else move.against
            reference = Reference(against, move.by)
            before = references.setdefault(move.series, reference)
            if move.series in changes and (before != reference or against == "last"):
                raise ShockError(
                    f"two moves say where {move.series} goes, one of them from the last figure or "
                    "in another measure; of stacked shocks only changes against the baseline add up"
                )
            changes[move.series] = joined(
                changes.get(move.series, {}), move.changes(panel, index), move.by
            )
    given = _given(shocks, index)
    if both := sorted({series for series, _ in given.cells} & set(changes)):
        raise ShockError(f"one shock gives values of {both[0]} and another one moves it; give one")
    return Stack(changes, references, given)


def joined(first: Changes, second: Changes, by: str) -> Changes:
    """Two changes of a series, one on top of the other."""
    months = sorted({*first, *second})
    if by == "amount":
        return {m: first.get(m, 0.0) + second.get(m, 0.0) for m in months}
    logs = {m: math.log1p(first.get(m, 0.0)) + math.log1p(second.get(m, 0.0)) for m in months}
    # One change alone stays what it is.
    return {
        m: math.expm1(logs[m]) if m in first and m in second else {**first, **second}[m]
        for m in months
    }


def arithmetic_moves(shocks: Iterable[Shock]) -> list[tuple[Shock, Move]]:
    """Moves that are arithmetic of shares."""
    return [(s, move) for s in shocks if s.carrier == "exposure" for move in s.moves]


def _given(shocks: Sequence[Shock], index: pd.PeriodIndex) -> Conditions:
    made = Conditions({})
    for shock in shocks:
        if shock.conditions is None:
            continue
        if twice := set(made.cells) & set(shock.conditions.cells):
            series, month = _first(twice)
            raise ShockError(f"two shocks give values of {series} in {month}; give one")
        made = made | shock.conditions
    late = made.last_month
    if late is not None and late > index[-1]:
        raise ShockError(
            f"the shock assumes a value in {late}, after the last forecast month {index[-1]}; "
            "ask for more steps"
        )
    return made


def _first(cells: Iterable[Cell]) -> Cell:
    return min(cells, key=lambda cell: (cell[0], cell[1].ordinal))
