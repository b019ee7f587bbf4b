"""The model of a target about which nothing is known but its own past."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tradeshock.features.panel.panel import Panel
from tradeshock.models.base import Model
from tradeshock.models.direct.ridge import DirectRidge
from tradeshock.models.pools.combination import Combination
from tradeshock.models.pools.recalibration import Recalibration
from tradeshock.models.systems.bvar import DEFAULT_SERIES, BayesianVAR
from tradeshock.models.systems.presets import TradeBayesianVAR
from tradeshock.models.univariate.random_walk import RandomWalk

# What the systems of the package's default read beside the target.
INDICATORS = {*DEFAULT_SERIES, *TradeBayesianVAR.default_series} - {"exports_total"}


class OwnHistory(Combination):
    """`Combination` for a target about which nothing is known but its own past.

    A system and a regression, shrunk by a third to the random walk: equal weights, nothing to
    bridge. It was chosen on other figures than those that it is judged by (docs/other-nations.md).

    Parameters
    ----------
    members : sequence of Model, optional
        Default: `BayesianVAR`, `DirectRidge` and `RandomWalk`.
    scheme, shrinkage, n_draws, random_state
        As for `Combination`; the default scheme is "equal".
    """

    def __init__(
        self,
        members: Sequence[Model] | None = None,
        scheme: str | None = "equal",
        shrinkage: float = 0.5,
        n_draws: int = 1000,
        random_state: int = 0,
    ) -> None:
        super().__init__(members, scheme, shrinkage, n_draws, random_state)

    @property
    def parts(self) -> tuple[Model, ...]:
        """Members, as they are before they are fitted."""
        if self.members is not None:
            return super().parts
        return tuple(
            make(n_draws=self.n_draws, random_state=self.random_state)
            for make in (BayesianVAR, DirectRidge, RandomWalk)
        )


def own_history_model() -> Model:
    """Return the model for panels without early counts and indicators, such as other nations'.

    `OwnHistory` with intervals recalibrated by past misses, for which the steps learn together.
    """
    return Recalibration(OwnHistory(), across_steps=True)


def young_history_model() -> Model:
    """Return the same while there are less than ten years: the random walk, its intervals mended.

    What a few years say of next years' errors is too little: unmended, its intervals hold two
    thirds where they should hold four fifths (docs/other-nations.md).
    """
    return Recalibration(RandomWalk(), across_steps=True)


def stands_alone(panel: Panel, target: str, beside: Collection[str] = ()) -> bool:
    """Whether a panel has neither early counts of a target nor any indicator for it.

    Parameters
    ----------
    panel : Panel
    target : str
    beside : collection of str
        Indicators that do not count.
    """
    entry = panel.catalog[target]
    if not entry.is_relative or panel.catalog.flash(target):
        return False
    return not any(id in panel for id in INDICATORS.difference(beside, [target]))
