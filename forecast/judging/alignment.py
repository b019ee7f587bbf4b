"""Figures of the same months side by side, by their labels where they have any."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import ScoreError
from tradeshock.forecast.judging.arguments import floats

Array = npt.NDArray[np.float64]


def by_month(*given: npt.ArrayLike) -> tuple[Array, ...]:
    """Arrays of floats whose rows are the same months, in order.

    Plain arrays are taken row by row. Series and frames are matched by their labels: where these
    are months (or days of which no two are in one month), every calendar month from the first to
    the last gets a row, NaN where there is no figure, so that lags are months; other labels have
    to be the same everywhere and keep the order of the first. Beside a plain array, which has
    nothing to match, labelled figures are taken row by row as well, if their labels agree in
    order.

    Parameters
    ----------
    *given
        Vectors, or tables with one row a month.

    Raises
    ------
    ScoreError
        If labels repeat, or differ and are no months.
    """
    labelled = [x for x in given if isinstance(x, pd.Series | pd.DataFrame)]
    if len(labelled) < len(given):
        return same_rows(*given)
    order = _rows(labelled)
    return tuple(floats(_dated(x).reindex(order)) for x in labelled)


def same_rows(*given: npt.ArrayLike) -> tuple[Array, ...]:
    """Arrays of floats whose rows are the same already.

    Raises
    ------
    ScoreError
        If two Series do not have the same labels in the same order, lengths differ, or something
        is no figure.
    """
    indexes = [x.index for x in given if isinstance(x, pd.Series | pd.DataFrame)]
    if any(not index.equals(indexes[0]) for index in indexes[1:]):
        raise ScoreError(
            "The labels are not the same in the same order; align the one to the other first: "
            "forecast.reindex(actual.index)."
        )
    arrays = tuple(floats(x) for x in given)
    rows = {len(x) for x in arrays if x.ndim} - {1}
    if len(rows) > 1:
        raise ScoreError(
            f"Figures of shapes {[x.shape for x in arrays]} cannot be compared; hand in the same "
            "months of all."
        )
    return arrays


def _dated(x: "pd.Series | pd.DataFrame") -> "pd.Series | pd.DataFrame":
    """The same with days replaced by their months."""
    if isinstance(x.index, pd.DatetimeIndex):
        return x.set_axis(x.index.tz_localize(None).to_period("M"), axis=0)
    return x


def _rows(labelled: "list[pd.Series | pd.DataFrame]") -> pd.Index:
    """Labels of the rows that all get."""
    indexes = [_dated(x).index for x in labelled]
    for index in indexes:
        if index.has_duplicates:
            raise ScoreError(
                f"{index[index.duplicated()][0]} is there more than once; tests take one figure "
                "a month, so choose one step and state first."
            )
    first = indexes[0]
    if all(isinstance(index, pd.PeriodIndex) and index.freqstr == "M" for index in indexes):
        months = [index for index in indexes if len(index)]
        if not months:
            return first
        begin, end = min(m.min() for m in months), max(m.max() for m in months)
        return pd.period_range(begin, end, freq="M")
    for index in indexes[1:]:
        if len(strange := first.symmetric_difference(index)):
            raise ScoreError(
                f"The labels of the two do not agree: {len(strange)} are in one only, such as "
                f"{strange[0]}. Hand in the same months of both."
            )
    return first
