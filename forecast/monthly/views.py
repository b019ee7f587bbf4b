"""Two other views of a forecast, draw by draw: per working day, and net of calendar and season."""

from __future__ import annotations

from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.panel.catalog import Series
from tradeshock.features.panel.panel import Panel
from tradeshock.features.shown import HeadlineOverTable
from tradeshock.forecast.csv_text import csv_text
from tradeshock.models.adjustment import CalendarAdjustment
from tradeshock.models.paths import ForecastPaths
from tradeshock.models.record.files import replacing

Floats = npt.NDArray[np.float64]

SUMMARY = {"median": 0.5, "low80": 0.1, "high80": 0.9}
# Months of a growth over three months, and those over which an adjusted level is that of exports.
SPAN = 3
LEVEL_MONTHS = 60


@dataclass(frozen=True, eq=False, repr=False)
class View(HeadlineOverTable):
    """Paths of a forecast in another reading, and their growth.

    Parameters
    ----------
    paths : ForecastPaths
        Of one series; history in the same reading.
    growth : ndarray, draws by steps
        Per cent; NaN where there is nothing to compare with.
    past_growth : Series
        The same of published months.
    """

    paths: ForecastPaths
    growth: Floats
    past_growth: pd.Series

    @property
    def _headline(self) -> str:
        paths = self.paths
        return f"{paths.series[0]} in another view, {paths.model} on {paths.origin.date()}"

    def table(self) -> pd.DataFrame:
        """Return the view month by month.

        Returns
        -------
        DataFrame
            Index month; columns median, low80, high80 (ends of the central 80 % interval) in the
            view's unit; growth_median, growth_low80, growth_high80, per cent. Quantiles are taken
            of the transformed paths, not transformed themselves.
        """
        levels = list(SUMMARY.values())
        table = self.paths.quantile(levels).set_axis(list(SUMMARY), axis=1)
        growth = np.quantile(self.growth, levels, axis=0).T
        table[[f"growth_{name}" for name in SUMMARY]] = growth
        return table.rename_axis(index="month")


@dataclass(frozen=True, eq=False, repr=False)
class MonthlyViews(HeadlineOverTable):
    """Both views of one forecast.

    Parameters
    ----------
    daily : View, optional
        Average of a working day, and its growth on the same month a year before. None of what
        does not add up over days (indices, prices) or has working days taken out already.
    adjusted : View, optional
        Level net of calendar and season, and the growth of its mean of three months on that of
        the three months before, not annualised. None of a series that is not modelled in logs.
    days : Series
        Working days of the months ahead, as the calendar was known at the origin.
    """

    daily: View | None
    adjusted: View | None
    days: pd.Series

    @property
    def _headline(self) -> str:
        found = {"per working day": self.daily, "net of calendar and season": self.adjusted}
        what = " and ".join(name for name, view in found.items() if view is not None)
        months = f"{self.days.index[0]} to {self.days.index[-1]}"
        return f"Forecast {what or 'with its working days'}, {months}"

    def table(self) -> pd.DataFrame:
        """Return both tables side by side.

        Returns
        -------
        DataFrame
            Index month; working_days, then the columns of `View.table` after "daily_" and
            "adjusted_"; those of a view that is missing are not there.
        """
        parts = [self.days.rename("working_days").to_frame()]
        for name, view in (("daily", self.daily), ("adjusted", self.adjusted)):
            if view is not None:
                parts.append(view.table().add_prefix(f"{name}_"))
        return pd.concat(parts, axis=1).rename_axis(index="month")

    def to_csv(self, path: str | PathLike[str] | None = None) -> str:
        """Return `table` as CSV, one row a month.

        Parameters
        ----------
        path : path, optional
            File that the text is written to as well.
        """
        text = csv_text(self.table())
        if path is not None:
            with replacing(Path(path)) as file:
                file.write(text.encode("utf-8"))
        return text


