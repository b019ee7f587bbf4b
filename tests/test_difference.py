"""What is new and what was revised since a day, from the store and by the command."""

from collections.abc import Callable
from datetime import UTC, datetime

import pandas as pd
import pytest
from click.testing import CliRunner

from tradeshock.features.errors import PanelError
from tradeshock.features.vintages import Answer, Store
from tradeshock.features.vintages.difference import COLUMNS, difference
from tradeshock.forecast.cli.main import main

Clock = Callable[[str], None]


def answer(day: str, source: str, **figures: float | None) -> Answer:
    """Figures of exports_total by month, such as m2026_05=80000; None where withdrawn."""
    rows = [("exports_total", name[1:].replace("_", "-"), v) for name, v in figures.items()]
    table = pd.DataFrame(rows, columns=["series", "month", "value"]).astype({"value": "float64"})
    return Answer(source, datetime.fromisoformat(day).replace(tzinfo=UTC), table)


@pytest.fixture
def store() -> Store:
    store = Store()
    known = 85867.478
    store.extend(
        [
            answer("2026-06-01T01:00", "customs_items", m2026_05=80000.0),
            # The same again, and on one day a figure that is corrected twice.
            answer("2026-06-02T01:00", "customs_items", m2026_05=80000.0),
            answer("2026-06-15T01:00", "ecos", m2026_05=80100.0, m2026_04=known),
            answer("2026-06-15T02:00", "customs_items", m2026_05=80400.0),
            answer("2026-06-15T03:00", "customs_items", m2026_04=None),
            # Half past eleven in the evening in Europe is the next day in Korea.
            answer("2026-06-30T22:30", "customs_items", m2026_06=90000.0),
        ]
    )
    return store


def rows(table: pd.DataFrame) -> list[tuple[object, ...]]:
    shown = table.assign(month=table["month"].astype(str), seen=table["seen"].astype(str)).drop(
        columns="series"
    )
    cells = shown.astype(object).where(shown.notna(), None)
    return [tuple(row) for row in cells.itertuples(index=False)]


MAY = ("2026-05", "2026-06-01", None, 80000.0, None, "customs_items")
REVISED = ("2026-05", "2026-06-15", 80000.0, 80400.0, pytest.approx(0.5), "customs_items")
JUNE = ("2026-06", "2026-07-01", None, 90000.0, None, "customs_items")


@pytest.mark.parametrize(
    ("since", "expected"),
    [
        (None, [JUNE]),
        ("2026-07-01", [JUNE]),
        ("2026-07-02", []),
        ("2026-06-02", [REVISED, JUNE]),
        ("2026-05-16", [MAY, REVISED, JUNE]),
        (pd.Timestamp("2026-06-15"), [REVISED, JUNE]),
    ],
)
def test_changes_since_a_day(
    store: Store, since: str | pd.Timestamp | None, expected: list[tuple[object, ...]]
) -> None:
    table = difference(store.history(), since)
    assert tuple(table.columns) == COLUMNS
    assert rows(table) == expected
    assert set(table["series"]) <= {"exports_total"}


def test_the_snapshot_is_no_change_but_its_revisions_are() -> None:
    history = Store().history()
    assert difference(history).empty
    revised = difference(history, "2020-01-01")
    assert len(revised) > 0
    assert revised["before"].notna().all()
    assert (revised["before"] != revised["after"]).all()


def test_no_day_is_refused(store: Store) -> None:
    with pytest.raises(PanelError, match="yesterday-ish"):
        difference(store.history(), "yesterday-ish")


def test_the_command_lists_changes(store: Store) -> None:
    run = CliRunner().invoke(main, ["data", "diff", "--since", "2026-06-02"])
    assert run.exit_code == 0, run.output
    head, revised, june, count = [line.split() for line in run.stdout.splitlines()]
    assert head == ["Series", "Month", "Seen", "Before", "After", "%", "Source"]
    assert revised == [
        *("exports_total", "2026-05", "2026-06-15", "80,000", "80,400", "+0.50", "customs_items")
    ]
    assert june == ["exports_total", "2026-06", "2026-07-01", "new", "90,000", "customs_items"]
    assert " ".join(count) == "1 new and 1 revised figures of 1 series"


def test_the_command_says_that_there_is_nothing() -> None:
    said = CliRunner().invoke(main, ["data", "diff"])
    assert said.exit_code == 0
    assert said.stdout == (
        "Nothing was added to the embedded figures; to bring figures up to date: "
        "tradeshock data update\n"
    )
    wrong = CliRunner().invoke(main, ["data", "diff", "--since", "yesterday-ish"])
    assert wrong.exit_code == 2
    assert wrong.stderr.startswith("Error: ")
