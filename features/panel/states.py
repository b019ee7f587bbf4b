"""Standard origins of a panel, and which of a target's own releases are out."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.days.holidays import Days
from tradeshock.features.days.reading import Month, as_month, as_months
from tradeshock.features.errors import PanelError
from tradeshock.features.panel.figures import Figures
from tradeshock.features.panel.origins import AFTER_TOTAL, OwnReleases


class StatedFigures(Figures):
    """Figures that know the states of a target: which of its releases are out, and when."""

    def _releases(self, target: str) -> OwnReleases:
        return OwnReleases.from_catalog(self.entry(target).id, self.catalog, self)

    def states(self, target: str = "exports_total") -> tuple[str, ...]:
        """States that the target's own releases make possible, in order."""
        return self._releases(target).states

    def origin_days(
        self, months: pd.PeriodIndex, state: str, target: str = "exports_total"
    ) -> Days:
        """Standard origin of a state for each month, datetime64[D].

        An origin is labelled by the month of its step 1: the month after the target's last
        published one.

        Raises
        ------
        PanelError
            If the target has no such state.
        """
        return self._releases(target).days(months, state, self.months[0])

    def origins(
        self,
        first: Month,
        last: Month | None = None,
        state: str = "after_total",
        target: str = "exports_total",
    ) -> list[pd.Timestamp]:
        """Standard origins of a state from one month to another.

        Parameters
        ----------
        first, last : month
            Months of step 1, both included: for Korea's total, origin "2015-01" in state
            ``after_total`` is 1 January 2015, when December's figure came out. Default of `last`:
            the newest whose state the panel knows.
        state : {"after_total", "after_10d", "after_20d"}
            Which of the target's own releases are out.
        target : str
            Series whose releases define the state.

        Raises
        ------
        PanelError
            If an origin lies outside what the panel knows, or its flash figure is missing.
        """
        if last is None:
            last = self._newest_origin(state, target)
            if as_month(first) > last:
                raise PanelError(
                    f"{target} has no origin {state} from {first} on as of {self.origin.date()}; "
                    f"its newest is that of {last}"
                )
        months = as_months(first, last)
        days = self.origin_days(months, state, target)
        last_rows = self.last_known([target], pd.DatetimeIndex(days))[:, 0]
        published = (last_rows >= 0) & (last_rows == months.asi8 - 1 - self.months.asi8[0])
        published &= days <= np.datetime64(self.origin, "D")
        if state != AFTER_TOTAL:
            flash = self.values[self._releases(target).flashes[state].id]
            published &= flash.reindex(months).notna().to_numpy()
        if not published.all():
            known = months[published]
            span = f"{known[0]} to {known[-1]}" if len(known) else "none of them"
            raise PanelError(
                f"{target} has no origin {state} in {months[~published][0]} as of "
                f"{self.origin.date()}; of {first} to {last} it has {span}"
            )
        return list(pd.DatetimeIndex(days))

    def _newest_origin(self, state: str, target: str) -> pd.Period:
        """Month of step 1 of the newest origin of a state, whether there is such a state or not."""
        ahead = self.last_month(target) + 1
        flash = self._releases(target).flashes.get(state)
        return ahead if flash is None else min(ahead, self.last_month(flash.id))

    def state(self, target: str = "exports_total") -> str:
        """Which of the target's own releases are out at the panel's origin."""
        row = self._rows(target)[1] + 1
        current = AFTER_TOTAL
        for state, flash in self._releases(target).flashes.items():
            if row < len(self.values) and not np.isnan(self.values[flash.id].to_numpy()[row]):
                current = state
        return current

    def states_at(
        self, origins: Iterable[pd.Timestamp], target: str = "exports_total"
    ) -> pd.Categorical[str]:
        """What `state` says of the panel as of each origin."""
        flashes = {state: flash.id for state, flash in self._releases(target).flashes.items()}
        last = self.last_known([target, *flashes.values()], origins)
        # The latest count of the month after the target's last one decides.
        out = last[:, 1:] > last[:, :1]
        latest: npt.NDArray[np.intp] = np.where(out, np.arange(1, out.shape[1] + 1), 0).max(
            axis=1, initial=0
        )
        return pd.Categorical.from_codes(latest, categories=pd.Index([AFTER_TOTAL, *flashes]))

    def standard_origin(self, target: str = "exports_total") -> pd.Timestamp:
        """Last standard origin on or before the panel's own."""
        month = pd.PeriodIndex([self.last_month(target) + 1])
        return pd.Timestamp(self.origin_days(month, self.state(target), target)[0])
