"""The record that ships with the package, so that the first forecast is quick and calibrated."""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files

import pandas as pd

from tradeshock.models.record.record import Record


@cache
def shipped_record() -> Record:
    """Past forecasts of the default models on the embedded figures.

    Made by ``tools/build_record.py``; entries are those of a backtest of today's code, which the
    tests recompute in part.

    Returns
    -------
    Record
        Of the default combination, its members and what these expected of months with early
        counts, in all three states.
    """
    with as_file(files(__package__) / "shipped_record.npz") as path:
        return Record.load(path)


@cache
def shipped_functionals() -> pd.DataFrame:
    """What the default's past paths said of several months together, and what came.

    Made with `shipped_record`, from the same paths.

    Returns
    -------
    DataFrame
        Columns ``state, origin, functional, item, value, actual``. Functional "any_fall" is the
        chance that some month of the next 3, 6 or 12 falls short of that a year before,
        "adjusted_fall" that the level of three months net of calendar and season is lower than it
        was, "peak" and "trough" that it has such a turning point which cannot be dated yet, up to
        0, 3 or 6 months ahead; "year_total" has mean and quantiles of calendar years, in the
        target's unit. Actual is 1 or 0 for chances, NaN where not out.
    """
    with as_file(files(__package__) / "shipped_functionals.csv") as path:
        return pd.read_csv(path, parse_dates=["origin"])
