"""How past forecasts did: the scoreboard by step and episode, and calibration."""

from __future__ import annotations

import pandas as pd

from tradeshock.forecast.judging.episodes import episodes_of
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.report.elements import Block, Heading, Pair, Paragraph
from tradeshock.forecast.report.sections.score_charts import (
    calibration_charts,
    rival_charts,
    subject_charts,
)
from tradeshock.forecast.report.sections.score_tables import episodes_table, steps_table
from tradeshock.forecast.report.words import Words
from tradeshock.models.record.record import Record
from tradeshock.models.record.rows import forecast_rows
from tradeshock.models.univariate.random_walk import RandomWalk

REFERENCE = "RandomWalk"
SHOWN_MODELS = 5
# Recalibration keeps medians in logs: that of two middle draws moves by less than this.
SAME_MEDIANS = 5e-4


def past_forecasts(forecast: MonthlyForecast, record: Record | None) -> pd.DataFrame | None:
    """Return past forecasts of the target that could be judged at the origin.

    Of the forecast's own state if the record has it, of the day of the total otherwise. None if
    nothing is left. Models that the record has for its first step only are left out; the random
    walk is replayed if the record does not have it.
    """
    if record is None:
        return None
    frame: pd.DataFrame = record.as_of(forecast.origin).frame
    # What came out after a record was made has no score that needs whole paths.
    scored = frame["actual"].notna() & frame["crps"].notna()
    frame = frame.loc[(frame["target"] == forecast.entry.id) & scored]
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


def track_record(
    forecast: MonthlyForecast, frame: pd.DataFrame | None, words: Words
) -> list[Block]:
    """Judge past forecasts: the scoreboard by step and episode, and calibration.

    Parameters
    ----------
    forecast : MonthlyForecast
        Its model is shown with its rivals.
    frame : DataFrame, optional
        As `past_forecasts` returns it.
    words : Words
    """
    blocks: list[Block] = [Heading("scores", words("scores.title"))]
    if frame is None:
        return [*blocks, Paragraph(words("scores.none"))]
    medians = frame.pivot(index=["origin", "step"], columns="model", values="q50")
    models, own = _shown(frame, medians, forecast.model), forecast.model in medians
    alike = _alike(medians, REFERENCE)
    blocks += [Paragraph(text) for text in _sentences(forecast, frame, words)]
    if forecast.model in alike:
        same = words("scores.same_medians", model=forecast.model, reference=REFERENCE)
        blocks.append(Paragraph(same))
    episodes = episodes_of(forecast.entry.nation)
    blocks.append(steps_table(frame, REFERENCE, words, alike))
    blocks.append(episodes_table(frame, models, episodes, words))
    drawn = [REFERENCE if name in alike else name for name in models]
    blocks += rival_charts(frame, drawn, REFERENCE, episodes, words)
    if own:
        blocks += subject_charts(forecast, frame, forecast.model, words)
    blocks.append(Heading("calibration", words("calibration.title")))
    charts = calibration_charts(frame, forecast.model, words) if own else []
    if not charts:
        return [*blocks, Paragraph(words("calibration.none", model=forecast.model))]
    lead = Paragraph(words("calibration.lead", model=forecast.model))
    return [*blocks, lead, Pair(charts)]


def _sentences(forecast: MonthlyForecast, frame: pd.DataFrame, words: Words) -> list[str]:
    state = frame["state"].iloc[0]
    months = pd.PeriodIndex(frame.loc[frame["actual"].notna(), "month"])
    sentences: list[str] = [
        words(
            "scores.lead",
            state=words.plain(f"states.{state}"),
            first=words.month(months.min()),
            last=words.month(months.max()),
            day=words.day(forecast.origin),
        )
    ]
    if state != forecast.paths.state:
        own = words.plain(f"states.{forecast.paths.state}")
        sentences.append(words("scores.other_state", state=own))
    if forecast.model not in set(frame["model"]):
        sentences.append(words("scores.no_model", model=forecast.model))
    return sentences


def _shown(frame: pd.DataFrame, medians: pd.DataFrame, model: str) -> list[str]:
    """The forecast's model, the reference, and the best of the others, at most five.

    Of models with the same medians, which differ in their intervals only, the first is shown.
    """
    best = frame.groupby("model")["crps"].mean().sort_values().index
    order = [name for name in (model, REFERENCE) if name in medians]
    shown: list[str] = []
    for name in dict.fromkeys([*order, *map(str, best)]):
        if not _alike(medians, name).intersection(shown):
            shown.append(name)
    return shown[:SHOWN_MODELS]


def _alike(medians: pd.DataFrame, model: str) -> set[str]:
    """Other models with the medians of one, wherever both have forecast."""
    apart = medians.drop(columns=model).div(medians[model], axis=0).sub(1.0).abs().max()
    return set(map(str, apart.index[apart < SAME_MEDIANS]))
