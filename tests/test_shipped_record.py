"""The shipped record is that of today's code: some of its entries are made again."""

import numpy as np
import pandas as pd
import pytest

from tradeshock.features import Panel
from tradeshock.models import Recalibration
from tradeshock.models.record.record import Record
from tradeshock.models.record.rows import forecast_rows
from tradeshock.models.record.shipped import shipped_record

STALE = "run tools/build_record.py: the record that ships is not that of this code"
TARGET = "exports_total"


@pytest.fixture(scope="module")
def record() -> Record:
    return shipped_record()


def test_it_covers_all_states_up_to_the_snapshot(record: Record) -> None:
    for state, last in (
        ("after_total", "2026-05-01"),
        ("after_10d", "2026-05-11"),
        ("after_20d", "2026-04-21"),
    ):
        medians = record.matrix("q50", "Recalibration", TARGET, state)
        assert medians.index[-1] == pd.Timestamp(last)
        assert medians.notna().all(axis=None)


def test_it_speaks_of_the_embedded_figures(panel: Panel, record: Record) -> None:
    found = record.made_from(panel, TARGET)
    assert found is record, "run tools/build_record.py --keys: the figures are others now"


@pytest.mark.parametrize("origin", ["2013-06-01", "2026-02-01", "2019-03-21", "2026-05-11"])
def test_entries_made_again_are_the_same(panel: Panel, record: Record, origin: str) -> None:
    """Every member and wrapper, live from the record, against what the backtest wrote."""
    model = Recalibration().fit(panel.as_of(origin), TARGET, record)
    corrected = model.members_[0]
    combination = corrected.members_[0]
    forecasts = [member.forecast(12) for member in combination.members_]
    forecasts += [wrapper.forecast(12) for wrapper in (combination, corrected, model)]
    made = forecast_rows(forecasts, panel).query("quantity == 'level'")
    for name, rows in made.groupby("model"):
        state = rows["state"].iloc[0]
        for column in ("q10", "q50", "q90"):
            kept = record.matrix(column, name, TARGET, state).loc[origin]
            np.testing.assert_allclose(rows[column], kept, rtol=1e-7, err_msg=f"{name}: {STALE}")


def test_what_carriers_expected_is_made_again(panel: Panel, record: Record) -> None:
    origin = panel.origins("2024-08", "2024-08", "after_20d")
    for member in Recalibration().parts[0].parts[0].parts:
        carrier = member._carrier()
        paths = next(iter(carrier.replay(panel, TARGET, origin, 1)))
        kept = record.matrix("q50", carrier.name, TARGET, "after_20d").loc[origin[0], 1]
        assert paths.median().iloc[0] == pytest.approx(kept, rel=1e-9), STALE
