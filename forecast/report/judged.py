"""How past forecasts did: the scoreboard by step and episode, and calibration."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from tradeshock.forecast.monthly import MonthlyForecast
from tradeshock.forecast.plots.selection import span, state_words
from tradeshock.forecast.report.elements import Chart, Table
from tradeshock.forecast.report.score_charts import (
    calibration_charts,
    rival_charts,
    subject_charts,
)
from tradeshock.forecast.report.score_tables import episodes_table, steps_table
from tradeshock.models.record import Record

REFERENCE = "RandomWalk"
SHOWN_MODELS = 5


@dataclass(frozen=True)
class Judged:
    """Words, tables and charts of this part of the page; empty where there is no record.

    Parameters
    ----------
    sentences : tuple of str
        What is judged, and what the record lacks.
    tables : tuple of Table
        The scoreboard.
    charts : tuple of Chart
        Of several models, and of the history of one.
    calibration : tuple of Chart
        Of the forecast's model alone; empty if the record has none of its forecasts.
    """

    sentences: tuple[str, ...]
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    calibration: tuple[Chart, ...] = ()


def judged_frame(forecast: MonthlyForecast, record: Record | None) -> pd.DataFrame | None:
    """Return past forecasts of the target that could be judged at the origin.

    Of the forecast's own state if the record has it, of the day of the total otherwise. None if
    nothing is left.
    """
    if record is None:
        return None
    frame = record.as_of(forecast.origin).frame
    frame = frame[(frame["target"] == forecast.entry.id) & frame["actual"].notna()]
    there = set(frame["state"])
    states = [state for state in (forecast.paths.state, "after_total") if state in there]
    return frame[frame["state"] == states[0]].reset_index(drop=True) if states else None


def judged(forecast: MonthlyForecast, frame: pd.DataFrame | None) -> Judged:
    """Judge past forecasts.

    Parameters
    ----------
    forecast : MonthlyForecast
        Its model is shown with its rivals.
    frame : DataFrame, optional
        As `judged_frame` returns it.
    """
    if frame is None:
        return Judged(("There is no record of past forecasts of this target.",))
    there = set(frame["model"])
    reference = REFERENCE if REFERENCE in there else None
    tables = [steps_table(frame, reference)]
    charts: list[Chart] = []
    if reference is not None:
        models = _shown(frame, forecast.model, reference)
        tables.append(episodes_table(frame, models))
        charts += rival_charts(frame, models, reference)
    calibration: list[Chart] = []
    if forecast.model in there:
        charts += subject_charts(forecast, frame, forecast.model)
        calibration += calibration_charts(frame, forecast.model)
    return Judged(
        tuple(_sentences(forecast, frame)), tuple(tables), tuple(charts), tuple(calibration)
    )


def _sentences(forecast: MonthlyForecast, frame: pd.DataFrame) -> list[str]:
    said = [
        f"Forecasts {state_words(frame)}, with outcomes from {span(frame)}, judged by what was "
        f"published by {forecast.origin.day} {forecast.origin:%B %Y}. Errors are in 100 log "
        "points, about per cent; bias is positive where forecasts were too low."
    ]
    if frame["state"].iloc[0] != forecast.paths.state:
        said.append(f"The record has no forecasts in the state {forecast.paths.state} of this one.")
    if forecast.model not in set(frame["model"]):
        said.append(f"The record has none of {forecast.model}, so its intervals are not judged.")
    return said


def _shown(frame: pd.DataFrame, model: str, reference: str) -> list[str]:
    """The forecast's model, the reference, and the best of the others, at most five."""
    best = frame.groupby("model")["crps"].mean().sort_values().index
    first = [name for name in (model, reference) if name in set(frame["model"])]
    return list(dict.fromkeys([*first, *map(str, best)]))[:SHOWN_MODELS]
