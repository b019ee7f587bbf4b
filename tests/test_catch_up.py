"""A record brought up to date, one origin at a time."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tradeshock.features import Panel, load_panel
from tradeshock.features.errors import StaleSeriesWarning, StoredFileWarning
from tradeshock.features.vintages import Answer, Store, live_panel
from tradeshock.features.vintages.home import record_path
from tradeshock.forecast import monthly_forecast
from tradeshock.forecast.backtesting.catch_up import Occasion, catch_up, missing_occasions, recorded
from tradeshock.forecast.monthly.defaults import default_record
from tradeshock.forecast.monthly.own_record import own_record
from tradeshock.forecast.routine import extend_own_record
from tradeshock.models import Recalibration, Record
from tradeshock.models.record.shipped import shipped_record

TOTAL = "exports_total"
KEYS = ["model", "state", "origin", "step"]
JUNE = datetime(2026, 6, 1, 1, tzinfo=UTC)


def before(day: str) -> Record:
    rows = shipped_record().frame
    return Record(rows[rows["origin"] < day])


def test_what_is_caught_up_with_is_what_a_replay_gives(panel: Panel) -> None:
    cut, whole = before("2026-04-21"), shipped_record().frame
    occasions = missing_occasions(panel, TOTAL, cut, Recalibration())
    assert [(str(o.origin.date()), o.state) for o in occasions] == [
        ("2026-04-21", "after_20d"),
        ("2026-05-01", "after_total"),
        ("2026-05-11", "after_10d"),
    ]
    caught = catch_up(panel, TOTAL, cut, Recalibration(), occasions)
    made = Record.concat(recorded(forecasts, panel) for forecasts in caught).frame
    expected = whole[whole["origin"] >= "2026-04-21"].reset_index(drop=True)
    columns = [c for c in expected if c not in ("known_on", "crps", "logscore", "pit")]
    pd.testing.assert_frame_equal(
        made[columns].sort_values(KEYS).reset_index(drop=True),
        expected[columns].sort_values(KEYS).reset_index(drop=True),
        rtol=1e-12,
    )


def test_a_complete_record_lacks_nothing_and_another_target_has_no_past(panel: Panel) -> None:
    record = shipped_record()
    assert not missing_occasions(panel, TOTAL, record, Recalibration())
    assert not missing_occasions(panel, "imports_total", record, Recalibration())


def test_what_has_come_out_since_counts(panel: Panel) -> None:
    early = shipped_record().as_of("2026-01-15").frame
    filled = Record(early).with_outcomes(panel).frame.set_index(KEYS)
    today = shipped_record().frame.set_index(KEYS).loc[filled.index]
    pd.testing.assert_series_equal(filled["actual"], today["actual"])
    pd.testing.assert_series_equal(filled["known_on"], today["known_on"])
    new = today["known_on"] > "2026-01-15"
    assert new.sum() > 100
    # Whole paths are gone: no score is made up.
    assert filled.loc[new, "crps"].isna().all()


def test_outcomes_leave_the_past_alone(panel: Panel) -> None:
    early = shipped_record().as_of("2026-01-15")
    cut = Record(early.frame).with_outcomes(panel).as_of("2026-01-15")
    pd.testing.assert_frame_equal(cut.frame, early.frame)


@pytest.mark.parametrize("day", ["2026-01-15", "2026-03-21", "2026-05-15"])
def test_the_shipped_record_speaks_of_the_vintages_of_its_figures(day: str, panel: Panel) -> None:
    plain, vintaged = panel.as_of(day), load_panel(vintages=True).as_of(day)
    known = [default_record(each, TOTAL) for each in (plain, vintaged)]
    assert known[0] is not None
    assert known[1] is not None
    assert len(known[0]) == len(known[1])


@pytest.fixture
def june() -> Panel:
    """A store that has the total of May 2026, invented."""
    figures = pd.DataFrame({"series": [TOTAL], "month": ["2026-05"], "value": [80_000.0]})
    Store().append(Answer("test", JUNE, figures))
    return live_panel()


def test_a_record_of_ones_own_goes_on_from_the_shipped_one(june: Panel) -> None:
    shipped = default_record(june, TOTAL)
    assert shipped is not None
    occasions = missing_occasions(june, TOTAL, shipped, Recalibration())
    assert occasions == [Occasion(pd.Timestamp("2026-06-01"), "after_total")]
    assert list(extend_own_record(june, TOTAL, Recalibration())) == occasions
    record = default_record(june, TOTAL)
    assert record is not None
    assert len(record) == len(shipped) + len(own_record(TOTAL)) == len(shipped) + 6 * 12
    assert not missing_occasions(june, TOTAL, record, Recalibration())


def test_the_months_since_move_the_intervals_at_once(june: Panel) -> None:
    rows = default_record(june, TOTAL).frame  # type: ignore[union-attr]
    may = rows[(rows["origin"] == "2026-05-01") & (rows["step"] == 1)]
    assert set(may["actual"]) == {80_000.0}
    assert set(may["known_on"]) == {pd.Timestamp("2026-06-01")}


def test_an_old_record_is_named(june: Panel) -> None:
    months = pd.period_range("2026-06", "2026-09", freq="M").astype(str)
    late = pd.DataFrame({"series": TOTAL, "month": months, "value": 80_000.0})
    Store().append(Answer("test", datetime(2026, 10, 2, 1, tzinfo=UTC), late))
    with pytest.warns(StaleSeriesWarning):
        notes = "; ".join(monthly_forecast(live_panel(), steps=2).paths.notes)
    assert "ends with 2026-05, 4 months before the last figure; `tradeshock run`" in notes


def test_a_damaged_record_of_ones_own_is_left_out(june: Panel) -> None:
    path: Path = record_path(TOTAL)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"no record")
    with pytest.warns(StoredFileWarning, match="`tradeshock run` makes it anew"):
        record = default_record(june, TOTAL)
    assert record is not None
    assert np.isfinite(record.frame["q50"]).all()


def test_waiting_paths_that_are_damaged_hold_up_nothing(june: Panel) -> None:
    assert len(list(extend_own_record(june, TOTAL, Recalibration()))) == 1
    (waiting,) = record_path(TOTAL).with_suffix("").iterdir()
    waiting.write_bytes(b"damaged")
    figures = pd.DataFrame({"series": [TOTAL], "month": ["2026-06"], "value": [81_000.0]})
    Store().append(Answer("test", datetime(2026, 7, 1, 1, tzinfo=UTC), figures))
    with pytest.warns(StoredFileWarning, match=f"{waiting.name} is no .*scores stay empty"):
        made = list(extend_own_record(live_panel(), TOTAL, Recalibration()))
    assert made == [Occasion(pd.Timestamp("2026-07-01"), "after_total")]
    assert not waiting.exists()


def test_a_slower_run_takes_nothing_back_from_another(june: Panel) -> None:
    months = ["2026-05", "2026-06", "2026-07"]
    figures = pd.DataFrame({"series": TOTAL, "month": months, "value": 80_000.0})
    Store().append(Answer("test", datetime(2026, 8, 1, 1, tzinfo=UTC), figures))
    panel = live_panel()
    slower = extend_own_record(panel, TOTAL, Recalibration())
    next(slower)
    assert len(list(extend_own_record(panel, TOTAL, Recalibration()))) == 2
    next(slower)
    assert len(own_record(TOTAL)) == 3 * 6 * 12
