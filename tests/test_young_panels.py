"""Targets too young in January: what an origin finds is the same however it is reached."""

import numpy as np
import pandas as pd
import pytest

from tradeshock.features.panel.panel import Panel
from tradeshock.models.base import Model
from tradeshock.models.checks.case import disturbed
from tradeshock.models.nowcast.bridge import FlashBridge
from tradeshock.models.systems.bvar import BayesianVAR
from tradeshock.models.systems.factor import DynamicFactor
from tradeshock.models.univariate.random_walk import RandomWalk

TARGET = "exports_total"
SYSTEM = (TARGET, "us_ip", "usdkrw")
CARRIER = BayesianVAR(series=SYSTEM, n_draws=40)


def _since(panel: Panel, first: str) -> Panel:
    """Return the panel with the target's figures from one month on."""
    values = panel.values.copy()
    values.loc[values.index < pd.Period(first, "M"), TARGET] = np.nan
    return Panel(values, panel.catalog, panel.calendar, panel.origin)


@pytest.fixture(scope="module")
def young(panel):
    return _since(panel, "2016-03")


def _apart(model: Model, panel: Panel, origins: list[pd.Timestamp]) -> list[float]:
    """Largest relative difference of replay and slow path at each origin."""
    fast = model.replay(panel, TARGET, origins, 3)
    slow = [model.fit(panel.as_of(origin), TARGET).forecast(3) for origin in origins]
    return [
        float(np.abs(paths.values / alone.values - 1.0).max())
        for paths, alone in zip(fast, slow, strict=True)
    ]


@pytest.mark.parametrize(
    ("model", "first"), [(CARRIER, "2021-03"), (DynamicFactor(SYSTEM, n_draws=40), "2022-04")]
)
def test_an_origin_is_the_same_wherever_its_replay_starts(young, model, first):
    month = pd.Period(first, "M")
    origins = young.origins(month, month + 5)[::2]
    assert max(_apart(model, young, origins)) < 1e-9
    assert max(_apart(model, young, origins[1:])) < 1e-9


def test_a_bridge_on_a_young_target_does_not_look_ahead(young):
    origins = young.origins("2021-03", "2021-08")
    bridge, cut = FlashBridge(CARRIER, n_draws=40), origins[-4]
    ours = bridge.replay(young, TARGET, origins, 3)
    theirs = bridge.replay(disturbed(young, cut), TARGET, origins, 3)
    for before, after in zip(list(ours)[:-3], theirs, strict=False):
        np.testing.assert_array_equal(before.values, after.values, str(before.origin))


def test_a_bridge_reads_only_months_that_its_carrier_could_expect(panel):
    """Counts begin in 2016, the target in 2019, the carrier needs three years."""
    late = _since(panel, "2019-01")
    origins = late.origins("2023-09", "2023-11", "after_20d")
    bridge = FlashBridge(RandomWalk(), n_draws=40)
    assert max(_apart(bridge, late, origins)) < 1e-9
    fitted = bridge.fit(late.as_of(late.origins("2024-03", "2024-03", "after_20d")[0]), TARGET)
    # From January 2022 to February 2024, less half of the fewest months that errors need.
    assert fitted.nowcast_ is not None
    assert len(fitted.errors_) == 26 - 9
