"""Shocks told apart by the signs of what they do: all random rotations that have them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import ModelError
from tradeshock.models.algebra.identification import responses
from tradeshock.models.algebra.rotations import checked, random_columns
from tradeshock.models.parameters import whole
from tradeshock.models.structure.arguments import demand, demand_draws
from tradeshock.models.structure.draws import Parameters
from tradeshock.models.structure.estimate import Estimate
from tradeshock.models.structure.learned import estimate_of
from tradeshock.models.structure.signs import Restriction, Signs, parsed
from tradeshock.models.structure.structural_shocks import StructuralShocks
from tradeshock.models.systems.system import LinearSystem

__all__ = ["SignRestrictedShocks", "sign_restricted_shocks"]

Floats = npt.NDArray[np.float64]

# Draws of parameters in a round, and most rotations of each.
_ROUND = 200
_ROTATIONS = 64
_MAX_ROTATIONS = whole(1, 100_000_000)


@dataclass(frozen=True, eq=False)
class SignRestrictedShocks(StructuralShocks):
    """Shocks of all rotations that were accepted.

    Parameters
    ----------
    tried, accepted : int
        Rotations.
    parameter_draws : int
        Different draws of parameters among the accepted ones.
    restrictions : DataFrame
        Columns shock, series, sign, step; failed, the share of rotations that fail it in the
        better of both directions; shock_met, the share that meets all signs of its shock.
    """

    tried: int = 0
    accepted: int = 0
    parameter_draws: int = 0
    restrictions: pd.DataFrame | None = None

    def __repr__(self) -> str:
        return (
            f"{super().__repr__()} of {self.parameter_draws:,} parameters; accepted "
            f"{self.accepted:,} of {self.tried:,} rotations, 1 in "
            f"{self.tried / self.accepted:,.0f}"
        )


def sign_restricted_shocks(
    model: LinearSystem,
    signs: Signs,
    *,
    n_draws: int = 200,
    max_rotations: int = 500_000,
    random_state: int = 0,
) -> SignRestrictedShocks:
    """Tell shocks apart by the signs of the responses of (log) levels.

    Rotations are drawn uniformly for each draw of the parameters (Rubio-Ramirez, Waggoner and Zha
    2010). All that have the signs are kept: keeping one a draw would give draws with few of them
    too much weight. A shock may have either direction; the one with the signs is taken.

    Parameters
    ----------
    model : VAR or BayesianVAR
        Fitted.
    signs : mapping of str to mapping
        Of each shock, series and their signs: "+" or "-" in the month of the shock, or a pair
        such as ("+", 3) for that month and the three after it.
    n_draws : int
        Accepted rotations wanted; the last round may bring more, and all are kept.
    max_rotations : int
        Most that are tried; where they bring fewer than wanted, these are kept.
    random_state : int
        Seed.

    Returns
    -------
    SignRestrictedShocks

    Raises
    ------
    ModelError
        If no rotation has all signs, naming the one that fails most; if signs are not of the form
        above, name what the system lacks, or do not tell two shocks apart.
    """
    demand(max_rotations, "max_rotations", _MAX_ROTATIONS)
    demand_draws(n_draws, random_state)
    estimate = estimate_of(model)
    search = _Search(estimate, parsed(signs, estimate.series), np.random.default_rng(random_state))
    while search.accepted < n_draws and search.tried < max_rotations:
        search.go_on(int(max_rotations))
    if not search.accepted:
        raise ModelError(search.why_none())
    return search.result()


class _Search:
    """Rotations tried so far, and what was accepted."""

    def __init__(
        self, estimate: Estimate, restrictions: Sequence[Restriction], rng: np.random.Generator
    ) -> None:
        self.estimate, self.restrictions, self.rng = estimate, restrictions, rng
        self.names = tuple(dict.fromkeys(one.shock for one in restrictions))
        self.shock = np.array([self.names.index(one.shock) for one in restrictions])
        self.series = np.array([estimate.series.index(one.series) for one in restrictions])
        self.step = np.array([one.step for one in restrictions])
        self.wanted = np.array([one.direction for one in restrictions])
        self.failed = np.zeros(len(restrictions))
        self.alone = np.zeros(len(self.names))
        self.tried = self.accepted = self.parameter_draws = 0
        self.rotations = 1
        self.kept: list[tuple[Parameters, Floats]] = []

    def go_on(self, most: int) -> None:
        """Try one round; the next one tries more rotations of each draw of parameters."""
        count = min(_ROUND, max((most - self.tried) // self.rotations, 1))
        parameters = self.estimate.draws(count, self.rng)
        roots = np.asarray(np.linalg.cholesky(parameters.covariance), dtype=np.float64)
        n, k = len(self.estimate.series), len(self.names)
        columns = random_columns((count, self.rotations), n, k, self.rng)
        # Responses to the columns of the root; a rotation is a weighted sum of them.
        made = responses(parameters.coefs, roots, int(self.step.max()))
        made = np.cumsum(made, axis=-2) if self.estimate.growth else made
        values = np.empty((count, self.rotations, len(self.restrictions)))
        for place in range(k):
            own = self.shock == place
            values[..., own] = columns[..., place] @ made[:, :, self.step[own], self.series[own]]
        found = checked(values, self.shock, self.wanted)
        draw, rotation = np.nonzero(found.met)
        turned = columns[draw, rotation] * found.direction[draw, rotation][:, None, :]
        self.kept.append((parameters[draw], roots[draw] @ turned))
        self.failed += found.failed
        self.alone += found.alone
        self.tried += found.met.size
        self.accepted += len(draw)
        self.parameter_draws += len(np.unique(draw))
        self.rotations = min(2 * self.rotations, _ROTATIONS)

    def table(self) -> pd.DataFrame:
        """Restrictions with the shares of rotations that fail them."""
        frame = pd.DataFrame(self.restrictions)
        frame["failed"] = self.failed / self.tried
        frame["shock_met"] = self.alone[self.shock] / self.tried
        return frame

    def why_none(self) -> str:
        """Sentence on what stands in the way."""
        worst = self.restrictions[int(self.failed.argmax())]
        rarest = int(self.alone.argmin())
        return (
            f"none of {self.tried:,} rotations of {self.estimate.name} has all signs; "
            f"'{worst.sign}' of {worst.series} at step {worst.step} under shock {worst.shock} "
            f"fails most ({self.failed.max() / self.tried:.0%} of them), and shock "
            f"{self.names[rarest]} is met least, in {self.alone[rarest] / self.tried:.2%}; drop "
            "or shorten restrictions, or raise max_rotations"
        )

    def result(self) -> SignRestrictedShocks:
        """All that was accepted."""
        parameters = Parameters(
            np.concatenate([one.exog_coefs for one, _ in self.kept]),
            np.concatenate([one.coefs for one, _ in self.kept]),
            np.concatenate([one.covariance for one, _ in self.kept]),
        )
        return SignRestrictedShocks(
            self.estimate,
            self.names,
            "sign-restricted",
            parameters,
            np.concatenate([impacts for _, impacts in self.kept]),
            None,
            tried=self.tried,
            accepted=self.accepted,
            parameter_draws=self.parameter_draws,
            restrictions=self.table(),
        )
