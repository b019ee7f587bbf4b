"""Leading series: their last move, how far they led, and how often they pointed the right way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import PanelError
from tradeshock.features.panel.naming import as_targets
from tradeshock.features.panel.panel import Panel

Floats = npt.NDArray[np.float64]

LEADING = (
    "share_prices_kr",
    "dram_export_price",
    "nanya_revenue",
    "us_semiconductor_ip",
    "us_electronics_orders",
    "us_ip",
    "us_imports_from_kr",
    "copper",
    "brent",
    "usdkrw",
    "usdtwd",
    "gscpi",
)
LEADS = tuple(range(1, 13))
# Months over which a move is taken, and pairs from which a correlation is believed.
MOVE = 3
FEWEST = 60
COLUMNS = (
    "title",
    "month",
    "growth",
    "move",
    "move_sd",
    "lead",
    "correlation",
    "points",
    "hit_rate",
    "n",
)


def leading_indicators(panel: Panel, target: str, ids: Sequence[str] | None = None) -> pd.DataFrame:
    """Table of leading series as they stand on the panel's day.

    At each day on which a month of the target came out, a series is taken at its last month that
    was out, so that publication lags count. Growth is on a year before: 100 times the change of
    the log, or the change itself of a series that has no relative changes.

    Parameters
    ----------
    panel : Panel
    target : str
    ids : sequence of str, optional
        Default: those of `LEADING` that the panel has, without the target. Series that are overdue
        (stale), or have fewer than `FEWEST` pairs with the target, are left out.

    Returns
    -------
    DataFrame
        By series: title; month, its last; growth; move, change of growth over three months;
        move_sd, that in standard deviations of its past moves; lead, months ahead of the target's
        last published one at which the correlation of its growth with the target's is largest in
        size; correlation there; points, "up" or "down": where the move points the target's growth
        by that correlation's sign; hit_rate, share of past days on which the target's growth did
        go that way by the lead, lead and sign chosen anew each day from pairs that were known;
        n, of how many days.

    Raises
    ------
    PanelError
        If the panel has no such series.
    """
    known = [id for id in LEADING if id in panel and id != target]
    chosen = known if ids is None else list(as_targets(ids))
    entries = [panel.entry(id) for id in chosen]
    if target in chosen:
        raise PanelError(f"{target} is the target and cannot lead itself; leave it out")
    goal, days = _growth(panel, target), _released(panel, target)
    rows = {}
    for entry in entries:
        if panel.is_stale(entry.id):
            continue
        row = _row(_growth(panel, entry.id), _released(panel, entry.id), goal, days)
        if row is not None:
            rows[entry.id] = {"title": entry.title or entry.id, **row}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(COLUMNS))
    return table.rename_axis("series")


def _growth(panel: Panel, id: str) -> pd.Series:
    """Growth on a year before of published months."""
    level = panel.values[id].astype(float)
    if panel.entry(id).is_relative:
        level = 100.0 * level.where(level > 0.0).apply(np.log)
    return level - level.shift(12)


def _released(panel: Panel, id: str) -> npt.NDArray[np.datetime64]:
    days: npt.NDArray[np.datetime64] = panel.release_dates[:, panel.values.columns.get_loc(id)]
    return days


def _row(
    growth: pd.Series,
    released: npt.NDArray[np.datetime64],
    goal: pd.Series,
    days: npt.NDArray[np.datetime64],
) -> dict[str, object] | None:
    """Figures of one series; None where there are too few."""
    known = growth.dropna()
    if len(known) <= MOVE:
        return None
    out = np.maximum.accumulate(released[growth.notna().to_numpy()])
    moves = known - known.shift(MOVE)
    published = goal.notna().to_numpy()
    y = goal[published].to_numpy()
    # Last month of the series that was out on each day on which the target came out.
    last = np.searchsorted(out, days[published], side="right") - 1
    seen = last >= 0
    x = np.where(seen, known.to_numpy()[last], np.nan)
    move = np.where(seen, moves.to_numpy()[last], np.nan)
    correlations = _expanding(x, y)
    if np.isnan(correlations[-1]).all():
        return None
    place = _strongest(correlations)
    hits = _hits(correlations, place, move, y)
    newest = float(moves.iloc[-1])
    best = float(correlations[-1, place[-1]])
    return {
        "month": known.index[-1],
        "growth": float(known.iloc[-1]),
        "move": newest,
        "move_sd": newest / float(moves.std()),
        "lead": LEADS[place[-1]],
        "correlation": best,
        "points": "up" if newest * best > 0.0 else "down",
        "hit_rate": float(hits.mean()) if len(hits) else np.nan,
        "n": len(hits),
    }


def _expanding(x: Floats, y: Floats) -> Floats:
    """Correlations known on each day, days by leads.

    A pair of lead h is the series on a day and the target's growth h months later, which is known
    h days of release later.
    """
    columns = []
    for lead in LEADS:
        pairs = pd.DataFrame({"x": pd.Series(x).shift(lead), "y": y})
        columns.append(pairs["x"].expanding(FEWEST).corr(pairs["y"]).to_numpy())
    return np.column_stack(columns)


def _strongest(correlations: Floats) -> npt.NDArray[np.intp]:
    strongest: npt.NDArray[np.intp] = np.nan_to_num(np.abs(correlations), nan=-1.0).argmax(axis=1)
    return strongest


def _hits(
    correlations: Floats, place: npt.NDArray[np.intp], move: Floats, y: Floats
) -> npt.NDArray[np.bool_]:
    """Whether growth went the way that the series pointed, for days whose outcome is out."""
    days = np.arange(len(y))
    sign = np.sign(correlations[days, place])
    later = days + np.array(LEADS)[place]
    usable = np.isfinite(sign * move) & (later < len(y))
    went = np.sign(y[later[usable]] - y[usable])
    pointed: npt.NDArray[np.bool_] = np.sign(sign * move)[usable] == went
    return pointed
