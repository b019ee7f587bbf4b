"""Feature blocks side by side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Any, Protocol, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.days.reading import Day, as_days
from tradeshock.features.errors import PanelError
from tradeshock.features.indicators.block import Parameters, has_parameters
from tradeshock.features.indicators.calendar_effects import CalendarEffects
from tradeshock.features.indicators.exchange_rates import ExchangeRates
from tradeshock.features.indicators.flash import Flash
from tradeshock.features.indicators.lags import TargetLags
from tradeshock.features.indicators.partner_demand import PartnerDemand
from tradeshock.features.indicators.prices import Prices
from tradeshock.features.indicators.semiconductors import SemiconductorCycle
from tradeshock.features.indicators.uncertainty import Uncertainty
from tradeshock.features.panel.panel import Panel
from tradeshock.features.panel.validation import months_of


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
    blocks : sequence of blocks or (name, block), optional
        A block without a name has that of its class, such as ``growth``, and if others have it
        too ``growth_2``, ``growth_3``. Default: `default_blocks`.

    Attributes
    ----------
    blocks_ : list of (name, block)
        The blocks in use.
    target_ : str
        Series whose releases define the rows.

    Raises
    ------
    PanelError
        On fit, if two blocks were given the same name, or something is no block.

    Examples
    --------
    >>> from tradeshock.features import load_panel
    >>> pipeline = FeaturePipeline([("lags", TargetLags()), ("prices", Prices(["brent"]))])
    >>> table = pipeline.fit(load_panel()).transform(load_panel().as_of("2026-05-01"))
    >>> table.columns[-1], str(table.index[-1])
    ('prices__brent_growth_12', '2026-05')
    """

    def __init__(
        self, blocks: Sequence[FeatureBlock | tuple[str, FeatureBlock]] | None = None
    ) -> None:
        self.blocks = blocks

    @property
    def named_blocks(self) -> list[tuple[str, FeatureBlock]]:
        """The blocks with their names, those of `default_blocks` where none were given.

        As they go into another pipeline, beside others.

        Raises
        ------
        PanelError
            If two have one name, or something is no block.
        """
        if self.blocks is None:
            return default_blocks()
        if not isinstance(self.blocks, list | tuple) or not self.blocks:
            raise PanelError(
                f"blocks of a FeaturePipeline is {self.blocks!r}; give blocks in a list, such as "
                "[Growth('usdkrw', [1, 3])]"
            )
        given = [each for each in self.blocks if isinstance(each, tuple)]
        names = [name for name, _ in given]
        if len(set(names)) < len(names):
            raise PanelError(f"blocks {names} share a name; give each its own")
        named: list[tuple[str, FeatureBlock]] = []
        for each in self.blocks:
            block = each[1] if isinstance(each, tuple) else each
            if not hasattr(block, "fit_transform") or isinstance(block, type):
                raise PanelError(
                    f"got {block!r} as a block; give blocks such as Growth('usdkrw', [1, 3])"
                )
            if isinstance(each, tuple):
                named.append((each[0], block))
                continue
            name = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(block).__name__).lower()
            taken = {*names, *(other for other, _ in named)}
            numbered = (name, *(f"{name}_{k}" for k in range(2, len(self.blocks) + 2)))
            named.append((next(free for free in numbered if free not in taken), block))
        return named

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
        return _side_by_side({n: block.transform(panel, state) for n, block in self.blocks_})

    def fit_transform(self, panel: Panel, target: str = "exports_total") -> pd.DataFrame:
        """Fit and transform in one go."""
        self.blocks_ = self.named_blocks
        self.target_ = target
        table = _side_by_side({n: b.fit_transform(panel, target) for n, b in self.blocks_})
        self.names_ = [str(name) for name in table.columns]
        return table

    def to_frame(
        self, panel: Panel, origins: Sequence[Day] | None = None, target: str = "exports_total"
    ) -> pd.DataFrame:
        """Return what was known at some origins; the pipeline itself is not fitted by this.

        Parameters
        ----------
        panel : Panel
        origins : sequence of days, optional
            Each has the row of its own state; a day between two standard origins that of the
            earlier. Default: all standard origins of the panel's own state.
        target : str

        Returns
        -------
        DataFrame, origins by columns
            NaN where something was not known.

        Raises
        ------
        PanelError
            If an origin is outside what the panel knows, or has no row.
        """
        fitted = deepcopy(self)
        table = fitted.fit_transform(panel, target)
        if origins is None:
            months, state = pd.PeriodIndex(table.index), panel.state(target)
            days = pd.DatetimeIndex(panel.origin_days(months, state, target), name="origin")
            return table.set_axis(days, axis=0)
        days = pd.DatetimeIndex(as_days(origins), name="origin")
        for day in (days.min(), days.max()):
            panel.as_of(day)
        states = panel.states_at(days, target).astype(str)
        tables = {state: fitted.transform(panel, state) for state in dict.fromkeys(states)}
        months = months_of(panel.last_known([target], days)[:, 0] + panel.months.asi8[0] + 1)
        rows = np.empty((len(days), len(table.columns)))
        for i, (day, state) in enumerate(zip(days, states, strict=True)):
            known = tables[state]
            if (row := known.index.get_indexer(months[i : i + 1])[0]) < 0:
                raise PanelError(f"on {day.date()} {target} had no standard origin yet")
            rows[i] = known.to_numpy()[row]
        return pd.DataFrame(rows, days, table.columns)

    def inputs(self, panel: Panel, target: str = "exports_total") -> tuple[str, ...]:
        """Series of the panel whose figures the columns are made of.

        All of them where a block does not say, by a method of the same name.
        """
        every = tuple(map(str, panel.values.columns))
        read: list[str] = []
        for _, block in self.named_blocks:
            read += block.inputs(panel, target) if hasattr(block, "inputs") else every
        return tuple(dict.fromkeys(read))

    def get_feature_names_out(
        self, input_features: Iterable[str] | None = None
    ) -> npt.NDArray[np.object_]:
        """Names of the columns; the argument is not used, as in scikit-learn's own."""
        if not hasattr(self, "names_"):
            raise PanelError("this FeaturePipeline is not fitted; call fit(panel) first")
        return np.array(self.names_, dtype=object)

    def set_params(self, **params: Any) -> Self:
        """Set `blocks`, or ``block__parameter`` of one of them.

        Raises
        ------
        ValueError
            If there is no such block or parameter.
        """
        if self.blocks is None and params and "blocks" not in params:
            # What is set in them has to stay.
            self.blocks = default_blocks()
        return super().set_params(**params)

    def _inside(self) -> dict[str, Any]:
        return {name: block for name, block in self.named_blocks if has_parameters(block)}


def _side_by_side(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """One table of the blocks' tables, columns named block__column."""
    names = [f"{block}__{column}" for block, table in tables.items() for column in table.columns]
    return pd.concat(list(tables.values()), axis=1).set_axis(names, axis=1)
