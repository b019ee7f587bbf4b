"""News of models that are made of others: members' news, weights, corrections."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import ModelError
from tradeshock.forecast.backtesting.progress import Advance
from tradeshock.forecast.news.groups import group_of
from tradeshock.forecast.news.leaf import RELEASES, REVISIONS, LeafNews, leaf_news
from tradeshock.models.base import Model
from tradeshock.models.pools.bias_correction import BiasCorrection
from tradeshock.models.pools.combination import Combination
from tradeshock.models.pools.known_growth import growth_as_known
from tradeshock.models.pools.recalibration import Recalibration
from tradeshock.models.pools.wrapper import Wrapper

Floats = npt.NDArray[np.float64]

WEIGHTS, CORRECTION = "weights", "correction"


def leaves(model: Model) -> int:
    """Number of models inside that are no wrappers, or 1."""
    return sum(map(leaves, model.parts)) if isinstance(model, Wrapper) else 1


def explained(old: Model, new: Model, months: pd.PeriodIndex, advance: Advance) -> LeafNews:
    """News of a fitted model; of one made of others, from theirs.

    Parameters
    ----------
    old, new : Model
    months : PeriodIndex
    advance : callable
        Is called with a few words when a model that is no wrapper is done.

    Raises
    ------
    ModelError
        If it is a wrapper of which it is not known how points are made.
    """
    if not isinstance(old, Wrapper) or not isinstance(new, Wrapper):
        made = leaf_news(old, new, months)
        advance(old.name)
        return made
    members = zip(old.members_, new.members_, strict=True)
    parts = [explained(o, n, months, advance) for o, n in members]
    # A pool that merges otherwise has another median.
    averages = type(old)._merge is Combination._merge if isinstance(old, Combination) else False
    if averages and isinstance(old, Combination) and isinstance(new, Combination):
        return _averaged(parts, _by_month(old, months), _by_month(new, months))
    if isinstance(old, BiasCorrection) and isinstance(new, BiasCorrection):
        return _corrected(parts[0], old, new, months)
    if isinstance(old, Recalibration):
        # Its median is the member's.
        return parts[0]
    raise ModelError(
        f"{old.name} cannot be explained: how it makes a point of its members' is not known; ask "
        "for news of the members"
    )


def _by_month(model: Combination | BiasCorrection, months: pd.PeriodIndex) -> Floats:
    """Weights or slopes of the last forecast, months by members or indicators."""
    table = model.weights_ if isinstance(model, Combination) else model.slopes_
    first = (months[0] - model.last_).n - 1
    return np.asarray(table.to_numpy(dtype=float)[first : first + len(months)])


def _averaged(parts: list[LeafNews], before: Floats, after: Floats) -> LeafNews:
    """Members' news by the mean of old and new weights, and what the weights' change has done.

    Exact: ``w1 p1 - w0 p0 = (w0 + w1) / 2 (p1 - p0) + (w1 - w0) (p0 + p1) / 2``.
    """
    mean = 0.5 * (before + after)
    old = np.column_stack([part.before for part in parts])
    new = np.column_stack([part.after for part in parts])
    months = parts[0].before.index
    contributions = _weighted([part.contributions for part in parts], mean)
    contributions.loc[WEIGHTS] = 50.0 * ((after - before) * (old + new)).sum(axis=1)
    return LeafNews(
        contributions,
        _weighted([part.low for part in parts], mean),
        _weighted([part.high for part in parts], mean),
        pd.Series((before * old).sum(axis=1), months),
        pd.Series((after * new).sum(axis=1), months),
        _weighted_releases(parts, mean),
    )


def _weighted_releases(parts: list[LeafNews], weights: Floats) -> pd.DataFrame:
    """Figures of all members, each with what it has moved of the whole."""
    tables = []
    for part, weight in zip(parts, weights.T, strict=True):
        table, months = part.releases.copy(), list(part.contributions.columns)
        table[months] = table[months] * weight
        table["share"] = table["share"] * weight[0]
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def _weighted(tables: list[pd.DataFrame], weights: Floats) -> pd.DataFrame:
    """Weighted sum of members' rows, a row that one lacks being 0; weights by month."""
    rows = list(dict.fromkeys(row for table in tables for row in table.index))
    filled = np.stack([table.reindex(rows, fill_value=0.0).to_numpy() for table in tables])
    return pd.DataFrame((filled * weights.T[:, None, :]).sum(axis=0), rows, tables[0].columns)


def _corrected(
    part: LeafNews, old: BiasCorrection, new: BiasCorrection, months: pd.PeriodIndex
) -> LeafNews:
    """A member's news and that of its correction, slopes times the indicators' growth.

    Growth that came out since is news of the indicator's group; what slopes have changed, by
    state, step or outcomes learned, is a row of its own.
    """
    slopes = [_by_month(model, months) for model in (old, new)]
    growth = [_growth(model) for model in (old, new)]
    contributions, low, high = (t.copy() for t in (part.contributions, part.low, part.high))
    releases = [part.releases]
    by_indicator = 0.5 * (slopes[0] + slopes[1]) * (growth[1] - growth[0])
    for place, id in enumerate(old.series):
        moved = by_indicator[:, place]
        if id not in new.panel_ or not moved.any():
            continue
        figures = new.panel_.series(id)
        fresh = figures[old.panel_.values[id].reindex(figures.index).isna()]
        row = group_of(id, new.target_[0], new.panel_.catalog) if len(fresh) else REVISIONS
        for table in (contributions, low, high) if len(fresh) else (contributions,):
            table.loc[row] = moved + (table.loc[row].to_numpy() if row in table.index else 0.0)
        if len(fresh):
            month, came = fresh.index[-1], float(fresh.iloc[-1])
            head = (old.name, 1.0, row, id, month, np.nan, came, np.nan)
            releases.append(pd.DataFrame([[*head, *moved]], columns=[*RELEASES, *months]))
    contributions.loc[CORRECTION] = 0.5 * ((slopes[1] - slopes[0]) @ (growth[0] + growth[1]))
    return LeafNews(
        contributions,
        low,
        high,
        part.before + slopes[0] @ growth[0] / 100.0,
        part.after + slopes[1] @ growth[1] / 100.0,
        pd.concat(releases, ignore_index=True),
    )


def _growth(model: BiasCorrection) -> Floats:
    """Growth of the indicators as it was known, 100 log points, 0 where it was not."""
    panel = model.panel_
    growth = growth_as_known(panel, model.series, [panel.origin], model.months)[0]
    return np.where(np.isnan(growth), 0.0, growth)
