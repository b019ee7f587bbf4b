"""Local projections: responses by one regression a step, as a check on those of a system."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from tradeshock.features.errors import ModelError
from tradeshock.models.algebra.collinear import refuse_repeated
from tradeshock.models.algebra.identification import recursive_impacts
from tradeshock.models.algebra.least_squares import regressors
from tradeshock.models.structure.arguments import COVERAGE, STEPS, demand, demand_member
from tradeshock.models.structure.estimate import Estimate
from tradeshock.models.structure.learned import estimate_of
from tradeshock.models.structure.recursive import order_of
from tradeshock.models.structure.responses import ImpulseResponses
from tradeshock.models.systems.levels import SystemLevels
from tradeshock.models.systems.system import LinearSystem

__all__ = ["local_projections"]

Floats = npt.NDArray[np.float64]


def local_projections(
    model: LinearSystem,
    shock: str,
    steps: int = 24,
    *,
    order: Sequence[str] | None = None,
    coverage: float = 0.68,
) -> ImpulseResponses:
    """Responses of (log) levels to one recursive shock without the system's dynamics.

    Levels of each month ahead (of a system of growth: their change since the month before the
    shock) are regressed on the shocked series, on the series that stand before it in the order,
    and on the system's lags of all (Jordà 2005), with Newey-West bands by statsmodels. Far from
    the system's own responses (`impulse_responses`), one of the two is wrong: too few lags, or too
    few months for so many regressions.

    Parameters
    ----------
    model : VAR or BayesianVAR
        Fitted. Its lags, months and series are used, its coefficients are not; calendar and month
        effects are taken out beforehand where the model estimates them.
    shock : str
        Series that is shocked, by one standard deviation of its recursive shock.
    steps : int
        Months after the month of the shock.
    order : sequence of str, optional
        As of `recursive_shocks`.
    coverage : float
        Of the bands, at each step by itself.

    Returns
    -------
    ImpulseResponses
        With one shock.

    Raises
    ------
    ModelError
        If an argument makes no sense, there are too few months for so many steps, or a series
        repeats others exactly.
    """
    demand(steps, "steps", STEPS)
    demand(coverage, "coverage", COVERAGE)
    estimate = estimate_of(model)
    names = order_of(estimate, order)
    demand_member(shock, "shock", names)
    place = names.index(shock)
    levels = _levels(model, estimate)
    growth = np.diff(levels, axis=0)
    refuse_repeated(growth - growth.mean(axis=0), growth, estimate.series)
    values = growth if estimate.growth else levels
    _refuse_too_many(len(values), estimate.lags, len(names), place, int(steps))
    places = np.array([estimate.series.index(id) for id in names])
    # The shocked series first, then what stands before it and the constant.
    now = values[:, places[: place + 1][::-1]]
    x = regressors(values, np.column_stack([now, np.ones(len(values))]), estimate.lags)
    # The same months at all steps, so that responses of growth add up to those of levels.
    x = x[: len(x) - int(steps)]
    made = np.array([_regressed(levels, x, step, estimate) for step in range(int(steps) + 1)])
    impacts = recursive_impacts(estimate.point.covariance, places)
    found, error = float(impacts[0, places[place], place]) * made.transpose(1, 0, 2)
    reach = norm.ppf(0.5 + coverage / 2.0) * error
    return ImpulseResponses(
        (shock,),
        estimate.series,
        estimate.logs,
        found[None],
        (found - reach)[None],
        (found + reach)[None],
        coverage,
        False,
        "local projections",
    )


def _regressed(levels: Floats, x: Floats, step: int, estimate: Estimate) -> Floats:
    """Coefficients of the first regressor at one step and their errors, shape (2, n)."""
    from statsmodels.regression.linear_model import OLS

    # The first of the months of `x`: growth has one month less than levels.
    first = estimate.lags + int(estimate.growth)
    ahead = levels[first + step : first + step + len(x)]
    if estimate.growth:
        ahead = ahead - levels[first - 1 : first - 1 + len(x)]
    # Errors of a step overlap by so many months; the rule is that of Newey and West (1994).
    reach = max(step, int(np.ceil(4.0 * (max(step, 1) / 100.0) ** (2.0 / 9.0))))
    found = []
    for own in ahead.T:
        fitted = OLS(own, x).fit(cov_type="HAC", cov_kwds={"maxlags": reach})
        found.append((fitted.params[0], fitted.bse[0]))
    return np.transpose(found)


def _levels(model: LinearSystem, estimate: Estimate) -> Floats:
    """(Log) levels net of calendar effects where the system estimates those, months by series."""
    if not estimate.growth:
        return estimate.levels
    effects = estimate.exog.shape[1] > 1
    read = SystemLevels.read(model.panel_, estimate.series, adjusted=effects)
    levels: Floats = read.complete[-len(estimate.values) - 1 :]
    return levels


def _refuse_too_many(months: int, lags: int, n: int, before: int, steps: int) -> None:
    columns = 2 + before + n * lags
    rows = months - lags - steps
    if rows <= columns + n:
        raise ModelError(
            f"got steps={steps}, which leaves {max(rows, 0)} months for {columns} regressors; ask "
            "for fewer steps, or use fewer series or lags"
        )
