"""How sure the forecast is: its intervals, and what such intervals have held."""

from __future__ import annotations

import pandas as pd

from tradeshock.forecast.judging.scores import scores
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.report.elements import Block, Cell, Paragraph, Table, number, share
from tradeshock.forecast.report.sections.outlook import level, unit_of
from tradeshock.forecast.report.words import Words

STEPS = (1, 2, 3, 6, 9, 12)
LEVELS = (0.25, 0.75, 0.1, 0.9, 0.025, 0.975)


def certainty(forecast: MonthlyForecast, frame: pd.DataFrame | None, words: Words) -> list[Block]:
    """Set the intervals of some months beside past errors and coverage at the same step.

    Parameters
    ----------
    forecast : MonthlyForecast
    frame : DataFrame, optional
        Past forecasts that could be judged at the origin
        (`tradeshock.forecast.report.sections.track_record.past_forecasts`).
    words : Words
    """
    past = past_by_step(forecast, frame)
    blocks: list[Block] = [Paragraph(words("certainty.lead"))]
    if len(past):
        months = int(past["n"].iloc[0])
        held = Cell(f"{100 * past['coverage_80'].iloc[0]:.0f}")
        blocks.append(Paragraph(words("certainty.held", held=held, months=months)))
    else:
        blocks.append(Paragraph(words("certainty.unknown", model=forecast.model)))
    return [*blocks, _table(forecast, past, words)]


def past_by_step(forecast: MonthlyForecast, frame: pd.DataFrame | None) -> pd.DataFrame:
    """Scores of the forecast's model by step; no rows where the record has none."""
    if frame is None or forecast.model not in set(frame["model"]):
        return pd.DataFrame(columns=["rmse", "coverage_80", "n"])
    own = frame[(frame["model"] == forecast.model) & (frame["quantity"] == "level")]
    return scores(own, by=("step",), reference=None).set_index("step")


def _table(forecast: MonthlyForecast, past: pd.DataFrame, words: Words) -> Table:
    unit, paths = unit_of(forecast, words), forecast.paths
    table = paths.quantile(sorted(LEVELS))
    rows = []
    for step in (s for s in STEPS if s <= len(paths.index)):
        row = table.iloc[step - 1]
        cells: list[Cell | str] = [words.month(paths.index[step - 1], short=True)]
        cells += [level(unit, row[q]) for q in LEVELS]
        width = 50.0 * (row[0.9] - row[0.1]) / abs(paths.median().iloc[step - 1])
        cells.append(number(float(width)))
        error, held = past[["rmse", "coverage_80"]].reindex([step]).to_numpy(dtype=float)[0]
        cells += [number(error), share(held)]
        rows.append(cells)
    headers = [words("heads.month")]
    for coverage in ("50", "80", "95"):
        headers += [words(f"heads.low{coverage}"), words("heads.high")]
    headers += [words("certainty.width"), words("certainty.error"), words("certainty.coverage")]
    return Table("intervals", words("certainty.caption", unit=unit.name), headers, rows)
