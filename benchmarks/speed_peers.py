"""Time of other packages on the same work as ours, as ratios within one run.

Usage: pip install 'tradeshock[peers]'
       OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python benchmarks/speed_peers.py [PART ...]

Parts: sktime, boosting. One thread for all. See benchmarks/README.md.

sktime
    Its ``evaluate`` with its VAR (a wrapper of statsmodels) on the reference work of kernels.py:
    240 origins, 8 series. Its points must agree with ours to 1e-6 before anything is timed.
boosting
    skforecast's direct forecaster, 12 steps of exports with intervals, on the columns that
    `GradientBoosting` takes by default, with as many boosters a step as our model has bags, trees
    of the same settings and in all no more of them, no signs. It has one number of trees for all
    steps, and its outcome is the growth of one month: the forecasts differ, the work is alike. Its
    intervals come from errors within the sample unless the table says otherwise. Its columns are
    made beforehand, ours are not. mlforecast makes points from the target and the calendar alone,
    with LightGBM's default trees.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import kernels
import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin, clone
from speed import TARGET, Row, in_turn, print_table, reference_door
from threadpoolctl import threadpool_limits

from tradeshock.features import Panel, load_panel
from tradeshock.forecast.judging.scores import scores
from tradeshock.models import VAR, GradientBoosting, LightGBMBoosting, Model
from tradeshock.models.direct.boosting import (
    DEPTH,
    FEWEST_IN_A_LEAF,
    LEAF_PENALTY,
    SHARE_OF_COLUMNS,
    BoostedTrees,
)
from tradeshock.models.direct.ridge import FEWEST_KNOWN, linear_blocks
from tradeshock.models.record.rows import forecast_rows

Floats = npt.NDArray[np.float64]
Work = Callable[[], object]

PACKAGES = (
    *("sktime", "skforecast", "mlforecast", "lightgbm"),
    *("scikit-learn", "statsmodels", "pandas", "numpy"),
)
TOLERANCE = 1e-6
STEPS = kernels.STEPS
YEAR = ("2023-01", "2023-12")
# Lags of the target's growth, as many as `GradientBoosting` takes of its own.
LAGS = (1, 2, 3, 6, 12, 24)
ERROR_YEARS = 10


def against(what: str, ours: float, goal: str, rivals: dict[str, float]) -> list[Row]:
    return [(what, ours, name, theirs, goal) for name, theirs in rivals.items()]


# -- sktime -----------------------------------------------------------------------------------


def sktime_evaluate(growth: Floats) -> Floats:
    """Points of all origins, origins by steps by series."""
    from sktime.forecasting.model_evaluation import evaluate
    from sktime.forecasting.var import VAR as Wrapper
    from sktime.split import ExpandingWindowSplitter

    # It scores every fold; the last ones end after the data, whose last month is repeated.
    longer = np.vstack([growth, np.tile(growth[-1], (STEPS, 1))])
    months = pd.period_range("1988-02", periods=len(longer), freq="M")
    origins = ExpandingWindowSplitter(np.arange(1, STEPS + 1), initial_window=kernels.FIRST)
    folds = evaluate(
        Wrapper(maxlags=kernels.LAGS),
        origins,
        pd.DataFrame(longer, months, list(kernels.SERIES)),
        strategy="refit",
        return_data=True,
    )
    return np.array([points.to_numpy() for points in folds["y_pred"]])


def levels(growth: Floats, points: Floats) -> Floats:
    """Points in growth as those of the panel's figures."""
    base = kernels.systems()["raw levels"][kernels.FIRST - 1 : len(growth)]
    return base[:, None] * np.exp(points.cumsum(axis=1))


def doors() -> dict[str, Callable[[], Any]]:
    """Ways through the public door: points, points with frame and scores, paths with both."""
    ids = kernels.SERIES
    panel, origins, screened = reference_door()

    def model(n_draws: int) -> VAR:
        return VAR(ids, lags=kernels.LAGS, calendar=False, n_draws=n_draws)

    def points() -> Floats:
        return model(1).replay_points(panel, ids, origins, STEPS)

    def scored() -> pd.DataFrame:
        paths = model(1000).replay(panel, ids[0], origins, STEPS)
        return scores(forecast_rows(list(paths), panel), reference=None)

    return {"points": points, "screened": screened, "scored": scored}


