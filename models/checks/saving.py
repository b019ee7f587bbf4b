"""Conformance of models that are written to a file and read from it."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from tempfile import TemporaryDirectory

from tradeshock.models.checks.case import STEPS, ConformanceCase, distance
from tradeshock.models.checks.conditional import conditioned
from tradeshock.models.checks.demand import demand
from tradeshock.models.conditions import Conditions
from tradeshock.models.loading import load_model
from tradeshock.models.saving.model_file import write_model


def survives_saving(case: ConformanceCase) -> None:
    """A fitted model that was saved without pickles and loaded goes on as if it never had been.

    It forecasts the same, with conditions and without, and after new figures, bit for bit.
    """
    # An early one, because not every model can be held for a day before it learned.
    earlier = case.known(case.origins[0])
    model = case.fitted(earlier)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "model.npz"
        own = write_model(model, file).values()
        loaded, other = load_model(file, trusted=own), load_model(file, trusted=own)
    free = model.forecast(STEPS)
    apart = distance(loaded.forecast(STEPS), free)
    demand(apart == 0.0, f"forecasts before and after saving are {apart:.2g} apart")
    if (series := conditioned(model)) is not None:
        ahead = Conditions.relative({series: {model.last_ + STEPS: 0.5}})
        apart = distance(loaded.forecast(STEPS, ahead), model.forecast(STEPS, ahead))
        demand(apart == 0.0, f"under conditions they are {apart:.2g} apart")
    if case.can_be_frozen:
        later = case.known()
        held = deepcopy(model).update(later, freeze=True)
        apart = distance(other.update(later, freeze=True).forecast(STEPS), held.forecast(STEPS))
        demand(apart == 0.0, f"after an update that holds all they are {apart:.2g} apart")
    apart = distance(loaded.update(earlier).forecast(STEPS), free)
    demand(apart == 0.0, f"after an update without news they are {apart:.2g} apart")
