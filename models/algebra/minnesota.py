"""Minnesota prior in natural-conjugate form, by dummy observations, with its evidence.

Model: ``y_t = c + A_1 y_{t-1} + ... + A_p y_{t-p} + e_t``, ``e_t ~ N(0, w_t**2 S)``, written
``Y = X B + E`` with ``B`` of shape (1 + n p, n). Prior ``S ~ IW(diag(sigma**2), n + 2)`` and
``B | S ~ MN(B0, P0^-1, S)``, where ``P0`` and ``B0`` come from dummy observations (Bańbura,
Giannone and Reichlin 2010; Giannone, Lenza and Primiceri 2015, appendix A). Prior, likelihood and
posterior are of one family, so posterior and marginal likelihood are closed forms.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve
from scipy.special import multigammaln

Floats = npt.NDArray[np.float64]
CONSTANT_PRECISION = 1e-6


@dataclass(frozen=True)
class Tightness:
    """Hyper-parameters of the prior; smaller is tighter.

    Parameters
    ----------
    overall : float
        Prior standard deviation of a first own lag around one.
    sums : float, optional
        Slack of the sum-of-coefficients prior (Doan, Litterman and Sims 1984); None leaves it out.
    initial : float, optional
        Slack of the dummy-initial-observation prior (Sims 1993); None leaves it out.
    """

    overall: float = 0.2
    sums: float | None = 1.0
    initial: float | None = 1.0


def regressors(levels: Floats, lags: int) -> Floats:
    """Constant and lags 1 .. p of each row from `lags` on, rows by 1 + n p."""
    rows = len(levels) - lags
    past = [levels[lags - lag : len(levels) - lag] for lag in range(1, lags + 1)]
    return np.column_stack([np.ones(rows), *past])


def dummy_observations(
    tightness: Tightness, lags: int, sigma: Floats, spread: Floats
) -> tuple[Floats, Floats]:
    """Rows that carry the prior, for levels centred on their first months.

    Parameters
    ----------
    tightness : Tightness
    lags : int
    sigma : ndarray, n
        Innovation scale of each series on its own.
    spread : ndarray, n
        Size of each series' movements in level. It takes the place of the level itself in the
        sum-of-coefficients rows, so that the unit of a series is of no account.

    Returns
    -------
    x : ndarray, rows by 1 + n p
    y : ndarray, rows by n
        The coefficient of lag l has prior standard deviation ``overall / l``: larger lags are
        held more tightly to zero.
    """
    n = len(sigma)
    weight = np.arange(1, lags + 1)[:, None] * sigma / tightness.overall
    x = [np.column_stack([np.zeros(n * lags), np.diag(weight.ravel())])]
    y = [np.vstack([np.diag(sigma) / tightness.overall, np.zeros((n * (lags - 1), n))])]
    if tightness.sums is not None:
        unit = np.diag(spread) / tightness.sums
        x.append(np.column_stack([np.zeros(n), np.tile(unit, lags)]))
        y.append(unit)
    if tightness.initial is not None:
        # centred levels start at zero, so "the start may persist" says that the constant is zero
        x.append(np.eye(1, 1 + n * lags) / tightness.initial)
        y.append(np.zeros((1, n)))
    return np.vstack(x), np.vstack(y)


@dataclass(frozen=True)
class Posterior:
    """Law of coefficients and covariance given the data.

    Parameters
    ----------
    mean : ndarray, 1 + n p by n
    precision : ndarray, 1 + n p by 1 + n p
        ``B | S ~ MN(mean, precision^-1, S)``.
    scale : ndarray, n by n
        ``S ~ IW(scale, dof)``.
    dof : float
    log_evidence : float
        Log marginal likelihood of the rows.
    """

    mean: Floats
    precision: Floats
    scale: Floats
    dof: float
    log_evidence: float

    @property
    def covariance(self) -> Floats:
        """Posterior mean of the innovation covariance."""
        return self.scale / (self.dof - len(self.scale) - 1)


@dataclass(frozen=True)
class Rows:
    """Cross-products of rows that are divided by their volatility.

    Parameters
    ----------
    xx, xy, yy : ndarray
        ``X'X``, ``X'Y`` and ``Y'Y`` of the divided rows.
    count : int
        Number of rows.
    log_volatility : float
        Sum of the logs of the divisors.
    """

    xx: Floats
    xy: Floats
    yy: Floats
    count: int
    log_volatility: float

    @classmethod
    def scaled(cls, x: Floats, y: Floats, volatility: Floats) -> Rows:
        """Divide each row by its volatility (Lenza and Primiceri 2022, eq. 2)."""
        u, v = x / volatility[:, None], y / volatility[:, None]
        return cls(u.T @ u, u.T @ v, v.T @ v, len(x), float(np.log(volatility).sum()))


def posterior(rows: Rows, prior: tuple[Floats, Floats], sigma: Floats) -> Posterior:
    """Posterior and evidence in closed form (Giannone, Lenza and Primiceri 2015, eq. A.14).

    Parameters
    ----------
    rows : Rows
    prior : tuple of ndarray
        Dummy observations.
    sigma : ndarray, n
        Innovation scale of each series, the centre of the prior of the covariance.
    """
    x0, y0 = prior
    n = len(sigma)
    p0 = x0.T @ x0
    p0[0, 0] += CONSTANT_PRECISION
    f0 = cho_factor(p0)
    b0 = cho_solve(f0, x0.T @ y0)
    p1 = p0 + rows.xx
    f1 = cho_factor(p1)
    right = p0 @ b0 + rows.xy
    b1 = cho_solve(f1, right)
    s0 = np.diag(sigma**2)
    s1 = s0 + rows.yy + b0.T @ p0 @ b0 - b1.T @ right
    s1 = (s1 + s1.T) / 2.0
    d0, d1 = n + 2.0, n + 2.0 + rows.count
    evidence = (
        -n * rows.count / 2.0 * np.log(np.pi)
        + multigammaln(d1 / 2.0, n)
        - multigammaln(d0 / 2.0, n)
        + n * (np.log(np.diag(f0[0])).sum() - np.log(np.diag(f1[0])).sum())
        + d0 * np.log(sigma).sum()
        - d1 / 2.0 * np.linalg.slogdet(s1)[1]
        - n * rows.log_volatility
    )
    return Posterior(b1, p1, s1, d1, float(evidence))


def draw(law: Posterior, draws: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Draw coefficients and roots of the covariance, in antithetic pairs of coefficients.

    Returns
    -------
    coefs : ndarray, draws by 1 + n p by n
    roots : ndarray, draws by n by n
        ``root @ root.T`` is the covariance of a draw; both of a pair share it.
    """
    n, half = len(law.scale), (draws + 1) // 2
    # Bartlett: S^-1 = L L' with L lower triangular in the metric of scale^-1
    lower = np.tril(rng.standard_normal((half, n, n)), -1)
    chi = np.sqrt(rng.chisquare(law.dof - np.arange(n), size=(half, n)))
    lower[:, np.arange(n), np.arange(n)] = chi
    # scale = C C'; S = C (L L')^-1 C', root = C L'^-1
    factor = np.linalg.cholesky(law.scale)
    roots = factor @ np.linalg.inv(lower).transpose(0, 2, 1)
    normal = rng.standard_normal((half, len(law.mean), n))
    spread = np.linalg.cholesky(np.linalg.inv(law.precision))
    noise = spread @ normal @ roots.transpose(0, 2, 1)
    coefs = np.stack([law.mean + noise, law.mean - noise], axis=1).reshape(-1, *law.mean.shape)
    return coefs[:draws], np.repeat(roots, 2, axis=0)[:draws]