def sktime_rows() -> list[Row]:
    """All origins: the bare pass, and the doors of the package."""
    growth = kernels.systems()["growth"]
    through = doors()
    points = sktime_evaluate(growth)
    agree("the pass", kernels.var_pass(growth), points)
    agree("VAR.replay_points", through["points"](), levels(growth, points))
    passed, pointed, screened, scored, evaluated = in_turn(
        partial(kernels.var_pass, growth), *through.values(), partial(sktime_evaluate, growth)
    )
    rival, what = {"sktime evaluate": evaluated}, "VAR(6), 240 origins"
    return [
        *against(f"{what}: bare pass, points of 8 series", passed, "", rival),
        *against(f"{what}: `VAR.replay_points`, 8 series", pointed, "", rival),
        *against(f"{what}: `screen`, 1 series, tidy frame, scores", screened, ">= 300", rival),
        *against(f"{what}: `VAR.replay`, 1 series, 1,000 paths, scores", scored, "", rival),
    ]


def agree(name: str, found: Floats, expected: Floats) -> None:
    distance = kernels.relative_distance(found, expected)
    if not (found.shape == expected.shape and distance < TOLERANCE):
        raise AssertionError(f"{name} is {distance:.1e} from sktime's points")


# -- boosting ---------------------------------------------------------------------------------


def growth_and_columns(panel: Panel, origin: pd.Timestamp) -> pd.DataFrame:
    """The target's monthly growth, and beside each month the columns known after it.

    `linear_blocks` names a row by the month of step 1, which is the month after.
    """
    known = panel.as_of(origin)
    table = linear_blocks().fit_transform(known, TARGET)
    growth = np.log(known.series(TARGET)).diff().rename(TARGET)
    joined = pd.concat([growth, table.set_axis(table.index - 1)], axis=1).loc[growth.index[1:]]
    return joined.set_axis(pd.PeriodIndex(joined.index).to_timestamp()).asfreq("MS")


def bags_of(model: BoostedTrees, booster: Callable[..., Any]) -> Any:
    """As many boosters as the model has bags, each of no more trees than its own on average."""
    from sklearn.ensemble import VotingRegressor

    trees = int(model.trees(STEPS).mean())
    bags = range(model.n_bags)
    return VotingRegressor(
        [(f"bag_{seed}", booster(trees, model.learning_rate, seed)) for seed in bags]
    )


class SomeColumns(TransformerMixin, BaseEstimator):
    """The share of the columns that `GradientBoosting` shows each of its boosters."""

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    def fit(self, X: Any, y: Any = None) -> SomeColumns:
        seen = int(np.ceil(SHARE_OF_COLUMNS * X.shape[1]))
        self.columns_ = np.random.default_rng(self.seed).permutation(X.shape[1])[:seen]
        return self

    def transform(self, X: Any) -> Floats:
        return np.asarray(X)[:, self.columns_]


