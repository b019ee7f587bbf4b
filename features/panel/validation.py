"""The door of the panel: what is not a clean monthly table stops here, once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.days.reading import months_of_stamps
from tradeshock.features.errors import PanelError
from tradeshock.features.files.shapes.long_frame import is_long, one_row_a_month
from tradeshock.features.panel.catalog import Catalog, Series

Floats = npt.NDArray[np.float64]


def clean(values: pd.DataFrame, catalog: Catalog) -> pd.DataFrame:
    """Return a clean monthly table: float64, gapless months, known holes filled.

    Raises
    ------
    PanelError
        If it cannot be one; the message says where and what to do.
    """
    values = as_table(values)
    table = numeric(values.set_axis(monthly_index(values.index), axis=0))
    against_catalog(table, catalog)
    return fill_known_holes(table, catalog)


def as_table(values: object, name: str = "exports_total") -> pd.DataFrame:
    """Return a DataFrame; a Series is one with one column, a long frame of Nixtla's is turned.

    Raises
    ------
    PanelError
        If it is none of them, has no column, or a long frame is in doubt.
    """
    if isinstance(values, pd.Series):
        return values.to_frame(name if values.name is None else values.name)
    if not isinstance(values, pd.DataFrame):
        raise PanelError(
            f"got {type(values).__name__} as figures; give a DataFrame or a Series with one row a "
            "month"
        )
    if values.shape[1] == 0:
        raise PanelError("the table has no columns; give at least one series")
    return one_row_a_month(values) if is_long(values) else values


def refuse_earlier(day: pd.Timestamp, origin: pd.Timestamp) -> None:
    """Refuse new figures of a day before a panel's own.

    Raises
    ------
    PanelError
    """
    if day < origin:
        raise PanelError(
            f"the panel already knows figures of {origin.date()}, and the new ones were seen on "
            f"{day.date()}; give the day on which they were, or cut the panel first: panel.as_of"
        )


def first_and_last(column: Floats) -> tuple[int, int] | None:
    """Rows of the first and the last figure of a column; None where all is NaN."""
    rows = np.flatnonzero(~np.isnan(column))
    return (int(rows[0]), int(rows[-1])) if len(rows) else None


def months_of(ordinals: npt.NDArray[np.int64]) -> pd.PeriodIndex:
    """Months by their ordinals, the inverse of ``index.asi8``."""
    return pd.PeriodIndex(pd.arrays.PeriodArray(ordinals, dtype=pd.PeriodDtype("M")))


def monthly_index(index: pd.Index) -> pd.PeriodIndex:
    """Return a gapless monthly PeriodIndex named "month".

    Accepts months as periods, month-start or month-end timestamps, or text such as "2024-09".

    Raises
    ------
    PanelError
        If the index is of another frequency, has duplicates, or skips a month.
    """
    months = ordered_months(index)
    expected = pd.period_range(months[0], months[-1], freq="M", name="month")
    if len(expected) != len(months):
        _refuse_coarser(months)
        gaps = expected.difference(months).astype(str).tolist()
        many = "1 month" if len(gaps) == 1 else f"{len(gaps)} months"
        raise PanelError(
            f"the index skips {many}, first {gaps[0]}; add the missing rows "
            "and name the months as holes: holes=['2024-09'], or in the catalog entry"
        )
    return expected


def _refuse_coarser(months: pd.PeriodIndex) -> None:
    """Refuse months that are all a quarter or a year apart: they stand for these."""
    apart = set(np.diff(months.asi8).tolist())
    for step, name in ((3, "quarterly"), (12, "annual")):
        # two rows alone may just as well be months with a hole between
        if apart == {step} and len(months) > 2:
            raise PanelError(
                f"the index goes from {months[0]} to {months[1]} and on by {step} months, so it "
                f"looks {name}: only months are taken; give monthly figures of the same thing"
            )


def ordered_months(index: pd.Index) -> pd.PeriodIndex:
    """Return months in order of time, which may skip some.

    Raises
    ------
    PanelError
        If the index is of another frequency, has duplicates, or is not in order.
    """
    if isinstance(index, pd.MultiIndex):
        raise PanelError(
            f"the index has {index.nlevels} levels, {list(index.names)}; give one row a month and "
            "one column a series: frame.unstack()"
        )
    if len(index) == 0:
        raise PanelError("the table has no rows; give at least one month")
    if index.hasnans:
        raise PanelError(f"row {int(np.argmax(index.isna())) + 1} has no month; name or drop it")
    months = _as_months(index)
    if months.has_duplicates:
        twice = months[months.duplicated()].unique().astype(str).tolist()
        raise PanelError(f"months {twice[:5]} stand twice in the index; keep one row a month")
    if not months.is_monotonic_increasing:
        raise PanelError("the index is not in order of time; sort it first: frame.sort_index()")
    return months


def _as_months(index: pd.Index) -> pd.PeriodIndex:
    if isinstance(index, pd.PeriodIndex):
        if index.freqstr != "M":
            raise PanelError(f"the index has frequency {index.freqstr!r}; give months (freq 'M')")
        return index
    return months_of_stamps(index if isinstance(index, pd.DatetimeIndex) else _read_days(index))


def _read_days(index: pd.Index) -> pd.DatetimeIndex:
    texts = index.astype(str)
    # ISO alone: other forms would be guessed, and days taken for months
    try:
        days = pd.DatetimeIndex(pd.to_datetime(texts, format="ISO8601", errors="coerce"))
    except ValueError as error:
        raise PanelError(
            f"the index mixes time zones ({error}); give months such as '2024-09'"
        ) from error
    strange = days.isna() | ~texts.str.match(r"\d{4}-\d{2}")
    if strange.any():
        raise PanelError(
            f"the index holds {str(texts[strange][0])!r}, which is no month; "
            "give months such as '2024-09' or a monthly PeriodIndex"
        )
    return days


def numeric(values: pd.DataFrame) -> pd.DataFrame:
    """Return the table as float64.

    Raises
    ------
    PanelError
        If a column has no name, or a cell holds text or an infinite value.
    """
    if isinstance(values.columns, pd.MultiIndex):
        raise PanelError(
            f"the columns have {values.columns.nlevels} levels; give each series one name: "
            "frame.columns = frame.columns.map('.'.join)"
        )
    ids = [str(id) for id in values.columns]
    if "" in ids:
        raise PanelError(f"column {ids.index('') + 1} has no name; give each series one")
    if twice := sorted({id for id in ids if ids.count(id) > 1}):
        raise PanelError(f"columns {twice[:5]} stand twice in the table; keep one of each")
    if (values.dtypes == np.float64).all():
        figures = values.to_numpy()
    else:
        figures = np.array([_floats(id, values.iloc[:, j]) for j, id in enumerate(ids)]).T
    table = pd.DataFrame(figures, values.index, ids, copy=True)
    infinite = np.isinf(table.to_numpy())
    if infinite.any():
        row, col = np.argwhere(infinite)[0]
        raise PanelError(
            f"{table.columns[col]} is infinite in {table.index[row]}; put NaN where missing"
        )
    return table


def _floats(id: str, column: pd.Series) -> Floats:
    if odd := _no_real_number(column):
        raise PanelError(f"{id} has {odd}; give numbers, NaN where missing")
    if pd.api.types.is_numeric_dtype(column.dtype):
        return column.to_numpy(dtype="float64", na_value=np.nan)
    parsed = pd.to_numeric(column.astype(object), errors="coerce")
    bad = np.flatnonzero(parsed.isna() & column.notna())
    if len(bad):
        raise PanelError(
            f"{id} has text {str(column.iloc[bad[0]])!r} in {column.index[bad[0]]}; give numbers, "
            "NaN where missing"
        )
    return parsed.to_numpy(dtype="float64")


def _no_real_number(column: pd.Series) -> str:
    """Which cell is true or false, or complex; empty where none is."""
    if column.dtype == object:
        wrong = [
            isinstance(cell, bool | np.bool_ | complex | np.complexfloating) for cell in column
        ]
    else:
        types = pd.api.types
        wrong = [types.is_bool_dtype(column.dtype) or types.is_complex_dtype(column.dtype)]
    if not any(wrong):
        return ""
    row = wrong.index(True)
    return f"{column.iloc[row]!r} in {column.index[row]}"


def against_catalog(values: pd.DataFrame, catalog: Catalog) -> None:
    """Check every column against its catalog entry.

    Raises
    ------
    PanelError
        If a series is unknown, empty, non-positive though modelled in logs, or has holes that
        its entry does not name.
    """
    if unknown := [id for id in values.columns if id not in catalog]:
        raise PanelError(
            f"no catalog entry for {unknown}; add one (with_series(values, entry)), or make the "
            "panel with Panel.from_frame, which needs none"
        )
    months = pd.PeriodIndex(values.index)
    for id, column in zip(values.columns, values.to_numpy().T, strict=True):
        rows = first_and_last(column)
        if rows is None:
            raise PanelError(f"{id} has no figure at all; leave the column out")
        if catalog[id].transform == "log" and len(bad := np.flatnonzero(column <= 0)):
            raise PanelError(
                f"{id} is {column[bad[0]]:g} in {months[bad[0]]} but is modelled in logs; "
                "correct the figure, or say transform='level' (argument or field of the entry)"
            )
        inside = rows[0] + np.flatnonzero(np.isnan(column[rows[0] : rows[1]]))
        if not len(inside):
            continue
        holes = months[inside].difference(catalog[id].hole_months)
        if len(holes):
            raise PanelError(
                f"{id} has unknown holes in {holes.astype(str).tolist()[:6]}; "
                "fill them or name them: holes=['2024-09'] (argument or field of the entry)"
            )


def fill_known_holes(values: pd.DataFrame, catalog: Catalog) -> pd.DataFrame:
    """Fill holes that the catalog names from earlier months alone.

    A hole takes the figure of a year before times the growth over the year of the month before
    (logs), or that figure plus the change (levels); the figure of the month before where the
    series is younger than 13 months.
    """
    filled = values.to_numpy(copy=True)
    months = pd.PeriodIndex(values.index)
    for id, column in zip(values.columns, filled.T, strict=True):
        rows = first_and_last(column)
        if rows is None or not np.isnan(column[rows[0] : rows[1]]).any():
            continue
        first, last = rows
        holes = np.flatnonzero(np.isnan(column) & months.isin(catalog[id].hole_months))
        for t in holes[(holes > first) & (holes < last)]:
            if t - 13 < first:
                column[t] = column[t - 1]
            elif catalog[id].transform == "log":
                column[t] = column[t - 12] * column[t - 1] / column[t - 13]
            else:
                column[t] = column[t - 12] + column[t - 1] - column[t - 13]
    return pd.DataFrame(filled, values.index, values.columns)


def filled_months(series: pd.Series, entry: Series) -> pd.PeriodIndex:
    """Known holes of a series in which stands what `fill_known_holes` puts there.

    A month that the catalog names may have come out after all, and then holds its own figure.
    """
    months = pd.PeriodIndex(series.index)
    if not entry.holes:
        return months[:0]
    catalog, rows = Catalog([entry]), np.flatnonzero(months.isin(entry.hole_months))
    # One at a time: what was filled rests on the months before as they are.
    emptied = (series.mask(np.arange(len(months)) == row).to_frame(entry.id) for row in rows)
    again = [fill_known_holes(table, catalog).to_numpy()[:, 0] for table in emptied]
    figures = series.to_numpy()
    same = [filled[row] == figures[row] for filled, row in zip(again, rows, strict=True)]
    return months.take(rows[np.array(same, dtype=bool)])
