"""Charts of how past forecasts did."""

from __future__ import annotations

from functools import partial

import pandas as pd

from tradeshock.forecast.judging.episodes import EPISODES
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.plots.calibration import BINS, plot_coverage, plot_pit
from tradeshock.forecast.plots.csed import plot_csed
from tradeshock.forecast.plots.errors import plot_errors
from tradeshock.forecast.plots.history import plot_history
from tradeshock.forecast.plots.shocks import plot_episodes
from tradeshock.forecast.report.elements import HALF, NARROW, WIDE, Chart
from tradeshock.forecast.report.outlook import level, unit_of
from tradeshock.forecast.report.score_tables import (
    coverages_table,
    history_table,
    pit_table,
    ratios_table,
    saved_table,
)

COVERED_STEPS = (1, 6, 12)


def rival_charts(frame: pd.DataFrame, models: list[str], reference: str) -> list[Chart]:
    """Error by step and by episode, and squared error saved, of several models."""
    rivals = ", ".join(model for model in models if model != reference) or "no other model"
    tall = 1.8 + 0.14 * (len(models) + 1.0) * len(EPISODES)
    return [
        Chart.drawn(
            "errors",
            f"Error by step against {reference}",
            f"Root mean squared errors over those of {reference}, by step, of {rivals}.",
            partial(plot_errors, frame, models, relative=True, reference=reference),
            ((WIDE, 4.4), (NARROW, 4.8)),
            ratios_table(frame, models, reference),
        ),
        Chart.drawn(
            "shocks",
            "Error by episode, step 1",
            f"Root mean squared errors of {', '.join(models)} in each trade shock and in calm "
            "months; the figures are in the table of episodes.",
            partial(plot_episodes, frame, models, reference=reference),
            ((WIDE, tall), (NARROW, tall + 0.8)),
        ),
        Chart.drawn(
            "saved",
            f"Squared error saved against {reference}, step 1",
            f"Running sum of the squared error that {rivals} saved; rising is getting ahead.",
            partial(plot_csed, frame, models, reference=reference),
            ((WIDE, 4.6), (NARROW, 5.0)),
            saved_table(frame, models, reference),
        ),
    ]


def subject_charts(forecast: MonthlyForecast, frame: pd.DataFrame, model: str) -> list[Chart]:
    """History of one model's forecasts."""
    unit = unit_of(forecast)
    title = forecast.entry.title or forecast.entry.id
    return [
        Chart.drawn(
            "history",
            f"Forecasts of {model} and what came",
            f"Medians of {model} from every third origin of the last eight years, over published "
            "figures.",
            partial(plot_history, frame, model, unit=forecast.entry.unit, title=title),
            ((WIDE, 4.4), (NARROW, 4.6)),
            history_table(frame, model, partial(level, unit)),
        )
    ]


def calibration_charts(frame: pd.DataFrame, model: str) -> list[Chart]:
    """Coverage of one model's intervals, and its PIT histograms at the ends of the horizon."""
    own = frame[frame["model"] == model]
    there = sorted(set(own["step"]))
    steps = [step for step in COVERED_STEPS if step in there]
    if not steps:
        return []
    charts = [
        Chart.drawn(
            "coverage",
            f"Coverage of the intervals of {model}",
            "Share of outcomes inside central intervals against what they promise, with 95 % "
            "bounds.",
            partial(plot_coverage, own, model, steps),
            ((WIDE, 4.2), (NARROW, 4.2)),
            coverages_table(own, model, steps),
        )
    ]
    charts += [
        Chart.drawn(
            f"pit-{step}",
            f"PIT of {model} at step {step}",
            "Histogram of where outcomes fell in the forecast distribution; flat is calibrated.",
            partial(plot_pit, own, model, step),
            ((HALF, 4.1), (NARROW, 3.9)),
            pit_table(own, model, step, BINS),
        )
        for step in dict.fromkeys((steps[0], steps[-1]))
    ]
    return charts
