"""A total's paths without and under a shock, split over its parts so that they add up."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.forecast.exposure.partition import REMAINDER

Floats = npt.NDArray[np.float64]
Pairs = dict[str, tuple[Floats, Floats]]


def allocated(
    shares: pd.Series, before: Floats, after: Floats, own: Pairs, hits: Mapping[str, Floats]
) -> Pairs:
    """Paths of each part without and under a shock, the remainder last.

    Parts with paths of their own keep them. What is left of the total is split by shares; of its
    change each part bears what is said of it, and of all else its share.

    Parameters
    ----------
    shares : Series
        Of the total, by part; they add up to 1.
    before, after : ndarray, shape (draws, steps)
        Paths of the total.
    own : mapping of str to (ndarray, ndarray)
        Paths of parts that are known, without and under the shock.
    hits : mapping of str to ndarray, shape (steps,)
        Change of single parts, in the total's unit; those of parts with own paths do not count.

    Returns
    -------
    dict of str to (ndarray, ndarray)
        They add up to `before` and to `after` in every draw.
    """
    known = {id: pair for id, pair in own.items() if id in shares}
    for one, other in known.values():
        before, after = before - one, after - other
    shares = shares.drop(list(known))
    shares = shares / shares.sum()
    said = {str(id): hits.get(str(id), np.zeros(before.shape[1])) for id in shares.index}
    spread = after - before - sum(said.values())
    paths = {
        str(id): (share * before, share * (before + spread) + said[str(id)])
        for id, share in shares.items()
    }
    rest = {REMAINDER: paths.pop(REMAINDER)} if REMAINDER in paths else {}
    return known | paths | rest
