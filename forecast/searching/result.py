"""What a search gives back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from html import escape
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import clone

from tradeshock.features.errors import ScoreError, TradeshockError
from tradeshock.forecast.backtesting.result import Backtest, Failure, IncompleteBacktestError
from tradeshock.forecast.judging.confidence_set import superior_predictive_ability
from tradeshock.forecast.judging.windows import Windows, spans_of
from tradeshock.forecast.searching.choices import chosen_losses, yearly_choices
from tradeshock.forecast.searching.grid import Specification
from tradeshock.forecast.searching.losses import MEASURES, Floats, Loss, Losses, best
from tradeshock.models.base import Model


@dataclass(frozen=True, eq=False)
class Search:
    """Every specification of a grid from the same origins, and what the best is worth.

    Parameters
    ----------
    result : Backtest
        Forecasts of all specifications, of the model as given and of the reference.
    specifications : mapping of str to Specification
        What was tried, by label.
    reference : str
        Label of what the best has to beat.
    loss : {"squared", "crps"}
        By what is chosen.
    nested : bool
        Whether `table` says what choosing year by year would have given.
    """

    result: Backtest
    specifications: Mapping[str, Specification]
    reference: str
    loss: Loss = "squared"
    nested: bool = True

    def __repr__(self) -> str:
        return f"{self._headline}\n{self._short.to_string(index=False)}"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self._headline)}</p>{self._short.to_html(index=False)}"

    @property
    def _headline(self) -> str:
        origins = self.result.frame["origin"].nunique()
        return f"Search: {len(self.specifications)} specifications from {origins} origins"

    @property
    def _short(self) -> pd.DataFrame:
        return self._table(None, True, tested=False).round(3)

    # -- what it is, in scikit-learn's words where they fit ------------------------------------

    @property
    def n_tries(self) -> int:
        """Number of specifications that were compared: what the p-values allow for."""
        return len(self.specifications)

    @property
    def best_params_(self) -> dict[str, Any]:
        """Parameters of `best_model`, as the grid names them.

        Unlike scikit-learn's, the best of all months with hindsight over all steps, and of one
        state: no held-out score stands behind it. What it is worth is `table`'s ``ratio_nested``.

        Raises
        ------
        ScoreError
            If origins are of several states, each of which has a best of its own.
        """
        return dict(self._best(None, None).parameters)

    @property
    def failures(self) -> tuple[Failure, ...]:
        """What failed of an incomplete search, which `IncompleteSearchError` carries."""
        return self.result.failures

    # -- what was found -----------------------------------------------------------------------

    def table(self, windows: Windows | None = None, each_step: bool = True) -> pd.DataFrame:
        """Best specification by state, window and step, and what it is worth.

        Parameters
        ----------
        windows : mapping of str to (str, str), optional
            Name to first and last target month. Default: one window, all months.
        each_step : bool
            Whether each step has a best of its own, and a choice of its own each year. Otherwise
            one specification serves all steps: the one with the smallest mean over steps of its
            loss divided by the reference's.

        Returns
        -------
        DataFrame
            ``state, window, step``; ``tries``, how many specifications there were; ``best``, the
            one that was best in the window with hindsight; ``n`` forecasts; its ``rmse`` (100 log)
            or ``crps``, and ``ratio`` to the reference's.

            ``n_nested`` forecasts of years that could choose from earlier ones (24 outcomes
            known); on these alone ``ratio_best``, the same best's ratio, and ``ratio_nested``,
            that of what was chosen each year before it was known: the honest one.

            ``reality_check`` and ``spa``: p-values of no specification beating the reference at
            that step, with all tries allowed for (White 2000, and Hansen's 2005 consistent one;
            see `tradeshock.forecast.judging.confidence_set.superior_predictive_ability`). Choosing
            one for all steps does not change them. ``note`` says why one is missing.

        Raises
        ------
        ScoreError
            If windows are no mapping of names to two months, or one has no outcome.
        """
        return self._table(windows, each_step, tested=True)

    def scores(self, **kw: Any) -> pd.DataFrame:
        """Score every specification (see `Backtest.scores`); the reference is the search's."""
        return self.result.scores(**{"reference": self.reference, **kw})

    def choices(self, state: str | None = None, each_step: bool = True) -> pd.DataFrame:
        """Specification chosen at the first origin of each year from what was known then.

        Parameters
        ----------
        state : str, optional
            Needed where origins are of several states.
        each_step : bool
            As for `table`.

        Returns
        -------
        DataFrame, years by steps
            Labels; NaN where fewer than 24 outcomes were known, so that nothing was chosen.
        """
        positions = self._choices(self._state(state), each_step)
        names = dict(enumerate(self.specifications))
        return positions.map(lambda position: names.get(position, np.nan)).astype(object)

    def best_model(self, step: int | None = None, state: str | None = None) -> Model:
        """Return the specification that was best with hindsight, over all months, not fitted.

        Parameters
        ----------
        step : int, optional
            At one step. Default: over all of them, as ``table(each_step=False)``.
        state : str, optional
            Needed where origins are of several states.

        Raises
        ------
        ScoreError
            If there is no such step or state, or nothing of it has come out.
        """
        model: Model = clone(self._best(step, state).model)
        return model

    # -- inside -------------------------------------------------------------------------------

    def _best(self, step: int | None, state: str | None) -> Specification:
        """The best with hindsight (see `best_model`)."""
        means = self._losses(self._state(state)).means()
        if step is not None:
            whole = isinstance(step, int | np.integer) and not isinstance(step, bool)
            if not whole or not 1 <= step <= len(means):
                raise ScoreError(f"step is {step!r}; give a whole number from 1 to {len(means)}")
            means = means[[step - 1]]
        # What is searched has an outcome at one step at least.
        known = means[~np.isnan(means).any(axis=1)]
        if not len(known):
            raise ScoreError(
                f"no outcome of step {step} is out, so none is best; search over earlier origins, "
                "or ask for a smaller step"
            )
        # Of one step the best over all is its own.
        return [*self.specifications.values()][int(best(known, step is not None)[0])]

    @property
    def _labels(self) -> list[str]:
        return [*self.specifications, self.reference]

    @property
    def _states(self) -> list[str]:
        return list(dict.fromkeys(self.result.frame["state"]))

    @property
    def _all_months(self) -> tuple[pd.Period, pd.Period]:
        months = self.result.frame["month"]
        return months.min(), months.max()

    def _state(self, given: str | None) -> str:
        if given is None and len(self._states) == 1:
            return self._states[0]
        if given not in self._states:
            raise ScoreError(f"state is {given!r}; give one of {', '.join(self._states)}")
        return given

    def _losses(self, state: str) -> Losses:
        return Losses.of(self.result.frame, self._labels, state, self.loss)

    def _choices(self, state: str, each_step: bool) -> pd.DataFrame:
        origins = self._losses(state).origins
        record = self.result.record
        return yearly_choices(record, self._labels, state, origins, self.loss, each_step)

    def _table(self, windows: Windows | None, each_step: bool, tested: bool) -> pd.DataFrame:
        """Table with or without p-values, whose bootstrap takes longer than all else."""
        spans = {"all": self._all_months} if windows is None else spans_of(windows)
        rows: list[dict[str, Any]] = []
        for state in self._states:
            for name, window in spans.items():
                losses = self._within(state, name, window)
                for row in self._rows(losses, state, each_step):
                    p_values = self._tests(losses, row["step"]) if tested else {}
                    rows.append({"state": state, "window": name, **row, **p_values})
        return pd.DataFrame(rows)

    def _within(self, state: str, name: str, window: tuple[pd.Period, pd.Period]) -> Losses:
        losses = self._losses(state).within(*window)
        if not losses.counts.any():
            raise ScoreError(f"no outcome in the window {name!r}, {window[0]} to {window[1]}")
        return losses

    def _rows(self, losses: Losses, state: str, each_step: bool) -> Iterator[dict[str, Any]]:
        """The best at each step with an outcome, and what it is worth."""
        means, known = losses.means(), losses.counts > 0
        found = np.zeros(len(known), dtype=np.intp)
        found[known] = best(means[known], each_step)
        nested = np.full(losses.values.shape[:2], np.nan)
        if self.nested:
            nested = chosen_losses(losses, self._choices(state, each_step))
        for at in map(int, np.flatnonzero(known)):
            yield {
                "step": at + 1,
                "tries": len(self.specifications),
                "best": self._labels[found[at]],
                "n": losses.counts[at],
                MEASURES[self.loss]: self._shown(means[at, found[at]]),
                "ratio": self._shown(means[at, found[at]] / means[at, -1]),
                **self._honest(losses.values[:, at], nested[:, at], found[at]),
            }

    def _honest(self, losses: Floats, nested: Floats, found: np.intp) -> dict[str, Any]:
        """Ratios on the forecasts that a choice from earlier years was made for."""
        if not self.nested:
            return {}
        there = ~np.isnan(nested)
        total = losses[there].sum(axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            best_ratio, ratio = total[found] / total[-1], nested[there].sum() / total[-1]
        return {
            "n_nested": int(there.sum()),
            "ratio_best": self._shown(best_ratio),
            "ratio_nested": self._shown(ratio),
        }

    def _tests(self, losses: Losses, step: int) -> dict[str, Any]:
        """P-values of no specification beating the reference, or why there are none."""
        rows = losses.values[:, step - 1]
        names = [*(f"try {i}" for i in range(len(self.specifications))), "reference"]
        table = pd.DataFrame(rows, losses.origins, names).dropna()
        try:
            test = superior_predictive_ability(table, "reference", step=step)
        except TradeshockError as error:
            return {"reality_check": np.nan, "spa": np.nan, "note": str(error)}
        return {"reality_check": test.upper, "spa": test.p_value, "note": ""}

    def _shown(self, mean: float) -> float:
        """A mean loss, or a ratio of two, in the unit of errors."""
        return float(np.sqrt(mean) if self.loss == "squared" else mean)


class IncompleteSearchError(IncompleteBacktestError):
    """Specifications failed in a search; what the others are worth is kept.

    Attributes
    ----------
    search : Search or None
        Of the specifications that finished, with `Search.failures`. None if none did, or if the
        reference failed, so that there is nothing to hold them against.
    result : Backtest
        What was finished, and the failures with their tracebacks.
    """

    def __init__(
        self, result: Backtest, tried: Mapping[str, Specification], reference: str, **how: Any
    ) -> None:
        super().__init__(result)
        failed = {failure.model for failure in result.failures}
        finished = {label: made for label, made in tried.items() if label not in failed}
        able = bool(finished) and reference not in failed
        self.search = Search(result, finished, reference, **how) if able else None
        left = f"the {len(finished)} that finished are searched in this error's .search"
        why = f"the reference {reference!r} failed" if finished else "no specification finished"
        self.args = (f"{self}\n{left if able else f'{why}, so there is no search of the others'}",)
        self._again = partial(type(self), result, dict(tried), reference, **how)

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive the way to another process with the search."""
        return self._again, ()
