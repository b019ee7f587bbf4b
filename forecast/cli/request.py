"""A forecast as it was asked for on the command line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from tradeshock.features.errors import stale_series_noted
from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.monthly import defaults
from tradeshock.forecast.monthly.assumptions import parse_assumptions
from tradeshock.forecast.monthly.forecast import MonthlyForecast, monthly_forecast
from tradeshock.forecast.monthly.judgement import parse_adjustments
from tradeshock.forecast.monthly.polls import parse_polls
from tradeshock.forecast.routine.own_past import own_past_record, wants_past


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
    """Make the forecast that the options of `options.with_request_options` describe."""
    target = defaults.target_of(panel, target)
    learn_past(panel, target, model)
    with stale_series_noted():
        # A note of every output says the same.
        return monthly_forecast(
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


def refuse_unreadable(asked: Mapping[str, Any]) -> None:
    """Refuse a request whose texts do not read, before anything is fetched or made for it."""
    parse_adjustments(asked["adjust"])
    parse_assumptions(asked["assume"])
    parse_polls(asked["poll"])


def learn_past(panel: Panel, target: str | None, model: str | None) -> None:
    """Replay the past of figures that stand alone, once, so that intervals learn; say so.

    Nothing where a model is named, or all is on record.
    """
    target = defaults.target_of(panel, target)
    if model is not None or not wants_past(panel, target):
        return
    click.echo(
        f"Replaying the past of {target}, so that intervals learn from it: some seconds, and only "
        "for new months later",
        err=True,
    )
    try:
        record = own_past_record(panel, target)
    except OSError as error:
        click.echo(f"Warning: the replay cannot be kept ({error}); going on without it", err=True)
        return
    days = record.frame["origin"]
    count = days.nunique()
    click.echo(
        f"Record: {count} past origin{'s' * (count != 1)} of {target}, {days.min().date()} to "
        f"{days.max().date()}",
        err=True,
    )
