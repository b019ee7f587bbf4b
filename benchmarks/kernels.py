"""Fast passes over all origins, and the loops that they replace: the same numbers, other times.

Reference work: 8 series, 6 lags, a constant, first origin after 180 months, 240 monthly origins, 12
steps.
"""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt

from tradeshock.models.algebra.expanding import replay_criteria, replay_var
from tradeshock.models.algebra.least_squares import estimate_var, lag_criteria
from tradeshock.models.algebra.recursion import simulate
from tradeshock.models.algebra.rolling import replay_rolling

Floats = npt.NDArray[np.float64]

SERIES = tuple(f"series_{i}" for i in range(8))
FIRST, ORIGINS, LAGS, STEPS, MAX_LAGS = 180, 240, 6, 12, 12
MONTHS = FIRST + ORIGINS - 1


def growth_rates(seed: int = 0) -> Floats:
    """Growth of 8 series with one lag and correlated innovations, months by series."""
    rng = np.random.default_rng(seed)
    shocks = 0.03 * rng.standard_normal((MONTHS, len(SERIES)))
    shocks += 0.02 * rng.standard_normal((MONTHS, 1))
    growth = np.empty_like(shocks)
    growth[0] = shocks[0]
    for month in range(1, MONTHS):
        growth[month] = 0.003 + 0.3 * growth[month - 1] + shocks[month]
    return growth


def systems(seed: int = 0) -> dict[str, Floats]:
    """The same system in growth rates, log levels and raw levels."""
    growth = growth_rates(seed)
    logs = 8.0 + np.cumsum(growth, axis=0)
    return {"growth": growth, "log levels": logs, "raw levels": np.exp(logs)}


def constant(endog: Floats) -> Floats:
    return np.ones((len(endog), 1))


# -- vector autoregression on growing windows -------------------------------------------------


def var_pass(endog: Floats) -> Floats:
    """Point forecasts from all origins in one pass, origins by steps by series."""
    found = replay_var(endog, constant(endog), LAGS, FIRST, SERIES)
    past = endog[np.arange(FIRST, len(endog) + 1)[:, None] - LAGS + np.arange(LAGS)]
    drift = np.repeat(found.exog_coefs[:, :1], STEPS, axis=1)
    return simulate(found.coefs, past, drift)[:, 0]


def var_qr(endog: Floats, origins: range) -> Floats:
    """The same, one orthogonal factorisation an origin, on standardised data."""
    centre, spread = endog[:FIRST].mean(axis=0), endog[:FIRST].std(axis=0)
    scaled = (endog - centre) / spread
    paths = []
    for seen in origins:
        fit = estimate_var(scaled[:seen], constant(scaled[:seen]), LAGS)
        drift = np.repeat(fit.exog_coefs, STEPS, axis=0)
        quiet = np.zeros((1, STEPS, len(SERIES)))
        paths.append(simulate(fit.coefs, scaled[seen - LAGS : seen], drift, quiet)[0])
    return centre + spread * np.array(paths)


def var_statsmodels(endog: Floats, origins: range) -> Floats:
    """The same with statsmodels, one fit an origin."""
    from statsmodels.tsa.api import VAR

    return np.array(
        [VAR(endog[:seen]).fit(LAGS).forecast(endog[seen - LAGS : seen], STEPS) for seen in origins]
    )


def orders_pass(endog: Floats) -> dict[str, Floats]:
    """AIC, BIC and HQ of orders 1 to 12 at all origins in one pass."""
    return replay_criteria(endog, constant(endog), MAX_LAGS, FIRST, SERIES)


def orders_qr(endog: Floats, origins: range) -> dict[str, Floats]:
    """The same, one orthogonal factorisation an origin."""
    each = [lag_criteria(endog[:seen], constant(endog[:seen]), MAX_LAGS) for seen in origins]
    return {name: np.array([found[name] for found in each]) for name in each[0]}


def orders_statsmodels(endog: Floats, origins: range) -> list[int]:
    """Order chosen by AIC with statsmodels at each origin."""
    from statsmodels.tsa.api import VAR

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return [int(VAR(endog[:seen]).select_order(MAX_LAGS).aic) for seen in origins]


# -- rolling windows --------------------------------------------------------------------------


def rolling_pass(endog: Floats) -> Floats:
    """Lag coefficients of all windows of 180 months."""
    return replay_rolling(endog, constant(endog), LAGS, FIRST, SERIES).coefs


def rolling_qr(endog: Floats, origins: range) -> Floats:
    """The same, one orthogonal factorisation a window."""
    windows = [endog[seen - FIRST : seen] for seen in origins]
    return np.array([estimate_var(part, constant(part), LAGS).coefs for part in windows])


def rolling_statsmodels(endog: Floats, origins: range) -> Floats:
    """The same with statsmodels."""
    from statsmodels.tsa.api import VAR

    return np.array([VAR(endog[seen - FIRST : seen]).fit(LAGS).coefs for seen in origins])


# -- the same numbers -------------------------------------------------------------------------


def relative_distance(found: Floats, expected: Floats) -> float:
    """Largest difference, relative to the largest number."""
    return float(np.abs(found - expected).max() / np.abs(expected).max())


def distances(every: int = 1) -> dict[str, float]:
    """Distance of each fast pass from orthogonal factorisations, at every so many origins."""
    origins = range(FIRST, MONTHS + 1, every)
    at = [seen - FIRST for seen in origins]
    found = {}
    for name, endog in systems().items():
        found[f"VAR, {name}"] = relative_distance(var_pass(endog)[at], var_qr(endog, origins))
        orders, expected = orders_pass(endog), orders_qr(endog, origins)
        found[f"lag orders, {name}"] = max(
            relative_distance(orders[c][at], expected[c]) for c in expected
        )
    growth = systems()["growth"]
    found["rolling, growth"] = relative_distance(
        rolling_pass(growth)[at], rolling_qr(growth, origins)
    )
    return found
