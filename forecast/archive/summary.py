"""Scores of issued forecasts by step: how large errors were beside the walk's, how often held."""

from __future__ import annotations

import pandas as pd

COLUMNS = ["n", "mae", "mae_walk", "mae_ratio", "coverage_80", "crps_ratio"]


def summarise_scores(scores: pd.DataFrame) -> pd.DataFrame:
    """Summarise `Archive.scores` by step.

    Parameters
    ----------
    scores : DataFrame
        Of `tradeshock.forecast.archive.Archive.scores`.

    Returns
    -------
    DataFrame
        Index step; columns n (months that are out), mae and mae_walk (mean absolute errors of the
        median and of the random walk, 100 log points), mae_ratio, coverage_80 (share of outcomes
        inside the 80 % interval), crps_ratio (mean CRPS over that of the walk).
    """
    sizes = scores.assign(error=scores["error"].abs(), walk=scores["walk"].abs())
    columns = ["error", "walk", "inside", "crps", "crps_walk"]
    by_step = sizes.astype(dict.fromkeys(columns, float)).groupby("step")
    means = by_step[columns].mean()
    table = pd.DataFrame(
        {
            "n": by_step.size(),
            "mae": means["error"],
            "mae_walk": means["walk"],
            "mae_ratio": means["error"] / means["walk"],
            "coverage_80": means["inside"],
            "crps_ratio": means["crps"] / means["crps_walk"],
        },
        columns=COLUMNS,
    )
    return table.rename_axis("step")
