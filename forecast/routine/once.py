"""Whether a forecast of what is known has been issued already."""

from __future__ import annotations

from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.archive.archive import Archive
from tradeshock.forecast.archive.issued import Issued


def issued_before(archive: Archive, panel: Panel, target: str, model: str) -> Issued | None:
    """Return the archive's newest forecast if it knew all that is known today.

    Parameters
    ----------
    archive : Archive
    panel : Panel
    target : str
    model : str
        Name of the model that forecasts.

    Returns
    -------
    Issued or None
        None if there is no forecast by this model, or if a figure has come out or was revised
        since.
    """
    issued = [
        one
        for one in archive.forecasts(target)
        if one.paths.model == model and one.paths.origin <= panel.origin
    ]
    if not issued:
        return None
    newest = max(issued, key=lambda one: (one.paths.origin, one.issued))
    then = panel.as_of(newest.paths.origin)
    same = then.fingerprint() == newest.figures and then.values.equals(
        panel.values.reindex(then.values.index)
    )
    return newest if same and panel.values[len(then.values) :].isna().all(axis=None) else None
