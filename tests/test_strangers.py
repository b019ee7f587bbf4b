"""What is no model, where a model is wanted: names, classes and other libraries' estimators."""

import pandas as pd
import pytest
from sklearn.linear_model import Ridge

from tradeshock.features import Panel
from tradeshock.features.errors import BacktestError, ModelError
from tradeshock.forecast import backtest, monthly_forecast, search
from tradeshock.models import Combination, FlashBridge, RandomWalk, Recalibration


class AutoTheta:
    """Looks like a forecaster of statsforecast's: nothing but its module matters."""

    def __repr__(self) -> str:
        return "AutoTheta()"


AutoTheta.__module__ = "statsforecast.models"


class Naive(AutoTheta):
    """Looks like one of sktime's."""


Naive.__module__ = "sktime.forecasting.naive"

WAYS = [
    ("RandomWalk", r"'RandomWalk' is the name of one: give RandomWalk\(\) or make_model"),
    (AutoTheta(), r"another library's: give tradeshock.models.FromStatsForecast\(AutoTheta"),
    (Naive(), r"give tradeshock.models.FromSktime\(Naive\(...\)\)"),
    (Ridge(), r"give tradeshock.models.FromRegressor\(Ridge\(...\)\)"),
    (RandomWalk, "RandomWalk is a class: give an instance of it"),
    (3, "3 is none: give an instance of a subclass of tradeshock.models.Model"),
]


@pytest.mark.parametrize(("stranger", "message"), WAYS)
def test_members_that_are_no_models_are_named_with_the_way(
    stranger: object, message: str, panel: Panel
) -> None:
    pools = [Combination([RandomWalk(), stranger]), Recalibration(stranger)]  # type: ignore[list-item, arg-type]
    for pool in pools:
        with pytest.raises(ModelError, match=message):
            backtest(pool, panel, origins=["2024-05-01"], steps=1, n_jobs=1)
    for whole in (*pools, FlashBridge(stranger)):  # type: ignore[arg-type]
        with pytest.raises(ModelError, match=message):
            whole.fit(panel)
    assert "RandomWalk" in pools[0].name


@pytest.mark.parametrize(("stranger", "message"), WAYS[1:])
def test_models_that_are_none_are_named_with_the_way(
    stranger: object, message: str, panel: Panel
) -> None:
    with pytest.raises(BacktestError, match=message):
        backtest(["RandomWalk", stranger], panel)  # type: ignore[list-item]
    with pytest.raises(BacktestError, match=message):
        search(stranger, {"lags": [1]}, panel)  # type: ignore[arg-type]
    with pytest.raises(ModelError, match=message):
        monthly_forecast(model=stranger)  # type: ignore[arg-type]


@pytest.mark.parametrize("members", ["VAR", 3, {"a": RandomWalk()}])
def test_members_in_no_list_are_named(members: object, panel: Panel) -> None:
    with pytest.raises(ModelError, match="expected models in a list or tuple"):
        backtest(Combination(members), panel, origins=["2024-05-01"], n_jobs=1)  # type: ignore[arg-type]


def test_a_table_is_shown_the_way_to_a_panel() -> None:
    table = pd.DataFrame({"exports_total": [1.0, 2.0]})
    with pytest.raises(ModelError, match=r"got DataFrame; load_panel\(\) .* Panel.from_frame"):
        RandomWalk().fit(table)  # type: ignore[arg-type]
