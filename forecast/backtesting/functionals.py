"""What needs whole paths: reduced from them before a backtest drops them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from tradeshock.features.errors import ModelError
from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.monthly.views import adjusted_levels
from tradeshock.models.paths import ForecastPaths

Functional = Callable[[ForecastPaths], "float | pd.Series[float]"]

# Months ahead over which falls are counted.
HORIZONS = (3, 6, 12)
STATISTICS = {"q10": 0.1, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q90": 0.9}
COLUMNS = ("model", "target", "origin", "state", "functional", "item", "value", "actual")


def year_total(paths: ForecastPaths) -> pd.Series[float]:
    """Totals of calendar years, published months included.

    Returns
    -------
    Series
        Mean and quantiles of each year, labelled "2026 mean", "2026 q10", ..., "2026 q90".
    """
    return _summary(paths.total(by="year"))


def jan_feb(paths: ForecastPaths) -> pd.Series[float]:
    """Totals of January and February, labelled as `year_total`."""
    return _summary(paths.total(by="JanFeb"))


def any_fall(paths: ForecastPaths) -> pd.Series[float]:
    """Chance that some month of the next 3, 6 or 12 falls short of the same month a year before.

    Returns
    -------
    Series
        Labelled "any of 3", "any of 6", "any of 12", as far as the paths reach.
    """
    own = np.log(paths.draws())
    before = np.log(paths.history.iloc[-12:, 0].to_numpy(dtype=float))
    shared = min(len(before), own.shape[1])
    fallen = own[:, :shared] < before[:shared]
    return pd.Series(
        {f"any of {k}": fallen[:, :k].any(axis=1).mean() for k in HORIZONS if k <= shared}
    )


def adjusted_fall(panel: Panel) -> Functional:
    """Return a functional: chance that the adjusted level of three months is lower than it was.

    The level is the mean log of three months net of calendar and month effects
    (`tradeshock.models.adjustment`, estimated on the history of the forecast); it is compared with
    that of the last three published months, so that base effects play no part.

    Parameters
    ----------
    panel : Panel
        Whose working days count, as they were known at each origin.

    Returns
    -------
    function
        Of a forecast; gives a Series labelled "by step 3", "by step 6", "by step 12".
    """

    def falls(paths: ForecastPaths) -> pd.Series[float]:
        past, level = adjusted_levels(paths, panel)
        now = past.iloc[-3:].mean()
        lower = {k: level[:, k - 3 : k].mean(axis=1) < now for k in HORIZONS if k <= len(level.T)}
        return pd.Series({f"by step {k}": below.mean() for k, below in lower.items()})

    return falls


def _summary(totals: pd.DataFrame) -> pd.Series[float]:
    table = np.quantile(totals.to_numpy(), list(STATISTICS.values()), axis=0)
    table = np.vstack([totals.to_numpy().mean(axis=0), table])
    labels = [f"{period} {name}" for period in totals.columns for name in ("mean", *STATISTICS)]
    return pd.Series(table.T.ravel(), labels, dtype=float)


def reduce(
    forecasts: Iterable[ForecastPaths], functionals: Mapping[str, Functional], panel: Panel
) -> pd.DataFrame:
    """Apply functionals to forecasts, and to what came out.

    Parameters
    ----------
    forecasts : iterable of ForecastPaths
    functionals : mapping of str to function
        Each takes a forecast and returns a number, or a Series of them with labels.
    panel : Panel
        Holds the outcomes.

    Returns
    -------
    DataFrame
        Columns ``model, target, origin, state, functional, item, value, actual``; item is the
        Series' label, or empty. Actual is the same functional of the one path that came true, as
        far as it is out; NaN where it does not give that item.

    Raises
    ------
    ModelError
        If a functional returns anything else.
    """
    rows: list[tuple[object, ...]] = []
    for paths in forecasts:
        true = _came_true(paths, panel)
        for name, functional in functionals.items():
            rows += _rows(paths, true, name, functional)
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"origin": "datetime64[ns]"})


def _rows(
    paths: ForecastPaths, true: ForecastPaths | None, name: str, functional: Functional
) -> Iterator[tuple[object, ...]]:
    values = _items(name, functional(paths))
    actual = {} if true is None else _items(name, functional(true))
    for item, value in values.items():
        where = (paths.model, paths.series[0], paths.origin, paths.state)
        yield (*where, name, item, value, actual.get(item, np.nan))


def _items(name: str, result: object) -> dict[str, float]:
    if isinstance(result, pd.Series):
        return {str(label): float(value) for label, value in result.items()}
    if isinstance(result, int | float | np.number):
        return {"": float(result)}
    raise ModelError(
        f"the functional {name!r} returned {type(result).__name__}; return a number or a Series"
    )


def _came_true(paths: ForecastPaths, panel: Panel) -> ForecastPaths | None:
    """Return the one path that came true, as far as all its series are out."""
    at = panel.months.get_indexer(paths.index)
    table = np.where(at[:, None] >= 0, panel.figures(paths.series)[at], np.nan)
    missing = np.flatnonzero(np.isnan(table).any(axis=1))
    known = int(missing[0]) if len(missing) else len(table)
    if known == 0:
        return None
    return replace(paths, values=table[None, :known], index=paths.index[:known])
