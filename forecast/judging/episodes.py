"""Named trade shocks, so that models can be judged when it matters."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tradeshock.features.errors import ScoreError
from tradeshock.forecast.judging.scorable import FORECAST_KEYS, scorable

CALM = "calm"
# Forecasters are caught by the turn before the figures turn negative.
LEAD_MONTHS = 3


@dataclass(frozen=True)
class Episode:
    """A trade shock.

    Attributes
    ----------
    name
        Label in tables.
    start, end
        First and last month of the shock, such as "2008-11": for a slump the months of falling
        exports (year on year). An `end` of None is a shock that goes on.
    trough
        Month of the deepest fall, or of the steepest rise in a boom.
    driver
        What caused it, in a few words.
    nation
        ISO code where it was one nation's own; None if it went through world trade.
    """

    name: str
    start: str
    trough: str
    end: str | None
    driver: str
    nation: str | None = None

    def __post_init__(self) -> None:
        months = [
            pd.Period(month, freq="M") for month in (self.start, self.trough, self.end) if month
        ]
        if months != sorted(months):
            raise ScoreError(
                f"Episode {self.name!r}: start {self.start}, trough {self.trough} and end "
                f"{self.end} must be in this order."
            )


# Year-on-year falls of Korea's exports as first published. Troughs as first published where that
# print is at hand; elsewhere (before 2015, and 2019-10) those of the seasonally adjusted series.
EPISODES: tuple[Episode, ...] = (
    Episode("Asian crisis", "1998-05", "1998-07", "1999-01", "prices, won, demand in Asia"),
    Episode("IT bust", "2001-03", "2001-07", "2002-03", "DRAM price, US technology demand"),
    Episode("Financial crisis", "2008-11", "2009-01", "2009-10", "collapse of world trade"),
    Episode("Oil and China", "2015-01", "2016-01", "2016-07", "oil price, China, ships"),
    Episode(
        "Memory and tariffs",
        "2018-12",
        "2019-10",
        "2020-01",
        "DRAM price, US-China, Japan curbs",
        "KR",
    ),
    Episode("COVID-19", "2020-03", "2020-04", "2020-08", "lockdowns"),
    Episode("Chip bust", "2022-10", "2023-01", "2023-09", "chip inventories, China, rates", "KR"),
    Episode("US tariffs 2025", "2025-01", "2025-01", "2025-05", "tariffs, offset by chips"),
    Episode("AI boom", "2025-06", "2026-03", None, "price of memory chips", "KR"),
)
"""Trade shocks in order of time; those with a nation are of that nation's exports alone."""


def episodes_of(nation: str | None) -> tuple[Episode, ...]:
    """Return the shocks of world trade and those of one nation.

    Parameters
    ----------
    nation
        ISO code such as "KR"; None: those of world trade alone.
    """
    return tuple(episode for episode in EPISODES if episode.nation in (None, nation))


def labels(index: pd.PeriodIndex, episodes: Sequence[Episode] = EPISODES) -> pd.DataFrame:
    """Episode and phase of each month.

    ``entry`` runs from three months before the start through the trough, ``exit`` from the month
    after it through the end; all other months are ``calm``, in both columns. Where episodes
    touch, a month of a shock goes before another's three months of lead; where the shocks
    themselves overlap, the later in the list has it.

    Parameters
    ----------
    index
        Monthly periods, in any order.
    episodes
        Table of shocks. Add your own: ``(*EPISODES, Episode("Suez", ...))``.

    Returns
    -------
    Frame with the columns ``episode`` and ``phase``, indexed by `index`.
    """
    name = np.full(len(index), CALM, dtype=object)
    phase = np.full(len(index), CALM, dtype=object)
    for lead in (LEAD_MONTHS, 0):
        for episode in episodes:
            start = pd.Period(episode.start, freq="M") - lead
            inside = np.asarray(index >= start)
            if episode.end is not None:
                inside &= np.asarray(index <= pd.Period(episode.end, freq="M"))
            entry = inside & np.asarray(index <= pd.Period(episode.trough, freq="M"))
            name[inside], phase[inside], phase[entry] = episode.name, "exit", "entry"
    return pd.DataFrame({"episode": name, "phase": phase}, index=index)


def csed(frame: pd.DataFrame, reference: str = "RandomWalk") -> pd.DataFrame:
    """Cumulative squared error difference of every model against a reference.

    ``sum over months so far of (error_reference**2 - error**2)``: rises where the model is the
    better of the two, falls where it is the worse; a jump is an episode (Goyal and Welch 2008,
    Review of Financial Studies 21).

    Parameters
    ----------
    frame
        Tidy frame of a backtest.
    reference
        Model that the others are held against.

    Returns
    -------
    Frame with ``model, target, quantity, state, step, month, csed``, in squared per cent or
    squared percentage points, over the months that both have forecast.

    Raises
    ------
    ScoreError
        If the reference is not in the frame, or the frame cannot be scored.
    """
    rows = scorable(frame)
    if reference not in set(rows["model"]):
        raise ScoreError(
            f"No forecasts of the reference {reference!r}; there are {sorted(set(rows['model']))}."
        )
    own = rows[["model", *FORECAST_KEYS, "month", "error"]]
    base = own.loc[own["model"] == reference, [*FORECAST_KEYS, "error"]]
    both = own.merge(base, on=list(FORECAST_KEYS), suffixes=("", "_reference"))
    keys = ["model", "target", "quantity", "state", "step"]
    both = both.sort_values([*keys, "month"], ignore_index=True)
    both["csed"] = both["error_reference"] ** 2 - both["error"] ** 2
    both["csed"] = both.groupby(keys, observed=True)["csed"].cumsum()
    return both[[*keys, "month", "csed"]]
