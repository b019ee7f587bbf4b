"""The record that ships with the package, so that the first forecast is quick and calibrated."""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files

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
