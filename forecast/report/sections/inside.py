"""Inside the models: what the forecast and its interval are made of."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradeshock.features.errors import ModelError
from tradeshock.forecast.interpretation.explanation import Explanation, explain
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.report.elements import (
    Block,
    Cell,
    Fold,
    Paragraph,
    Table,
    number,
    share,
)
from tradeshock.forecast.report.sections.changes import correction_words
from tradeshock.forecast.report.words import Words

STEPS = (1, 3, 6, 12)
SHOWN_INDICATORS = 8
SHOWN_MISSES = 4
# What is added on the way from the members' mean to the forecast; less is not worth a column.
ADDED = ("pooling", "correction", "rest", "judgement")
SMALLEST = 0.005


def inside(forecast: MonthlyForecast, words: Words) -> list[Block]:
    """Take the forecast apart; nothing of a target without growth rates."""
    try:
        made = explain(forecast)
    except ModelError:
        return []
    months = pd.PeriodIndex(forecast.paths.index)
    shown = months[[step - 1 for step in STEPS if step <= len(months)]]
    folds: list[Block] = []
    if len(made.weights):
        folds.append(Fold(words("inside.members"), _members(made, shown, words)))
    if len(made.contributions):
        folds.append(Fold(words("inside.indicators"), _indicators(made, words)))
    # Of a model that learns nothing from its misses the width is as it was drawn.
    if (made.width[["learned", "recent"]] != 1.0).any(axis=None):
        folds.append(Fold(words("inside.width"), _width(made, shown, words)))
    if len(made.recent_misses):
        folds.append(Fold(words("inside.misses"), _misses(made, words)))
    return [Paragraph(words("inside.lead")), *folds] if folds else []


def _members(made: Explanation, months: pd.PeriodIndex, words: Words) -> Table:
    """Members' forecasts with their weights, and what is added to their mean."""
    rows: list[list[Cell | str]] = []
    for member in made.weights.index.unique("member"):
        own = made.weights.xs(member, level="member").loc[months]
        cells = zip(own["growth"].to_numpy(), own["weight"].to_numpy(), strict=True)
        pairs = [_pair(growth, weight) for growth, weight in cells]
        rows.append([str(member), *pairs])
    for name in ADDED:
        amounts = made.points.loc[months, name].to_numpy(dtype=float)
        if np.abs(amounts).max() >= SMALLEST:
            shown = words(f"inside.{name}")
            if name == "correction":
                shown = correction_words(made.forecast, made.corrected_by, words)
            rows.append([shown, *(number(x, 2, sign=True) for x in amounts)])
    total = made.points.loc[months, "forecast"].to_numpy(dtype=float)
    rows.append([words("inside.forecast"), *(number(x, 2, sign=True) for x in total)])
    caption = words("inside.members_caption", month=words.month(made.forecast.last.month))
    return _table("members", caption, words("inside.member"), months, rows, words)


def _pair(growth: float, weight: float) -> Cell:
    """Forecast of a member, with its weight in per cent in brackets."""
    return Cell(f"{growth:+z.2f} ({share(weight).text})", float(growth))


def _indicators(made: Explanation, words: Words) -> Table:
    """What indicators add in the members that are regressions."""
    table = made.top(SHOWN_INDICATORS, STEPS)
    months = pd.PeriodIndex(table.columns)
    rows: list[list[Cell | str]] = [
        [words.foreign(str(title)), *(number(x, 2, sign=True) for x in row)]
        for (_, title), row in zip(table.index, table.to_numpy(dtype=float), strict=True)
    ]
    names = ", ".join(str(name) for name in table.index.unique("member"))
    caption = words("inside.indicators_caption", members=names)
    return _table("indicators-inside", caption, words("inside.indicator"), months, rows, words)


def _width(made: Explanation, months: pd.PeriodIndex, words: Words) -> Table:
    """What the width of the 80 % interval is made of."""
    columns = {"drawn": 1, "learned": 2, "recent": 2, "width": 1}
    rows: list[list[Cell | str]] = [
        [
            words(f"inside.{name}"),
            *(number(float(x), digits) for x in made.width.loc[months, name].to_numpy()),
        ]
        for name, digits in columns.items()
    ]
    caption = words("inside.width_caption")
    return _table("width", caption, words("inside.part"), months, rows, words)


def _misses(made: Explanation, words: Words) -> Table:
    """Last misses by which intervals are widened."""
    misses = made.recent_misses.iloc[-SHOWN_MISSES:]
    months = pd.PeriodIndex(misses.index)
    rows: list[list[Cell | str]] = [
        [
            words.month(month, short=True),
            *(number(float(x), 1, sign=True) for x in row[["step_1", "step_2", "step_3"]]),
            number(float(row["size"]), 1),
            share(float(row["weight"])),
        ]
        for month, (_, row) in zip(months, misses.iterrows(), strict=True)
    ]
    headers = [words("heads.month"), *(words("heads.at_step", step=s) for s in (1, 2, 3))]
    headers += [words("inside.size"), words("inside.weight")]
    return Table("misses", words("inside.misses_caption"), headers, rows)


def _table(
    name: str,
    caption: str,
    first: str,
    months: pd.PeriodIndex,
    rows: list[list[Cell | str]],
    words: Words,
) -> Table:
    return Table(name, caption, [first, *(words.month(m, short=True) for m in months)], rows)
