"""What to watch: chances of falls beside the forecast, and what such warnings have been worth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import pandas as pd

from tradeshock.features.errors import ModelError
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.monthly.wording import month_words
from tradeshock.forecast.plots.warning import plot_warning
from tradeshock.forecast.report.elements import NARROW, WIDE, Cell, Chart, Table, number
from tradeshock.forecast.report.outlook import level, unit_of
from tradeshock.forecast.warning.result import EarlyWarning, warning_of
from tradeshock.models.record.record import Record

WORDS = (
    "A fall is a month below the same month a year before. Hits, false alarms and precision are "
    "those of past forecasts with the same threshold as many months ahead: the share of falls that "
    "were warned of, of other months that were, and of warnings that came true."
)
BASE_EFFECTS = (
    "The adjusted level is the mean of three months net of calendar and season, against the last "
    "three published months: free of base effects, which after a boom make growth on a year before "
    "fall by arithmetic alone."
)


@dataclass(frozen=True)
class WarningSection:
    """The section's parts."""

    sentences: tuple[str, ...]
    chart: Chart
    tables: tuple[Table, ...]


def warning_section(forecast: MonthlyForecast, record: Record | None) -> WarningSection | None:
    """Warn of falls by a forecast that is made already.

    None where nothing can be said: of a forecast with judgement or conditions, of fewer than
    twelve months, or of a target without growth in per cent.
    """
    try:
        made = warning_of(forecast, record=record)
    except ModelError:
        return None
    months = _months(made)
    rule = f"{made.rule[0].upper()}{made.rule[1:]}."
    tables = [_horizons(made), *([_indicators(made)] if len(made.indicators()) else [])]
    return WarningSection(
        (f"{rule} {WORDS}", BASE_EFFECTS), _chart(made, months), (months, *tables)
    )


def _months(made: EarlyWarning) -> Table:
    unit = unit_of(made.forecast)
    table = made.table()
    rows: list[list[Cell | str]] = [
        [
            month_words(month, short=True),
            percent(row["chance"]),
            str(row["light"]),
            level(unit, row["at_risk"]),
            number(row["growth_at_risk"], sign=True),
            *(percent(row[name]) for name in ("hit_rate", "false_alarm_rate", "precision")),
        ]
        for month, (_, row) in zip(pd.PeriodIndex(table.index), table.iterrows(), strict=True)
    ]
    headers = ["Month", "Chance of a fall, %", "Light", f"5 % fall below, {unit.name}"]
    headers += ["as growth, %", "Hits, %", "False alarms, %", "Precision, %"]
    return Table("warning", "Chance of a fall month by month", headers, rows, (0, 2))


def _horizons(made: EarlyWarning) -> Table:
    headers = ["Next", "Any month below a year before, %", "Hits, %", "False alarms, %"]
    headers += ["Their total below, %", "Adjusted level lower, %", "Hits, %", "False alarms, %"]
    columns = [
        "any_fall",
        "any_fall_hit_rate",
        "any_fall_false_alarm_rate",
        "total_fall",
        "adjusted_fall",
        "adjusted_fall_hit_rate",
        "adjusted_fall_false_alarm_rate",
    ]
    rows: list[list[Cell | str]] = [
        [f"{months} months", *(percent(row[name]) for name in columns)]
        for months, row in made.next().iterrows()
    ]
    return Table("warning-next", "Chances of several months together", headers, rows)


def _indicators(made: EarlyWarning) -> Table:
    headers = ["Leading series", "Until", "Move over 3 months, sd", "Lead, months"]
    headers += ["Correlation", "Points", "Pointed rightly, %"]
    rows: list[list[Cell | str]] = [
        [
            str(row["title"]),
            month_words(row["month"], short=True),
            number(row["move_sd"], sign=True),
            str(row["lead"]),
            number(row["correlation"], 2, sign=True),
            str(row["points"]),
            percent(row["hit_rate"]),
        ]
        for _, row in made.indicators().iterrows()
    ]
    caption = "Leading series: the last move of their growth, and how they led; a coin has 50 %"
    return Table("indicators", caption, headers, rows, (0, 1, 5))


def _chart(made: EarlyWarning, months: Table) -> Chart:
    table = made.table()
    chances = ", ".join(f"{cells[0].text} {cells[1].text}" for cells in months.cells())
    words = f"Chance of negative growth on a year before, per cent: {chances}."
    draw = partial(plot_warning, table, made.threshold, subtitle=made.rule)
    sizes = ((WIDE, 4.2), (NARROW, 4.6))
    return Chart.drawn("warning-chart", "Chance of a fall", words, draw, sizes)


def percent(share: float) -> Cell:
    """Share in per cent; a dash where there is none. The value is the share itself."""
    return Cell("–") if pd.isna(share) else Cell(f"{100.0 * share:.0f}", float(share))
