"""Whether a forecast of what is known has been issued already."""

from __future__ import annotations

from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.archive.archive import Archive
from tradeshock.forecast.archive.issued import Issued
from tradeshock.forecast.monthly.forecast import MonthlyForecast


def issued_before(archive: Archive, forecast: MonthlyForecast) -> Issued | None:
    """Return the archive's newest forecast that was asked for alike, if it knew all that this does.

    Parameters
    ----------
    archive : Archive
    forecast : MonthlyForecast
        That could be issued now.

    Returns
    -------
    Issued or None
        None if there is no forecast by this model for as many months with the same judgement and
        conditions, or if a figure has come out or was revised since.
    """
    panel: Panel = forecast.fitted.panel_
    asked = _asked(Issued.from_forecast(forecast, ""))
    issued = [
        one
        for one in archive.forecasts(forecast.entry.id)
        if one.paths.origin <= panel.origin and _asked(one) == asked
    ]
    if not issued:
        return None
    newest = max(issued, key=lambda one: (one.paths.origin, one.issued))
    then = panel.as_of(newest.paths.origin)
    same = then.fingerprint() == newest.figures and then.values.equals(
        panel.values.reindex(then.values.index)
    )
    return newest if same and panel.values[len(then.values) :].isna().all(axis=None) else None


def _asked(issued: Issued) -> tuple[object, ...]:
    return issued.paths.model, len(issued.paths.index), issued.judgement, issued.conditions
