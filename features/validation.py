"""The door of the panel: what is not a clean monthly table stops here, once."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradeshock.features.catalog import Catalog
from tradeshock.features.errors import PanelError


def monthly_index(index: pd.Index) -> pd.PeriodIndex:
    """Return a gapless monthly PeriodIndex named "month".

    Accepts months as periods, month-start or month-end timestamps, or text such as "2024-09".

    Raises
    ------
    PanelError
        If the index is of another frequency, has duplicates, or skips a month.
    """
    months = _as_months(index).rename("month")
    if months.has_duplicates:
        twice = months[months.duplicated()].unique().astype(str).tolist()
        raise PanelError(f"months {twice[:5]} stand twice in the index; keep one row a month")
    if not months.is_monotonic_increasing:
        raise PanelError("the index is not in order of time; sort it first: frame.sort_index()")
    expected = pd.period_range(months[0], months[-1], freq="M", name="month")
    if len(expected) != len(months):
        gaps = expected.difference(months).astype(str).tolist()
        raise PanelError(
            f"the index skips {len(gaps)} months, first {gaps[0]}; add the missing rows "
            "(reindex) and name holes of a series in its catalog entry"
        )
    return expected


def _as_months(index: pd.Index) -> pd.PeriodIndex:
    if len(index) == 0:
        raise PanelError("the table has no rows; give at least one month")
    if isinstance(index, pd.PeriodIndex):
        if index.freqstr != "M":
            raise PanelError(f"the index has frequency {index.freqstr!r}; give months (freq 'M')")
        return index
    if not isinstance(index, pd.DatetimeIndex):
        try:
            index = pd.DatetimeIndex(pd.to_datetime(index.astype(str)))
        except (ValueError, TypeError) as error:
            raise PanelError(
                f"the index starts with {index[0]!r}, which is no month; "
                "give months such as '2024-09' or a monthly PeriodIndex"
            ) from error
    edge = index.is_month_start | index.is_month_end
    if not edge.all():
        raise PanelError(
            f"the index holds {index[~edge][0].date()}, neither start nor end of a month; "
            "aggregate daily or weekly figures to months first"
        )
    return index.tz_localize(None).to_period("M")


def numeric(values: pd.DataFrame) -> pd.DataFrame:
    """Return the table as float64.

    Raises
    ------
    PanelError
        If a cell holds text or an infinite value.
    """
    columns = {}
    for id in values.columns:
        column = values[id]
        if not pd.api.types.is_numeric_dtype(column.dtype):
            parsed = pd.to_numeric(column, errors="coerce")
            bad = parsed.isna() & column.notna()
            if bad.any():
                month = bad.idxmax()
                raise PanelError(
                    f"{id} has text {column[month]!r} in {month}; give numbers, NaN where missing"
                )
            column = parsed
        columns[str(id)] = column.astype("float64")
    table = pd.DataFrame(columns, index=values.index)
    infinite = np.isinf(table.to_numpy())
    if infinite.any():
        row, col = np.argwhere(infinite)[0]
        raise PanelError(
            f"{table.columns[col]} is infinite in {table.index[row]}; put NaN where missing"
        )
    return table


def against_catalog(values: pd.DataFrame, catalog: Catalog) -> None:
    """Check every column against its catalog entry.

    Raises
    ------
    PanelError
        If a series is unknown, empty, non-positive though modelled in logs, or has holes that
        its entry does not name.
    """
    if unknown := [id for id in values.columns if id not in catalog]:
        raise PanelError(f"no catalog entry for {unknown}; add one: panel.with_series(values, entry)")
    for id in values.columns:
        column = values[id]
        first, last = column.first_valid_index(), column.last_valid_index()
        if first is None:
            raise PanelError(f"{id} has no figure at all; leave the column out")
        if catalog[id].transform == "log" and (column <= 0).any():
            month = (column <= 0).idxmax()
            raise PanelError(
                f"{id} is {column[month]:g} in {month} but is modelled in logs; "
                "correct the figure or set transform='level' in its catalog entry"
            )
        inside = column.loc[first:last]
        holes = inside.index[inside.isna()].difference(catalog[id].hole_months)
        if len(holes):
            raise PanelError(
                f"{id} has unknown holes in {holes.astype(str).tolist()[:6]}; "
                "fill them or name them under holes in its catalog entry"
            )


def fill_known_holes(values: pd.DataFrame, catalog: Catalog) -> pd.DataFrame:
    """Fill holes that the catalog names from earlier months alone.

    A hole takes the figure of a year before times the growth over the year of the month before
    (logs), or that figure plus the change (levels); the figure of the month before where the
    series is younger than 13 months.
    """
    filled = values.copy()
    for id in values.columns:
        holes = [m for m in catalog[id].hole_months if m in values.index]
        column = filled[id].to_numpy(copy=True)
        first = np.flatnonzero(~np.isnan(column))[0]
        last = np.flatnonzero(~np.isnan(column))[-1]
        for t in sorted(values.index.get_indexer(holes)):
            if not first < t < last or not np.isnan(column[t]):
                continue
            if t - 13 < first:
                column[t] = column[t - 1]
            elif catalog[id].transform == "log":
                column[t] = column[t - 12] * column[t - 1] / column[t - 13]
            else:
                column[t] = column[t - 12] + column[t - 1] - column[t - 13]
        filled[id] = column
    return filled
