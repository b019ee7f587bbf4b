"""Tables, days and months taken apart into plain values and arrays, and put together again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

# Numbers, flags, days, texts and bytes; objects and records of fields are none of these.
PLAIN_ARRAYS = frozenset("biufcmMUS")
TEXTS = frozenset(("object", "str", "string"))
# Numbers and flags of pandas' own, whose missing values are no NaN.
MASKED = frozenset(
    [
        *("boolean", "Float32", "Float64"),
        *(f"{sign}Int{bits}" for sign in ("", "U") for bits in (8, 16, 32, 64)),
    ]
)

Parts = dict[str, Any]


class Kind(NamedTuple):
    """How values of one type are written.

    Parameters
    ----------
    type : type
        Exactly this one, none that derives from it.
    apart : callable
        Parts of a value by name: plain values, arrays and values of other kinds.
    together : callable
        The value, from its parts by name.
    """

    type: type
    apart: Callable[[Any], Parts]
    together: Callable[[Mapping[str, Any]], Any]


def kind_of(value: object) -> Kind | None:
    """How a value is written; None where none of `KINDS` can."""
    kind = KINDS.get(type(value).__name__)
    return kind if kind is not None and type(value) is kind.type else None


def _day_apart(day: Any) -> Parts:
    if day.tz is not None:
        raise TypeError("it has a time zone")
    return {"day": day.to_datetime64()}


def _days_apart(days: Any) -> Parts:
    if days.tz is not None:
        raise TypeError("it has a time zone")
    return {"days": days.to_numpy(), "freq": days.freqstr, "name": days.name}


def _months_together(parts: Mapping[str, Any]) -> Any:
    months = pd.arrays.PeriodArray(parts["ordinals"], dtype=pd.PeriodDtype(parts["freq"]))
    return pd.PeriodIndex(months, name=parts["name"])


def _index_apart(index: Any) -> Parts:
    if isinstance(index.dtype, np.dtype) and index.dtype.kind != "O":
        return {"labels": np.asarray(index), "dtype": None, "name": index.name}
    if (dtype := str(index.dtype)) in MASKED:
        values = index.array.to_numpy(index.dtype.numpy_dtype, na_value=index.dtype.type(0))
        return {"labels": values, "dtype": dtype, "missing": index.isna(), "name": index.name}
    if dtype not in TEXTS:
        raise TypeError(f"its values are {dtype}")
    labels = index.tolist()
    if not all(type(label) is str for label in labels):
        raise TypeError("its labels are not all texts")
    return {"labels": labels, "dtype": str(index.dtype), "name": index.name}


def _index_together(parts: Mapping[str, Any]) -> Any:
    if parts["dtype"] in MASKED:
        values = pd.array(parts["labels"], dtype=parts["dtype"])
        values[parts["missing"]] = pd.NA
        return pd.Index(values, name=parts["name"])
    if parts["dtype"] is not None and parts["dtype"] not in TEXTS:
        raise ValueError(f"labels of type {parts['dtype']!r}")
    return pd.Index(parts["labels"], dtype=parts["dtype"], name=parts["name"])


def _column(series: Any) -> Any:
    """Values of a column: an array of NumPy, or an index of texts or months."""
    return series.to_numpy() if isinstance(series.dtype, np.dtype) else pd.Index(series.array)


def _frame_apart(frame: Any) -> Parts:
    edges = {"index": frame.index, "columns": frame.columns}
    kinds = set(frame.dtypes)
    if len(kinds) == 1 and isinstance(kind := kinds.pop(), np.dtype) and kind.kind in PLAIN_ARRAYS:
        return {"values": frame.to_numpy(), **edges}
    return {"values": [_column(frame.iloc[:, i]) for i in range(frame.shape[1])], **edges}


def _frame_together(parts: Mapping[str, Any]) -> Any:
    values, index = parts["values"], parts["index"]
    if isinstance(values, np.ndarray):
        # Not copied, because sums depend on how a table lies in memory.
        return pd.DataFrame(values, index, parts["columns"], copy=False)
    frame = pd.DataFrame(dict(enumerate(values)), index)
    return frame.set_axis(parts["columns"], axis=1)


KINDS: dict[str, Kind] = {
    kind.type.__name__: kind
    for kind in (
        Kind(pd.Timestamp, _day_apart, lambda parts: pd.Timestamp(parts["day"])),
        Kind(
            pd.Period,
            lambda month: {"ordinal": month.ordinal, "freq": month.freqstr},
            lambda parts: pd.Period(ordinal=parts["ordinal"], freq=parts["freq"]),
        ),
        Kind(
            pd.PeriodIndex,
            lambda months: {"ordinals": months.asi8, "freq": months.freqstr, "name": months.name},
            _months_together,
        ),
        Kind(
            pd.DatetimeIndex,
            _days_apart,
            lambda parts: pd.DatetimeIndex(parts["days"], freq=parts["freq"], name=parts["name"]),
        ),
        Kind(
            pd.RangeIndex,
            lambda r: {"start": r.start, "stop": r.stop, "step": r.step, "name": r.name},
            lambda parts: pd.RangeIndex(**parts),
        ),
        Kind(pd.Index, _index_apart, _index_together),
        Kind(
            pd.Series,
            lambda s: {"values": _column(s), "index": s.index, "name": s.name},
            lambda parts: pd.Series(parts["values"], parts["index"], name=parts["name"]),
        ),
        Kind(pd.DataFrame, _frame_apart, _frame_together),
    )
}
