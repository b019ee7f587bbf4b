"""What was issued and what came: forecasts of an archive whose months are out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradeshock.forecast.archive.archive import Archive
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.report.elements import Block, Cell, Heading, Paragraph, Table, number
from tradeshock.forecast.report.sections.outlook import level, unit_of
from tradeshock.forecast.report.words import Words

SHOWN = 24


def issued(forecast: MonthlyForecast, archive: Archive | None, words: Words) -> list[Block]:
    """Set issued forecasts beside what has come by the origin; nothing without an archive."""
    if archive is None:
        return []
    panel = forecast.fitted.panel_
    table = archive.scores(panel, forecast.entry.id)
    heading = Heading("issued", words("issued.title"))
    if table.empty:
        return [heading, Paragraph(words("issued.none"))]
    size = {name: number(float(np.sqrt((table[name] ** 2).mean()))) for name in ("error", "walk")}
    held = f"{100.0 * table['inside'].mean():.0f}"
    lead = words("issued.lead", months=len(table), held=held, **size)
    return [heading, Paragraph(lead), _table(forecast, archive, table, words)]


def _table(forecast: MonthlyForecast, archive: Archive, table: pd.DataFrame, words: Words) -> Table:
    unit = unit_of(forecast, words)
    contents = archive.contents()
    shown = table.reset_index().sort_values(["month", "step"], ascending=[False, True])
    rows: list[list[Cell | str]] = []
    for _, row in shown.iloc[:SHOWN].iterrows():
        about = contents.loc[row["id"]]
        rows.append(
            [
                words.day(pd.Timestamp(about["origin"]), short=True),
                str(about["model"]),
                words.month(row["month"], short=True),
                Cell(str(row["step"]), float(row["step"])),
                *(level(unit, row[name]) for name in ("median", "low80", "high80", "actual")),
                *(number(row[name], sign=True) for name in ("error", "walk")),
                words("issued.inside" if row["inside"] else "issued.outside"),
            ]
        )
    heads = ("origin", "model", "month", "step", "median", "low80", "high", "came")
    headers = [words(f"heads.{head}") for head in heads]
    headers += [words("issued.error"), words("issued.walk"), words("issued.interval")]
    caption = words("issued.caption", unit=unit.name, shown=len(rows))
    return Table("issued-table", caption, headers, rows, texts=(0, 1, 2, 10))
