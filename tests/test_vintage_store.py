"""The user's own figures: nothing is lost, and whatever is wrong is one sentence."""

import json
import sqlite3
import subprocess
import sys
import warnings
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pandas as pd
import pytest

from tradeshock.features.errors import PanelError, StoredFileError, StoredFileWarning
from tradeshock.features.vintages import Answer, Store

TOTAL = "exports_total"
NOON = datetime(2026, 11, 1, 3, tzinfo=UTC)


def answer(
    value: float, days: float = 0.0, month: str = "2026-05", source: str = "customs"
) -> Answer:
    figures = pd.DataFrame({"series": [TOTAL], "month": [month], "value": [value]})
    return Answer(source, NOON + timedelta(days=days), figures)


def vintages_of(store: Store, month: str = "2026-05") -> list[tuple[str, float]]:
    rows = store.history().months()
    rows = rows[(rows["series"] == TOTAL) & (rows["month"] == pd.Period(month, "M").ordinal)]
    return [
        (str(day.date()), value) for day, value in zip(rows["seen"], rows["value"], strict=True)
    ]


def test_the_snapshot_is_the_first_answer(panel, home: Path) -> None:
    store = Store()
    assert not store.exists()
    before = store.history()
    assert {kept.source for kept in before.answers} == {"snapshot"}
    store.append(answer(72000.0))
    assert store.path == home / "figures.sqlite"
    after = Store().history()
    assert [kept.source for kept in after.answers] == ["snapshot"] * 6 + ["customs"]
    rows = after.months()
    newest = rows[~rows.duplicated(["series", "month"], keep="last")]
    newest = newest[newest["seen"] <= "2026-05-15"]
    table = newest.pivot(index="month", columns="series", values="value")
    expected = panel.values.set_axis(panel.months.asi8, axis=0)
    table = table[expected.columns].set_axis(table.index.astype("int64"), axis=0)
    pd.testing.assert_frame_equal(table, expected, check_names=False)
    assert vintages_of(store, "2026-03") == [("2026-04-20", 86626.88), ("2026-05-11", 87211.19)]


def test_only_what_changed_is_kept() -> None:
    store = Store()
    assert store.append(answer(72000.0)) == (1, 0, 0)
    assert store.append(answer(72000.0, 1)) == (0, 0, 0)
    assert store.append(answer(72100.0, 2)) == (0, 1, 0)
    assert store.append(answer(72000.0, 3)) == (0, 1, 0)
    assert store.append(answer(float("nan"), 4)) == (0, 0, 1)
    assert store.append(answer(float("nan"), 5, "2026-06")) == (0, 0, 0)
    assert vintages_of(store) == [
        ("2026-11-01", 72000.0),
        ("2026-11-03", 72100.0),
        ("2026-11-04", 72000.0),
    ]
    looks = [str(day) for day in store.history().looks(TOTAL) if str(day) > "2026-05-15"]
    assert looks == [f"2026-11-0{day}" for day in range(1, 7)]


def test_a_source_that_is_asked_twice_a_day_leaves_one_row() -> None:
    store = Store()
    for hours in range(4):
        store.append(answer(72000.0, hours / 24))
    assert len([kept for kept in store.history().answers if kept.source == "customs"]) == 1


def test_an_older_answer_is_compared_with_its_own_time() -> None:
    store = Store()
    store.append(answer(72000.0))
    store.append(answer(72100.0, 4))
    assert store.append(answer(72100.0, 2)) == (0, 1, 0)
    assert store.append(answer(72100.0, 5)) == (0, 0, 0)
    assert [day for day, _ in vintages_of(Store())] == ["2026-11-01", "2026-11-03"]


def test_days_are_those_of_korea() -> None:
    new_york = timezone(timedelta(hours=-5))
    store = Store()
    late = datetime(2026, 10, 31, 23, 30, tzinfo=new_york)
    store.append(Answer("customs", late, answer(1.0).figures))
    assert [day for day, _ in vintages_of(store)] == ["2026-11-01"]
    early = datetime(2026, 10, 31, 9, 59, 59, tzinfo=new_york)
    other = Store(store.path.with_name("other.sqlite"))
    other.append(Answer("customs", early, answer(1.0).figures))
    assert [day for day, _ in vintages_of(other)] == ["2026-10-31"]


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ({"series": [TOTAL], "value": [1.0]}, "lacks the columns"),
        ({"series": [TOTAL] * 2, "month": ["2026-05"] * 2, "value": [1.0, 2.0]}, "not the only"),
        ({"series": [TOTAL], "month": ["2026-05"], "value": [float("inf")]}, "is inf"),
    ],
)
def test_an_answer_is_a_clean_table(figures: dict[str, list[object]], said: str) -> None:
    with pytest.raises(PanelError, match=said):
        Answer("customs", NOON, pd.DataFrame(figures))
    with pytest.raises(PanelError, match="no time zone"):
        Answer("customs", datetime(2026, 11, 1), answer(1.0).figures)


