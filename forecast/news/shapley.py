"""Shapley values: shares of groups in what they do together, whatever the order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Group = frozenset[str]
# What groups are worth together, asked of several at a time.
Worth = Callable[[Sequence[Group]], Sequence[Floats]]

# Up to so many groups every order is counted.
MOST_EXACT = 6
# Random orders of more groups. Each is counted backwards too, so that one group is before another
# as often as behind it: shares are exact as far as groups act together in pairs.
ORDERS = 2
SEED = 0
# Moves smaller than this, in the unit of what is shared, are rounding.
NOTHING = 1e-11


@dataclass(frozen=True, eq=False)
class Shares:
    """What each player adds.

    Parameters
    ----------
    values : dict of str to ndarray
        Mean over orders; they add up to what all do together.
    low, high : dict of str to ndarray
        Least and most that a player adds in an order that was counted, among them as the first
        of all and as the last of all.
    """

    values: dict[str, Floats]
    low: dict[str, Floats]
    high: dict[str, Floats]


def shapley(worth: Worth, players: Sequence[str]) -> Shares:
    """Share out what all players do together (Shapley 1953).

    Parameters
    ----------
    worth : callable
        From coalitions to what each is worth, arrays of one shape.
    players : sequence of str
        Those that move nothing, neither as the first nor as the last nor together, have no share.
        Of the others all orders are counted up to six, and of more two random orders, the same
        each time, and their reverses.

    Returns
    -------
    Shares
    """
    known: dict[Group, Floats] = {}

    def ask(coalitions: Sequence[Group]) -> None:
        new = [c for c in dict.fromkeys(coalitions) if c not in known]
        if new:
            known.update(zip(new, worth(new), strict=True))

    every, nobody = frozenset(players), frozenset[str]()
    ask([nobody, every, *(frozenset({p}) for p in players), *(every - {p} for p in players)])
    added = {
        p: [known[frozenset({p})] - known[nobody], known[every] - known[every - {p}]]
        for p in players
    }
    moving = [p for p in players if max(np.abs(a).max() for a in added[p]) > NOTHING]
    ask([frozenset(moving)])
    if np.abs(known[frozenset(moving)] - known[every]).max() > NOTHING:
        moving = list(players)
    orders = _orders(moving)
    ask([frozenset(order[:k]) for order in orders for k in range(len(order) + 1)])
    values = {p: np.zeros_like(known[nobody]) for p in players}
    for order in orders:
        for k, player in enumerate(order):
            gain = known[frozenset(order[: k + 1])] - known[frozenset(order[:k])]
            values[player] += gain / len(orders)
            added[player].append(gain)
    return Shares(
        values,
        {p: np.minimum(np.min(added[p], axis=0), values[p]) for p in players},
        {p: np.maximum(np.max(added[p], axis=0), values[p]) for p in players},
    )


def additive(worth: Worth, players: Sequence[str]) -> Shares:
    """Share out what players do where it is known that no order matters."""
    none, *alone = worth([frozenset[str](), *(frozenset({p}) for p in players)])
    values = {p: a - none for p, a in zip(players, alone, strict=True)}
    return Shares(values, values, values)


def _orders(players: Sequence[str]) -> list[tuple[str, ...]]:
    """Orders that are counted."""
    if len(players) <= MOST_EXACT:
        return list(permutations(players))
    rng = np.random.default_rng(SEED)
    drawn = [tuple(rng.permutation(list(players)).tolist()) for _ in range(ORDERS)]
    return [order for each in drawn for order in (each, each[::-1])]
