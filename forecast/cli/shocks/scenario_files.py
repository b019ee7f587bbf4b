"""Files of scenarios: table, everything, picture."""

from __future__ import annotations

from pathlib import Path

from tradeshock.forecast.cli.output import write_picture, write_text
from tradeshock.forecast.scenarios.comparison import Comparison
from tradeshock.forecast.scenarios.result import Scenario


def write_scenario(made: Scenario, folder: Path) -> list[Path]:
    """Write scenario.csv, scenario.json and scenario.png; return their paths."""
    texts = {"scenario.csv": made.to_csv(), "scenario.json": made.to_json() + "\n"}
    written = [write_text(folder / name, text) for name, text in texts.items()]
    return [*written, write_picture(folder / "scenario.png", made.plot)]


def write_comparison(made: Comparison, folder: Path) -> list[Path]:
    """Write comparison.csv, the JSON file of each case and comparison.png; return their paths."""
    written = [write_text(folder / "comparison.csv", made.to_csv())]
    for name, case in made.cases.items():
        written.append(write_text(folder / f"{name}.json", case.to_json() + "\n"))
    return [*written, write_picture(folder / "comparison.png", made.plot)]