# -- bad days ---------------------------------------------------------------------------------


def edit(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


def test_a_later_schema_is_left_as_it_is() -> None:
    store = Store()
    store.append(answer(72000.0))
    edit(store.path, "PRAGMA user_version = 7")
    content = store.path.read_bytes()
    for ask in (Store().history, lambda: Store().append(answer(1.0, 1))):
        with pytest.raises(StoredFileError, match=r"schema 7, written by a newer version"):
            ask()
    assert store.path.read_bytes() == content


def test_a_database_of_another_program_is_refused(home: Path) -> None:
    home.mkdir()
    edit(home / "figures.sqlite", "CREATE TABLE cats (name)")
    with pytest.raises(StoredFileError, match="of another program"):
        Store().append(answer(1.0))


def test_an_empty_file_is_a_store_without_answers(home: Path) -> None:
    home.mkdir()
    (home / "figures.sqlite").touch()
    assert {kept.source for kept in Store().history().answers} == {"snapshot"}
    assert Store().append(answer(72000.0)) == (1, 0, 0)


@pytest.mark.parametrize("where", ["head", "middle"])
def test_a_damaged_file_is_named(where: str) -> None:
    store = Store()
    store.append(answer(72000.0))
    content = bytearray(store.path.read_bytes())
    start = 0 if where == "head" else 4096
    content[start : start + 4096] = b"\xa5" * 4096
    store.path.write_bytes(content)
    with pytest.raises(StoredFileError, match=r"is damaged .*tradeshock data import"):
        Store().history()
    assert store.path.read_bytes() == content


def test_a_damaged_answer_is_left_out_and_the_others_serve() -> None:
    store = Store()
    for day, value in enumerate([72000.0, 72100.0, 72200.0]):
        store.append(answer(value, day))
    edit(store.path, "UPDATE answer SET figures = x'00' WHERE seen = " + str(kept_at(store, 1)))
    with pytest.warns(StoredFileWarning, match=r"customs, 02 November 2026, is damaged"):
        history = Store().history()
    assert [kept.values.tolist() for kept in history.answers[-2:]] == [[72000.0], [72200.0]]


def test_an_answer_that_was_changed_by_hand_is_left_out() -> None:
    store = Store()
    store.append(answer(72000.0))
    edit(store.path, "UPDATE answer SET source = 'costums' WHERE source = 'customs'")
    with pytest.warns(StoredFileWarning, match="its hash is another"):
        Store().history()


def kept_at(store: Store, place: int) -> int:
    return [kept for kept in store.history().answers if kept.source == "customs"][place].seen


def test_a_folder_that_cannot_be_made_is_named(home: Path) -> None:
    home.write_text("a file stands here")
    with pytest.raises(StoredFileError, match=r"cannot be made .*nothing was stored"):
        Store().append(answer(1.0))
    assert {kept.source for kept in Store().history().answers} == {"snapshot"}


# Python 3.12 and later warn of forks beside threads, which numpy's library has; none runs here.
FORKING = ("-W", "ignore:This process:DeprecationWarning")
READ_ONLY = """
import os, shutil, sys, tempfile
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from test_vintage_store import answer
from tradeshock.features.errors import StoredFileError
from tradeshock.features.vintages import Store

with tempfile.TemporaryDirectory() as folder:
    path = Path(shutil.copy(sys.argv[1], folder))
    path.chmod(0o444)
    os.chmod(folder, 0o555)
    Store(path).history()
    child = os.fork()
    if child == 0:
        if os.geteuid() == 0:
            # Permissions do not hold root back.
            os.setuid(65534)
        print(len(Store(path).history().answers), flush=True)
        try:
            Store(path).append(answer(1.0, 1))
        except StoredFileError as error:
            print(error, flush=True)
        os._exit(0)
    os.waitpid(child, 0)
    os.chmod(folder, 0o755)
"""


def test_a_store_that_may_only_be_read_is_read() -> None:
    store = Store()
    store.append(answer(72000.0))
    run = subprocess.run(
        [sys.executable, *FORKING, "-c", READ_ONLY, str(store.path), str(Path(__file__).parent)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.stderr == ""
    count, said = run.stdout.splitlines()
    assert int(count) == len(store.history().answers)
    assert "cannot be written" in said
    assert "nothing was stored" in said


def test_a_full_disk_leaves_the_store_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store()
    store.append(answer(72000.0))
    edit(store.path, "PRAGMA user_version = 1")
    connect = sqlite3.connect

    def small(*arguments: object, **options: object) -> sqlite3.Connection:
        connection = connect(*arguments, **options)
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")
        return connection

    months = pd.period_range("1900-01", "2026-04", freq="M")
    large = pd.DataFrame(
        {
            "series": TOTAL,
            "month": months,
            "value": [m.ordinal**0.5 if m.ordinal > 0 else 1.0 for m in months],
        }
    )
    monkeypatch.setattr(sqlite3, "connect", small)
    with pytest.raises(StoredFileError, match=r"could not be written .*full.*nothing was stored"):
        store.append(Answer("customs", NOON + timedelta(days=1), large))
    monkeypatch.setattr(sqlite3, "connect", connect)
    assert vintages_of(store) == [("2026-11-01", 72000.0)]
    assert store.append(answer(72100.0, 2)) == (0, 1, 0)
    assert vintages_of(Store())[-1] == ("2026-11-03", 72100.0)


def test_a_store_in_use_is_waited_for_and_then_named(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store()
    store.append(answer(72000.0))
    monkeypatch.setattr("tradeshock.features.vintages.store.WAIT_SECONDS", 0.05)
    other = sqlite3.connect(store.path)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoredFileError, match="in use by another program"):
        Store().append(answer(72100.0, 1))
    assert len(vintages_of(Store())) == 1
    other.rollback()
    other.close()
    assert Store().append(answer(72100.0, 1)) == (0, 1, 0)


# A process that was imported once and makes writers and readers by fork, so that many can be
# killed in a second.
CROWD = """
import json, os, random, signal, sys, time
sys.path.insert(0, sys.argv[1])
from test_vintage_store import answer
from tradeshock.features.vintages.store import Store

Store().append(answer(1.0))
random.seed(7)

def forked(work):
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    os.close(reading)
    store, code = Store(), 1
    try:
        work(store, lambda text: os.write(writing, f"{text}\\n".encode()))
        code = 0
    finally:
        os._exit(code)

def heard(reading, first=b""):
    with os.fdopen(reading, "rb") as file:
        return (first + file.read()).decode().split("\\n")[:-1]

def writer(first, count):
    def work(store, say):
        for value in range(first, first + count):
            store.append(answer(float(value), value / 100.0))
            say(value)
    return work

def reader(store, say):
    for _ in range(25):
        say(len(Store().history().answers))

said, killed = [], 0
for trial in range(25):
    pid, reading = forked(writer(1000 * (trial + 1), 900))
    # Some are killed before their first word, most while they write.
    first = os.read(reading, 1) if trial % 5 else b""
    time.sleep(random.uniform(0.0, 0.05))
    os.kill(pid, signal.SIGKILL)
    killed += os.WIFSIGNALED(os.waitpid(pid, 0)[1])
    said += heard(reading, first)
    Store().history()
crowd = [forked(work) for work in (writer(50000, 30), writer(60000, 30), reader, reader)]
ends = [os.waitpid(pid, 0)[1] for pid, _ in crowd]
both = [heard(reading) for _, reading in crowd]
print(json.dumps({"said": said, "killed": killed, "ends": ends, "crowd": both}))
"""


def test_nothing_is_lost_when_writers_are_killed_and_readers_are_undisturbed() -> None:
    run = subprocess.run(
        [sys.executable, *FORKING, "-c", CROWD, str(Path(__file__).parent)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    found = json.loads(run.stdout)
    assert found["killed"] == 25
    assert len(found["said"]) >= 20
    assert found["ends"] == [0, 0, 0, 0], run.stderr
    first, second, *readers = found["crowd"]
    assert (len(first), len(second)) == (30, 30)
    for counts in readers:
        assert sorted(map(int, counts)) == list(map(int, counts))
    with warnings.catch_warnings(action="error"):
        answers = [kept for kept in Store().history().answers if kept.source == "customs"]
    kept = {value for answer in answers for value in answer.values.tolist()}
    assert {float(value) for value in [*found["said"], *first, *second]} <= kept
    connection = sqlite3.connect(Store().path)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
