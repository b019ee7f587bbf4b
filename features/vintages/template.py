"""A sheet to type newer figures into."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd

from tradeshock.features.errors import PanelError
from tradeshock.features.files.workbook_writing import write_workbook
from tradeshock.features.panel.naming import series_called
from tradeshock.features.panel.panel import Panel

KNOWN_MONTHS = 3
LANGUAGES = ("id", "english", "korean")


def write_template(
    panel: Panel, path: Path, today: pd.Timestamp, language: str = "id"
) -> tuple[list[str], list[str]]:
    """Write a sheet with the last known months of each series and empty rows to this month.

    Parameters
    ----------
    panel : Panel
    path : Path
        A workbook where the name ends in .xlsx, else a CSV.
    today : Timestamp
    language : {"id", "english", "korean"}
        How series are called: a name that a table of others would not be understood by is left for
        the series' id.

    Returns
    -------
    asked, left_out : list of str
        Series of the sheet, and those that end so early that it would not bring them up to date.

    Raises
    ------
    PanelError
        If a file of that name is there: something may have been typed into it.
    """
    if path.exists():
        raise PanelError(f"{path} is there already; name a new file, or remove it")
    known = panel.values.notna()
    ends = {str(id): known.index[known[id]][-1] for id in known}
    first = max(ends.values()) - KNOWN_MONTHS
    left_out = [id for id, end in ends.items() if end < first]
    asked = [id for id in ends if id not in left_out]
    last = max(pd.Period(today, "M"), max(ends.values()))
    table = panel.values[asked].reindex(pd.period_range(first, last, freq="M"))
    head = ["month", *(_label(panel, id, language) for id in asked)]
    rows: list[list[str | float | None]] = [list(head)]
    for month, row in zip(table.index.astype(str), table.to_numpy().tolist(), strict=True):
        rows.append([month, *(None if value != value else value for value in row)])
    if path.suffix.lower() == ".xlsx":
        write_workbook(path, rows)
    else:
        # With a mark in front, by which Excel knows Korean letters.
        with path.open("x", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
    return asked, left_out


def _label(panel: Panel, id: str, language: str) -> str:
    """Name of a series in a language, if it is that of no other."""
    entry = panel.catalog[id]
    if language == "id":
        return id
    window = {"first_10_days": " 1~10일", "first_20_days": " 1~20일"}.get(entry.window, "")
    month = panel.catalog.get(entry.flash_of or id, entry)
    korean = [name for name in month.names if not name.isascii()]
    names = [entry.title] if language == "english" else [name + window for name in korean]
    for name in names:
        try:
            if series_called(panel.catalog, panel.values.columns, [name]) == [id]:
                return name
        except PanelError:
            continue
    return id
