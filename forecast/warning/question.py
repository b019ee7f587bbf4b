"""How an early warning is asked for, and what none can be made of."""

from __future__ import annotations

from numbers import Real

from tradeshock.features.errors import ModelError
from tradeshock.features.panel.panel import Panel
from tradeshock.features.snapshot import panel_or_embedded
from tradeshock.forecast.monthly.defaults import default_model, default_record, target_of
from tradeshock.forecast.monthly.forecast import MonthlyForecast, monthly_forecast
from tradeshock.forecast.warning.past import STEPS
from tradeshock.forecast.warning.result import FEWEST_MONTHS, THRESHOLD, EarlyWarning
from tradeshock.models.base import Model
from tradeshock.models.record.record import Record
from tradeshock.models.record.shipped import shipped_functionals, shipped_record


def early_warning(
    panel: Panel | None = None,
    target: str | None = None,
    model: Model | str | None = None,
    threshold: float = THRESHOLD,
    record: Record | None = None,
) -> EarlyWarning:
    """Warn of falls in the next twelve months, and say how such warnings did.

    Parameters
    ----------
    panel : Panel, optional
        As of the day of the question. Default: the embedded figures of Korea.
    target : str, optional
        Default: "exports_total", or the panel's only series.
    model : Model or str, optional
        Default: that of `tradeshock.forecast.monthly_forecast`.
    threshold : float
        A chance of at least this is a warning; between 0 and 1.
    record : Record, optional
        Past forecasts of the model, such as those of a backtest. Default: what is on record of
        these very figures: that which ships with the package, and the past that
        `own_past_record` has replayed.

    Returns
    -------
    EarlyWarning

    Raises
    ------
    PanelError
        If the panel has no such target.
    ModelError
        As `warning_of`.
    """
    panel = panel_or_embedded(panel)
    target = target_of(panel, target)
    _refuse_unfit(panel, target, threshold)
    forecast = monthly_forecast(panel, model=model, steps=STEPS, target=target)
    return warning_of(forecast, threshold, record)


def warning_of(
    forecast: MonthlyForecast, threshold: float = THRESHOLD, record: Record | None = None
) -> EarlyWarning:
    """Read the warning off a forecast that is there.

    Parameters
    ----------
    forecast : MonthlyForecast
        Of at least twelve months, without judgement, conditions or polls: the record speaks of
        such forecasts.
    threshold, record
        As for `early_warning`.

    Raises
    ------
    ModelError
        If the threshold is no such number, the forecast is shorter, something was assumed, or the
        target has no growth in per cent or fewer than 36 months.
    """
    panel, target = forecast.fitted.panel_, forecast.entry.id
    _refuse_unfit(panel, target, threshold)
    if record is not None and not isinstance(record, Record):
        raise ModelError(f"got record={record!r}, expected a tradeshock.models.Record")
    if (steps := len(forecast.paths.index)) < STEPS:
        raise ModelError(f"the forecast has {steps} months, early warning needs {STEPS}")
    if forecast.judgement is not None or forecast.conditions is not None:
        raise ModelError(
            "the forecast has judgement, conditions or polls in it, of which the record of past "
            "warnings says nothing; give one without"
        )
    # Kept for the default model's own target alone.
    as_shipped = (
        record is None
        and forecast.model == default_model(panel, target).name
        and len(shipped_record().made_from(panel, target)) > 0
    )
    return EarlyWarning(
        forecast,
        panel,
        float(threshold),
        default_record(panel, target) if record is None else record,
        shipped_functionals() if as_shipped else None,
    )


def _refuse_unfit(panel: Panel, target: str, threshold: float) -> None:
    """Refuse what no warning can be made of."""
    number = isinstance(threshold, Real) and not isinstance(threshold, bool)
    if not number or not 0.0 < threshold < 1.0:
        raise ModelError(f"got threshold={threshold!r}, expected a number between 0 and 1")
    if not panel.entry(target).is_relative:
        raise ModelError(
            f"{target} is in {panel.entry(target).unit}, where growth in per cent means nothing; "
            "choose a target such as exports_total"
        )
    if (months := len(panel.series(target))) < FEWEST_MONTHS:
        raise ModelError(
            f"{target} has {months} months on {panel.origin.date()}; early warning needs "
            f"{FEWEST_MONTHS}: give more history"
        )
