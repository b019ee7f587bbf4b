"""The nodes of a hierarchy: parts and remainder as series, their forecasts and past errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import clone

from tradeshock.features.errors import PanelError
from tradeshock.features.panel.panel import Panel
from tradeshock.features.readings.derived import latest_of
from tradeshock.forecast.exposure.partition import REMAINDER, partition
from tradeshock.forecast.hierarchy.joint_paths import coherent
from tradeshock.models.base import Model
from tradeshock.models.paths import ForecastPaths
from tradeshock.models.systems.bvar import BayesianVAR
from tradeshock.models.univariate.random_walk import RandomWalk

Floats = npt.NDArray[np.float64]
# Months below which the parameters of a system of eight series are anyone's guess.
LONG = 120
# Months by which a part may be out later than the total.
LATEST = 2


def with_remainder(
    panel: Panel, parts: Sequence[str], target: str = "exports_total", id: str = REMAINDER
) -> Panel:
    """Add what no part names, the total less the parts, as a series.

    Parameters
    ----------
    panel : Panel
    parts : sequence of str
        Ids of parts that do not overlap.
    target : str
        Id of the total.
    id : str
        Id of the new series, one of its own where a panel is split in several ways.

    Returns
    -------
    Panel
        With the remainder in the months that all parts have, out when the last of them is.

    Raises
    ------
    PanelError
        If the panel lacks one of them, or the parts leave nothing in a month.
    """
    entry = panel.entry(target)
    entries = [panel.entry(id) for id in parts]
    rest: pd.Series = panel.values[target] - panel.values[list(parts)].sum(axis=1, skipna=False)
    if len(low := rest[rest <= 0.0]):
        raise PanelError(
            f"the parts of {target} leave {low.iloc[0]:,.0f} of it in {low.index[0]}; parts must "
            "not overlap and must leave a remainder"
        )
    holes = tuple(sorted({*entry.holes, *(month for own in entries for month in own.holes)}))
    # Where a part is an estimate, what it leaves is none of its own: it is filled as any hole.
    rest[rest.index.isin(pd.PeriodIndex(holes, freq="M"))] = np.nan
    new = replace(
        entry,
        id=id,
        title=f"{entry.title}, the rest",
        names=(),
        release=latest_of(panel, target, *parts),
        holes=holes,
    )
    return panel.with_series(rest.rename(id), new)


def past_errors(
    models: Sequence[Model],
    panel: Panel,
    nodes: Sequence[str],
    origins: Sequence[pd.Timestamp],
    steps: int,
) -> Floats:
    """Errors of forecasts of all nodes from the same past days.

    Parameters
    ----------
    models : sequence of Model
        One a node.
    panel : Panel
        Outcomes are those that were out at its origin.
    nodes : sequence of str
        Ids, the total first.
    origins : sequence of Timestamp
    steps : int
        Months, counted from the first that no node had published at the origin.

    Returns
    -------
    ndarray, origins by steps by nodes
        Log of the outcome less log of the median forecast; NaN where the outcome is not out.
    """
    replays = [
        model.replay(panel, node, origins, steps + LATEST)
        for model, node in zip(models, nodes, strict=True)
    ]
    rows = [joint_errors(forecasts, panel, steps) for forecasts in zip(*replays, strict=True)]
    return np.array(rows).reshape(-1, steps, len(nodes))


def joint_errors(forecasts: Sequence[ForecastPaths], panel: Panel, steps: int) -> Floats:
    """Errors of forecasts of all nodes from one day, steps by nodes, as in `past_errors`."""
    first = max(paths.index[0] for paths in forecasts)
    months = pd.period_range(first, periods=steps, freq="M")
    errors = np.empty((steps, len(forecasts)))
    for column, paths in enumerate(forecasts):
        actual = panel.values[paths.series[0]].reindex(months).to_numpy()
        errors[:, column] = np.log(actual / paths.median().reindex(months).to_numpy())
    return errors


def past_origins(
    panel: Panel, nodes: Sequence[str], model: Model, steps: int, most: int
) -> list[pd.Timestamp]:
    """The same day of earlier months, as far as outcomes are out and nodes long enough for it."""
    ends = [panel.last_month(id) for id in nodes]
    newest = steps + (max(ends) - min(ends)).n
    days = [panel.origin - pd.DateOffset(months=back) for back in range(newest, newest + most)]
    firsts = [panel.months.get_loc(panel.series(id).index[0]) for id in nodes]
    counts = panel.last_known(nodes, days) - np.array(firsts) + 1
    long = (counts >= model.minimum_months).all(axis=1)
    return [day for day, enough in zip(days, long, strict=True) if enough][::-1]


def hierarchy_forecast(
    panel: Panel,
    by: str | Sequence[str] = "item",
    model: Model | None = None,
    steps: int = 12,
    target: str = "exports_total",
    past: int = 60,
    keep_total: bool = True,
) -> ForecastPaths:
    """Forecast a total and its parts jointly: parts and remainder add up to it in every draw.

    Parameters
    ----------
    panel : Panel
        As of the day of the forecast.
    by : {"item", "destination"} or sequence of str
        As for `tradeshock.forecast.exposure.exposure`.
    model : Model, optional
        For every node. Default: `BayesianVAR` where all nodes have ten years, else `RandomWalk`.
    steps : int
        Months after the last that any node has published.
    target : str
        Id of the total.
    past : int
        Forecasts of as many earlier months couple the nodes.
    keep_total : bool
        Whether the total is that of its own forecast (see `coherent`).

    Returns
    -------
    ForecastPaths
        Series: total, parts, "remainder".

    Raises
    ------
    PanelError
        If the panel has no such parts.
    ModelError
        If too few months can be forecast from the past.

    Notes
    -----
    It is for coherence, not for accuracy: where only the total counts, forecast it alone.
    """
    split = partition(panel, by, target, 12)
    parts = list(split.amounts.index.drop(REMAINDER))
    nodes = [target, *parts, REMAINDER]
    panel = with_remainder(panel, parts, target)
    single = _default(panel, nodes) if model is None else model
    models = [clone(single) for _ in nodes]
    days = past_origins(panel, nodes, single, steps, past)
    errors = past_errors(models, panel, nodes, days, steps)
    ends = [panel.last_month(id) for id in nodes]
    forecasts = [
        each.fit(panel, node).forecast(steps + (max(ends) - end).n)
        for each, node, end in zip(models, nodes, ends, strict=True)
    ]
    made = coherent(forecasts, errors, keep_total=keep_total)
    return replace(made, notes=(*made.notes, *split.notes))


def _default(panel: Panel, nodes: Sequence[str]) -> Model:
    """Model of all nodes: by the shortest, so that their errors are of one kind."""
    months = min(len(panel.series(id)) for id in nodes)
    return BayesianVAR() if months >= LONG else RandomWalk()
