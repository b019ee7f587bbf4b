"""The same charts for a browser: plotly figures whose months say what they are when pointed at.

Needs the extra "plotly", which is imported when a figure is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from tradeshock.features.errors import ModelError
from tradeshock.forecast.plots.display_unit import DisplayUnit
from tradeshock.forecast.plots.fan import BANDS, HISTORY_MONTHS, MEDIAN, STATE_WORDS
from tradeshock.forecast.plots.scenario import BAND, INTERVAL, READING
from tradeshock.forecast.plots.style import ALARM, HUSHED, INK
from tradeshock.models.paths import ForecastPaths

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

CLEAR = "rgba(213, 94, 0, 0.18)"


def fan(
    paths: ForecastPaths,
    series: str | None = None,
    unit: str | None = None,
    title: str | None = None,
) -> Figure:
    """Draw what `tradeshock.forecast.plots.plot_fan` draws.

    Parameters
    ----------
    paths : ForecastPaths
    series, unit, title : str, optional
        As for `tradeshock.forecast.plots.plot_fan`.

    Returns
    -------
    plotly.graph_objects.Figure
        Traces: the bands from the widest to the narrowest, two each, median and published months.

    Raises
    ------
    ModelError
        If the extra "plotly" is not installed.
    """
    series = series or paths.series[0]
    past = _published(paths, series)
    scale = DisplayUnit.choose(unit or "", float(past.iloc[-1]))
    figure = _figure()
    for coverage, colour in BANDS.items():
        ends = paths.quantile([0.5 - coverage / 2, 0.5 + coverage / 2], series)
        low, high = (_opened(past, ends[end]) for end in ends.columns)
        _add_band(figure, low, high, scale, colour, f"{100 * coverage:.0f} %")
    median = paths.quantile([0.5], series).iloc[:, 0]
    _add_line(figure, _opened(past, median), scale, "Median", {"color": MEDIAN, "width": 3})
    _add_published(figure, past, scale)
    state = STATE_WORDS.get(paths.state, paths.state).format(month=paths.index[0].strftime("%B %Y"))
    return _written(figure, paths, scale, f"{title or series}: forecast", state)


def scenario(
    baseline: ForecastPaths, scenario: ForecastPaths, unit: str = "", title: str = ""
) -> Figure:
    """Draw what `tradeshock.forecast.plots.plot_scenario` draws.

    Parameters
    ----------
    baseline, scenario : ForecastPaths
        Of the same draws.
    unit, title : str
        As for `tradeshock.forecast.plots.plot_scenario`.

    Returns
    -------
    plotly.graph_objects.Figure
        Traces: the interval of the difference around the baseline, two of them; both medians;
        published months.

    Raises
    ------
    ModelError
        If the extra "plotly" is not installed.
    """
    past = _published(baseline, baseline.series[0])
    scale = DisplayUnit.choose(unit, float(past.iloc[-1]))
    gap = np.quantile(scenario.draws() - baseline.draws(), INTERVAL, axis=0)
    low, high = (baseline.median() + end for end in gap)
    figure = _figure()
    _add_band(figure, low, high, scale, CLEAR, BAND)
    before = {"color": HUSHED, "dash": "dash"}
    _add_line(figure, _opened(past, baseline.median()), scale, "Baseline", before)
    _add_line(figure, _opened(past, scenario.median()), scale, "Scenario", {"color": ALARM})
    _add_published(figure, past, scale)
    return _written(figure, baseline, scale, title or scenario.series[0], READING)


def _figure() -> Figure:
    try:
        from plotly.graph_objects import Figure
    except ImportError as error:
        raise ModelError(
            "an interactive chart needs plotly: pip install 'tradeshock[plotly]', or take plot()"
        ) from error
    from plotly.io import templates

    # The pale bands would be lost on the background of plotly's own default.
    template = templates.default
    return Figure(layout={"template": "plotly_white" if template == "plotly" else template})


def _add_published(figure: Figure, past: pd.Series, scale: DisplayUnit) -> None:
    """Add published months in the colour of the texts, which is light on dark backgrounds."""
    ink = figure.layout.template.layout.font.color or INK
    _add_line(figure, past, scale, "Published", {"color": ink})


def _published(paths: ForecastPaths, series: str) -> pd.Series:
    past = paths.history[series].dropna()
    return past[past.index < paths.index[0]].iloc[-HISTORY_MONTHS:]


def _opened(past: pd.Series, ahead: pd.Series) -> pd.Series:
    """Let a line begin at the last published figure."""
    line: pd.Series = pd.concat([past.iloc[-1:], ahead])
    return line


def _add_line(
    figure: Figure, values: pd.Series, scale: DisplayUnit, name: str, line: dict[str, Any]
) -> None:
    figure.add_scatter(
        x=pd.PeriodIndex(values.index).to_timestamp(),
        y=values.to_numpy(dtype=float) / scale.divisor,
        name=name,
        mode="lines",
        line=line,
    )


def _add_band(
    figure: Figure, low: pd.Series, high: pd.Series, scale: DisplayUnit, colour: str, name: str
) -> None:
    """Add two edges; the space between them is filled, and the key names it once."""
    for values, end in ((low, "from"), (high, "to")):
        _add_line(figure, values, scale, name, {"width": 0, "color": colour})
        pointed = f"{name}: {end} %{{y:,.{scale.decimals}f}}<extra></extra>"
        figure.data[-1].update(showlegend=False, legendgroup=name, hovertemplate=pointed)
    figure.data[-1].update(fill="tonexty", fillcolor=colour, showlegend=True)


def _written(
    figure: Figure, paths: ForecastPaths, scale: DisplayUnit, title: str, what: str
) -> Figure:
    """Write heading and unit."""
    day = f"{paths.origin.day} {paths.origin:%B %Y}"
    words = f"{paths.model}, figures of {day}; {what}"
    figure.update_layout(
        title={"text": title, "subtitle": {"text": words}},
        hovermode="x unified",
        legend={"traceorder": "reversed"},
    )
    figure.update_xaxes(hoverformat="%B %Y", showgrid=False)
    hover = f",.{scale.decimals}f"
    figure.update_yaxes(title=scale.name, hoverformat=hover, tickformat=",")
    return figure
