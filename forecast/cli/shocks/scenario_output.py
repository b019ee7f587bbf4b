"""Scenarios on the terminal."""

from __future__ import annotations

from collections.abc import Mapping

from tradeshock.forecast.cli.terminal import Terminal
from tradeshock.forecast.monthly.defaults import threshold_of
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.monthly.wording import day_words, month_words
from tradeshock.forecast.plots.display_unit import DisplayUnit
from tradeshock.forecast.scenarios.comparison import Comparison
from tradeshock.forecast.scenarios.result import Scenario
from tradeshock.forecast.scenarios.shock import Shock
from tradeshock.models.paths import chance_words

ENDS = ("difference_low80", "difference_high80")
CARRIERS = {
    "chips": "system of chips and the rest, total = their sum",
    "macro": "the forecasting model's own systems",
    "exposure": "arithmetic of shares",
}


def print_shocks(shocks: Mapping[str, Shock]) -> None:
    """Print one line a shock."""
    columns = [("Shock", "text"), ("Carrier", "text"), ("What", "text"), ("Assumes", "text")]
    rows = [[name, s.carrier, s.title, s.text] for name, s in shocks.items()]
    Terminal().table(columns, rows)


def print_shock(shock: Shock) -> None:
    """Print all that a shock declares."""
    terminal = Terminal()
    terminal.line(f"{shock.name}: {shock.title}", style="bold")
    terminal.fact("Assumes", shock.text)
    terminal.fact("Carrier", f"{shock.carrier}, {CARRIERS[shock.carrier]}")
    terminal.fact("Expected", shock.expected)
    if shock.hits:
        terminal.fact("Begins", f"in month {shock.starts}")
        terminal.fact(
            "Front-loading", f"{100 * shock.front_loading:.0f} % of a month's hit exports"
        )
        terminal.fact("Elsewhere", f"{100 * shock.elsewhere:+.0f} % of what is lost directly")
        for hit in shock.hits:
            response = hit.resolved
            numbers = f"elasticity {response.elasticity:g}, pass-through {response.pass_through:g}"
            before = f", {hit.rate_before:g} % before" if hit.rate_before else ""
            terminal.fact(
                "Hit", f"{hit.part}: {hit.rate:g} %{before}; {numbers} ({response.source})"
            )
    terminal.fact("Resembles", shock.resembles or "no episode")
    terminal.fact("Source", shock.source or "none given")


def print_scenario(made: Scenario, threshold: float | None = None, by: str = "chips") -> None:
    """Print months, years, parts and how far out the shock is."""
    terminal = Terminal()
    unit = _unit(made.forecast)
    terminal.line(f"{made.title}: {_headline(made.forecast)}", style="bold")
    far = made.plausibility
    terminal.fact("Plausibility", "arithmetic alone" if far is None else far.text)
    if far is not None and len(far.scores) > 1:
        terminal.fact("Jointly", far.joint_text)
    for note in made.notes:
        terminal.fact("Note", note)
    terminal.line()
    # Per cent of a balance mean nothing.
    relative = made.forecast.entry.is_relative
    share, growth = (("in %",), ("y/y, %", "baseline")) if relative else ((), ())
    names = (unit.name, "baseline", "difference", "80 % interval", *share, "arithmetic", *growth)
    columns = [("Month", "text"), *((name, "figure") for name in names)]
    rows = []
    for month, (_, row) in zip(made.paths.index, made.table().iterrows(), strict=True):
        cells = [
            month_words(month, short=True),
            unit.text(row["scenario"]),
            unit.text(row["baseline"]),
            unit.text(row["difference"], sign=True),
            " to ".join(unit.text(row[end], sign=True) for end in ENDS),
            f"{row['difference_pct']:+z.1f}",
            unit.text(row["of_which_arithmetic"], sign=True),
            f"{row['yoy']:+z.1f}",
            f"{row['yoy_baseline']:+z.1f}",
        ]
        rows.append(cells if relative else [*cells[:5], cells[6]])
    terminal.table(columns, rows)
    terminal.line()
    for sentence in [*_year_sentences(made, unit, threshold), *_part_sentences(made, unit, by)]:
        terminal.line(sentence)


def print_comparison(made: Comparison, threshold: float | None = None) -> None:
    """Print the table of three paths, and years below it."""
    terminal = Terminal()
    unit = _unit(made.forecast)
    terminal.line(_headline(made.forecast), style="bold")
    for name, case in made.cases.items():
        terminal.fact(name.capitalize(), f"{case.title}: " + "; ".join(s.text for s in case.shocks))
    terminal.line()
    names = ["baseline", *made.cases]
    columns = [("Month", "text"), *((f"{name}, {unit.name}", "figure") for name in names)]
    growing = names if made.forecast.entry.is_relative else []
    columns += [(f"{name}, y/y %", "figure") for name in growing]
    rows = [
        [
            month_words(month, short=True),
            *(unit.text(row[name]) for name in names),
            *(f"{row[f'yoy_{name}']:+z.1f}" for name in growing),
        ]
        for month, (_, row) in zip(made.forecast.paths.index, made.table().iterrows(), strict=True)
    ]
    terminal.table(columns, rows)
    terminal.line()
    for year, row in made.total(threshold=_own(made.forecast, threshold)).iterrows():
        levels = ", ".join(f"{name} {unit.text(row[name])}" for name in names)
        chances = ", ".join(f"{n} {chance_words(row[f'chance_{n}'])}" for n in names)
        limit = f"{unit.limit(row['threshold'])} {unit.name}"
        terminal.line(f"{year}, {unit.name}: {levels}. Chance of more than {limit}: {chances}.")


def _unit(forecast: MonthlyForecast) -> DisplayUnit:
    return DisplayUnit.choose(forecast.entry.unit, forecast.last.value)


def _headline(forecast: MonthlyForecast) -> str:
    return f"{forecast.title}, figures of {day_words(forecast.origin)}"


def _own(forecast: MonthlyForecast, threshold: float | None) -> float | None:
    return threshold_of(forecast.fitted.panel_, forecast.entry.id, threshold)


def _year_sentences(made: Scenario, unit: DisplayUnit, threshold: float | None) -> list[str]:
    if not made.forecast.entry.is_flow:
        return []
    sentences = []
    for year, row in made.total(threshold=_own(made.forecast, threshold)).iterrows():
        ends = (unit.text(row[end], sign=True) for end in ENDS)
        limit = f"{unit.limit(row['threshold'])} {unit.name}"
        chances = (chance_words(row[name]) for name in ("chance", "chance_baseline"))
        sentences.append(
            f"{year}: {unit.text(row['scenario'])} {unit.name} instead of "
            f"{unit.text(row['baseline'])} ({unit.text(row['difference'], sign=True)}, 80 % "
            f"interval {' to '.join(ends)}). Chance of more than {limit}: "
            f"{' instead of '.join(chances)}."
        )
    return sentences


def _part_sentences(made: Scenario, unit: DisplayUnit, by: str) -> list[str]:
    """What the parts and the total do in the last month."""
    last = made.paths.index[-1]
    parts = made.parts(by)
    at_last = parts[parts.index.get_level_values("month") == last].droplevel("month")
    said = [
        f"{name} {row['difference_pct']:+z.1f} % ({unit.text(row['difference'], sign=True)})"
        for name, row in at_last.iterrows()
        # Parts on which nothing lies are not worth their words.
        if by == "chips" or name == "total" or unit.text(row["difference"]) != unit.text(0.0)
    ]
    # A total alone is in the table above.
    return [f"In {month_words(last)}, {unit.name}: {', '.join(said)}."] if said[1:] else []
