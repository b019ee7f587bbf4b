"""What a reader must know of a forecast before relying on it."""

from __future__ import annotations

import inspect
import platform
from dataclasses import dataclass
from importlib.metadata import version

import pandas as pd

from tradeshock.features.panel.panel import Panel
from tradeshock.features.panel.release import LatestOf, ReleaseRule
from tradeshock.forecast.judging.calibration import coverage_intervals
from tradeshock.forecast.judging.episodes import CALM
from tradeshock.forecast.judging.scores import scores
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.monthly.wording import day_words, month_words
from tradeshock.models.base import Model

LIBRARIES = ("tradeshock", "numpy", "pandas", "scipy", "scikit-learn", "statsmodels")
REFERENCE = "RandomWalk"
# An episode is a failure if its error is so many times that of all months.
MUCH_WORSE = 1.5
FEWEST_MONTHS = 6
SURE = 0.05


@dataclass(frozen=True, eq=False)
class ModelCard:
    """Facts behind a forecast.

    Parameters
    ----------
    facts : dict of str to str
        What is asked of every forecast, by name.
    rules : DataFrame
        Release rules assumed; index series, columns title and rule.
    licences : DataFrame
        Columns publisher, licence, series (how many).
    failures : tuple of str
        Where the model failed, one sentence each.
    """

    facts: dict[str, str]
    rules: pd.DataFrame
    licences: pd.DataFrame
    failures: tuple[str, ...]


def model_card(forecast: MonthlyForecast, frame: pd.DataFrame | None = None) -> ModelCard:
    """Make the card of a forecast.

    Parameters
    ----------
    forecast : MonthlyForecast
    frame : DataFrame, optional
        Tidy frame of past forecasts of the same target in one state, cut at the origin; known
        failures are read off it.
    """
    panel = forecast.fitted.panel_
    entries = {str(id): panel.catalog[str(id)] for id in panel.values.columns}
    rules = pd.DataFrame(
        {
            "title": {id: entry.title or id for id, entry in entries.items()},
            "rule": {id: rule_words(entry.release) for id, entry in entries.items()},
        }
    ).rename_axis("series")
    terms = pd.DataFrame(
        [(entry.publisher or "not stated", entry.licence or "-") for entry in entries.values()],
        columns=["publisher", "licence"],
    )
    licences = terms.value_counts(sort=True).rename("series").reset_index()
    return ModelCard(_facts(forecast, panel), rules, licences, _failures(forecast, frame))


def rule_words(rule: ReleaseRule | LatestOf) -> str:
    """Say when a month's figure is assumed to be published."""
    if isinstance(rule, LatestOf):
        parts = dict.fromkeys(rule_words(part) for part in rule.rules)
        return " and ".join(parts) + (", whichever is later" if len(parts) > 1 else "")
    if rule.day is None:
        words = f"{rule.days_after_end} days after the month's end"
    else:
        when = {0: "the same month", 1: "the next month"}
        words = f"day {rule.day} of {when.get(rule.months_after, f'{rule.months_after} months on')}"
    if rule.roll is not None:
        words += f", or the next working day in {rule.roll}"
    if late := dict(rule.exceptions):
        listed = ", ".join(f"{month} on {day}" for month, day in late.items())
        words += f"; known exceptions: {listed}"
    return words


def _facts(forecast: MonthlyForecast, panel: Panel) -> dict[str, str]:
    model, target = forecast.fitted, forecast.entry.id
    history = panel.series(target)
    parameters = model.get_params(deep=False)
    default = ", the default" if forecast.by_default else ""
    return {
        "Model": f"{forecast.model}{default}. {_summary(model)}",
        "Forecast of": f"{forecast.title} ({target}), {forecast.entry.unit}, "
        f"{forecast.entry.adjustment}",
        "Data until": f"{day_words(forecast.origin)} ({forecast.paths.state}): {forecast.known}"
        f"{_fetched(panel)}",
        "Window": f"{len(history)} months of the target, {month_words(history.index[0])} to "
        f"{month_words(history.index[-1])}; what the model weighs down or leaves out is among its "
        "parameters",
        "Parameters": ", ".join(f"{name} = {value!r}" for name, value in parameters.items()),
        "Tuning budget": str(getattr(model, "tuning", "") or _budget(forecast)),
        "Seed and draws": f"{forecast.paths.seed}; {len(forecast.paths.values):,} sample paths",
        "Notes": "; ".join(forecast.paths.notes) or "none",
        "Assumed": "nothing" if forecast.conditions is None else forecast.conditions.text,
        "Judgement": "none" if forecast.judgement is None else forecast.judgement.text,
        "Versions": ", ".join(
            [f"Python {platform.python_version()}", *(f"{n} {version(n)}" for n in LIBRARIES)]
        ),
    }


