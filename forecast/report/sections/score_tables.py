"""Scores of past forecasts as tables, those behind the charts among them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

import numpy as np
import pandas as pd

from tradeshock.forecast.judging.calibration import coverage_intervals, coverage_table
from tradeshock.forecast.judging.episodes import CALM, Episode, csed
from tradeshock.forecast.judging.scores import scores
from tradeshock.forecast.report.elements import Cell, Table, number, p_value
from tradeshock.forecast.report.words import Words

STEPS = (1, 3, 6, 12)


def steps_table(
    frame: pd.DataFrame, reference: str, words: Words, alike: Collection[str] = ()
) -> Table:
    """Scores by step, best first within a step, p-values with what they could have found.

    Errors of models with the medians of the reference (`alike`) are its own: no test of these.
    """
    table = scores(frame, by=("model", "step"), reference=reference)
    table.loc[table["model"].isin(alike), ["dm_p", "detectable_ratio"]] = np.nan
    # Of errors that print the same the better distribution is first.
    table["shown"] = table["rmse"].round(2)
    table = table[table["step"].isin(STEPS)].sort_values(["step", "shown", "crps"])
    rows = []
    for _, row in table.iterrows():
        cells: list[Cell | str] = [row["model"], Cell(f"{row['step']}", float(row["step"]))]
        cells += [number(row[name], 2) for name in ("rmse", "bias", "crps")]
        cells += [
            Cell(f"{100 * row['coverage_80']:.0f} %", float(row["coverage_80"])),
            Cell(f"{row['n']}", float(row["n"])),
        ]
        cells += [number(row["rmse_ratio"], 3), p_value(row["dm_p"])]
        cells.append(number(row["detectable_ratio"], 3))
        rows.append(cells)
    heads = ("model", "step", "rmse", "bias", "crps", "coverage", "n", "ratio", "p", "detectable")
    headers = [words(f"scores.{head}") for head in heads]
    return Table("scoreboard", words("scores.caption", reference=reference), headers, rows)


def episodes_table(
    frame: pd.DataFrame, models: Sequence[str], episodes: Sequence[Episode], words: Words
) -> Table:
    """Scores by episode at the first and the sixth step."""
    steps = [step for step in (1, 6) if step in set(frame["step"])]
    rows_of = frame[frame["step"].isin(steps) & frame["model"].isin(models)]
    table = scores(rows_of, by=("episode", "step", "model"), episodes=episodes, reference=None)
    order = [*(episode.name for episode in episodes), CALM]
    rows: list[list[Cell | str]] = []
    for name, step in ((name, step) for name in order for step in steps):
        own = table[(table["episode"] == name) & (table["step"] == step)].set_index("model")
        if not own.empty:
            errors = [number(value, 1) for value in own["rmse"].reindex(list(models))]
            months = number(float(own["n"].max()), 0)
            rows.append([words.name(name), Cell(str(step), float(step)), months, *errors])
    heads = (words(f"scores.{head}") for head in ("episode", "step", "months"))
    return Table("episodes", words("episodes.caption"), [*heads, *models], rows)


def ratios_table(frame: pd.DataFrame, models: Sequence[str], reference: str, words: Words) -> Table:
    """RMSE over the reference's at every step."""
    table = scores(frame, by=("model", "step"), reference=reference)
    ratios = table.pivot(index="step", columns="model", values="rmse_ratio")[list(models)]
    months = table.groupby("step")["n_reference"].max()
    rows: list[list[Cell | str]] = [
        [str(step), number(float(months[step]), 0), *(number(value, 3) for value in row)]
        for step, row in zip(ratios.index, ratios.to_numpy(), strict=True)
    ]
    headers = [words("scores.step"), words("scores.n"), *models]
    return Table("ratios", words("errors.caption", reference=reference), headers, rows)


def saved_table(frame: pd.DataFrame, models: Sequence[str], reference: str, words: Words) -> Table:
    """Squared error saved by the end of each year, step 1."""
    table = csed(frame[frame["step"] == 1], reference)
    years = pd.PeriodIndex(table["month"]).year
    last = table.groupby([years, table["model"]])["csed"].last().unstack()
    others = [model for model in models if model != reference]
    rows: list[list[Cell | str]] = [
        [str(year), *(number(value, 0) for value in row)]
        for year, row in zip(last.index, last[others].to_numpy(), strict=True)
    ]
    caption = words("saved.caption", reference=reference)
    return Table("saved-figures", caption, [words("heads.year"), *others], rows)


def pit_table(frame: pd.DataFrame, model: str, step: int, bins: int, words: Words) -> Table:
    """Share of outcomes in each part of the forecast distribution."""
    pit = frame.loc[(frame["model"] == model) & (frame["step"] == step), "pit"]
    counts, edges = np.histogram(pit, bins=bins, range=(0.0, 1.0))
    rows: list[list[Cell | str]] = [
        [
            words("pit.place", low=f"{low:.1f}", high=f"{high:.1f}"),
            number(100.0 * count / counts.sum(), 1),
        ]
        for low, high, count in zip(edges[:-1], edges[1:], counts, strict=True)
    ]
    caption = words("pit.caption", model=model, step=step, months=counts.sum())
    headers = [words("pit.where"), words("pit.share")]
    return Table(f"pit-{step}-figures", caption, headers, rows)


def coverages_table(frame: pd.DataFrame, model: str, steps: Sequence[int], words: Words) -> Table:
    """Coverage with bounds and both tests."""
    own = frame[(frame["model"] == model) & frame["step"].isin(steps)]
    bounds, tests = coverage_intervals(own), coverage_table(own)
    rows: list[list[Cell | str]] = []
    for (_, row), (_, test) in zip(bounds.iterrows(), tests.iterrows(), strict=True):
        shares = (100.0 * row[name] for name in ("coverage", "lower", "upper"))
        rows.append(
            [
                words("coverage.row", step=row["step"], level=f"{100 * row['level']:.0f}"),
                *(number(share, 1) for share in shares),
                number(row["n"], 0),
                p_value(test["binomial_p"]),
                p_value(test["hac_p"]),
            ]
        )
    heads = ("interval", "inside", "from", "to", "n", "binomial", "overlap")
    headers = [words(f"coverage.{head}") for head in heads]
    return Table("coverage-figures", words("coverage.caption", model=model), headers, rows)


def history_table(
    frame: pd.DataFrame, model: str, text: Callable[[float], Cell], words: Words
) -> Table:
    """Forecasts of the last twelve months with an outcome, at three steps."""
    own = frame[frame["model"] == model]
    steps = [step for step in (1, 6, 12) if step in set(own["step"])]
    medians = own.pivot(index="month", columns="step", values="q50")[steps]
    actual = own.drop_duplicates("month").set_index("month")["actual"].sort_index()
    rows: list[list[Cell | str]] = [
        [
            words.month(month, short=True),
            text(actual[month]),
            *(number(np.nan) if np.isnan(value) else text(value) for value in medians.loc[month]),
        ]
        for month in actual.index[-12:]
    ]
    headers = [words("heads.month"), words("heads.published")]
    headers += [words("heads.at_step", step=step) for step in steps]
    return Table("history-figures", words("history.caption", model=model), headers, rows)
