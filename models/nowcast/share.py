"""What share of a month its first days carry: the rest of the month given what is in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.panel.panel import Panel
from tradeshock.models.algebra.robust import huber_regressions
from tradeshock.models.nowcast.counts import CountHistory, Counts, DayTable

Floats = npt.NDArray[np.float64]
HALF_LIFE = 60.0
FEWEST_MONTHS = 12
# Prior precision in months: a quarter's end takes a month's evidence, a single month's effect and
# the days around a moving holiday two.
ELASTICITY, QUARTER_END, HOLIDAY, MONTH = 0.25, 1.0, 2.0, 2.0


@dataclass(frozen=True, eq=False)
class Shares:
    """What share of a month its first days usually carry, part by part.

    Given working days, the end of a quarter, the days before and after moving holidays that are
    still to come, and the month: a robust and shrunk regression of past shares.

    Parameters
    ----------
    coefs : tuple of ndarray
        Coefficients of the columns, one array a part; that of what remains comes last.
    """

    coefs: tuple[Floats, ...]

    @classmethod
    def learn(cls, counts: Counts, month: pd.Period) -> Shares | None:
        """Learn from the months before one; None where fewer than 12 are known of some part."""
        return cls.learn_each([counts], [month])[0]

    @classmethod
    def learn_each(
        cls, counts: Sequence[Counts], months: Sequence[pd.Period]
    ) -> list[Shares | None]:
        """`learn` of many months, each from the counts of its own day."""
        past = [_past_shares(cut, month) for cut, month in zip(counts, months, strict=True)]
        enough = [all(len(rows) >= FEWEST_MONTHS for rows, _ in parts) for parts in past]
        samples = [
            _Sample.from_shares(cut.days, rows, share)
            for cut, parts, usable in zip(counts, past, enough, strict=True)
            for rows, share in (parts if usable else [])
        ]
        coefs = iter(_coefs(samples))
        return [
            cls(tuple(next(coefs) for _ in parts)) if usable else None
            for parts, usable in zip(past, enough, strict=True)
        ]

    def nowcast(self, counts: Counts, month: pd.Period) -> float:
        """Log of a month as its early counts imply; NaN where one of them is not out."""
        row = np.array([month.ordinal - counts.months[0]])
        stretch, columns = _columns(row, counts.days)
        total = 0.0
        for coefs, (_, early) in zip(self.coefs, counts.shares(), strict=True):
            if early[row[0]] <= 0.0:
                # A part whose count exceeds the whole's: the counts do not belong together.
                return np.nan
            total += float(np.exp(np.log(early[row[0]]) + stretch[0] + columns[0] @ coefs))
        return float(np.log(total))


def share_nowcast(panel: Panel, target: str, state: str, parts: tuple[str, ...]) -> float | None:
    """Log of the running month as its early counts imply, part by part.

    Each part, and what remains of the target without them, is its early count over the share
    that its first days usually carry (see `Shares`).

    Parameters
    ----------
    panel : Panel
        As it stood at the origin; the early count of the running month is its last.
    target : str
    state : str
    parts : tuple of str
        Series that are part of the target and have early counts of their own.

    Returns
    -------
    float or None
        None where fewer than 12 months of both are known.
    """
    counts = CountHistory.read(panel, target, state, parts).as_of(panel.origin)
    month = panel.last_month(target) + 1
    shares = Shares.learn(counts, month)
    return None if shares is None else shares.nowcast(counts, month)


class _Sample(NamedTuple):
    """What one regression learns from; penalties are rows of their own, with outcome zero."""

    x: Floats
    y: Floats
    weights: Floats

    @classmethod
    def from_shares(cls, days: DayTable, rows: npt.NDArray[np.intp], share: Floats) -> _Sample:
        stretch, columns = _columns(rows, days)
        edges = days.edges.shape[1]
        penalty = np.array([ELASTICITY, QUARTER_END, *[HOLIDAY] * edges, *[MONTH] * 12])
        # The share goes with the working days.
        pulled = np.column_stack([np.zeros(len(penalty)), np.diag(np.sqrt(penalty))])
        age = np.arange(len(share))[::-1]
        return cls(
            np.vstack([columns, pulled]),
            np.concatenate([share - stretch, np.zeros(len(penalty))]),
            np.concatenate([0.5 ** (age / HALF_LIFE), np.ones(len(penalty))]),
        )


def _past_shares(counts: Counts, month: pd.Period) -> list[tuple[npt.NDArray[np.intp], Floats]]:
    """Rows before a month of which both figures are known, and their log shares, by part."""
    before = max(int(month.ordinal - counts.months[0]), 0)
    past = []
    for whole, early in counts.shares():
        # Of a target that is its own part nothing remains: no share is known of that.
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.log(whole[:before]) - np.log(early[:before])
        rows = np.flatnonzero(~np.isnan(share))
        past.append((rows, share[rows]))
    return past


def _coefs(samples: Sequence[_Sample]) -> Floats:
    """Coefficients of each sample, samples by columns."""
    if not samples:
        return np.empty((0, 0))
    count = np.array([len(sample.y) for sample in samples])
    x = np.zeros((len(samples), count.max(), samples[0].x.shape[1]))
    y, weights = np.zeros(x.shape[:2]), np.zeros(x.shape[:2])
    for i, sample in enumerate(samples):
        x[i, : count[i]], y[i, : count[i]], weights[i, : count[i]] = sample
    return huber_regressions(x, y, weights, count)


def _columns(rows: npt.NDArray[np.intp], days: DayTable) -> tuple[Floats, Floats]:
    """Log of the month's working days over those counted, and the columns of the regression."""
    stretch = np.log(days.whole[rows] / days.counted[rows])
    month = days.months[rows] % 12 + 1
    columns = np.column_stack(
        [
            np.ones(len(rows)),
            stretch,
            month % 3 == 0,
            days.edges[rows],
            month[:, None] == np.arange(1, 13),
        ]
    ).astype(float)
    return stretch, columns
