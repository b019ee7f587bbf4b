"""How past forecasts did: the scoreboard by step and episode, and calibration."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.monthly.wording import day_words
from tradeshock.forecast.plots.selection import span, state_words
from tradeshock.forecast.report.elements import Chart, Table
from tradeshock.forecast.report.score_charts import (
    calibration_charts,
    rival_charts,
    subject_charts,
)
from tradeshock.forecast.report.score_tables import episodes_table, steps_table
from tradeshock.models.record.record import Record
from tradeshock.models.record.rows import forecast_rows
from tradeshock.models.univariate.random_walk import RandomWalk

REFERENCE = "RandomWalk"
SHOWN_MODELS = 5


@dataclass(frozen=True)
class TrackRecord:
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


def past_forecasts(forecast: MonthlyForecast, record: Record | None) -> pd.DataFrame | None:
    """Return past forecasts of the target that could be judged at the origin.

    Of the forecast's own state if the record has it, of the day of the total otherwise. None if
    nothing is left. Models that the record has for its first step only are left out; the random
    walk is replayed if the record does not have it.
    """
    if record is None:
        return None
    frame: pd.DataFrame = record.as_of(forecast.origin).frame
    frame = frame.loc[(frame["target"] == forecast.entry.id) & frame["actual"].notna()]
    there = set(frame["state"])
    states = [state for state in (forecast.paths.state, "after_total") if state in there]
    if not states:
        return None
    frame = frame[frame["state"] == states[0]]
    # Some models are in the record for its first step only.
    reach = frame.groupby("model")["step"].transform("max")
    frame = frame[reach == frame["step"].max()]
    if REFERENCE not in set(frame["model"]):
        frame = pd.concat([frame, _reference_forecasts(forecast, frame)])
    return frame.reset_index(drop=True)


def _reference_forecasts(forecast: MonthlyForecast, frame: pd.DataFrame) -> pd.DataFrame:
    """The random walk's forecasts from the same origins, which take seconds to make."""
    panel, target = forecast.fitted.panel_, forecast.entry.id
    origins = [pd.Timestamp(origin) for origin in sorted(set(frame["origin"]))]
    walk = RandomWalk().replay(panel, target, origins, int(frame["step"].max()))
    rows = forecast_rows(list(walk), panel)
    return rows.loc[(rows["quantity"] == "level") & rows["actual"].notna()]


def track_record(forecast: MonthlyForecast, frame: pd.DataFrame | None) -> TrackRecord:
    """Judge past forecasts.

    Parameters
    ----------
    forecast : MonthlyForecast
        Its model is shown with its rivals.
    frame : DataFrame, optional
        As `past_forecasts` returns it.
    """
    if frame is None:
        return TrackRecord(("There is no record of past forecasts of this target.",))
    models = _shown(frame, forecast.model)
    tables = (steps_table(frame, REFERENCE), episodes_table(frame, models))
    charts = rival_charts(frame, models, REFERENCE)
    calibration: list[Chart] = []
    if forecast.model in set(frame["model"]):
        charts += subject_charts(forecast, frame, forecast.model)
        calibration += calibration_charts(frame, forecast.model)
    return TrackRecord(
        tuple(_sentences(forecast, frame)), tables, tuple(charts), tuple(calibration)
    )


def _sentences(forecast: MonthlyForecast, frame: pd.DataFrame) -> list[str]:
    said = [
        f"Forecasts {state_words(frame)}, with outcomes from {span(frame)}, judged by what was "
        f"published by {day_words(forecast.origin)}. Errors are in 100 log "
        "points, about per cent; bias is positive where forecasts were too low."
    ]
    if frame["state"].iloc[0] != forecast.paths.state:
        said.append(f"The record has no forecasts in the state {forecast.paths.state} of this one.")
    if forecast.model not in set(frame["model"]):
        said.append(f"The record has none of {forecast.model}, so its intervals are not judged.")
    return said


def _shown(frame: pd.DataFrame, model: str) -> list[str]:
    """The forecast's model, the reference, and the best of the others, at most five.

    Of models with the same medians, which differ in their intervals only, the first is shown.
    """
    best = frame.groupby("model")["crps"].mean().sort_values().index
    medians = frame.pivot(index=["origin", "step"], columns="model", values="q50")
    order = [name for name in (model, REFERENCE) if name in medians]
    shown: list[str] = []
    for name in dict.fromkeys([*order, *map(str, best)]):
        if not any(np.allclose(medians[name], medians[other], rtol=1e-6) for other in shown):
            shown.append(name)
    return shown[:SHOWN_MODELS]
