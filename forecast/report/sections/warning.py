"""What to watch: chances of falls beside the forecast, and what such warnings have been worth."""

from __future__ import annotations

from functools import partial

import pandas as pd

from tradeshock.features.errors import ModelError
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.plots.warning import plot_warning
from tradeshock.forecast.report.elements import (
    NARROW,
    WIDE,
    Block,
    Cell,
    Chart,
    Paragraph,
    Table,
    number,
    share,
)
from tradeshock.forecast.report.sections.outlook import level, unit_of
from tradeshock.forecast.report.words import Words
from tradeshock.forecast.warning.question import warning_of
from tradeshock.forecast.warning.result import EarlyWarning
from tradeshock.models.record.record import Record


def warning_for(forecast: MonthlyForecast, record: Record | None) -> EarlyWarning | None:
    """Warn of falls by a forecast that is made already.

    None where nothing can be said: of a forecast with judgement or conditions, of fewer than
    twelve months, or of a target without growth in per cent.
    """
    try:
        return warning_of(forecast, record=record)
    except ModelError:
        return None


def what_to_watch(made: EarlyWarning, words: Words) -> list[Block]:
    """Show chances by month and of several months together, and leading series."""
    months = _months(made, words)
    blocks: list[Block] = [
        Paragraph(words("warning.rule", **_rule(made)) + " " + words("warning.lead")),
        Paragraph(words("warning.base_effects")),
        _chart(made, months, words),
        months,
        _horizons(made, words),
    ]
    if len(indicators := made.indicators()):
        blocks.append(_indicators(made, indicators, words))
    return blocks


def _rule(made: EarlyWarning) -> dict[str, str]:
    return {"red": f"{100 * made.threshold:g}", "amber": f"{50 * made.threshold:g}"}


def _months(made: EarlyWarning, words: Words) -> Table:
    unit = unit_of(made.forecast, words)
    table = made.table()
    rows: list[list[Cell | str]] = [
        [
            words.month(month, short=True),
            share(row["chance"]),
            words(f"lights.{row['light']}"),
            level(unit, row["at_risk"]),
            number(row["growth_at_risk"], sign=True),
            *(share(row[name]) for name in ("hit_rate", "false_alarm_rate", "precision")),
        ]
        for month, (_, row) in zip(pd.PeriodIndex(table.index), table.iterrows(), strict=True)
    ]
    heads = ("chance", "light", "at_risk", "growth_at_risk", "hits", "false_alarms", "precision")
    headers = [words("heads.month")]
    headers += [words(f"warning.{head}", unit=unit.name) for head in heads]
    return Table("warning", words("warning.caption"), headers, rows, (0, 2))


def _horizons(made: EarlyWarning, words: Words) -> Table:
    headers = [words("warning.next"), words("warning.any"), *_rates(words)]
    headers += [words("warning.total"), words("warning.adjusted"), *_rates(words)]
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
        [words("warning.months", months=months), *(share(row[name]) for name in columns)]
        for months, row in made.next().iterrows()
    ]
    return Table("warning-next", words("warning.next_caption"), headers, rows)


def _rates(words: Words) -> list[str]:
    return [words("warning.hits"), words("warning.false_alarms")]


def _indicators(made: EarlyWarning, table: pd.DataFrame, words: Words) -> Table:
    catalog = made.panel.catalog
    rows: list[list[Cell | str]] = [
        [
            words.title(catalog[str(id)]),
            words.month(row["month"], short=True),
            number(row["move_sd"], sign=True),
            str(row["lead"]),
            number(row["correlation"], 2, sign=True),
            words(f"points.{row['points']}"),
            share(row["hit_rate"]),
        ]
        for id, row in table.iterrows()
    ]
    heads = ("series", "until", "move", "lead_months", "correlation", "points", "pointed")
    headers = [words(f"indicators.{head}") for head in heads]
    return Table("indicators", words("indicators.caption"), headers, rows, (0, 1, 5))


def _chart(made: EarlyWarning, months: Table, words: Words) -> Chart:
    table = made.table()
    chances = ", ".join(f"{cells[0].text} {cells[1].text}" for cells in months.cells())
    description = words.plain("warning.description", chances=chances)
    title = words.plain("warning.chart_title")
    subtitle = words.plain("warning.rule", **_rule(made))
    draw = partial(plot_warning, table, made.threshold, title=title, subtitle=subtitle)
    sizes = ((WIDE, 4.2), (NARROW, 4.6))
    return Chart.drawn(words, "warning-chart", title, description, draw, sizes)
