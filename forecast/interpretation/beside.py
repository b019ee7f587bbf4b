"""What makes a forecast beside the indicators of one member."""

from __future__ import annotations

import pandas as pd

from tradeshock.forecast.news.correction import correction_name

# Less than this is the rounding of sums, 100 log points.
NOTHING = 1e-9


def weight_of(member: str, weights: pd.DataFrame, months: pd.PeriodIndex) -> pd.Series | None:
    """Weight of a member in the whole by month; None where it is a part of another member.

    Parameters
    ----------
    member : str
    weights : DataFrame
        `tradeshock.forecast.interpretation.weights`; no rows of a forecast without members.
    months : PeriodIndex
    """
    if weights.empty:
        return pd.Series(1.0, months)
    if member not in weights.index.unique("member"):
        return None
    own: pd.Series = weights["weight"].xs(member, level="member")
    return own.reindex(months)


def beside(
    member: str, weights: pd.DataFrame, points: pd.DataFrame, corrections: pd.DataFrame
) -> pd.DataFrame:
    """Return what is added to a member's forecast at its weight on the way to the whole.

    Parameters
    ----------
    member : str
    weights, points, corrections : DataFrame
        Of `tradeshock.forecast.interpretation`.

    Returns
    -------
    DataFrame
        Index name: other members at their weights, pooling, corrections by their indicators, rest
        and judgement, as far as there are such; columns month, 100 log points.
    """
    added = (weights["weight"] * weights["growth"]).unstack("month")
    rows = {str(name): row for name, row in added.iterrows() if name != member}
    for name in ("pooling", "correction", "rest", "judgement"):
        if name == "correction":
            rows |= named_corrections(corrections)
        else:
            rows[name] = points[name]
    table = pd.DataFrame.from_dict(rows, orient="index").reindex(columns=points.index)
    return table[table.abs().max(axis=1) > NOTHING]


def named_corrections(corrections: pd.DataFrame) -> dict[str, pd.Series]:
    """Corrections by month, each called by its indicator."""
    by_series = corrections["correction"].groupby(level="series", sort=False)
    return {correction_name([str(id)]): part.droplevel("series") for id, part in by_series}
