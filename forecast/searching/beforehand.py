"""What a search is refused for before anything is run: what no origin could be forecast with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import PanelError, ScoreError, stale_series_noted
from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.searching.choices import FEWEST_KNOWN
from tradeshock.forecast.searching.grid import Specification
from tradeshock.models.direct.base import DirectModel
from tradeshock.models.pools.wrapper import models_within
from tradeshock.models.record.rows import Actual, Outcomes
from tradeshock.models.systems.system import System

Days = npt.NDArray[np.datetime64]


def refuse_unknown_series(tried: Mapping[str, Specification], panel: Panel) -> None:
    """Refuse series of a system, searched or inside what is searched, that a panel lacks.

    Raises
    ------
    PanelError
        Naming the specification, the series, and those that may be meant.
    """
    for label, specification in tried.items():
        for model in models_within(specification.model):
            if isinstance(model, System):
                for id in model.get_params(deep=False).get("series") or ():
                    with _naming(label):
                        panel.entry(id)


def refuse_impossible_features(
    tried: Mapping[str, Specification], panel: Panel, target: str, origin: pd.Timestamp
) -> None:
    """Refuse blocks of features that cannot be built, by building each of them once.

    Parameters
    ----------
    tried : mapping of str to Specification
    panel : Panel
    target : str
    origin : Timestamp
        The last one, which knows most.

    Raises
    ------
    PanelError
        Naming the specification, and what its block says.
    """
    known, built = panel.as_of(origin), set()
    for label, specification in tried.items():
        for model in models_within(specification.model):
            if not isinstance(model, DirectModel) or model.features is None:
                continue
            # Most specifications of a grid have the same features.
            if (written := repr(model.features)) in built:
                continue
            built.add(written)
            with _naming(label), stale_series_noted():
                model.pipeline.fit(known, target)


@contextmanager
def _naming(label: str) -> Iterator[None]:
    """Say of which specification it is that a panel refuses something."""
    try:
        yield
    except PanelError as error:
        raise PanelError(f"the grid's {label} cannot be: {error}") from error


def refuse_too_few_outcomes(
    panel: Panel,
    target: str,
    origins: Sequence[pd.Timestamp],
    steps: int,
    nested: bool,
    actual: Actual = "latest",
) -> None:
    """Refuse origins that no score and no choice can be made of: release days say so.

    Parameters
    ----------
    panel : Panel
    target : str
    origins : sequence of Timestamp
        Ascending.
    steps : int
        Months ahead.
    nested : bool
        Whether a choice is made year by year, from first prints.
    actual : {"latest", "first"}
        Which figure is the outcome that is scored.

    Raises
    ------
    ScoreError
        If no outcome is out, or no year's first origin knows enough of earlier ones.
    """
    days = pd.DatetimeIndex(list(origins))
    scored = _known_on(panel, target, days, steps, actual)
    learned = _known_on(panel, target, days, steps, "first")
    states = panel.states_at(days, target)
    for state in dict.fromkeys(states):
        here = np.asarray(states == state)
        if np.isnat(scored[here]).all():
            raise ScoreError(f"no outcome is out in state {state}; use origins further back")
        if nested and _most_known(days[here], learned[here]) < FEWEST_KNOWN:
            raise ScoreError(
                f"no year's first origin in state {state} knows {FEWEST_KNOWN} outcomes of "
                "earlier ones, so there is no honest choice to score; give origins of three "
                "years or more, or nested=False"
            )


def _known_on(
    panel: Panel, target: str, origins: pd.DatetimeIndex, steps: int, actual: Actual
) -> Days:
    """Day on which each outcome came out, origins by steps; NaT where it is not out."""
    last = panel.last_known([target], origins) + panel.months[0].ordinal
    return Outcomes(panel, target, actual).at(last + np.arange(1, steps + 1), "level")[1]


def _most_known(origins: pd.DatetimeIndex, known_on: Days) -> int:
    """Most outcomes of one step that were known at the first origin of a year."""
    firsts = origins[~origins.year.duplicated()].to_numpy()
    known = known_on[None] <= firsts[:, None, None]
    return int(known.sum(axis=1).max())