def _fetched(panel: Panel) -> str:
    """When the figures were fetched: later than the origin, they are not those of that day."""
    days = {panel.catalog[str(id)].retrieved for id in panel.values.columns} - {""}
    if not days:
        return ""
    if (last := max(days)) <= panel.origin.date().isoformat():
        return f"; fetched by {last}"
    return f"; as fetched later, up to {last}: revisions since the origin may be among them"


def _budget(forecast: MonthlyForecast) -> str:
    """What was searched, of a model that does not say so itself."""
    whose = "the model's defaults" if "(" not in forecast.model else "those of its name, the user's"
    return (
        f"no search for this forecast: parameters are {whose}; what the model chooses within its "
        "fit, it chooses on what was published by the origin"
    )


def _summary(model: Model) -> str:
    """First paragraph of the class's docstring."""
    paragraph = (inspect.getdoc(type(model)) or "").partition("\n\n")[0]
    return " ".join(paragraph.split())


# -- failures ---------------------------------------------------------------------------------


def _failures(forecast: MonthlyForecast, frame: pd.DataFrame | None) -> tuple[str, ...]:
    if frame is None or forecast.model not in set(frame["model"]):
        return (f"Unknown: the record has no past forecasts of {forecast.model}.",)
    own = frame[(frame["model"] == forecast.model) & (frame["quantity"] == "level")]
    found = _bad_episodes(own) + _beaten(frame, forecast.model) + _bad_intervals(own)
    return tuple(found or ["None that the record shows beyond luck."])


def _bad_episodes(own: pd.DataFrame) -> list[str]:
    """Episodes in which errors were much larger than over all months."""
    overall = scores(own, by=("step",), reference=None).set_index("step")["rmse"]
    table = scores(own, by=("step", "episode"), reference=None)
    sentences = []
    for _, row in table[table["step"].isin([1, 6])].iterrows():
        usual = overall[row["step"]]
        if row["episode"] == CALM or row["n"] < FEWEST_MONTHS or row["rmse"] < MUCH_WORSE * usual:
            continue
        side = "low" if row["bias"] > 0 else "high"
        sentences.append(
            f"{row['episode']}, step {row['step']}: RMSE {row['rmse']:.1f} against {usual:.1f} "
            f"over all months, on average {abs(row['bias']):.1f} too {side} (n = {row['n']})."
        )
    return sentences


def _beaten(frame: pd.DataFrame, model: str) -> list[str]:
    """Steps at which the random walk was better by more than luck."""
    if model == REFERENCE or REFERENCE not in set(frame["model"]):
        return []
    pair = frame[frame["model"].isin([model, REFERENCE]) & (frame["quantity"] == "level")]
    table = scores(pair, by=("model", "step"), reference=REFERENCE)
    worse = table[(table["model"] == model) & (table["rmse_ratio"] > 1) & (table["dm_p"] < SURE)]
    return [
        f"Step {row['step']}: RMSE {row['rmse_ratio']:.2f} times that of {REFERENCE} "
        f"(p = {row['dm_p']:.3f}, n = {row['n_reference']})."
        for _, row in worse.iterrows()
    ]


def _bad_intervals(own: pd.DataFrame) -> list[str]:
    """Intervals whose coverage misses what they promise by more than luck."""
    table = coverage_intervals(own[own["step"].isin([1, 6, 12])])
    missed = table[(table["lower"] > table["level"]) | (table["upper"] < table["level"])]
    return [
        f"Step {row['step']}: {100 * row['level']:.0f} % intervals held "
        f"{100 * row['coverage']:.0f} % of outcomes (95 % bounds "
        f"{100 * row['lower']:.0f} to {100 * row['upper']:.0f} %, "
        f"n = {row['n']})."
        for _, row in missed.iterrows()
    ]
