"""The exposure carrier: share of the total times change, by item or destination."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import PanelError, ShockError
from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.exposure.groups import refuse_part_of_another
from tradeshock.forecast.exposure.partition import item_shares
from tradeshock.forecast.exposure.tariff import TariffHit
from tradeshock.forecast.scenarios.move import Changes
from tradeshock.forecast.scenarios.shock import Shock
from tradeshock.forecast.scenarios.stack import arithmetic_moves

Floats = npt.NDArray[np.float64]
ELSEWHERE = "elsewhere"
YEAR = 12


def arithmetic_effects(
    shocks: Sequence[Shock], panel: Panel, target: str, index: pd.PeriodIndex
) -> pd.DataFrame:
    """Effects of tariffs and moves on the total, by part.

    Parameters
    ----------
    shocks : sequence of Shock
        Those of other carriers have none.
    panel : Panel
    target : str
        Id of the total, of which shares are taken over the last twelve months.
    index : PeriodIndex
        Months of the forecast.

    Returns
    -------
    DataFrame
        Months by parts, as shares of the total; "elsewhere" is the effect outside the exports
        that are hit.

    Raises
    ------
    ShockError
        If a part is no part of the total.
    """
    effects: dict[str, Floats] = {}

    def add(part: str, effect: Floats) -> None:
        effects[part] = effects.get(part, np.zeros(len(index))) + effect

    # In the order of names, so that sums are the same to the last bit.
    for shock in sorted(shocks, key=lambda shock: (shock.name, shock.text)):
        for _, move in arithmetic_moves([shock]):
            change = _laid_out(move.changes(panel, index), index)
            add(move.series, share_of(panel, move.series, target) * change)
        for hit in shock.hits:
            share = share_of(panel, hit.part, target) * hit.share_hit
            loss = share * tariff_path(hit, len(index), shock.starts)
            add(hit.part, loss + share * _pulled_forward(shock, len(index)))
            if shock.elsewhere:
                add(ELSEWHERE, shock.elsewhere * loss)
    return pd.DataFrame(effects, index=index, dtype=float)


def move_effects(
    panel: Panel, changes: dict[str, Changes], target: str, index: pd.PeriodIndex
) -> pd.DataFrame:
    """Share times change of those moved series that are parts of the total.

    Returns
    -------
    DataFrame
        Months by parts, as shares of the total; no columns where none is a part.
    """
    rows = {}
    for series, by_month in changes.items():
        try:
            share = share_of(panel, series, target)
        except ShockError:
            continue
        rows[series] = share * _laid_out(by_month, index)
    return pd.DataFrame(rows, index=index, dtype=float)


def share_of(panel: Panel, part: str, target: str) -> float:
    """Share of a part in the total's last twelve months; 1 of the total itself.

    Raises
    ------
    ShockError
        If it is no part of the total, or its figures are too old.
    """
    if part == target:
        return 1.0
    refuse_no_part(panel, part, target)
    if part not in panel:
        raise ShockError(f"the panel has no series {part!r}, which the shock hits", "of")
    try:
        return float(item_shares(panel, [part], target)[part])
    except PanelError as error:
        raise ShockError(f"no share of {part} in {target} can be had: {error}", "of") from error


def refuse_no_part(panel: Panel, part: str, target: str) -> None:
    """Refuse to move a target by what the catalog knows as a part of another total.

    Raises
    ------
    ShockError
    """
    try:
        refuse_part_of_another(panel, part, target)
    except PanelError as error:
        raise ShockError(
            f"{error}; use a shock that moves drivers, such as us_recession, or another target"
        ) from error


def tariff_path(hit: TariffHit, steps: int, starts: int = 1) -> Floats:
    """Change of the exports that a tariff hits, as a share of them, month by month.

    In logs the effect grows evenly from that of the first month to that of the twelfth.

    Returns
    -------
    ndarray, shape (steps,)
        0 before month `starts`.
    """
    first, whole = (np.log1p(effect / 100.0) for effect in hit.resolved.effect(*_rates(hit)))
    since = np.arange(1, steps + 1) - starts
    grown = np.clip(since / (YEAR - 1), 0.0, 1.0)
    logs = np.where(since < 0, 0.0, first + (whole - first) * grown)
    return np.asarray(np.expm1(logs))


def _rates(hit: TariffHit) -> tuple[float, float]:
    return hit.rate, hit.rate_before


def _pulled_forward(shock: Shock, steps: int) -> Floats:
    """Share of hit exports shipped a month early: what is early in one month lacks in the next."""
    early = np.zeros(steps)
    for step, sign in ((shock.starts - 1, 1.0), (shock.starts, -1.0)):
        if 1 <= step <= steps:
            early[step - 1] = sign * shock.front_loading
    return early


def _laid_out(changes: Changes, index: pd.PeriodIndex) -> Floats:
    return np.array([changes.get(month, 0.0) for month in index])
