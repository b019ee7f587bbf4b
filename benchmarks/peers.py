"""Well-known forecasting packages on the same origins and figures: docs/accuracy-peers.md.

Usage: pip install 'tradeshock[peers]'
       python benchmarks/peers.py [--every N] [--keep peers.csv] [--write docs/accuracy-peers.md]

Protocol: at each origin after a monthly total, every peer is fitted from nothing to what was out
on that day, ``panel.as_of(origin)``, and forecasts the logarithm of the total 1 to 12 months ahead.
Errors are ``100 * (log actual - log forecast)``. `Recalibration` is read from the record that ships
with the package. AutoARIMA costs some seconds an origin: ``--every 3`` takes every third, for all
models.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

import numpy as np
import numpy.typing as npt
import pandas as pd
from pages import show

from tradeshock.features import Panel, load_panel
from tradeshock.forecast import backtest
from tradeshock.models.record.shipped import shipped_record
from tradeshock.models.systems.bvar import DEFAULT_SERIES

TARGET = "exports_total"
STATE = "after_total"
HORIZON = 12
STEPS = (1, 3, 6, 12)
WINDOWS = {"2010-2019": ("2010-01", "2019-12"), "2010-2026.04": ("2010-01", "2026-04")}
OURS = ("RandomWalk", "Recalibration")
PACKAGES = ("statsforecast", "mlforecast", "lightgbm", "statsmodels", "pandas", "numpy")
# The best of the settings tried by hand; the others are the package's defaults.
SMALL_TREES = {"num_leaves": 7, "learning_rate": 0.05}
KEYS = ["model", "origin", "step"]

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Known:
    """What a peer is given at an origin.

    Parameters
    ----------
    panel : Panel
        As of the origin.
    log_target : Series
        Months to the last published one.
    calendar : DataFrame
        The same months and the twelve ahead: log of working days, and the days before, in and
        after the lunar new year and Chuseok as shares, by the calendar known at the origin.
    """

    panel: Panel
    log_target: pd.Series
    calendar: pd.DataFrame

    @classmethod
    def at(cls, panel: Panel, origin: pd.Timestamp) -> Known:
        cut = panel.as_of(origin)
        log_target = np.log(cut.series(TARGET))
        months = pd.period_range(log_target.index[0], log_target.index[-1] + HORIZON, freq="M")
        days = np.log(cut.calendar.working_days(months))
        holidays = cut.calendar.moving_holidays(months)
        return cls(cut, log_target, holidays.assign(working_days=days))

    @property
    def past(self) -> pd.DataFrame:
        return self.calendar.iloc[: len(self.log_target)]

    @property
    def ahead(self) -> pd.DataFrame:
        return self.calendar.iloc[len(self.log_target) :]


def auto_arima(known: Known) -> Array:
    from statsforecast.models import AutoARIMA

    forecast = AutoARIMA(season_length=12).forecast(
        known.log_target.to_numpy(),
        HORIZON,
        X=known.past.to_numpy(),
        X_future=known.ahead.to_numpy(),
    )
    return np.asarray(forecast["mean"], dtype=float)


def auto_ets(known: Known) -> Array:
    from statsforecast.models import AutoETS

    forecast = AutoETS(season_length=12).forecast(known.log_target.to_numpy(), HORIZON)
    return np.asarray(forecast["mean"], dtype=float)


def lightgbm(direct: bool, **settings: float) -> Callable[[Known], Array]:
    """MLForecast on monthly changes: one model fed with its own forecasts, or one a step."""

    def forecast(known: Known) -> Array:
        from lightgbm import LGBMRegressor
        from mlforecast import MLForecast
        from mlforecast.target_transforms import Differences

        quiet = {"random_state": 0, "n_jobs": 1, "verbosity": -1}
        trees = LGBMRegressor(**quiet, **settings)
        pipeline = MLForecast(
            {"lightgbm": trees},
            freq="MS",
            lags=[*range(1, 14), 24],
            date_features=["month"],
            target_transforms=[Differences([1])],
            num_threads=1,
        )
        calendar = known.calendar.assign(
            unique_id=TARGET, ds=pd.PeriodIndex(known.calendar.index).to_timestamp()
        )
        past = calendar.iloc[: len(known.log_target)].assign(y=known.log_target.to_numpy())
        pipeline.fit(past, static_features=[], max_horizon=HORIZON if direct else None)
        ahead = calendar.iloc[len(known.log_target) :]
        return pipeline.predict(HORIZON, X_df=ahead)["lightgbm"].to_numpy(dtype=float)

    return forecast


def var(criterion: str) -> Callable[[Known], Array]:
    """Growth of the eight series of `BayesianVAR`, lags by a criterion up to 12.

    Months of the year and changes of the calendar regressors are exogenous. The sample ends with
    the last month that all series have; growth forecast for months in which the target is out
    already is replaced by the target's own.
    """

    def forecast(known: Known) -> Array:
        from statsmodels.tsa.api import VAR

        logs = np.log(known.panel.values[list(DEFAULT_SERIES)])
        growth = logs.diff().loc[known.log_target.index[1] :].dropna()
        months = pd.PeriodIndex(known.calendar.index)
        exogenous = pd.concat(
            [
                known.calendar.diff(),
                *(pd.Series((months.month == m) * 1.0, months, name=m) for m in range(2, 13)),
            ],
            axis=1,
        )
        late = pd.Period(known.log_target.index[-1], "M") - pd.Period(growth.index[-1], "M")
        fitted = VAR(growth.to_numpy(), exog=exogenous.loc[growth.index].to_numpy()).fit(
            maxlags=12, ic=criterion
        )
        ahead = exogenous.loc[growth.index[-1] + 1 :].to_numpy()
        path = fitted.forecast(
            growth.to_numpy()[-max(fitted.k_ar, 1) :], len(ahead), exog_future=ahead
        )
        return known.log_target.iloc[-1] + np.cumsum(path[late.n :, 0])

    return forecast


PEERS: dict[str, Callable[[Known], Array]] = {
    "statsforecast AutoARIMA": auto_arima,
    "statsforecast AutoETS": auto_ets,
    "mlforecast LightGBM, recursive": lightgbm(direct=False),
    "mlforecast LightGBM, direct": lightgbm(direct=True),
    "mlforecast LightGBM, recursive, small trees": lightgbm(direct=False, **SMALL_TREES),
    "mlforecast LightGBM, direct, small trees": lightgbm(direct=True, **SMALL_TREES),
    "statsmodels VAR, AIC": var("aic"),
    "statsmodels VAR, BIC": var("bic"),
}


def replay(panel: Panel, origins: list[pd.Timestamp], done: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Forecasts of every peer that are not done yet, one frame an origin."""
    finished = set(zip(done["model"], done["origin"], strict=True))
    for origin in origins:
        known = Known.at(panel, origin)
        months = known.ahead.index
        for name, peer in PEERS.items():
            if (name, origin) in finished:
                continue
            began = perf_counter()
            with warnings.catch_warnings():
                # Statsmodels' and NumPy's remarks on a fit are not the table's business.
                warnings.simplefilter("ignore")
                forecast = peer(known)
            yield pd.DataFrame(
                {
                    "model": name,
                    "origin": origin,
                    "step": np.arange(1, HORIZON + 1),
                    "month": months,
                    "forecast": forecast,
                    "seconds": perf_counter() - began,
                }
            )


