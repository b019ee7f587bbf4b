"""Feature blocks side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import PanelError
from tradeshock.features.indicators.block import Parameters
from tradeshock.features.indicators.calendar_effects import CalendarEffects
from tradeshock.features.indicators.exchange_rates import ExchangeRates
from tradeshock.features.indicators.flash import Flash
from tradeshock.features.indicators.lags import TargetLags
from tradeshock.features.indicators.partner_demand import PartnerDemand
from tradeshock.features.indicators.prices import Prices
from tradeshock.features.indicators.semiconductors import SemiconductorCycle
from tradeshock.features.indicators.uncertainty import Uncertainty
from tradeshock.features.panel.panel import Panel


class FeatureBlock(Protocol):
    """What the pipeline asks of a block; `Block` beside it has it all."""

    def fit_transform(self, panel: Panel, target: str = ...) -> pd.DataFrame:
        """Store names, return columns of the panel's own state."""

    def transform(self, panel: Panel, state: str | None = ...) -> pd.DataFrame:
        """Return columns, one row a standard origin."""


def default_blocks() -> list[tuple[str, FeatureBlock]]:
    """All blocks, each with its default series."""
    return [
        ("lags", TargetLags()),
        ("semiconductors", SemiconductorCycle()),
        ("exchange_rates", ExchangeRates()),
        ("partner_demand", PartnerDemand()),
        ("prices", Prices()),
        ("uncertainty", Uncertainty()),
        ("calendar", CalendarEffects()),
        ("flash", Flash()),
    ]


class FeaturePipeline(Parameters):
    """Blocks side by side, as scikit-learn's FeatureUnion; columns are named block__column.

    Parameters
    ----------
    blocks : sequence of (name, block), optional
        Default: `default_blocks`.

    Attributes
    ----------
    blocks_ : list of (name, block)
        The blocks in use.
    target_ : str
        Series whose releases define the rows.

    Raises
    ------
    PanelError
        On fit, if two blocks have the same name.

    Examples
    --------
    >>> from tradeshock.features import load_panel
    >>> pipeline = FeaturePipeline([("lags", TargetLags()), ("prices", Prices(["brent"]))])
    >>> table = pipeline.fit(load_panel()).transform(load_panel().as_of("2026-05-01"))
    >>> table.columns[-1], str(table.index[-1])
    ('prices__brent_growth_12', '2026-05')
    """

    def __init__(self, blocks: Sequence[tuple[str, FeatureBlock]] | None = None) -> None:
        self.blocks = blocks

    def fit(self, panel: Panel, target: str = "exports_total") -> Self:
        """Fit every block: names are stored, nothing is learnt from figures."""
        self.fit_transform(panel, target)
        return self

    def transform(self, panel: Panel, state: str | None = None) -> pd.DataFrame:
        """Return what was known at every standard origin up to the panel's.

        Parameters
        ----------
        panel : Panel
        state : str, optional
            Which of the target's releases are out. Default: the panel's own state.

        Returns
        -------
        DataFrame, months of step 1 by columns
            A row is bit-identical whether it is built from the uncut panel or from
            ``panel.as_of`` its origin.
        """
        if not hasattr(self, "blocks_"):
            raise PanelError("this FeaturePipeline is not fitted; call fit(panel) first")
        state = state or panel.state(self.target_)
        tables = [block.transform(panel, state).add_prefix(f"{n}__") for n, block in self.blocks_]
        return pd.concat(tables, axis=1)

    def fit_transform(self, panel: Panel, target: str = "exports_total") -> pd.DataFrame:
        """Fit and transform in one go."""
        self.blocks_ = default_blocks() if self.blocks is None else list(self.blocks)
        names = [name for name, _ in self.blocks_]
        if len(set(names)) < len(names):
            raise PanelError(f"blocks {names} share a name; give each its own")
        self.target_ = target
        tables = [b.fit_transform(panel, target).add_prefix(f"{n}__") for n, b in self.blocks_]
        table = pd.concat(tables, axis=1)
        self.names_ = [str(name) for name in table.columns]
        return table

    def inputs(self, panel: Panel, target: str = "exports_total") -> tuple[str, ...]:
        """Series of the panel whose figures the columns are made of.

        All of them where a block does not say, by a method of the same name.
        """
        blocks = default_blocks() if self.blocks is None else self.blocks
        every = tuple(map(str, panel.values.columns))
        read: list[str] = []
        for _, block in blocks:
            read += block.inputs(panel, target) if hasattr(block, "inputs") else every
        return tuple(dict.fromkeys(read))

    def get_feature_names_out(
        self, input_features: Iterable[str] | None = None
    ) -> npt.NDArray[np.object_]:
        """Names of the columns; the argument is not used, as in scikit-learn's own."""
        if not hasattr(self, "names_"):
            raise PanelError("this FeaturePipeline is not fitted; call fit(panel) first")
        return np.array(self.names_, dtype=object)
