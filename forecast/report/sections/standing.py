"""Standing scenarios: four trade shocks beside the forecast."""

from __future__ import annotations

from functools import partial

import numpy as np

from tradeshock.features.errors import TradeshockError
from tradeshock.forecast.exposure.groups import CHIPS
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.plots.scenario import plot_comparison
from tradeshock.forecast.report.elements import (
    NARROW,
    WIDE,
    Block,
    Cell,
    Chart,
    Paragraph,
    Table,
    number,
)
from tradeshock.forecast.report.sections.outlook import level, unit_of
from tradeshock.forecast.report.words import Words
from tradeshock.forecast.scenarios.carriers import Carriers
from tradeshock.forecast.scenarios.library import find_shock
from tradeshock.forecast.scenarios.result import Scenario

STANDING = ("memory_2022", "ai_boom_goes_on", "us_tariff", "china_slowdown")


def standing_scenarios(forecast: MonthlyForecast, words: Words) -> list[Block]:
    """Run the standing shocks on a forecast that is made already.

    Nothing where they do not apply: to own figures without chips, or to a forecast with conditions
    or judgement, which are scenarios of their own. Why a shock cannot be shown is said as its
    error says it.
    """
    panel = forecast.fitted.panel_
    own = forecast.conditions is not None or forecast.judgement is not None
    if own or CHIPS not in panel or forecast.entry.id != "exports_total":
        return []
    carriers = Carriers(forecast)
    made: list[Scenario] = []
    failed: list[Block] = []
    for name in STANDING:
        shock = find_shock(name)
        try:
            made.append(carriers.run([shock]))
        except TradeshockError as error:
            reason = words.foreign(str(error))
            title = words.name(shock.title)
            failed.append(Paragraph(words("standing.failed", shock=title, reason=reason)))
    if not made:
        return failed
    lead = Paragraph(words("standing.lead"))
    return [lead, *failed, _table(forecast, made, words), _chart(forecast, made, words)]


def _table(forecast: MonthlyForecast, made: list[Scenario], words: Words) -> Table:
    unit, index = unit_of(forecast, words), forecast.paths.index
    steps = [step for step in (1, 3, 6, 12) if step <= len(index)]
    headers: list[str] = [words("standing.shock")]
    headers += [f"{words.month(index[step - 1], short=True)}, %" for step in steps]
    headers += [words("standing.arithmetic"), words("standing.all_months", unit=unit.name)]
    headers.append(words("standing.plausible"))
    rows = []
    for one in made:
        table = one.table()
        part = 100.0 * table["of_which_arithmetic"] / table["baseline"]
        far = one.plausibility
        cells: list[Cell | str] = [words.name(one.title)]
        cells += [number(table["difference_pct"].iloc[s - 1], sign=True) for s in steps]
        cells += [number(part.iloc[steps[-1] - 1], sign=True)]
        cells.append(level(unit, table["difference"].sum(), sign=True))
        cells.append("–" if far is None else Cell(words.chance(far.tail), far.tail))
        rows.append(cells)
    return Table("shocks", words("standing.caption"), headers, rows)


def _chart(forecast: MonthlyForecast, made: list[Scenario], words: Words) -> Chart:
    unit, last = unit_of(forecast, words), forecast.paths.index[-1]
    paths = {words.name(one.title): one.paths for one in made}
    medians = {name: path.median() for name, path in paths.items()}
    base = forecast.paths.median()
    description = words.plain(
        "standing.description",
        n=len(made),
        month=words.month(last),
        unit=unit.name,
        base=unit.text(base.iloc[-1]),
        ends=", ".join(f"{name} {unit.text(path.iloc[-1])}" for name, path in medians.items()),
    )
    behind = Table(
        "shocks-figures",
        words("standing.medians", unit=unit.name),
        [words("heads.month"), words("heads.forecast"), *medians],
        [
            [words.month(month, short=True), *(level(unit, value) for value in row)]
            for month, row in zip(
                forecast.paths.index, np.column_stack([base, *medians.values()]), strict=True
            )
        ],
    )
    title = words.plain("standing.title")
    unit_name = words.unit(forecast.entry.unit)
    draw = partial(plot_comparison, forecast.paths, paths, unit=unit_name, title=title)
    sizes = ((WIDE, 4.9), (NARROW, 5.4))
    return Chart.drawn(words, "shocks-chart", title, description, draw, sizes, behind)
