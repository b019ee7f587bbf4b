"""A forecast: joint sample paths, and everything that is read off them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from numbers import Real

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import ModelError
from tradeshock.features.shown import HeadlineOverTable

Floats = npt.NDArray[np.float64]
QUANTILES = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975)
PERIODS = ("year", "quarter", "JanFeb")


def in_order_of(template: Floats, ascending: Floats) -> Floats:
    """Draws put in the order that those of a template have, step by step.

    The Schaake shuffle (Clark et al. 2004): each step has the new draws, and the joint ranks of
    all steps are the template's.

    Parameters
    ----------
    template : ndarray, draws by steps
    ascending : ndarray, draws by steps
        Each step's draws in ascending order.
    """
    ordered = np.empty_like(ascending)
    np.put_along_axis(ordered, template.argsort(axis=0, kind="stable"), ascending, axis=0)
    return ordered


def quantiles_by_step(draws: Floats, levels: Floats) -> Floats:
    """Quantiles of finite draws, steps by levels: what `numpy.quantile` gives, to the last bit.

    One sort of each step is quicker than as many selections as there are levels.

    Parameters
    ----------
    draws : ndarray, draws by steps
    levels : ndarray
        Between 0 and 1.

    Raises
    ------
    ModelError
        If a level is no share.
    """
    if not ((levels >= 0.0) & (levels <= 1.0)).all():
        raise ModelError(f"got quantiles {levels.tolist()}, expected numbers from 0 to 1")
    ordered = np.array(draws.T, order="C")
    ordered.sort(axis=1)
    place = levels * (len(draws) - 1)
    below = place.astype(np.intp)
    share = place - below
    lower = ordered.take(below, axis=1)
    upper = ordered.take(np.minimum(below + 1, len(draws) - 1), axis=1)
    gap = upper - lower
    # From the nearer of the two, as numpy does.
    return np.where(share >= 0.5, upper - gap * (1.0 - share), lower + gap * share)


def chance_words(share: float) -> str:
    """Share of paths in per cent, without the certainty that a thousand of them cannot give.

    Examples
    --------
    >>> chance_words(0.07), chance_words(0.0)
    ('7 %', 'under 1 %')
    """
    if share > 0.99:
        return "over 99 %"
    return "under 1 %" if share < 0.01 else f"{100 * share:.0f} %"


@cache
def _named(levels: tuple[float, ...]) -> pd.Index:
    return pd.Index(levels, name="quantile")


@dataclass(frozen=True, eq=False, repr=False)
class ForecastPaths(HeadlineOverTable):
    """Sample paths of one or more series, drawn jointly.

    Parameters
    ----------
    values : ndarray, draws by steps by series
        Paths in the series' own units (million USD for exports).
    index : PeriodIndex
        Month of each step; the first is the month after the last published one.
    series : tuple of str
        Ids, in the order of the last axis.
    history : DataFrame
        Published months of these series at the origin.
    origin : Timestamp
        Day on which the forecast stands.
    state : str
        Which of the target's own releases were out.
    seed : int
        `random_state` of the model.
    model : str
        Name of the model.
    notes : tuple of str
        What a reader must know: series left out, conditions, judgement.
    drivers : tuple of str
        Those of the series, the last ones, that are not targets but what moves them.
    """

    values: Floats
    index: pd.PeriodIndex
    series: tuple[str, ...]
    history: pd.DataFrame
    origin: pd.Timestamp
    state: str
    seed: int
    model: str
    notes: tuple[str, ...] = field(default=())
    drivers: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        expected = (len(self.index), len(self.series))
        if self.values.ndim != 3 or self.values.shape[1:] != expected:
            raise ModelError(
                f"{self.model} gave paths of shape {self.values.shape}; "
                f"expected draws x {expected[0]} steps x {expected[1]} series"
            )
        if not len(self.values):
            raise ModelError(f"{self.model} gave no paths; n_draws must be at least 1")
        if not np.isfinite(self.values).all():
            step = int(np.argwhere(~np.isfinite(self.values))[0][1]) + 1
            raise ModelError(
                f"{self.model} gave paths that are not finite, first at step {step} "
                f"({self.index[step - 1]}), origin {self.origin.date()}"
            )

    @property
    def _headline(self) -> str:
        draws, steps, _ = self.values.shape
        return (
            f"{', '.join(self.series)} by {self.model} on {self.origin.date()} ({self.state}): "
            f"{draws:,} paths of {steps} months"
        )

    @property
    def _shown(self) -> pd.DataFrame:
        """Medians and ends of the central 80 % interval, months by series."""
        tables = {id: self.quantile((0.1, 0.5, 0.9), id).round(2) for id in self.series}
        return pd.concat(tables, axis=1) if len(tables) > 1 else tables[self.series[0]]

    def draws(self, series: str | None = None) -> Floats:
        """Paths of one series (default: the first), draws by steps."""
        return self.values[:, :, self._column(series)]

    def _column(self, series: str | None) -> int:
        if series is None:
            return 0
        if not isinstance(series, str) or series not in self.series:
            raise ModelError(f"the forecast has no series {series!r}; it has {list(self.series)}")
        return self.series.index(series)

    def with_note(self, note: str) -> ForecastPaths:
        """Return the same paths with one more note."""
        return replace(self, notes=(*self.notes, note))

    def shifted(self, amounts: pd.Series, note: str, series: str | None = None) -> ForecastPaths:
        """Return paths with a judgemental add-factor on some months.

        Parameters
        ----------
        amounts : Series
            Amount to add to every draw, in the series' unit, by month.
        note : str
            Why; kept with the forecast.
        series : str, optional
            Default: the first.

        Raises
        ------
        ModelError
            If a month is not in the forecast or stands twice, or an amount is no number.
        """
        months = pd.PeriodIndex(amounts.index, freq="M")
        added = amounts.to_numpy(dtype=float)
        if months.has_duplicates or not np.isfinite(added).all():
            raise ModelError(
                f"cannot adjust by {dict(zip(months.astype(str), added.tolist(), strict=True))}; "
                "give one finite amount a month"
            )
        if len(outside := months.difference(self.index)):
            raise ModelError(
                f"cannot adjust {outside[0]}: the forecast runs from {self.index[0]} to "
                f"{self.index[-1]}"
            )
        values = self.values.copy()
        values[:, self.index.get_indexer(months), self._column(series)] += added
        return replace(self, values=values, notes=(*self.notes, note))

    # -- summaries ----------------------------------------------------------------------------

    def mean(self, series: str | None = None) -> pd.Series:
        """Mean of the paths by month."""
        return pd.Series(self.draws(series).mean(axis=0), self.index, name="mean")

    def median(self, series: str | None = None) -> pd.Series:
        """Median of the paths by month: the point forecast."""
        return pd.Series(np.median(self.draws(series), axis=0), self.index, name="median")

    def quantile(
        self, q: float | Sequence[float] = QUANTILES, series: str | None = None
    ) -> pd.DataFrame:
        """Quantiles of the paths, months by quantiles."""
        try:
            levels = tuple(np.atleast_1d(np.asarray(q, dtype=float)).tolist())
        except (TypeError, ValueError):
            raise ModelError(f"got quantiles {q!r}, expected numbers from 0 to 1") from None
        table = quantiles_by_step(self.draws(series), np.array(levels))
        return pd.DataFrame(table, self.index, _named(levels))

    def interval(self, coverage: float = 0.8, series: str | None = None) -> pd.DataFrame:
        """Ends of the central interval by month.

        Parameters
        ----------
        coverage : float
            Share of paths inside it, between 0 and 1: the same share is left out at either end.
        series : str, optional
            Default: the first.

        Returns
        -------
        DataFrame
            Index month; columns lower and upper, in the series' unit: quantiles
            ``(1 - coverage) / 2`` and ``(1 + coverage) / 2``.

        Raises
        ------
        ModelError
            If `coverage` is no number between 0 and 1, both excluded.
        """
        number = isinstance(coverage, Real) and not isinstance(coverage, bool | np.bool)
        if not (number and 0.0 < coverage < 1.0):
            raise ModelError(
                f"got a coverage of {coverage!r}, expected a number between 0 and 1, such as 0.8 "
                "for an interval that holds 80 % of paths"
            )
        # Rounded so that 0.8 is the quantiles 0.1 and 0.9, to the last bit.
        outside = round((1.0 - coverage) / 2.0, 12)
        ends = self.quantile([outside, 1.0 - outside], series)
        return ends.set_axis(["lower", "upper"], axis=1)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a draw, month and series: columns draw, month, series, value."""
        draws, steps, n = self.values.shape
        return pd.DataFrame(
            {
                "draw": np.repeat(np.arange(draws), steps * n),
                "month": self.index[np.tile(np.repeat(np.arange(steps), n), draws)],
                "series": np.tile(np.array(self.series, dtype=object), draws * steps),
                "value": self.values.reshape(-1),
            }
        )

    def with_history(self, series: str | None = None) -> tuple[Floats, pd.PeriodIndex]:
        """Paths with the published months in front, draws by months, and the months.

        Of a driver that is published later than the target, the months in between are in neither.
        """
        past = self.history[self.series[self._column(series)]].dropna()
        return self._behind(past[past.index < self.index[0]], series)

    def _behind(self, past: pd.Series, series: str | None) -> tuple[Floats, pd.PeriodIndex]:
        """Paths with some months in front."""
        paths = self.draws(series)
        known = np.broadcast_to(past.to_numpy(), (len(paths), len(past)))
        months = pd.PeriodIndex(past.index.append(self.index), name=self.index.name)
        return np.hstack([known, paths]), months

    def yoy(self, series: str | None = None) -> pd.DataFrame:
        """Growth over a year before in per cent, draws by months.

        Months whose month a year before is neither published nor a step are left out.
        """
        # A year is enough: all of the history, draw by draw, is much to copy.
        past = self.history[self.series[self._column(series)]].dropna()
        year = past[(past.index >= self.index[0] - 12) & (past.index < self.index[0])]
        values, months = self._behind(year, series)
        at = months.get_indexer(self.index)
        before = months.get_indexer(self.index - 12)
        known = before >= 0
        growth = 100.0 * (values[:, at[known]] / values[:, before[known]] - 1.0)
        return pd.DataFrame(growth, columns=self.index[known])

    def total(self, by: str = "year", series: str | None = None) -> pd.DataFrame:
        """Totals of whole calendar periods, published months included, draws by periods.

        Periods with a month that is neither published nor a step are left out.

        Parameters
        ----------
        by : {"year", "quarter", "JanFeb"}
            JanFeb adds January and February, between which the Lunar New Year moves.
        series : str, optional
            Default: the first.

        Raises
        ------
        ModelError
            If `by` is none of these.
        """
        if not isinstance(by, str) or by not in PERIODS:
            raise ModelError(f"cannot total by {by!r}; choose one of {PERIODS}")
        values, months = self.with_history(series)
        if by == "JanFeb":
            keep = months.month <= 2
            values, months = values[:, keep], months[keep]
        labels = months.asfreq("Q" if by == "quarter" else "Y")
        size = {"year": 12, "quarter": 3, "JanFeb": 2}[by]
        ahead = labels[months >= self.index[0]].unique()
        whole = [label for label in ahead if (labels == label).sum() == size]
        sums = [values[:, labels == label].sum(axis=1) for label in whole]
        columns = pd.PeriodIndex(whole, freq=labels.freq)
        return pd.DataFrame(np.array(sums).T.reshape(len(values), -1), columns=columns)

    def probability(
        self, threshold: float, by: str = "year", series: str | None = None
    ) -> pd.Series:
        """Share of paths whose total passes a threshold (in the series' unit), by period."""
        return (self.total(by, series) > threshold).mean().rename("probability")
