"""How warnings did: hits, false alarms, Brier scores, reliability, and the lead before spells."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd

from tradeshock.forecast.warning.turning import REACH

# Edges of the classes of a reliability table.
CLASSES = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)
SPELL = 3
SCORES = (
    "n",
    "events",
    "hit_rate",
    "false_alarm_rate",
    "precision",
    "brier",
    "brier_walk",
    "brier_climatology",
    "auroc",
)


def warning_scores(events: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """Scores of past chances, by event, horizon and sample.

    Parameters
    ----------
    events : DataFrame
        Of `tradeshock.forecast.warning.past.past_events`.
    threshold : float
        A chance of at least this is a warning.

    Returns
    -------
    DataFrame
        Index event, horizon, sample ("all" origins, or "growing": those at which the last
        published month was above that of a year before, so that a fall is an onset). Columns n,
        events (how many came: falls, peaks or troughs), hit_rate (share of them that were warned
        of), false_alarm_rate (share of the others that were), precision (share of warnings that
        came true), Brier scores (Brier 1950: mean squared distance of chance and outcome) of the
        forecast, the walk and climatology, auroc (share of pairs of an event and a non-event that
        are ranked rightly; 0.5 is chance). NaN where there is nothing to divide by.
    """
    if events.empty:
        names = ["event", "horizon", "sample"]
        index = pd.MultiIndex.from_arrays([[], [], []], names=names)
        return pd.DataFrame(index=index, columns=list(SCORES), dtype=float)
    rows = {
        (str(event), int(horizon), sample): _scores(chosen, threshold)  # type: ignore[call-overload]
        for (event, horizon), group in events.groupby(["event", "horizon"], sort=False)
        for sample, chosen in (("all", group), ("growing", group[group["growing"].astype(bool)]))
    }
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(SCORES))
    table.index = pd.MultiIndex.from_tuples(rows, names=["event", "horizon", "sample"])
    return table.astype({"n": int, "events": int})


def _scores(group: pd.DataFrame, threshold: float) -> tuple[float, ...]:
    came = group["came"].to_numpy(dtype=float) == 1.0
    chance = group["chance"].to_numpy(dtype=float)
    warned = chance >= threshold
    brier = [
        _share((group[name].to_numpy(dtype=float) - came) ** 2)
        for name in ("chance", "walk", "climatology")
    ]
    return (
        len(came),
        int(came.sum()),
        _share(warned[came]),
        _share(warned[~came]),
        _share(came[warned]),
        *brier,
        _ranked_rightly(chance, came),
    )


def _share(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else np.nan


def _ranked_rightly(chance: np.ndarray, came: np.ndarray) -> float:
    """Area under the receiver operating characteristic: the Mann-Whitney statistic."""
    falls, others = int(came.sum()), int((~came).sum())
    if not falls or not others:
        return np.nan
    ranks = pd.Series(chance).rank().to_numpy()
    return float((ranks[came].sum() - falls * (falls + 1) / 2) / (falls * others))


def reliability(events: pd.DataFrame, event: str, horizon: int) -> pd.DataFrame:
    """Chances by class, and how often falls came.

    Returns
    -------
    DataFrame
        Index class ("0.1 to 0.3"); columns n, chance (mean of what was given), came (share that
        fell); classes without forecasts are missing.
    """
    group = events[(events["event"] == event) & (events["horizon"] == horizon)]
    chance = group["chance"].to_numpy(dtype=float)
    place = np.clip(np.searchsorted(CLASSES, chance, side="right") - 1, 0, len(CLASSES) - 2)
    labels = [f"{low:.1f} to {high:.1f}" for low, high in pairwise(CLASSES)]
    table = pd.DataFrame(
        {"class": place, "chance": chance, "came": group["came"].to_numpy(dtype=float)}
    )
    means = table.groupby("class").agg(
        n=("chance", "size"), chance=("chance", "mean"), came=("came", "mean")
    )
    return means.set_axis(pd.Index([labels[k] for k in means.index], name="class"))


def spells(events: pd.DataFrame, growth: pd.Series, threshold: float) -> pd.DataFrame:
    """Past spells of falls, and how many months before the first of them a warning stood.

    Parameters
    ----------
    events : DataFrame
        Of `tradeshock.forecast.warning.past.past_events`.
    growth : Series
        Published growth on a year before by month, per cent.
    threshold : float

    Returns
    -------
    DataFrame
        One row a spell of at least `SPELL` months below the year before whose first month was
        forecast. Columns first, last (months), months, deepest (per cent), chance (of the first
        month, one step ahead), lead: steps without a break, from the last forecast back, at
        which the chance of the first month's fall was at least the threshold; 0 is no warning.
    """
    given = events[events["event"] == "fall"].set_index(["month", "horizon"])["chance"]
    fallen = growth < 0.0
    runs = growth[fallen].groupby((fallen != fallen.shift()).cumsum()[fallen])
    rows = []
    for _, run in runs:
        first = run.index[0]
        if len(run) < SPELL or (first, 1) not in given.index:
            continue
        ahead = given.xs(first, level="month").sort_index()
        rows.append(
            {
                "first": first,
                "last": run.index[-1],
                "months": len(run),
                "deepest": float(run.min()),
                "chance": float(ahead.loc[1]),
                "lead": int((ahead >= threshold).cummin().sum()),
            }
        )
    return pd.DataFrame(rows, columns=["first", "last", "months", "deepest", "chance", "lead"])


def past_turns(
    events: pd.DataFrame, turns: pd.Series, threshold: float, horizon: int
) -> pd.DataFrame:
    """Past turning points, and how many months before each of them the first warning came.

    Parameters
    ----------
    events : DataFrame
        Of `tradeshock.forecast.warning.past.past_events`.
    turns : Series
        "peak" or "trough" by month (`tradeshock.forecast.warning.turning.dated_turning_points`).
    threshold : float
    horizon : int
        Months ahead up to which a turning point was asked for: 0, 3 or 6.

    Returns
    -------
    DataFrame
        One row a turning point that forecasts from `horizon` months before it on could see.
        Columns month, turn, chance (on the day on which the month's own figure came out), lead:
        how many months before that day's figure the first chance of at least the threshold
        stood, negative after it, NaN if none did before the turning point could be dated.
    """
    given = events[events["horizon"] == horizon]
    chances = {str(turn): group for turn, group in given.groupby("event")}
    rows = []
    for month, turn in zip(pd.PeriodIndex(turns.index), turns, strict=True):
        group = chances.get(str(turn))
        if group is None:
            continue
        # Months from the last published one, that of a forecast, to the turning point.
        ahead = month.ordinal - (pd.PeriodIndex(group["month"]).asi8 - horizon)
        chance = pd.Series(group["chance"].to_numpy(dtype=float), ahead)
        if horizon not in chance.index:
            continue
        warned = chance.index[(chance >= threshold) & (ahead <= horizon) & (ahead > -REACH)]
        lead = float(warned.max()) if len(warned) else np.nan
        rows.append({"month": month, "turn": turn, "chance": chance.get(0), "lead": lead})
    return pd.DataFrame(rows, columns=["month", "turn", "chance", "lead"])
