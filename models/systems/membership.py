"""Which series a system is made of: those that are alive, and no early counts."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tradeshock.features.errors import ModelError
from tradeshock.features.indicators.origin_rows import left_out_as_stale

if TYPE_CHECKING:
    from tradeshock.features.panel.panel import Panel

__all__ = ["live_series", "refuse_early_counts"]


def live_series(
    panel: Panel, wanted: Sequence[str], target: Sequence[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Series of a system, targets first, and those left out for being stale.

    Parameters
    ----------
    panel : Panel
        Figures as they stood at the origin.
    wanted : sequence of str
        Series to take if their last figure is as recent as their release rule says.
    target : sequence of str
        Series to take in any case.

    Returns
    -------
    chosen, left_out : tuple of str
        Those left out have been named by one `StaleSeriesWarning`.

    Raises
    ------
    ModelError
        If one of them counts the first days of months only.
    """
    others = [id for id in dict.fromkeys(wanted) if id not in target]
    left_out = tuple(id for id in others if panel.is_stale(id))
    if left_out:
        due = {id: panel.expected_month(id) for id in left_out}
        warnings.warn(left_out_as_stale(panel, due, panel.origin), stacklevel=5)
    chosen = (*target, *(id for id in others if id not in left_out))
    refuse_early_counts(panel, chosen)
    return chosen, left_out


def refuse_early_counts(panel: Panel, series: Sequence[str]) -> None:
    """Demand series of whole months.

    Raises
    ------
    ModelError
        If one of them counts the first days of months only.
    """
    for id in series:
        if panel.entry(id).flash_of is not None:
            raise ModelError(
                f"got {id}, the count of the first days of a month, as a series of a system; its "
                "place is in a bridge model such as FlashRatio"
            )
