"""What a direct model's ridge regressions make of today's indicators."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import ModelError
from tradeshock.forecast.interpretation.columns import column_table
from tradeshock.forecast.interpretation.layers import log_points
from tradeshock.models.base import Model
from tradeshock.models.direct.base import ADJUSTED_LAGS, DirectModel
from tradeshock.models.direct.boosting import BoostedTrees
from tradeshock.models.direct.ridge import LAG_SCALE, DirectRidge, RidgeFit
from tradeshock.models.nowcast.bridge import FlashBridge

Floats = npt.NDArray[np.float64]
CALENDAR, TREES, NOWCAST = "calendar and season", "trees", "nowcast"
CONDITIONS = "assumptions"


def direct_model(model: Model, steps: int = 1) -> DirectModel:
    """Return a fitted direct model, or the one that carries a bridge.

    Raises
    ------
    ModelError
        If it is neither, or `steps` is no positive whole number.
    """
    inner = model.carrier_ if isinstance(model, FlashBridge) and _fitted(model) else model
    if not isinstance(inner, DirectModel) or not _fitted(inner):
        raise ModelError(
            f"got {getattr(model, 'name', model)!r}, which is no fitted DirectRidge or boosting, "
            "nor a FlashBridge on one; members(forecast) lists those inside a combination"
        )
    inner._check_reach(steps)
    return inner


def has_regression(model: Model) -> bool:
    """Whether a direct model, or the one that carries a bridge, starts from a ridge regression."""
    direct = direct_model(model)
    return not isinstance(direct, BoostedTrees) or direct.residual_of is not None


def coefficients(model: Model, steps: int = 12) -> pd.DataFrame:
    """Return the standardised coefficients of a ridge regression, or of that below the trees.

    Parameters
    ----------
    model : DirectRidge, boosting on a ridge, or FlashBridge on either
        Fitted.
    steps : int

    Returns
    -------
    DataFrame
        Index (group, column), columns step: 100 log points of growth from the last published month
        to that of the step, for one standard deviation of the indicator; of the constant, its
        value.
    """
    direct = direct_model(model, steps)
    fit = _regressions(direct, steps)
    table = 100.0 * fit.coefficients * _scales(fit)
    return pd.DataFrame(
        table.T, _index(fit.names, direct), pd.RangeIndex(1, steps + 1, name="step")
    )


def indicators(model: Model) -> pd.DataFrame:
    """Return what each column of a direct model says today.

    Parameters
    ----------
    model : DirectRidge, boosting on a ridge, or FlashBridge on either
        Fitted.

    Returns
    -------
    DataFrame
        Index column; group, series, title (plain words); latest, mean and spread (standard
        deviation) of what the model learned from, in the column's own unit (log points of growth);
        standardised, the latest less the mean in standard deviations, and used, the same cut at
        1.5 of them.
    """
    direct = direct_model(model)
    fit = _regressions(direct, 1)
    kept = fit.columns
    table = column_table(fit.names[1:], direct.panel_.catalog)
    latest = direct.row_[0, kept.kept]
    return table.assign(
        latest=latest,
        mean=kept.mean,
        spread=kept.spread,
        standardised=(latest - kept.mean) / kept.spread,
        used=kept.standardised(direct.row_)[0, 1:] / _scales(fit)[1:],
    )


def contributions(model: Model, steps: int = 12) -> pd.DataFrame:
    """Return what each indicator adds to today's forecast.

    Coefficient times standardised indicator. Rows that are no indicator: the constant; the target's
    calendar and season, month against the last published one; trees, of boosting; nowcast, what the
    running month's early count moves (of a bridge, by its draws).

    Parameters
    ----------
    model : DirectRidge, boosting, or FlashBridge on either
        Fitted.
    steps : int

    Returns
    -------
    DataFrame
        Index (group, column), columns month: 100 log points of growth from the last published
        month. They add up to that of the point forecast, the median of the paths' logs; by group
        with ``.groupby("group", sort=False).sum()``.
    """
    direct = direct_model(model, steps)
    months = direct._ahead(steps)
    rows = _by_column(direct, steps)
    if isinstance(direct, BoostedTrees):
        growth = direct.predict(direct.rows_, direct.row_, steps)[0]
        rows.loc[(TREES, TREES), :] = 100.0 * growth - rows.sum().to_numpy()
    adjusted = float(direct.adjustment_.adjusted_.iloc[-1])
    last = float(np.log(direct.panel_.series(direct.target_[0]).iloc[-1]))
    effect = direct.adjustment_.effect(months, direct.panel_.calendar)
    rows.loc[(CALENDAR, CALENDAR), :] = 100.0 * (effect - (last - adjusted))
    if isinstance(model, FlashBridge) and model.nowcast_ is not None:
        bridged = log_points(model.forecast(steps)) - last
        rows.loc[(NOWCAST, NOWCAST), :] = 100.0 * bridged - rows.sum().to_numpy()
    return rows.set_axis(months.rename("month"), axis=1)


def _by_column(direct: DirectModel, steps: int) -> pd.DataFrame:
    """Coefficient times standardised indicator of today; trees alone have none."""
    fit = _ridge_of(direct, steps)
    if fit is None:
        none = pd.MultiIndex.from_arrays([[], []], names=["group", "column"])
        return pd.DataFrame(np.empty((0, steps)), none)
    z = fit.columns.standardised(direct.row_)[0]
    return pd.DataFrame(100.0 * (fit.coefficients * z).T, _index(fit.names, direct))


def _ridge_of(direct: DirectModel, steps: int) -> RidgeFit | None:
    if isinstance(direct, DirectRidge | BoostedTrees):
        return direct.regressions(steps)
    raise ModelError(
        f"{direct.name} has no ridge regressions; partial_effect and permutation_importances take "
        "any direct model"
    )


def _regressions(direct: DirectModel, steps: int) -> RidgeFit:
    fit = _ridge_of(direct, steps)
    if fit is None:
        raise ModelError(
            f"{direct.name} starts from no ridge regression and has no coefficients; "
            "importances says what its trees split on"
        )
    return fit


def _scales(fit: RidgeFit) -> Floats:
    """By how much wider than one standard deviation each column stands, the constant's first."""
    own = fit.columns.kept < len(ADJUSTED_LAGS)
    return np.concatenate([[1.0], np.where(own, LAG_SCALE, 1.0)])


def _index(names: tuple[str, ...], direct: DirectModel) -> pd.MultiIndex:
    groups = column_table(names, direct.panel_.catalog)["group"]
    return pd.MultiIndex.from_arrays([groups, list(names)], names=["group", "column"])


def _fitted(model: Model) -> bool:
    return hasattr(model, "panel_")
