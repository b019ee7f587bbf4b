"""What a reader must know of a forecast before relying on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup

from tradeshock.features.panel.release import LatestOf, ReleaseRule
from tradeshock.forecast.judging.calibration import coverage_intervals
from tradeshock.forecast.judging.episodes import CALM, Episode, episodes_of
from tradeshock.forecast.judging.scores import scores
from tradeshock.forecast.monthly.facts import Facts
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.report.sections.outlook import known, title_of
from tradeshock.forecast.report.words import Words

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


def model_card(forecast: MonthlyForecast, frame: pd.DataFrame | None, words: Words) -> ModelCard:
    """Make the card of a forecast.

    Parameters
    ----------
    forecast : MonthlyForecast
    frame : DataFrame, optional
        Tidy frame of past forecasts of the same target in one state, cut at the origin; known
        failures are read off it.
    words : Words
    """
    panel = forecast.fitted.panel_
    entries = {str(id): panel.catalog[str(id)] for id in panel.values.columns}
    rules = pd.DataFrame(
        {
            "title": {id: words.title(entry) for id, entry in entries.items()},
            "rule": {id: rule_words(entry.release, words) for id, entry in entries.items()},
        }
    ).rename_axis("series")
    terms = pd.DataFrame(
        [
            (entry.publisher or words.plain("card.not_stated"), entry.licence or "-")
            for entry in entries.values()
        ],
        columns=["publisher", "licence"],
    )
    licences = terms.value_counts(sort=True).rename("series").reset_index()
    failures = _failures(forecast, frame, words)
    return ModelCard(_facts(forecast, words), rules, licences, failures)


def rule_words(rule: ReleaseRule | LatestOf, words: Words) -> str:
    """Say when a month's figure is assumed to be published."""
    if isinstance(rule, LatestOf):
        parts = list(dict.fromkeys(rule_words(part, words) for part in rule.rules))
        if len(parts) == 1:
            return parts[0]
        return words.plain("rules.latest", rules=words.plain("rules.and").join(parts))
    if rule.day is None:
        text = words.plain("rules.after", days=rule.days_after_end)
    else:
        key = {0: "rules.same_month", 1: "rules.next_month"}.get(rule.months_after, "rules.later")
        text = words.plain(key, day=rule.day, months=rule.months_after)
    if rule.roll is not None:
        text += words.plain("rules.roll", nation=rule.roll)
    if late := dict(rule.exceptions):
        days = (words.plain("rules.late", month=month, day=day) for month, day in late.items())
        text += words.plain("rules.exceptions", days=", ".join(days))
    return text


def _facts(forecast: MonthlyForecast, words: Words) -> dict[str, str]:
    facts = Facts.from_forecast(forecast)
    default = words("card.default") if forecast.by_default else ""
    none = words("card.none")
    state = words.plain(f"states.{forecast.paths.state}")
    said = {
        "model": Markup("{}{}. {}").format(forecast.model, default, words.foreign(facts.summary)),
        "target": f"{title_of(forecast, words)} ({forecast.entry.id}), "
        f"{words.unit(forecast.entry.unit)}, {words.name(forecast.entry.adjustment)}",
        "until": words(
            "card.known", day=words.day(forecast.origin), state=state, known=known(forecast, words)
        )
        + _fetched(facts, forecast.origin, words),
        "window": words(
            "card.months",
            n=len(facts.months),
            first=words.month(facts.months[0]),
            last=words.month(facts.months[-1]),
        ),
        "parameters": words.foreign(facts.parameters),
        "tuning": _budget(forecast, facts, words),
        "draws": words(
            "card.seed", seed=forecast.paths.seed, draws=f"{len(forecast.paths.values):,}"
        ),
        "record": none
        if facts.recorded is None
        else words("card.recorded", month=words.month(facts.recorded)),
        "notes": words.foreign("; ".join(forecast.paths.notes)) if forecast.paths.notes else none,
        "assumed": none if forecast.conditions is None else words.foreign(forecast.conditions.text),
        "judgement": none if forecast.judgement is None else _judged(forecast, words),
        "versions": words.foreign(facts.versions),
    }
    return {words(f"card.{key}_name"): text for key, text in said.items()}


