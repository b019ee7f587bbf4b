"""What a combination's members forecast, their weights, and the way to the forecast issued."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.forecast.interpretation.layers import Layer, layers_of, log_points
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.models.base import Model
from tradeshock.models.nowcast.bridge import FlashBridge
from tradeshock.models.pools.bias_correction import BiasCorrection
from tradeshock.models.pools.combination import Combination
from tradeshock.models.pools.known_growth import growth_as_known

Floats = npt.NDArray[np.float64]
WEIGHT_COLUMNS = ("weight", "growth", "forecast", "width")
MONTH_COLUMNS = (
    "expected",
    "by_ratio",
    "by_share",
    "weight_ratio",
    "weight_share",
    "nowcast",
    "past_error",
    "n",
)


def members(asked: Model | MonthlyForecast) -> dict[str, Model]:
    """Return all models that a forecast is made of, fitted, by name, outer ones first."""
    return members_of(layers_of(asked, 1))


def weights(asked: Model | MonthlyForecast, steps: int = 12) -> pd.DataFrame:
    """Return the weight of each member of a combination, and what it forecasts.

    Parameters
    ----------
    asked : Model or MonthlyForecast
        Fitted. Wrappers of one member around a combination are walked through; a combination that
        is a member itself, or carries a bridge, is asked by itself (see `members`).
    steps : int
        Months ahead of a model; a forecast has its own.

    Returns
    -------
    DataFrame
        Index (month, member); weight; growth, the median's from the last published month, 100 log
        points; forecast, the same in the target's unit; width of the 80 % interval, 100 log
        points. Growth times weight adds up to the combination's growth, and so does width, as
        quantiles are averaged in logs; not of a `LinearPool`, nor to the last digit where members
        have another number of draws. No rows without a combination.
    """
    return weights_of(layers_of(asked, steps))


def points(asked: Model | MonthlyForecast, steps: int = 12) -> pd.DataFrame:
    """Return what makes the median of each month, from the members' mean to what is issued.

    Parameters
    ----------
    asked, steps
        See `weights`.

    Returns
    -------
    DataFrame
        Index month, columns in 100 log points of growth from the last published month: members,
        the weighted mean of the combination's members (without one, the model inside all wrappers
        of one member); pooling,
        what the combination is beyond that (0 where quantiles are averaged); correction, of the
        outermost `BiasCorrection`; rest, of other wrappers; judgement, of a forecast with one; and
        their sum, forecast.
    """
    return points_of(layers_of(asked, steps), asked)


def corrections(asked: Model | MonthlyForecast, steps: int = 12) -> pd.DataFrame:
    """Return what bias correction adds, by indicator.

    Parameters
    ----------
    asked, steps
        See `weights`.

    Returns
    -------
    DataFrame
        Index (month, series); growth of the indicator as it was known, 100 log points, 0 where it
        was not; slope, log points for one of growth, 0 where past corrections have not paid; and
        correction, their product. No rows without a `BiasCorrection`.
    """
    return corrections_of(layers_of(asked, steps))


def running_month(asked: Model | MonthlyForecast) -> pd.DataFrame:
    """Return how each bridge reads the running month from its early counts.

    Returns
    -------
    DataFrame
        Index member; expected by the carrying model, by_ratio and by_share, the two readings of the
        count, and nowcast, all in the target's unit; weight_ratio and weight_share, of what the
        readings say beyond what was expected; past_error, standard deviation of past nowcasts'
        errors, 100 log points, and n, their number. No rows where no count is out.
    """
    return running_month_of(layers_of(asked, 1))


# -- of layers --------------------------------------------------------------------------------


def members_of(root: Layer) -> dict[str, Model]:
    """See `members`."""
    found: dict[str, Model] = {}
    for layer in root.walk():
        found.setdefault(layer.model.name, layer.model)
    return found


def weights_of(root: Layer) -> pd.DataFrame:
    """See `weights`."""
    found = root.first(Combination)
    months = root.paths.index
    if found is None:
        none = pd.MultiIndex.from_arrays([months[:0], []], names=["month", "member"])
        return pd.DataFrame(columns=list(WEIGHT_COLUMNS), index=none, dtype=float)
    layer, pool = found
    names = [inner.paths.model for inner in layer.inside]
    index = pd.MultiIndex.from_product([months, names], names=["month", "member"])
    logs = np.column_stack([inner.log_points for inner in layer.inside])
    widths = np.column_stack([inner.log_widths for inner in layer.inside])
    columns = (
        pool.weights_.to_numpy(),
        100.0 * (logs - _last_log(root)),
        np.exp(logs),
        100.0 * widths,
    )
    table = np.stack(columns, axis=-1).reshape(-1, len(columns))
    return pd.DataFrame(table, index, list(WEIGHT_COLUMNS))


def points_of(root: Layer, asked: Model | MonthlyForecast) -> pd.DataFrame:
    """See `points`."""
    last = _last_log(root)
    made = 100.0 * (root.log_points - last)
    table = pd.DataFrame(index=root.paths.index.rename("month"))
    correction = corrections_of(root)
    combined = 100.0 * (root.trunk()[-1].log_points - last)
    mean = combined
    if root.first(Combination) is not None:
        by_member = weights_of(root)
        product = by_member["weight"] * by_member["growth"]
        mean = product.groupby(level="month").sum().to_numpy()
    added = correction["correction"].groupby(level="month").sum().reindex(table.index).fillna(0.0)
    table["members"] = mean
    table["pooling"] = combined - mean
    table["correction"] = added
    table["rest"] = made - combined - added.to_numpy()
    issued = made
    if isinstance(asked, MonthlyForecast):
        issued = 100.0 * (log_points(asked.paths) - last)
    table["judgement"] = issued - made
    table["forecast"] = issued
    return table


def corrections_of(root: Layer) -> pd.DataFrame:
    """See `corrections`."""
    found = root.first(BiasCorrection)
    months = root.paths.index
    series = () if found is None else tuple(found[1].series)
    index = pd.MultiIndex.from_product([months, series], names=["month", "series"])
    if found is None:
        return pd.DataFrame(columns=["growth", "slope", "correction"], index=index, dtype=float)
    model, panel = found[1], found[1].panel_
    now = growth_as_known(panel, series, [panel.origin], model.months)[0]
    growth = np.tile(np.where(np.isnan(now), 0.0, now), len(months))
    slopes = model.slopes_.to_numpy().ravel()
    return pd.DataFrame({"growth": growth, "slope": slopes, "correction": slopes * growth}, index)


def running_month_of(root: Layer) -> pd.DataFrame:
    """See `running_month`."""
    rows = {}
    for layer in root.walk():
        bridge = layer.model
        if isinstance(bridge, FlashBridge) and bridge.nowcast_ is not None:
            rows[layer.paths.model] = [
                *np.exp(bridge.running_),
                *bridge.weights_,
                np.exp(bridge.nowcast_),
                100.0 * bridge.errors_.std(),
                len(bridge.errors_),
            ]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(MONTH_COLUMNS), dtype=float)
    return table.rename_axis("member").astype({"n": int})


def _last_log(root: Layer) -> float:
    """Log of the target's last published figure."""
    model = root.model
    return float(np.log(model.panel_.series(model.target_[0]).iloc[-1]))