def own_forecasts(panel: Panel, origins: list[pd.Timestamp]) -> pd.DataFrame:
    """Medians of the random walk, replayed, and of the default forecast, from its record."""
    walk = backtest("RandomWalk", panel, TARGET, origins, HORIZON, n_jobs=1).frame
    rows = pd.concat([walk[walk["quantity"] == "level"], shipped_record().frame])
    rows = rows[(rows["target"] == TARGET) & (rows["state"] == STATE) & rows["model"].isin(OURS)]
    return rows.assign(forecast=np.log(rows["q50"]))[[*KEYS, "month", "forecast"]]


def errors(panel: Panel, forecasts: pd.DataFrame) -> pd.DataFrame:
    """Errors of the origins that all models have: (origin, step, month) by model."""
    actual = np.log(panel.series(TARGET)).rename("actual")
    rows = forecasts.join(actual, on="month").dropna(subset="actual")
    rows["error"] = 100.0 * (rows["actual"] - rows["forecast"])
    return rows.pivot(index=["origin", "step", "month"], columns="model", values="error").dropna()


def table(errors: pd.DataFrame) -> str:
    """RMSE by window and step, with the number of months of each."""
    months = pd.PeriodIndex(errors.index.get_level_values("month"), freq="M")
    steps = errors.index.get_level_values("step")
    cells: dict[str, pd.Series] = {}
    for window, (first, last) in WINDOWS.items():
        inside = (months >= pd.Period(first, "M")) & (months <= pd.Period(last, "M"))
        for step in STEPS:
            part = errors[inside & (steps == step)]
            cells[f"{window}, step {step} (n = {len(part)})"] = np.sqrt((part**2).mean())
    rmse = pd.DataFrame(cells).loc[[*OURS, *PEERS]]
    lines = [["model", *rmse.columns], ["---", *["--:"] * len(rmse.columns)]]
    for model, row in rmse.iterrows():
        name = f"`{model}`" if model in OURS else str(model)
        lines.append([name, *(f"{v:.2f}" for v in row)])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="take every Nth origin")
    parser.add_argument("--keep", type=Path, help="CSV of forecasts that are not made again")
    parser.add_argument("--write", type=Path, help="page whose table is replaced")
    given = parser.parse_args()
    panel = load_panel()
    origins = panel.origins("2010-01", "2026-04", STATE)[:: given.every]
    columns = [*KEYS, "month", "forecast", "seconds"]
    done = pd.DataFrame(columns=columns)
    if given.keep is not None and given.keep.is_file():
        done = pd.read_csv(given.keep, parse_dates=["origin"])
    for part in replay(panel, origins, done):
        if given.keep is not None:
            part.to_csv(given.keep, mode="a", header=not given.keep.is_file(), index=False)
        done = pd.concat([done, part], ignore_index=True) if len(done) else part
    done["month"] = pd.PeriodIndex(done["month"].astype(str), freq="M")
    both = pd.concat([own_forecasts(panel, origins), done], ignore_index=True)
    both = both[both["origin"].isin(origins)]
    seconds = done.groupby("model")["seconds"].median().reindex(list(PEERS))
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    costs = "; ".join(f"{name} {value:.2f}" for name, value in seconds.items())
    text = "\n\n".join(
        [
            table(errors(panel, both)),
            f"{len(origins)} origins. Versions: {versions}.",
            f"Median seconds an origin, one thread: {costs}.",
        ]
    )
    show(text, given.write)


if __name__ == "__main__":
    main()
