"""Which rows of a tidy frame a picture is of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from tradeshock.features.errors import ScoreError
from tradeshock.forecast.judging.scorable import with_outcomes

ERROR_UNITS = {"level": "100 log points, about %", "yoy": "percentage points"}
STATE_WORDS = {
    "after_total": "made on the day of the last total",
    "after_10d": "made once 10 days of the first month were counted",
    "after_20d": "made once 20 days of the first month were counted",
}


def one_kind(frame: pd.DataFrame, quantity: str) -> pd.DataFrame:
    """Rows of one quantity, of a frame with one target and one state.

    Raises
    ------
    ScoreError
        If there are none, none has an outcome, or there are several targets or states.
    """
    with_outcomes(frame)
    rows = frame[frame["quantity"] == quantity]
    if rows.empty:
        raise ScoreError(
            f"no forecasts of quantity {quantity!r}; there are {sorted(set(frame['quantity']))}"
        )
    for column in ("target", "state"):
        if len(found := sorted(set(rows[column]))) > 1:
            raise ScoreError(
                f"one picture cannot show several {column}s, and the frame has {found}; choose "
                f"one: frame[frame[{column!r}] == {found[0]!r}]"
            )
    return rows


def known(wanted: Sequence[object] | None, rows: pd.DataFrame, column: str) -> list[object]:
    """Return what is wanted of a column, by default all of it in order of appearance.

    Raises
    ------
    ScoreError
        If the rows have nothing of it.
    """
    there = list(dict.fromkeys(rows[column]))
    if wanted is None:
        return there
    if missing := [value for value in wanted if value not in there]:
        raise ScoreError(f"no forecasts of {column} {missing}; there are {there}")
    return list(wanted)


def models_of(wanted: Sequence[str] | None, rows: pd.DataFrame) -> list[str]:
    """Return the models that are wanted, by default all."""
    return [str(model) for model in known(wanted, rows, "model")]


def span(rows: pd.DataFrame) -> str:
    """First and last target month with an outcome, in words."""
    months = pd.PeriodIndex(rows.loc[rows["actual"].notna(), "month"])
    return f"{months.min().strftime('%b %Y')} to {months.max().strftime('%b %Y')}"


def state_words(rows: pd.DataFrame) -> str:
    """When forecasts were made: which of the target's own releases were out."""
    state = str(rows["state"].iloc[0])
    return STATE_WORDS.get(state, state)


def spoken(items: Iterable[object]) -> str:
    """Items as people list them: "1, 6 and 12"."""
    words = [str(item) for item in items]
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
