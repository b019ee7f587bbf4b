"""What is asked of every forecast, in words: model, data, parameters, what was assumed."""

from __future__ import annotations

import inspect
import platform
from importlib.metadata import version

from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.monthly.defaults import record_end
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.monthly.wording import day_words, month_words
from tradeshock.models.base import Model

LIBRARIES = ("tradeshock", "numpy", "pandas", "scipy", "scikit-learn", "statsmodels")


def forecast_facts(forecast: MonthlyForecast) -> dict[str, str]:
    """Return what is asked of every forecast, by name: its card, in words."""
    model, target = forecast.fitted, forecast.entry.id
    panel: Panel = model.panel_
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
        "Record": _recorded(forecast),
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


def _recorded(forecast: MonthlyForecast) -> str:
    """To which month the forecast has learnt from past ones."""
    end = record_end(forecast.paths, forecast.fitted, forecast.fitted.record_)
    if end is None:
        return "none was learnt from"
    return f"record of past forecasts to {month_words(end)}"


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
