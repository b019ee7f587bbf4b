"""Charts of how past forecasts did."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd

from tradeshock.forecast.judging.episodes import Episode
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.plots.history import plot_history
from tradeshock.forecast.plots.judged.calibration import BINS, plot_coverage, plot_pit
from tradeshock.forecast.plots.judged.csed import plot_csed
from tradeshock.forecast.plots.judged.errors import plot_episodes, plot_errors
from tradeshock.forecast.report.elements import HALF, NARROW, WIDE, Chart
from tradeshock.forecast.report.sections.outlook import level, unit_of
from tradeshock.forecast.report.sections.score_tables import (
    coverages_table,
    history_table,
    pit_table,
    ratios_table,
    saved_table,
)
from tradeshock.forecast.report.words import Words

COVERED_STEPS = (1, 6, 12)


def rival_charts(
    frame: pd.DataFrame,
    models: list[str],
    reference: str,
    episodes: Sequence[Episode],
    words: Words,
) -> list[Chart]:
    """Error by step and by episode, and squared error saved, of several models.

    None of a reference alone: there is nothing to compare.
    """
    others = [model for model in models if model != reference]
    if not others:
        return []
    rivals = ", ".join(others)
    names = {"reference": reference, "rivals": rivals, "models": ", ".join(models)}
    tall = 1.8 + 0.14 * (len(models) + 1.0) * len(episodes)
    return [
        Chart.drawn(
            words,
            "errors",
            words.plain("errors.title", **names),
            words.plain("errors.description", **names),
            partial(plot_errors, frame, models, relative=True, reference=reference),
            ((WIDE, 4.4), (NARROW, 4.8)),
            ratios_table(frame, models, reference, words),
        ),
        Chart.drawn(
            words,
            "episodes-chart",
            words.plain("episodes.title"),
            words.plain("episodes.description", **names),
            partial(plot_episodes, frame, models, episodes=episodes, reference=reference),
            ((WIDE, tall), (NARROW, tall + 0.8)),
        ),
        Chart.drawn(
            words,
            "saved",
            words.plain("saved.title", **names),
            words.plain("saved.description", **names),
            partial(plot_csed, frame, models, episodes=episodes, reference=reference),
            ((WIDE, 4.6), (NARROW, 5.0)),
            saved_table(frame, models, reference, words),
        ),
    ]


def subject_charts(
    forecast: MonthlyForecast, frame: pd.DataFrame, model: str, words: Words
) -> list[Chart]:
    """History of one model's forecasts."""
    unit = unit_of(forecast, words)
    title, unit_name = words.title(forecast.entry), words.unit(forecast.entry.unit)
    return [
        Chart.drawn(
            words,
            "history",
            words.plain("history.title", model=model),
            words.plain("history.description", model=model),
            partial(plot_history, frame, model, unit=unit_name, title=title),
            ((WIDE, 4.4), (NARROW, 4.6)),
            history_table(frame, model, partial(level, unit), words),
        )
    ]


def calibration_charts(frame: pd.DataFrame, model: str, words: Words) -> list[Chart]:
    """Coverage of one model's intervals, and its PIT histograms at the ends of the horizon."""
    own = frame[frame["model"] == model]
    there = sorted(set(own["step"]))
    steps = [step for step in COVERED_STEPS if step in there]
    if not steps:
        return []
    charts = [
        Chart.drawn(
            words,
            "coverage",
            words.plain("coverage.title", model=model),
            words.plain("coverage.description"),
            partial(plot_coverage, own, model, steps),
            ((WIDE, 4.2), (NARROW, 4.2)),
            coverages_table(own, model, steps, words),
        )
    ]
    charts += [
        Chart.drawn(
            words,
            f"pit-{step}",
            words.plain("pit.title", model=model, step=step),
            words.plain("pit.description"),
            partial(plot_pit, own, model, step),
            ((HALF, 4.1), (NARROW, 3.9)),
            pit_table(own, model, step, BINS, words),
        )
        for step in dict.fromkeys((steps[0], steps[-1]))
    ]
    return charts
