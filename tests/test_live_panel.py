"""The panel of today: what was seen since the snapshot, and the past as it was."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tradeshock.features import Panel, load_panel
from tradeshock.features.errors import PanelError
from tradeshock.features.vintages import Answer, Store, live_panel
from tradeshock.forecast import backtest
from tradeshock.models import RandomWalk

TOTAL = "exports_total"
NOVEMBER = datetime(2026, 11, 25, 3, tzinfo=UTC)
OLD = ("2012-05-01", "2020-03-11", "2024-05-01", "2026-05-01", "2026-05-15")


def answer(
    series: str,
    months: list[str],
    values: list[float],
    when: datetime = NOVEMBER,
    source: str = "test",
) -> Answer:
    figures = pd.DataFrame({"series": series, "month": months, "value": values})
    return Answer(source, when, figures)


def all_months_to(panel: Panel, last: str) -> pd.DataFrame:
    """Every series of the panel filled to a month with its last figure, made up."""
    months = pd.period_range(panel.months[0], last, freq="M")
    return panel.values.reindex(months).ffill()


@pytest.fixture
def revived(panel: Panel) -> Panel:
    """All series, stale ones too, brought up to October 2026 in November; history revised."""
    table = all_months_to(panel, "2026-10")
    flashes = [id for id in table if panel.catalog[id].flash_of]
    table.loc["2026-05":, flashes] *= 0.5
    table.loc["2026-03":"2026-04", "us_ip"] *= 1.01
    table.loc["2010-01":"2010-12", "us_ip"] *= 1.02
    long = table.rename_axis(index="month", columns="series").stack().rename("value").reset_index()
    days = pd.date_range("2026-05-11", "2026-11-24", freq="B")
    quotes = pd.DataFrame({"series": "usdkrw", "day": days, "value": 1500.0})
    Store().extend([Answer("test", NOVEMBER, long), Answer("test", NOVEMBER, quotes)])
    return live_panel()


def test_without_a_store_it_is_the_snapshot_with_its_vintages(panel: Panel) -> None:
    live, known = live_panel(), load_panel(vintages=True)
    assert live.origin == known.origin
    pd.testing.assert_frame_equal(live.values, panel.values)
    for day in (*OLD, "2026-04-21", "2026-05-11"):
        assert live.as_of(day).fingerprint() == known.as_of(day).fingerprint()


@pytest.mark.parametrize("day", OLD)
def test_an_update_that_revives_stale_series_leaves_old_origins(day: str, revived: Panel) -> None:
    before = load_panel(vintages=True).as_of(day)
    assert revived.last_month("exports_to_asean") == pd.Period("2026-10", "M")
    assert not revived.is_stale("exports_to_asean")
    assert before.is_stale("exports_to_asean") == revived.as_of(day).is_stale("exports_to_asean")
    assert revived.as_of(day).fingerprint() == before.fingerprint()


def test_the_months_since_the_snapshot_have_their_origins(revived: Panel) -> None:
    assert revived.origin == pd.Timestamp("2026-11-25")
    assert len(revived.origins("2026-06", "2026-11")) == 6
    october = revived.as_of("2026-10-05")
    assert october.last_month(TOTAL) == pd.Period("2026-09", "M")
    # Asked for since May without an answer: known from the day on which it came.
    assert october.last_month("exports_to_asean") == pd.Period("2023-09", "M")
    running = revived.as_of("2026-10-12").quotes
    assert running is not None
    assert running.running("usdkrw", "2026-10-12").so_far == 1500.0


def test_replays_of_old_origins_are_bit_identical(revived: Panel) -> None:
    known = load_panel(vintages=True)
    origins = known.origins("2026-01", "2026-05")
    options = {"steps": 2, "n_jobs": 1, "progress": False}
    frames = [
        backtest([RandomWalk(n_draws=30)], p, TOTAL, origins, **options).frame
        for p in (known, revived)
    ]
    columns = ["month", "step", "q50", "q025", "q975"]
    pd.testing.assert_frame_equal(frames[0][columns], frames[1][columns])


def test_outcomes_by_first_print_or_newest() -> None:
    store = Store()
    store.append(answer(TOTAL, ["2026-05"], [80000.0], NOVEMBER - timedelta(days=100)))
    store.append(answer(TOTAL, ["2026-05"], [81000.0]))
    live = live_panel()
    origins = live.origins("2026-05", "2026-05")
    options = {"steps": 1, "n_jobs": 1, "progress": False}
    actuals = {
        which: backtest([RandomWalk(n_draws=30)], live, TOTAL, origins, actual=which, **options)
        .frame.query("quantity == 'level'")["actual"]
        .tolist()
        for which in ("first", "latest")
    }
    assert actuals == {"first": [80000.0], "latest": [81000.0]}


def test_a_figure_is_known_from_its_rule_day_or_from_when_it_was_seen() -> None:
    store = Store()
    june = datetime(2026, 6, 5, 3, tzinfo=UTC)
    # Of May, on time; of May again, a look; July comes before its day.
    store.append(answer(TOTAL, ["2026-05"], [80000.0], june))
    store.append(answer(TOTAL, ["2026-05"], [80000.0], datetime(2026, 7, 3, 3, tzinfo=UTC)))
    later = datetime(2026, 7, 28, 3, tzinfo=UTC)
    store.append(answer(TOTAL, ["2026-06", "2026-07"], [81000.0, 82000.0], later))
    store.append(answer("us_ip", ["2026-05"], [100.0], datetime(2026, 8, 1, 3, tzinfo=UTC)))
    live = live_panel()
    last = {
        day: str(live.as_of(day).last_month(TOTAL))
        for day in ("2026-05-31", "2026-06-01", "2026-07-27", "2026-07-28")
    }
    # June was asked for on 3 July and was not there: it is known from 28 July.
    assert last == {
        "2026-05-31": "2026-04",
        "2026-06-01": "2026-05",
        "2026-07-27": "2026-05",
        "2026-07-28": "2026-07",
    }


def test_months_after_a_gap_wait_for_it() -> None:
    store = Store()
    store.append(answer(TOTAL, ["2026-10"], [90000.0]))
    live = live_panel()
    assert live.last_month(TOTAL) == pd.Period("2026-04", "M")
    months = [f"2026-{month:02d}" for month in range(5, 10)]
    store.append(answer(TOTAL, months, [80000.0] * 5, NOVEMBER + timedelta(hours=1)))
    assert live_panel().last_month(TOTAL) == pd.Period("2026-10", "M")


def test_what_the_panel_does_not_have_is_kept_and_not_used(panel: Panel) -> None:
    store = Store()
    store.append(answer("cats", ["2026-05"], [1.0]))
    store.append(answer("us_ip", ["1950-01"], [1.0]))
    assert list(live_panel().values.columns) == list(panel.values.columns)
    assert live_panel().as_of("2012-05-01").fingerprint() == panel.as_of("2012-05-01").fingerprint()
    assert "cats" in store.history().names.values()


def test_a_withdrawn_figure_is_as_it_was_last_published() -> None:
    store = Store()
    store.append(answer(TOTAL, ["2026-05"], [80000.0]))
    store.append(answer(TOTAL, ["2026-05"], [np.nan], NOVEMBER + timedelta(days=1)))
    assert live_panel().values.at[pd.Period("2026-05", "M"), TOTAL] == 80000.0


def test_contradicting_counts_are_refused() -> None:
    flash = "exports_total_first_10_days"
    Store().append(answer(flash, ["2026-05"], [99000.0]))
    Store().append(answer(TOTAL, ["2026-05"], [80000.0], NOVEMBER + timedelta(seconds=1)))
    with pytest.raises(PanelError, match="more than the whole month"):
        live_panel()


def test_the_file_may_be_named(tmp_path: Path, home: Path) -> None:
    Store(tmp_path / "mine.sqlite").append(answer(TOTAL, ["2026-05"], [80000.0]))
    assert live_panel(tmp_path / "mine.sqlite").last_month(TOTAL) == pd.Period("2026-05", "M")
    assert live_panel().last_month(TOTAL) == pd.Period("2026-04", "M")
    assert not home.exists()
