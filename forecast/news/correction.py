"""Which indicators a forecast is corrected by: a correction without a name explains nothing."""

from __future__ import annotations

from collections.abc import Iterable

from tradeshock.models.base import Model
from tradeshock.models.pools.bias_correction import BiasCorrection
from tradeshock.models.pools.wrapper import Wrapper


def corrected_by(model: Model) -> dict[str, str]:
    """Return the indicators by whose growth a model corrects forecasts.

    Parameters
    ----------
    model : Model
        Fitted.

    Returns
    -------
    dict of str to str
        Titles by id, of all that the panel has; empty without a `BiasCorrection`.
    """
    found: dict[str, str] = {}
    if isinstance(model, BiasCorrection):
        panel = model.panel_
        found |= {id: panel.entry(id).title or id for id in model.series if id in panel}
    if isinstance(model, Wrapper):
        for member in model.members_:
            found |= corrected_by(member)
    return found


def correction_name(ids: Iterable[str]) -> str:
    """Name of a correction, such as "correction by nanya_revenue"."""
    return f"correction by {named}" if (named := ", ".join(ids)) else "correction"


def titled(indicators: dict[str, str]) -> str:
    """Titles with their ids."""
    return " and ".join(
        title if title == id else f"{title} ({id})" for id, title in indicators.items()
    )
