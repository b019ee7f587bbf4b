"""Past chances, those of the walk and of climatology beside them, and what came."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.backtesting.functionals import adjusted_fall, any_fall, reduce
from tradeshock.forecast.warning.chances import falls_by_month, recorded_falls
from tradeshock.forecast.warning.turning import REACH, turning_by
from tradeshock.models.record.record import Record
from tradeshock.models.univariate.random_walk import RandomWalk

# The record has no months further ahead for which the month a year before is published.
STEPS = 12
TURNS = ("peak", "trough")
EVENTS = ("fall", "any_fall", "adjusted_fall", *TURNS)
COLUMNS = (
    "event",
    "horizon",
    "origin",
    "month",
    "chance",
    "walk",
    "climatology",
    "growing",
    "came",
)


def past_events(
    panel: Panel,
    target: str,
    model: str,
    state: str,
    record: Record | None,
    functionals: pd.DataFrame | None,
) -> pd.DataFrame:
    """Chances that past forecasts gave of falls whose outcome is out.

    Parameters
    ----------
    panel : Panel
        As of the day on which the question is asked: later outcomes do not count.
    target, model, state : str
    record : Record, optional
        Past forecasts; only those are used, never fitted values.
    functionals : DataFrame, optional
        Of whole paths, as `tradeshock.models.record.shipped.shipped_functionals`.

    Returns
    -------
    DataFrame
        One row an event, horizon and origin, origins ascending. Columns event ("fall": of a month
        below that of a year before; "any_fall", "adjusted_fall": see
        `tradeshock.forecast.backtesting.functionals`; "peak", "trough": see
        `tradeshock.forecast.warning.turning.turning_by`), horizon (months ahead), origin, month
        (the horizon's last), chance, walk (that of `RandomWalk` from the same figures),
        climatology (of the outcomes known at the origin, by Laplace's rule (k + 1) / (n + 2)),
        growing (whether the last published month was above that of a year before), came (1 or 0).
    """
    rows = _rows(record, target, model, state, panel)
    if rows.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    origins = [pd.Timestamp(day) for day in np.sort(rows["origin"].unique())]
    walk = list(RandomWalk().replay(panel, target, origins, STEPS))
    first = {paths.origin: paths.index[0] for paths in walk}
    reducers = {
        "fall": falls_by_month,
        "any_fall": any_fall,
        "adjusted_fall": adjusted_fall(panel),
        "peak": turning_by(panel, "peak"),
        "trough": turning_by(panel, "trough"),
    }
    beside = reduce(walk, reducers, panel).rename(
        columns={"functional": "event", "value": "walk", "actual": "came"}
    )
    beside["horizon"] = _months(beside["item"])
    events = _claims(rows, panel.values[target], functionals, state).merge(
        beside[["event", "horizon", "origin", "walk", "came"]], on=["event", "horizon", "origin"]
    )
    starts = pd.PeriodIndex([first[origin] for origin in events["origin"]], freq="M")
    events["month"] = starts + (events["horizon"].to_numpy(dtype=int) - 1)
    growing = rows.groupby("origin")["last_yoy"].first() >= 0.0
    events["growing"] = events["origin"].map(growing)
    events = events.dropna(subset=["chance", "came"]).sort_values(
        ["event", "horizon", "origin"], ignore_index=True
    )
    if events.empty:
        # Forecasts without an outcome yet, as that of the first day of a young past.
        return pd.DataFrame(columns=list(COLUMNS))
    events["climatology"] = _climatology(events, _released(panel, target))
    return events[list(COLUMNS)]


def _rows(record: Record | None, target: str, model: str, state: str, panel: Panel) -> pd.DataFrame:
    """Forecasts of the record up to the panel's own day."""
    frame = Record().frame if record is None else record.as_of(panel.origin).frame
    kept = (frame["model"] == model) & (frame["target"] == target) & (frame["state"] == state)
    return frame[kept & (frame["step"] <= STEPS)]


def _claims(
    rows: pd.DataFrame, published: pd.Series, functionals: pd.DataFrame | None, state: str
) -> pd.DataFrame:
    """Chances that were given: of single months, and of several together."""
    single = pd.DataFrame(
        {
            "event": "fall",
            "horizon": rows["step"].to_numpy(dtype=int),
            "origin": rows["origin"].to_numpy(),
            "chance": recorded_falls(rows, published),
        }
    )
    if functionals is None:
        return single
    kept = functionals[
        (functionals["state"] == state)
        & functionals["functional"].isin(EVENTS)
        & functionals["origin"].isin(rows["origin"].unique())
    ]
    joint = pd.DataFrame(
        {
            "event": kept["functional"].to_numpy(),
            "horizon": _months(kept["item"]).to_numpy(),
            "origin": kept["origin"].to_numpy(),
            "chance": kept["value"].to_numpy(dtype=float),
        }
    )
    return pd.concat([single, joint], ignore_index=True)


def _months(items: pd.Series) -> pd.Series:
    """Months ahead that labels such as "any of 3" and "by step 6" end with."""
    return items.str.split().str[-1].astype(int)


def _released(panel: Panel, target: str) -> pd.Series:
    """Days on which months of the target came out."""
    column = panel.values.columns.get_loc(target)
    days = panel.release_dates[:, column].astype("datetime64[ns]")
    return pd.Series(days, panel.values.index)


def _climatology(events: pd.DataFrame, released: pd.Series) -> pd.Series:
    """Share of outcomes that were known at each origin, by event and horizon."""
    parts = []
    for (event, _), group in events.groupby(["event", "horizon"], sort=False):
        # Whether a month was a turning point is settled by the months after it.
        settled = pd.PeriodIndex(group["month"]) + (REACH if event in TURNS else 0)
        known_on = released[settled].to_numpy()
        known = np.searchsorted(known_on, group["origin"].to_numpy(), side="right")
        came = np.concatenate([[0.0], np.cumsum(group["came"].to_numpy(dtype=float))])
        parts.append(pd.Series((came[known] + 1.0) / (known + 2.0), group.index))
    return pd.concat(parts)
