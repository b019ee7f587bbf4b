"""World series of the embedded figures beside a panel of any nation."""

from __future__ import annotations

from collections.abc import Sequence

from tradeshock.features.errors import PanelError
from tradeshock.features.panel.panel import Panel
from tradeshock.features.snapshot import load_panel

# World demand, prices of what is traded, and share prices of a market that leads world trade.
GLOBAL_DRIVERS = ("us_ip", "brent", "copper", "share_prices_kr")
"""Ids of the world series that `with_global_drivers` puts beside a nation's own figures."""


def with_global_drivers(
    panel: Panel, series: Sequence[str] = GLOBAL_DRIVERS, source: Panel | None = None
) -> Panel:
    """Return a panel with world series of the embedded figures beside its own.

    They keep their release rules, late releases included, so that a past day sees no more of them
    than was out. Systems and regressions take them up by themselves; whether that helps a nation
    is to be tried in a backtest (docs/other-nations.md).

    Parameters
    ----------
    panel : Panel
        Own figures, for instance from `Panel.from_file`.
    series : sequence of str
        Which of the source's series. Default: US industrial production, Brent, copper, and share
        prices of Korea.
    source : Panel, optional
        Where they are taken from. Default: the embedded figures, which end on 15 May 2026; a panel
        of a later day takes newer ones from `live_panel()`.

    Returns
    -------
    Panel
        As of the same day; figures that came out later are left out.

    Raises
    ------
    PanelError
        If the source lacks a series, or the panel has one of that name already.
    """
    source = load_panel() if source is None else source
    if lacking := [id for id in series if id not in source]:
        raise PanelError(f"the source of world series has no {', '.join(lacking)}; leave it out")
    if twice := [id for id in series if id in panel]:
        raise PanelError(
            f"the panel has a series {twice[0]} of its own; leave it out of `series`, or rename it"
        )
    known = source.as_of(min(source.origin, panel.origin)).select(series)
    return panel.with_series(known.values, *(known.catalog[id] for id in series))
