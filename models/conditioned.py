"""What a model does with conditions before and beside its forecast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import ConditionError, ModelError
from tradeshock.features.panel.panel import Panel
from tradeshock.models.assumptions.entries import Cell
from tradeshock.models.assumptions.odd_values import refuse_odd_values
from tradeshock.models.assumptions.plausibility import Plausibility, plausibility_of
from tradeshock.models.conditions import Conditions

if TYPE_CHECKING:
    from tradeshock.models.paths import ForecastPaths

Floats = npt.NDArray[np.float64]


class Conditioned:
    """The part of `tradeshock.models.Model` that takes conditions."""

    takes_conditions: bool
    panel_: Panel
    if TYPE_CHECKING:

        def forecast(self, steps: int, conditions: Conditions | None = None) -> ForecastPaths:
            """See `Model.forecast`."""

        def _ahead(self, steps: int) -> pd.PeriodIndex: ...

        def _check_fitted(self) -> None: ...

        def _check_steps(self, steps: int) -> None: ...

    def plausibility(self, steps: int, conditions: Conditions) -> Plausibility:
        """Measure how far out conditions are by the model's own unconditional draws.

        Values that differ from draw to draw, as those of changes do, count with their median.
        Wrappers ask their first member.

        Parameters
        ----------
        steps : int
            Number of months of the forecast.
        conditions : Conditions

        Returns
        -------
        Plausibility

        Raises
        ------
        ConditionError
            If there are no conditions, or the model has no draws of a conditioned series.
        """
        self._check_fitted()
        self._check_steps(steps)
        given = self._accepted(conditions) or conditions
        draws = self._cell_draws(given.cells, int(steps), None)
        middle = [float(np.median(entry.value)) for entry in given.resolved(draws, self._last())]
        values = np.array(middle)
        for column, (series, _) in enumerate(given.cells):
            if self.panel_.catalog[series].transform == "log":
                draws[:, column], values[column] = np.log(draws[:, column]), np.log(values[column])
        return plausibility_of(draws, values, given.cells)

    def _accepted(self, conditions: Conditions | None) -> Conditions | None:
        """Conditions that the model can be asked to meet; None for empty ones."""
        if not isinstance(conditions, Conditions | None):
            raise ConditionError(
                f"got {type(conditions).__name__} as conditions; give for instance "
                "Conditions({'usdkrw': {'2026-07': 1550.0}})"
            )
        if conditions is None or not len(conditions):
            return None
        if not self.takes_conditions:
            raise ModelError(
                f"{type(self).__name__} knows no other series and cannot be conditioned; use VAR "
                "or BayesianVAR"
            )
        refuse_odd_values(conditions, self.panel_)
        return conditions

    def _resolved(self, conditions: Conditions | None, steps: int) -> Conditions | None:
        """Changes turned into values by the model's own unconditional draws."""
        if conditions is None or not conditions.is_relative:
            return conditions
        draws = self._cell_draws(conditions.cells, steps, None)
        return conditions.resolved(draws, self._last())

    def _last(self) -> dict[str, float]:
        """Last published figure of every series that has one."""
        values = self.panel_.values
        begun = values.columns[values.notna().any()]
        return {str(id): float(self.panel_.series(str(id)).iloc[-1]) for id in begun}

    def _lacking(self, conditions: Conditions) -> tuple[str, ...]:
        """Conditioned series that are not in the model; what wraps it steers its paths by them."""
        return () if self.takes_conditions else conditions.series

    def _cell_draws(
        self, cells: Sequence[Cell], steps: int, conditions: Conditions | None
    ) -> Floats:
        """Own draws of some series and months in own units, draws by cells.

        They are the draws that conditions correct in a forecast of `steps` months.
        """
        paths = self.forecast(steps, conditions)
        if strange := [f"{id} in {m}" for id, m in cells if id not in paths.series]:
            raise ConditionError(
                f"{type(self).__name__} has no paths of {', '.join(strange)}, which a change or "
                "a plausibility is measured by; give values, or use VAR or BayesianVAR"
            )
        return np.column_stack(
            [paths.draws(id)[:, self._ahead(steps).get_loc(month)] for id, month in cells]
        )


def condition_notes(conditions: Conditions | None) -> tuple[str, ...]:
    """Note that names what is assumed; none where nothing is."""
    return (f"conditional on {conditions.text}",) if conditions else ()