def scikit_booster(trees: int, rate: float, seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.pipeline import make_pipeline

    booster = HistGradientBoostingRegressor(
        learning_rate=rate,
        max_iter=trees,
        max_depth=DEPTH,
        min_samples_leaf=FEWEST_IN_A_LEAF,
        l2_regularization=LEAF_PENALTY,
        max_bins=32,
        early_stopping=False,
        random_state=seed,
    )
    return make_pipeline(SomeColumns(seed), booster)


def lightgbm_booster(trees: int, rate: float, seed: int) -> Any:
    from lightgbm import LGBMRegressor

    return LGBMRegressor(
        learning_rate=rate,
        n_estimators=trees,
        max_depth=DEPTH,
        num_leaves=2**DEPTH,
        min_child_samples=FEWEST_IN_A_LEAF,
        reg_lambda=LEAF_PENALTY,
        colsample_bytree=SHARE_OF_COLUMNS,
        max_bin=63,
        random_state=seed,
        n_jobs=1,
        verbosity=-1,
    )


def learned(table: pd.DataFrame, trees: Any) -> tuple[Any, pd.DataFrame]:
    """skforecast fitted, and its part of the table: columns known now and in two years before."""
    from skforecast.direct import ForecasterDirectMultiVariate

    part = table.loc[:, table.iloc[-1].notna() & (table.notna().sum() >= FEWEST_KNOWN)]
    forecaster = ForecasterDirectMultiVariate(
        trees,
        level=TARGET,
        steps=STEPS,
        lags={column: list(LAGS) if column == TARGET else 1 for column in part.columns},
        # Trees do not ask for it.
        transformer_series=None,
        n_jobs=1,
    )
    forecaster.fit(part, store_in_sample_residuals=True, suppress_warnings=True)
    return forecaster, part


def interval(forecaster: Any, in_sample: bool) -> pd.DataFrame:
    return forecaster.predict_interval(
        interval=[0.1, 0.9], use_in_sample_residuals=in_sample, suppress_warnings=True
    )


def skforecast(table: pd.DataFrame, trees: Any) -> pd.DataFrame:
    """One origin, intervals from errors within the sample."""
    return interval(learned(table, trees)[0], in_sample=True)


def skforecast_past_errors(table: pd.DataFrame, trees: Any) -> pd.DataFrame:
    """One origin, intervals from forecasts of ten years, each year's by a fit at its January."""
    year = (table.index[-1] + pd.DateOffset(months=1)).year
    predicted = []
    for past in range(year - ERROR_YEARS, year):
        forecaster, columns = learned(table[: f"{past - 1}-12"], trees)
        later = table.loc[: f"{past}-11", columns.columns]
        for month in range(12):
            window = later.iloc[: len(columns) + month].tail(max(LAGS))
            predicted.append(forecaster.predict(last_window=window, suppress_warnings=True)["pred"])
    points = pd.concat(predicted)
    truth = table[TARGET].reindex(points.index)
    known = truth.notna().to_numpy()
    forecaster, _ = learned(table, trees)
    forecaster.set_out_sample_residuals(
        {TARGET: truth.to_numpy()[known]}, {TARGET: points.to_numpy()[known]}
    )
    return interval(forecaster, in_sample=False)


def mlforecast(panel: Panel, origin: pd.Timestamp) -> Floats:
    """One origin, points of one model a step."""
    from peers import Known, lightgbm

    return lightgbm(direct=True)(Known.at(panel, origin))


def replays(model: Model, panel: Panel, origins: list[pd.Timestamp]) -> Work:
    return lambda: list(clone(model).replay(panel, TARGET, origins, STEPS))


def boosting_rows() -> list[Row]:
    """Twelve steps with intervals from one origin, within a year's replay and from nothing."""
    panel = load_panel()
    origins = panel.origins(*YEAR)
    points = in_turn(lambda: mlforecast(panel, origins[-1]))[0]
    rows: list[Row] = []
    for model, library in ((GradientBoosting(), "scikit-learn"), (LightGBMBoosting(), "LightGBM")):
        rows += rows_of(model, library, panel, origins)
        rows.append((rows[-1][0], rows[-1][1], "mlforecast, LightGBM, points", points, ""))
    return rows


def rows_of(
    model: BoostedTrees, library: str, panel: Panel, origins: list[pd.Timestamp]
) -> list[Row]:
    """One of our models; `library` has the same trees."""
    table = growth_and_columns(panel, origins[-1])
    boosters = {"scikit-learn": scikit_booster, "LightGBM": lightgbm_booster}
    trees = {name: bags_of(model, booster) for name, booster in boosters.items()}
    part, year, alone, past, *rivals = in_turn(
        replays(model, panel, origins[:6]),
        replays(model, panel, origins),
        replays(model, panel, origins[-1:]),
        lambda: skforecast_past_errors(table, trees[library]),
        *(partial(skforecast, table, trees[name]) for name in trees),
    )
    more = (year - part) / (len(origins) - 6)
    name = type(model).__name__
    ten = f"skforecast, {library}, errors of ten years"
    return [
        (f"{name}, one origin from nothing (errors of ten years)", alone, ten, past, ">= 6"),
        *(
            (
                f"{name}, one more origin of a year",
                more,
                f"skforecast, {rival}",
                time,
                ">= 6" if rival == library else "",
            )
            for rival, time in zip(trees, rivals, strict=True)
        ),
    ]


PARTS: dict[str, Callable[[], list[Row]]] = {"sktime": sktime_rows, "boosting": boosting_rows}


def main() -> None:
    # What other packages say about their own future is not the table's business. Recorded, because
    # sktime undoes filters.
    with threadpool_limits(1), warnings.catch_warnings(record=True):
        warnings.simplefilter("ignore")
        print_table(__doc__, PARTS, PACKAGES)


if __name__ == "__main__":
    main()
