"""Time of warnings and of the archive, as ratios to the forecast itself.

Usage: OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 python benchmarks/questions.py

See benchmarks/README.md. The forecast is timed in turn with each question; what is read from files
once a process (figures, record) is read before.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from tempfile import TemporaryDirectory

from speed import in_turn, machine, shown

from tradeshock.features import Panel, load_panel
from tradeshock.forecast import early_warning, monthly_forecast
from tradeshock.forecast.archive import Archive

DAY = "2026-05-01"


def track_record(panel: Panel) -> object:
    """A warning, and all scores of past ones."""
    return early_warning(panel).track_record()


def questions(panel: Panel) -> dict[str, tuple[Callable[[], object], int]]:
    """Work and rounds by what is asked."""
    return {
        "early warning: months, horizons, lights": (partial(early_warning, panel), 5),
        "early warning with its track record": (partial(track_record, panel), 3),
    }


def main() -> None:
    panel = load_panel().as_of(DAY)
    forecast = partial(monthly_forecast, panel)
    made = forecast()
    print(machine(("numpy", "pandas", "scikit-learn", "statsmodels")))
    print("\n| what | time | the forecast | times as long |\n|---|--:|--:|--:|")
    with TemporaryDirectory() as folder:
        asked = questions(panel)
        asked["into the archive, and read again"] = (partial(archived, folder, made), 3)
        for what, (work, rounds) in asked.items():
            itself, time = in_turn(forecast, work, rounds=rounds)
            row = (what, shown(time), shown(itself), f"{time / itself:.1f}")
            print(f"| {' | '.join(row)} |", flush=True)


def archived(folder: str, made: object) -> object:
    kept = Archive(folder)
    return kept.read(kept.add(made))  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
