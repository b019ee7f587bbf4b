"""A forecast as it was asked for on the command line."""

from __future__ import annotations

import warnings
from dataclasses import replace

from tradeshock.features.errors import StaleSeriesWarning
from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.monthly import defaults
from tradeshock.forecast.monthly.assumptions import parse_assumptions
from tradeshock.forecast.monthly.forecast import MonthlyForecast, monthly_forecast
from tradeshock.forecast.monthly.judgement import parse_adjustments
from tradeshock.forecast.monthly.polls import parse_polls


def requested_forecast(
    panel: Panel,
    *,
    target: str | None,
    as_of: str | None = None,
    model: str | None = None,
    steps: int = 12,
    threshold: float | None = None,
    adjust: tuple[str, ...] = (),
    note: str | None = None,
    assume: tuple[str, ...] = (),
    poll: tuple[str, ...] = (),
) -> MonthlyForecast:
    """Make the forecast that the options of `cli_options.with_forecast_options` describe."""
    target = defaults.target_of(panel, target)
    with warnings.catch_warnings(action="ignore", category=StaleSeriesWarning):
        # A note of every output says the same.
        forecast = monthly_forecast(
            panel,
            as_of=as_of,
            model=model,
            steps=steps,
            threshold=defaults.threshold_of(panel, target, threshold),
            adjustments=parse_adjustments(adjust),
            note=note,
            conditions=parse_assumptions(assume),
            polls=parse_polls(poll),
            target=target,
        )
    years = forecast.year_total()
    if threshold is None and len(years):
        return replace(forecast, threshold=defaults.round_threshold(years["median"].iloc[0]))
    return forecast
