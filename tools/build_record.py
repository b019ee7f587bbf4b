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
from tradeshock.forecast.backtesting.functionals import adjusted_fall, any_fall, year_total
from tradeshock.forecast.warning.turning import turning_by
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
FOLDER = Path(__file__).resolve().parents[1] / "models" / "record"
FILE, WHOLE_PATHS = FOLDER / "shipped_record.npz", FOLDER / "shipped_functionals.csv"
FIRST = {"after_total": "2005-01", "after_10d": "2017-01", "after_20d": "2017-01"}
CARRIERS = [BayesianVAR(), TradeBayesianVAR(), DirectRidge()]


def record_of(panel: Panel, state: str, store: str | None) -> tuple[Record, pd.DataFrame]:
    """Record of one state and the default's functionals of whole paths.

    Of the carriers only what a nowcast bridge reads.
    """
    origins = panel.origins(FIRST[state], state=state)
    wanted = [Combination(), BiasCorrection(), Recalibration()]
    functionals = {
        "any_fall": any_fall,
        "adjusted_fall": adjusted_fall(panel),
        "year_total": year_total,
        "peak": turning_by(panel, "peak"),
        "trough": turning_by(panel, "trough"),
    }
    made = backtest(wanted, panel, TARGET, origins, 12, store=store, functionals=functionals)
    whole = made.functionals[made.functionals["model"] == "Recalibration"]
    rows = made.record.frame
    if state == "after_total":
        return Record(rows), whole
    carriers = backtest(CARRIERS, panel, TARGET, origins, 1, store=store).record.frame
    return Record(pd.concat([rows, carriers], ignore_index=True)), whole


def write(whole: pd.DataFrame) -> None:
    """Write the functionals as text: few enough to be read by eye."""
    columns = ["state", "origin", "functional", "item", "value", "actual"]
    table = whole[columns].assign(origin=whole["origin"].dt.date)
    table.to_csv(WHOLE_PATHS, index=False, float_format="%.6g", lineterminator="\n")


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
        records, wholes = zip(*(record_of(panel, s, given.store) for s in FIRST), strict=True)
        record = Record.concat(records)
        write(pd.concat(wholes))
    # Whoever has the vintages of these figures may learn from it too.
    record.with_figures(panel, load_panel(vintages=True)).save(FILE)


if __name__ == "__main__":
    main()
