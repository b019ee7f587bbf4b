"""Files of scenarios: table, everything, picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tradeshock.forecast.cli.output import write_text
from tradeshock.forecast.plots.fan import FIGURE_SIZE
from tradeshock.forecast.scenarios.comparison import Comparison
from tradeshock.forecast.scenarios.result import Scenario
from tradeshock.models.record.files import replacing


def write_scenario(made: Scenario, folder: Path) -> list[Path]:
    """Write scenario.csv, scenario.json and scenario.png; return their paths."""
    texts = {"scenario.csv": made.to_csv(), "scenario.json": made.to_json() + "\n"}
    written = [write_text(folder / name, text) for name, text in texts.items()]
    return [*written, _picture(folder / "scenario.png", made.plot)]


def write_comparison(made: Comparison, folder: Path) -> list[Path]:
    """Write comparison.csv, the JSON file of each case and comparison.png; return their paths."""
    written = [write_text(folder / "comparison.csv", made.to_csv())]
    for name, case in made.cases.items():
        written.append(write_text(folder / f"{name}.json", case.to_json() + "\n"))
    return [*written, _picture(folder / "comparison.png", made.plot)]


def _picture(path: Path, draw: Callable[..., object]) -> Path:
    from matplotlib.figure import Figure

    # A figure of its own: no window system is asked, and no figure of the caller is touched.
    figure = Figure(figsize=FIGURE_SIZE, layout="constrained")
    draw(figure.subplots())
    with replacing(path) as file:
        figure.savefig(file, format="png", dpi=150)
    return path
