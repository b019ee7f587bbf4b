"""A fit or an update that is refused leaves a model as it was, members included."""

from __future__ import annotations

import numpy as np
import pytest

from tradeshock.features import Panel, ReleaseRule
from tradeshock.features.errors import ModelError, ShortHistoryError
from tradeshock.models import (
    AutoRegression,
    Combination,
    FlashBridge,
    ForecastPaths,
    Model,
    RandomWalk,
)

TARGET = "exports_total"
# Needs 83 months, which it says when it learns: later than the others.
LONG = AutoRegression(lags=40)


@pytest.fixture(scope="module")
def known(panel: Panel) -> Panel:
    return panel.as_of("2020-03-05")


def young(panel: Panel, months: int) -> Panel:
    """The newest months alone."""
    return Panel.from_frame(panel.series(TARGET).iloc[-months:], ReleaseRule(day=1), "KR")


def unmoved(after: ForecastPaths, before: ForecastPaths) -> bool:
    same = after.origin == before.origin and after.history.equals(before.history)
    return same and np.array_equal(after.values, before.values)


@pytest.mark.parametrize("freeze", [False, True])
def test_a_refused_update_leaves_the_old_forecast_under_its_own_origin(
    panel: Panel, known: Panel, freeze: bool
) -> None:
    model = RandomWalk(n_draws=50).fit(known)
    before = model.forecast(2)
    with pytest.raises(ShortHistoryError, match="needs 36 months of exports_total, got 12"):
        model.update(young(panel, 12), freeze=freeze)
    assert unmoved(model.forecast(2), before)


@pytest.mark.parametrize(
    "model", [LONG, Combination([RandomWalk(), LONG], "equal"), FlashBridge(LONG)]
)
def test_what_is_refused_late_leaves_those_inside_as_they_were(
    panel: Panel, known: Panel, model: Model
) -> None:
    model = model.set_params(n_draws=50).fit(known, TARGET)
    before = model.forecast(2)
    with pytest.raises(ShortHistoryError, match="needs 83 months for 40 lags, got 50"):
        model.update(young(panel, 50))
    assert unmoved(model.forecast(2), before)
    with pytest.raises(ShortHistoryError, match="needs 83 months"):
        model.fit(young(panel, 50), TARGET)
    assert unmoved(model.forecast(2), before)


def test_a_first_fit_that_is_refused_leaves_it_unfitted(panel: Panel) -> None:
    model = RandomWalk()
    with pytest.raises(ShortHistoryError):
        model.fit(young(panel, 12))
    with pytest.raises(ModelError, match="this RandomWalk is not fitted"):
        model.forecast(1)