def monthly_views(paths: ForecastPaths, entry: Series, panel: Panel) -> MonthlyViews:
    """Read both views off a forecast's paths.

    Parameters
    ----------
    paths : ForecastPaths
        Their first series counts.
    entry : Series
        Its catalog entry: the days of the month that it counts, and whether it adds up.
    panel : Panel
        Whose working days count, as they were known at the paths' origin.
    """
    months = pd.PeriodIndex(paths.index)
    days = panel.calendar.as_of(paths.origin).working_days(months, entry.window)
    return MonthlyViews(
        daily_average(paths, entry, panel) if entry.counts_days else None,
        adjusted_view(paths, panel) if entry.is_relative else None,
        pd.Series(days, months),
    )


def daily_average(paths: ForecastPaths, entry: Series, panel: Panel) -> View:
    """Average of a working day: each path, and each published month, over its working days.

    Parameters
    ----------
    paths, entry, panel
        As for `monthly_views`.
    """
    calendar, id = panel.calendar.as_of(paths.origin), paths.series[0]
    past = paths.history[id].dropna()
    before = calendar.working_days(pd.PeriodIndex(past.index), entry.window)
    ahead = calendar.working_days(pd.PeriodIndex(paths.index), entry.window)
    view = _read(paths, past / before, paths.draws() / ahead)
    # Months without one a year before stand in the table, too.
    growth = view.yoy().reindex(columns=paths.index).to_numpy()
    published = view.history[id]
    return View(view, growth, 100.0 * (published / published.shift(12) - 1.0))


def adjusted_view(paths: ForecastPaths, panel: Panel) -> View:
    """Level net of calendar and season, and its growth of three months on the three before.

    The effects are those of `adjusted_levels`. They are centred, so that over the last five
    published years the mean log of the level is that of the figures themselves; growth does not
    depend on it.

    Parameters
    ----------
    paths, panel
        As for `monthly_views`.
    """
    logs, ahead = adjusted_levels(paths, panel)
    published = np.log(paths.history[paths.series[0]].dropna())
    centre = float((published - logs).iloc[-LEVEL_MONTHS:].mean())
    view = _read(paths, (logs + centre).apply(np.exp), np.exp(ahead + centre))
    values, months = view.with_history()
    sums = np.lib.stride_tricks.sliding_window_view(values, SPAN, axis=1).sum(axis=2)
    growth = np.full(values.shape, np.nan)
    growth[:, 2 * SPAN - 1 :] = 100.0 * (sums[:, SPAN:] / sums[:, :-SPAN] - 1.0)
    steps = len(paths.index)
    past = pd.Series(growth[0, :-steps], months[:-steps])
    return View(view, growth[:, -steps:], past)


def adjusted_levels(
    paths: ForecastPaths, panel: Panel
) -> tuple[pd.Series[float], npt.NDArray[np.float64]]:
    """Log levels net of calendar and month effects, published and ahead.

    Parameters
    ----------
    paths : ForecastPaths
        Its first series counts; effects are estimated on its history.
    panel : Panel
        Whose working days count, as they were known at the origin.

    Returns
    -------
    past : Series
        By published month.
    ahead : ndarray, draws by steps
    """
    calendar = panel.calendar.as_of(paths.origin)
    suited = CalendarAdjustment.for_entry(panel.entry(paths.series[0]))
    effects = suited.fit(paths.history.iloc[:, 0], calendar)
    ahead = np.log(paths.draws()) - effects.effect(pd.PeriodIndex(paths.index), calendar)
    return effects.adjusted_, ahead


def _read(paths: ForecastPaths, past: pd.Series, ahead: Floats) -> ForecastPaths:
    """The same forecast of the first series in another reading."""
    id = paths.series[0]
    return replace(
        paths,
        values=ahead[:, :, None],
        series=(id,),
        history=past.rename(id).to_frame(),
        drivers=(),
    )
