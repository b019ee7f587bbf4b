"""Make the record that ships with the package: about ten minutes on two cores.

Usage: python tools/build_record.py [--store DIR] [--keys]

The record holds fingerprints of the figures that it was made from. Where only these have changed
and no forecast has (the tests recompute some), ``--keys`` writes them anew in a second.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pandas as pd

from tradeshock.features import Panel, load_panel
from tradeshock.forecast import backtest
from tradeshock.models import (
    BayesianVAR,
    BiasCorrection,
    Combination,
    DirectRidge,
    Recalibration,
    Record,
    TradeBayesianVAR,
)

TARGET = "exports_total"
FILE = Path(__file__).resolve().parents[1] / "models" / "record" / "shipped_record.npz"
FIRST = {"after_total": "2005-01", "after_10d": "2017-01", "after_20d": "2017-01"}
CARRIERS = [BayesianVAR(), TradeBayesianVAR(), DirectRidge()]


def last_month(panel: Panel, state: str) -> pd.Period:
    """Last month whose origin of a state the panel knows."""
    flash = {"after_10d": "first_10_days", "after_20d": "first_20_days"}
    if state == "after_total":
        return panel.last_month(TARGET) + 1
    return panel.last_month(panel.catalog.flash(TARGET)[flash[state]])


def record_of(panel: Panel, state: str, store: str | None) -> Record:
    """Record of one state; of the carriers only what a nowcast bridge reads."""
    origins = panel.origins(FIRST[state], last_month(panel, state), state)
    wanted = [Combination(), BiasCorrection(), Recalibration()]
    rows = backtest(wanted, panel, TARGET, origins, 12, store=store).record.frame
    if state == "after_total":
        return Record(rows)
    carriers = backtest(CARRIERS, panel, TARGET, origins, 1, store=store).record.frame
    return Record(pd.concat([rows, carriers], ignore_index=True))


def main() -> None:
    """Write the record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", help="folder that keeps finished chunks")
    parser.add_argument("--keys", action="store_true", help="keep the forecasts that are there")
    given = parser.parse_args()
    panel = load_panel()
    if given.keys:
        record = Record.load(FILE)
    else:
        record = Record.concat([record_of(panel, state, given.store) for state in FIRST])
    record.with_figures(panel).save(FILE)


if __name__ == "__main__":
    main()