def _judged(forecast: MonthlyForecast, words: Words) -> str:
    """Add-factors with the reason in the forecaster's own words."""
    assert forecast.judgement is not None
    unit, months = words.unit(forecast.entry.unit), pd.PeriodIndex(forecast.judgement.amounts.index)
    amounts = ", ".join(
        words.plain("card.amount", month=words.month(month), amount=f"{amount:+,.10g}", unit=unit)
        for month, amount in zip(months, forecast.judgement.amounts, strict=True)
    )
    return words("card.judged", amounts=amounts, reason=forecast.judgement.reason)


def _fetched(facts: Facts, origin: pd.Timestamp, words: Words) -> str:
    """When the figures were fetched: later than the origin, they are not those of that day."""
    if not facts.fetched:
        return ""
    key = "card.fetched_later" if facts.fetched_later(origin) else "card.fetched"
    return words(key, day=facts.fetched)


def _budget(forecast: MonthlyForecast, facts: Facts, words: Words) -> str:
    """What was searched; a model that says so itself does it in English."""
    if facts.tuning:
        return words.foreign(facts.tuning)
    given = "(" in forecast.model and not forecast.by_default
    return words("card.user_budget" if given else "card.budget")


# -- failures ---------------------------------------------------------------------------------


def _failures(
    forecast: MonthlyForecast, frame: pd.DataFrame | None, words: Words
) -> tuple[str, ...]:
    if frame is None or forecast.model not in set(frame["model"]):
        return (words("failures.unknown", model=forecast.model),)
    own = frame[(frame["model"] == forecast.model) & (frame["quantity"] == "level")]
    found = _bad_episodes(own, episodes_of(forecast.entry.nation), words)
    found += _beaten(frame, forecast.model, words) + _bad_intervals(own, words)
    return tuple(found or [words("failures.none")])


def _bad_episodes(own: pd.DataFrame, episodes: Sequence[Episode], words: Words) -> list[str]:
    """Episodes in which errors were much larger than over all months."""
    overall = scores(own, by=("step",), reference=None).set_index("step")["rmse"]
    table = scores(own, by=("step", "episode"), episodes=episodes, reference=None)
    sentences: list[str] = []
    for _, row in table[table["step"].isin([1, 6])].iterrows():
        usual = overall[row["step"]]
        if row["episode"] == CALM or row["n"] < FEWEST_MONTHS or row["rmse"] < MUCH_WORSE * usual:
            continue
        sentences.append(
            words(
                "failures.low" if row["bias"] > 0 else "failures.high",
                episode=words.name(row["episode"]),
                step=row["step"],
                rmse=f"{row['rmse']:.1f}",
                usual=f"{usual:.1f}",
                bias=f"{abs(row['bias']):.1f}",
                n=row["n"],
            )
        )
    return sentences


def _beaten(frame: pd.DataFrame, model: str, words: Words) -> list[str]:
    """Steps at which the random walk was better by more than luck."""
    if model == REFERENCE or REFERENCE not in set(frame["model"]):
        return []
    pair = frame[frame["model"].isin([model, REFERENCE]) & (frame["quantity"] == "level")]
    table = scores(pair, by=("model", "step"), reference=REFERENCE)
    worse = table[(table["model"] == model) & (table["rmse_ratio"] > 1) & (table["dm_p"] < SURE)]
    return [
        words(
            "failures.beaten",
            step=row["step"],
            ratio=f"{row['rmse_ratio']:.2f}",
            reference=REFERENCE,
            p=f"{row['dm_p']:.3f}",
            n=row["n_reference"],
        )
        for _, row in worse.iterrows()
    ]


def _bad_intervals(own: pd.DataFrame, words: Words) -> list[str]:
    """Intervals whose coverage misses what they promise by more than luck."""
    table = coverage_intervals(own[own["step"].isin([1, 6, 12])])
    missed = table[(table["lower"] > table["level"]) | (table["upper"] < table["level"])]
    return [
        words(
            "failures.interval",
            step=row["step"],
            n=row["n"],
            **{name: f"{100 * row[name]:.0f}" for name in ("level", "coverage", "lower", "upper")},
        )
        for _, row in missed.iterrows()
    ]
