"""What is asked of every forecast: model, data, parameters, what was assumed."""

from __future__ import annotations

import inspect
import platform
from dataclasses import dataclass
from importlib.metadata import version
from typing import Self

import pandas as pd

from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.monthly.defaults import record_end
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.monthly.wording import day_words, month_words

LIBRARIES = ("tradeshock", "numpy", "pandas", "scipy", "scikit-learn", "statsmodels")


@dataclass(frozen=True)
class Facts:
    """Facts of a forecast that take some finding, for cards in whatever words.

    Parameters
    ----------
    summary : str
        What the model is: first paragraph of the docstring of its class.
    parameters : str
        Of the model, by name.
    tuning : str
        What was searched, as a model says that searches; empty for others.
    months : PeriodIndex
        Published months of the target.
    fetched : str
        Last ISO day on which figures were fetched; empty where the catalog does not say.
    recorded : Period or None
        Last month of the record that the forecast has learnt from.
    versions : str
        Of Python and of the libraries.
    """

    summary: str
    parameters: str
    tuning: str
    months: pd.PeriodIndex
    fetched: str
    recorded: pd.Period | None
    versions: str

    @classmethod
    def from_forecast(cls, forecast: MonthlyForecast) -> Self:
        """Find the facts of a forecast."""
        model = forecast.fitted
        panel: Panel = model.panel_
        paragraph = (inspect.getdoc(type(model)) or "").partition("\n\n")[0]
        parameters = model.get_params(deep=False).items()
        libraries = (f"{name} {version(name)}" for name in LIBRARIES)
        return cls(
            summary=" ".join(paragraph.split()),
            parameters=", ".join(f"{name} = {value!r}" for name, value in parameters),
            tuning=str(getattr(model, "tuning", "")),
            months=pd.PeriodIndex(panel.series(forecast.entry.id).index),
            fetched=max(panel.catalog[str(id)].retrieved for id in panel.values.columns),
            recorded=record_end(forecast.paths, model, model.record_),
            versions=", ".join([f"Python {platform.python_version()}", *libraries]),
        )

    def fetched_later(self, origin: pd.Timestamp) -> bool:
        """Whether figures were fetched after the origin, so that they are not those of that day."""
        return self.fetched > origin.date().isoformat()


def forecast_card(forecast: MonthlyForecast) -> dict[str, str]:
    """Return the card of a forecast in English, as files hold it: texts by name."""
    facts, paths = Facts.from_forecast(forecast), forecast.paths
    first, last = (month_words(facts.months[place]) for place in (0, -1))
    default = ", the default" if forecast.by_default else ""
    learnt = facts.recorded and f"past forecasts to {month_words(facts.recorded)}"
    late = " (after the origin: later revisions are in them)"
    fetched = facts.fetched and (
        f"; fetched by {facts.fetched}{late * facts.fetched_later(forecast.origin)}"
    )
    return {
        "Model": f"{forecast.model}{default}. {facts.summary}",
        "Forecast of": f"{forecast.title} ({forecast.entry.id}), {forecast.entry.unit}, "
        f"{forecast.entry.adjustment}",
        "Data until": f"{day_words(forecast.origin)} ({paths.state}): {forecast.known}{fetched}",
        "Window": f"{len(facts.months)} months, {first} to {last}",
        "Parameters": facts.parameters,
        "Tuning": facts.tuning or "none for this forecast",
        "Seed and draws": f"{paths.seed}; {len(paths.values):,} sample paths",
        "Record": learnt or "none was learnt from",
        "Notes": "; ".join(paths.notes) or "none",
        "Assumed": "nothing" if forecast.conditions is None else forecast.conditions.text,
        "Judgement": "none" if forecast.judgement is None else forecast.judgement.text,
        "Versions": facts.versions,
    }
