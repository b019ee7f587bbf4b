"""Standing scenarios: four trade shocks beside the forecast."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from tradeshock.features.errors import ShockError
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.monthly.wording import chance_words, month_words
from tradeshock.forecast.plots.scenario import plot_comparison
from tradeshock.forecast.report.elements import NARROW, WIDE, Cell, Chart, Table, number
from tradeshock.forecast.report.outlook import level, unit_of
from tradeshock.forecast.scenarios.carriers import Carriers
from tradeshock.forecast.scenarios.library import find_shock
from tradeshock.forecast.scenarios.result import Scenario
from tradeshock.forecast.scenarios.split import CHIPS

STANDING = ("memory_2022", "ai_boom_goes_on", "us_tariff", "china_slowdown")
WORDS = (
    "Each row is the forecast under one shock, beside the same forecast without it; shocks are no "
    "forecasts. Draws as far out: the share of the model's own paths that stray at least as far as "
    "what is assumed; a dash where the shock is arithmetic alone."
)


@dataclass(frozen=True)
class Standing:
    """The section's parts; only sentences where no scenario can be made."""

    sentences: tuple[str, ...]
    table: Table | None = None
    chart: Chart | None = None


def standing_scenarios(forecast: MonthlyForecast) -> Standing | None:
    """Run the standing shocks on a forecast that is made already.

    None where they do not apply: to own figures without chips, or to a forecast with conditions or
    judgement, which are scenarios of their own.
    """
    panel = forecast.fitted.panel_
    own = forecast.conditions is not None or forecast.judgement is not None
    if own or CHIPS not in panel or forecast.entry.id != "exports_total":
        return None
    carriers = Carriers(forecast)
    made: list[Scenario] = []
    failed: list[str] = []
    for name in STANDING:
        try:
            made.append(carriers.run([find_shock(name)]))
        except ShockError as error:
            failed.append(f"{name} cannot be shown: {error}.")
    if not made:
        return Standing(tuple(failed))
    return Standing((WORDS, *failed), _table(forecast, made), _chart(forecast, made))


def _table(forecast: MonthlyForecast, made: list[Scenario]) -> Table:
    unit, index = unit_of(forecast), forecast.paths.index
    steps = [step for step in (1, 3, 6, 12) if step <= len(index)]
    headers = ["Shock", *(f"{month_words(index[s - 1], short=True)}, %" for s in steps)]
    headers += ["of which arithmetic, %", f"All months, {unit.name}", "Draws as far out"]
    rows = []
    for one in made:
        table = one.table()
        share = 100.0 * table["of_which_arithmetic"] / table["baseline"]
        far = one.plausibility
        cells: list[Cell | str] = [one.title]
        cells += [number(table["difference_pct"].iloc[s - 1], sign=True) for s in steps]
        cells += [number(share.iloc[steps[-1] - 1], sign=True)]
        cells.append(level(unit, table["difference"].sum(), sign=True))
        cells.append("–" if far is None else Cell(chance_words(far.share), far.share))
        rows.append(cells)
    return Table("shocks", "Exports against the forecast without a shock", headers, rows)


def _chart(forecast: MonthlyForecast, made: list[Scenario]) -> Chart:
    unit, last = unit_of(forecast), forecast.paths.index[-1]
    medians = {one.title: one.paths.median() for one in made}
    ends = ", ".join(f"{name} {unit.text(path.iloc[-1])}" for name, path in medians.items())
    base = forecast.paths.median()
    words = (
        f"Medians of the forecast and of {len(made)} shocks. In {month_words(last)}, {unit.name}: "
        f"forecast {unit.text(base.iloc[-1])}, {ends}."
    )
    behind = Table(
        "shocks-figures",
        f"Medians, {unit.name}",
        ["Month", "Forecast", *medians],
        [
            [month_words(month, short=True), *(level(unit, value) for value in row)]
            for month, row in zip(
                forecast.paths.index, np.column_stack([base, *medians.values()]), strict=True
            )
        ],
    )
    paths = {one.title: one.paths for one in made}
    draw = partial(
        plot_comparison, forecast.paths, paths, unit=forecast.entry.unit, title="Trade shocks"
    )
    sizes = ((WIDE, 4.9), (NARROW, 5.4))
    return Chart.drawn("shocks-chart", "Trade shocks", words, draw, sizes, behind)
