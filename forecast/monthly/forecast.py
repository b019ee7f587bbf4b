"""The monthly forecast: what a forecaster publishes, read off one set of joint paths."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass, replace
from html import escape
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from tradeshock.features.days.reading import Day
from tradeshock.features.errors import StaleSeriesWarning
from tradeshock.features.panel.catalog import Series
from tradeshock.features.panel.panel import FLASH_STATES, Panel
from tradeshock.features.snapshot import panel_or_embedded
from tradeshock.forecast.csv_text import csv_text
from tradeshock.forecast.json_text import json_text, plain_rows, plain_values
from tradeshock.forecast.monthly.assumptions import condition_rows, conditions_from
from tradeshock.forecast.monthly.calendar_years import SUMMARY, calendar_years
from tradeshock.forecast.monthly.defaults import (
    chosen_model,
    default_record,
    default_threshold,
    record_notes,
    refuse_wrong_threshold,
    target_of,
)
from tradeshock.forecast.monthly.judgement import Judgement
from tradeshock.forecast.monthly.last_figure import LastFigure
from tradeshock.forecast.monthly.polls import Polls
from tradeshock.forecast.monthly.staleness import stale_notes, stale_series, unread_notes
from tradeshock.forecast.monthly.views import MonthlyViews, monthly_views
from tradeshock.forecast.monthly.written.shapes import write_parquet
from tradeshock.forecast.monthly.written.sheets import forecast_sheets
from tradeshock.forecast.plots import interactive
from tradeshock.forecast.plots.display_unit import plain_number
from tradeshock.forecast.plots.fan import plot_fan
from tradeshock.forecast.workbook import write_workbook
from tradeshock.models.base import Model
from tradeshock.models.conditions import Conditions
from tradeshock.models.paths import ForecastPaths
from tradeshock.models.record.files import replacing
from tradeshock.models.systems.system import LEFT_OUT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from plotly.graph_objects import Figure


@dataclass(frozen=True, eq=False)
class MonthlyForecast:
    """A forecast with the facts that a reader wants beside it.

    Parameters
    ----------
    paths : ForecastPaths
        Judgement included; all figures are read off them.
    entry : Series
        The target's catalog entry: title, unit, publisher.
    last : LastFigure
        The target's last published month.
    fitted : Model
        The model; its ``panel_`` is what was known.
    flash : LastFigure, optional
        Latest early count of the running month, if one is out.
    by_default : bool
        Whether the model was left to `tradeshock.forecast.monthly.defaults`.
    threshold : float, optional
        Of a calendar year's total, in the target's unit.
    judgement : Judgement, optional
        Add-factors.
    conditions : Conditions, optional
        What is assumed of the months ahead.
    """

    paths: ForecastPaths
    entry: Series
    last: LastFigure
    fitted: Model
    flash: LastFigure | None = None
    by_default: bool = False
    threshold: float | None = None
    judgement: Judgement | None = None
    conditions: Conditions | None = None

    @property
    def model(self) -> str:
        """Name of the model."""
        return self.paths.model

    @property
    def origin(self) -> pd.Timestamp:
        """Day on which the forecast stands."""
        return self.paths.origin

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader should know of how the forecast was made, one sentence each."""
        return self.paths.notes

    @property
    def title(self) -> str:
        """What is forecast, with the nation's ISO code where the catalog has one."""
        title = self.entry.title or self.entry.id
        return f"{title} ({self.entry.nation})" if self.entry.nation else title

    @property
    def known(self) -> str:
        """The state in plain words: which of the target's own releases were out."""
        if self.flash is not None:
            return f"{self.last.what} and the {self.flash.what}"
        return f"{self.last.what}, nothing yet of {self.paths.index[0].strftime('%B %Y')}"

    def table(self) -> pd.DataFrame:
        """Return the forecast month by month.

        Returns
        -------
        DataFrame
            Index month; columns median, low80, high80 (ends of the central 80 % interval) in the
            target's unit; yoy_median, yoy_low80, yoy_high80, growth on the same month a year
            before, per cent, NaN of a series in levels; adjustment, the judgemental amount that is
            included in all of them. Other intervals than that of 80 %: `interval`.
        """
        level = self.paths.quantile(list(SUMMARY.values()))
        growth = self.paths.yoy().quantile(list(SUMMARY.values())).T.reindex(self.paths.index)
        if not self.entry.is_relative:
            growth = growth * np.nan
        table = pd.concat(
            [
                level.set_axis(list(SUMMARY), axis=1),
                growth.set_axis([f"yoy_{name}" for name in SUMMARY], axis=1),
            ],
            axis=1,
        ).rename_axis(index="month")
        table["adjustment"] = 0.0
        if self.judgement is not None:
            table.loc[self.judgement.amounts.index, "adjustment"] = self.judgement.amounts
        return table

    def interval(self, coverage: float = 0.8) -> pd.DataFrame:
        """Return the ends of another central interval (`tradeshock.models.ForecastPaths.interval`).

        Index month; columns lower and upper, in the target's unit.
        """
        return self.paths.interval(coverage).rename_axis(index="month")

    def year_total(self) -> pd.DataFrame:
        """Return totals of the calendar years that the forecast completes.

        Returns
        -------
        DataFrame
            Index year; columns median, low80, high80 in the target's unit; growth_median,
            growth_low80, growth_high80 on the year before, per cent; published_months, of twelve;
            chance, the share of paths above the threshold. No rows where the paths end before
            December, nor of what does not add up over months: indices, prices.
        """
        return calendar_years(self.paths, self.entry.is_flow, self.threshold)

    def views(self) -> MonthlyViews:
        """Return the forecast per working day, and net of calendar and season."""
        return monthly_views(self.paths, self.entry, self.fitted.panel_)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the fan chart, judgement noted under it."""
        return plot_fan(self.paths, ax, unit=self.entry.unit, title=self.title)

    def plot_interactive(self) -> Figure:
        """Draw the fan chart for a browser, a plotly figure (extra "plotly")."""
        return interactive.fan(self.paths, unit=self.entry.unit, title=self.title)

    # -- for machines -------------------------------------------------------------------------

    @property
    def header(self) -> dict[str, Any]:
        """Facts that hold for the whole forecast, as plain values."""
        return {
            "target": self.entry.id,
            "unit": self.entry.unit,
            "origin": self.origin.date().isoformat(),
            "state": self.paths.state,
            "model": self.model,
        }

    def __repr__(self) -> str:
        lines = [self._headline, self.table().round(1).to_string()]
        return "\n".join([*lines, *(f"Note: {note}" for note in self.notes)])

    def _repr_html_(self) -> str:
        notes = "".join(f"<p>{escape(f'Note: {note}')}</p>" for note in self.notes)
        return f"<p>{escape(self._headline)}</p>{self.table().round(1).to_html()}{notes}"

    @property
    def _headline(self) -> str:
        day = self.origin.date().isoformat()
        return f"{self.title}, {self.entry.unit}: {self.model} on {day}, knowing {self.known}"

    def to_csv(self, path: str | PathLike[str] | None = None) -> str:
        """Return `table` as CSV, one row a month; each row says of what forecast it is.

        Parameters
        ----------
        path : path, optional
            File that the text is written to as well.
        """
        table = self.table()
        for place, (name, value) in enumerate(self.header.items()):
            table.insert(place, name, value)
        reason = "" if self.judgement is None else self.judgement.reason
        table["adjustment_reason"] = np.where(table["adjustment"] != 0.0, reason, "")
        table["conditions"] = "" if self.conditions is None else self.conditions.text
        text = csv_text(table)
        if path is not None:
            with replacing(Path(path)) as file:
                file.write(text.encode("utf-8"))
        return text

    def to_json(self) -> str:
        """Return everything as JSON: header, months, years, judgement, conditions and notes.

        Numbers are those of `table` and `year_total`; null where there is none.
        """
        judgement = self.judgement and {
            "amounts": {str(month): amount for month, amount in self.judgement.amounts.items()},
            "reason": self.judgement.reason,
        }
        content = {
            **self.header,
            "title": self.title,
            "model_by_default": self.by_default,
            "seed": self.paths.seed,
            "draws": len(self.paths.values),
            "last_published": plain_values(vars(self.last)),
            "flash": self.flash and plain_values(vars(self.flash)),
            "months": plain_rows(self.table()),
            "threshold": self.threshold,
            "years": plain_rows(self.year_total()),
            "judgement": judgement,
            "conditions": condition_rows(self.conditions),
            "notes": list(self.notes),
        }
        return json_text(content)

    def to_excel(self, path: str | PathLike[str]) -> None:
        """Write a workbook: sheets "months", "growth", "years", and "card" with facts and notes.

        Parameters
        ----------
        path : path
            Ends in ``.xlsx``.

        Raises
        ------
        ModelError
            If the extra "excel" is not installed or the name ends otherwise.
        """
        sheets = forecast_sheets(self.table(), self.year_total(), self.entry.unit)
        write_workbook(path, sheets, self._card, self._headline, self.origin)

    def to_parquet(self, path: str | PathLike[str], shape: str = "hubverse") -> None:
        """Write the long table of another tool as a Parquet file.

        Parameters
        ----------
        path : path
        shape : {"hubverse", "nixtla"}
            See `tradeshock.forecast.monthly.written.shapes`.

        Raises
        ------
        ModelError
            If the extra "parquet" is not installed or there is no such long table.
        """
        write_parquet(path, self.paths, shape)

    @property
    def _card(self) -> list[tuple[str, str]]:
        """What a reader of the workbook must know, by name."""
        unit, publisher = self.entry.unit, self.entry.publisher or "publisher not stated"
        passed = (
            "none" if self.threshold is None else f"{plain_number(self.threshold)} {unit} a year"
        )
        return [
            ("Forecast of", f"{self.title} ({self.entry.id}), {unit}; {publisher}"),
            ("Origin", f"{self.origin.date().isoformat()} ({self.paths.state})"),
            ("Known", self.known),
            ("Model", self.model + " (the default)" * self.by_default),
            ("Draws and seed", f"{len(self.paths.values):,}; {self.paths.seed}"),
            ("Intervals", "low80 and high80 are the ends of the central 80 % interval"),
            ("Threshold", passed),
            ("Judgement", "none" if self.judgement is None else self.judgement.text),
            ("Assumed", "nothing" if self.conditions is None else self.conditions.text),
            *(("Note", note) for note in self.notes),
        ]


def monthly_forecast(
    panel: Panel | None = None,
    as_of: Day | None = None,
    model: Model | str | None = None,
    steps: int = 12,
    threshold: float | None = None,
    adjustments: Mapping[str, float] | None = None,
    note: str | None = None,
    target: str | None = None,
    conditions: Conditions | Mapping[str, Mapping[str, float]] | None = None,
    polls: Mapping[str, float] | None = None,
) -> MonthlyForecast:
    """Forecast a target from what was published by a day.

    Parameters
    ----------
    panel : Panel, optional
        Default: the embedded figures of Korea.
    as_of : day, optional
        Origin: what came out later is not used. Default: the panel's own.
    model : Model or str, optional
        A model, or the name of one (see `tradeshock.models.find_models`). Default: as
        `tradeshock.forecast.monthly.defaults` chooses.
    steps : int
        Months after the target's last published one.
    threshold : float, optional
        Of a calendar year's total, in the target's unit: 700_000 for 700 bn USD of a target in
        million USD. Default: a round figure near the median of the first year that the forecast
        completes, where the chance of passing it is in doubt.
    adjustments : mapping of str to float, optional
        Judgemental amounts by month, in the target's unit, added to every path.
    note : str, optional
        Reason of the adjustments.
    target : str, optional
        Series to forecast. Default: "exports_total", or the panel's only series.
    conditions : Conditions or mapping, optional
        What series are assumed to be in months ahead; a mapping of series to month to value, in
        the series' own units, is the same as `Conditions` of it.
    polls : mapping of str to float, optional
        Polls of economists by month: growth on a year before, per cent. Those of months to come
        are combined with the forecast, by weights from those of months that are out
        (`tradeshock.forecast.monthly.polls`).

    Returns
    -------
    MonthlyForecast

    Raises
    ------
    PanelError
        If the panel knows nothing of that day or of the target.
    ModelError
        If there is no such model, it cannot forecast this, or an adjustment makes no sense.
    ConditionError
        If no path can meet the conditions, or they name what is not there.

    Warns
    -----
    StaleSeriesWarning
        Once, if series that are read are older than their release rules say; a note says so too.
    """
    panel = panel_or_embedded(panel)
    panel = panel if as_of is None else panel.as_of(as_of)
    target = target_of(panel, target)
    entry, record = panel.catalog[target], default_record(panel, target)
    refuse_wrong_threshold(threshold, entry)
    judgement = Judgement.from_amounts(adjustments, entry.unit, note)
    assumed = conditions_from(conditions)
    # More threads make problems as small as these slower.
    with threadpool_limits(limits=1), stale_series() as left_out:
        fitted = chosen_model(model, panel, target).fit(panel, target, record)
        paths = fitted.forecast(steps, assumed)
        if polls:
            assumed, why = Polls(polls).combined(paths, panel, record, assumed)
            paths = fitted.forecast(steps, assumed)
            paths = replace(paths, notes=(*paths.notes, *why))
    # One sentence in the place of one from each member.
    said = (note for note in paths.notes if not note.startswith(LEFT_OUT))
    stale = stale_notes(panel, target, left_out)
    learnt, unread = record_notes(paths, fitted, record), unread_notes(panel, target, fitted)
    paths = replace(paths, notes=(*said, *learnt, *stale, *unread))
    for note in stale:
        warnings.warn(StaleSeriesWarning(note), stacklevel=2)
    state = FLASH_STATES.get(paths.state)
    counted = panel.catalog.flash(target)[state] if state else None
    paths = paths if judgement is None else judgement.applied(paths)
    return MonthlyForecast(
        paths=paths,
        entry=entry,
        last=LastFigure.last(panel, target),
        flash=LastFigure.last(panel, counted, paths.index[0]) if counted else None,
        by_default=model is None,
        threshold=default_threshold(paths, entry.is_flow) if threshold is None else threshold,
        judgement=judgement,
        conditions=assumed,
        fitted=fitted,
    )
