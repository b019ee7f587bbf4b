"""The choice that a searcher would have made each year, from what was known then."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tradeshock.forecast.searching.losses import Floats, Loss, Losses, best
from tradeshock.models.record.record import Record

# Forecasts whose outcome is known before anything is chosen.
FEWEST_KNOWN = 24


def yearly_choices(
    record: Record,
    labels: Sequence[str],
    state: str,
    origins: pd.DatetimeIndex,
    loss: Loss,
    each_step: bool = True,
) -> pd.DataFrame:
    """Specification that is chosen at the first origin of each calendar year.

    It is the best of those forecasts whose outcomes were out by that day: at step h, the newest
    is h months old::

        origins      y-3 ......... y-2 ......... y-1 ......... | y .........
        step 1       known known known known known known known |  choice of y
        step 12      known known known known known - - - - - - |  choice of y

    Parameters
    ----------
    record : Record
        Forecasts of one target by all labels. It is read through `Record.as_of` only.
    labels : sequence of str
        Specifications, the reference last.
    state : str
    origins : DatetimeIndex
        Whose years are chosen for, ascending.
    loss : {"squared", "crps"}
    each_step : bool
        Whether every step has a choice of its own.

    Returns
    -------
    DataFrame, years by steps
        Positions of labels; -1 where fewer than 24 outcomes were known, at that step, or with one
        choice for all steps at any.
    """
    years = origins.year
    found = {}
    for year in dict.fromkeys(years):
        day = origins[years == year][0]
        known = Losses.of(record.as_of(day).frame, labels, state, loss)
        found[int(year)] = _choice(known, each_step)
    return pd.DataFrame(found.values(), index=pd.Index(found, name="year"))


def _choice(known: Losses, each_step: bool) -> dict[int, int]:
    enough = known.counts >= FEWEST_KNOWN
    if not each_step:
        enough[:] = enough.all()
    chosen = np.full(len(enough), -1)
    if enough.any():
        chosen[enough] = best(known.means()[enough], each_step)
    return {step: int(label) for step, label in enumerate(chosen, start=1)}


def chosen_losses(losses: Losses, choices: pd.DataFrame) -> Floats:
    """Losses of what was chosen, origins by steps; NaN where nothing was.

    Parameters
    ----------
    losses : Losses
    choices : DataFrame
        As `yearly_choices` gives them for the same origins.
    """
    picked = choices.reindex(losses.origins.year).to_numpy()
    taken = np.take_along_axis(losses.values, np.maximum(picked, 0)[:, :, None], axis=2)[:, :, 0]
    return np.where(picked >= 0, taken, np.nan)
