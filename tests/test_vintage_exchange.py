"""Stores as readable files: out and in again, merged by hash."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from tradeshock.features.errors import StoredFileError
from tradeshock.features.vintages import Answer, Store
from tradeshock.features.vintages.exchange import export_answers, read_answers
from tradeshock.features.vintages.history import History

TOTAL = "exports_total"
NOON = datetime(2026, 11, 1, 3, tzinfo=UTC)
IDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=8)
MONTHS = st.integers(-2000, 2000)
VALUES = st.floats(allow_infinity=False)


def hashes(history: History) -> list[bytes]:
    return sorted(kept.sha256(history.names) for kept in history.answers)


def answer(value: float, days: float = 0.0, source: str = "customs") -> Answer:
    figures = pd.DataFrame({"series": [TOTAL], "month": ["2026-05"], "value": [value]})
    return Answer(source, NOON + timedelta(days=days), figures)


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    cells = draw(st.dictionaries(st.tuples(IDS, MONTHS), VALUES, max_size=12))
    daily = draw(st.booleans())
    times = np.array([month for _, month in cells], dtype="int64")
    index: pd.Index = (
        pd.DatetimeIndex(times.astype("datetime64[D]"))
        if daily
        else pd.PeriodIndex(times.astype("datetime64[M]"), freq="M")
    )
    figures = pd.DataFrame(
        {
            "series": np.array([id for id, _ in cells], dtype=object),
            "day" if daily else "month": index,
            "value": np.array(list(cells.values()), dtype=float),
        }
    )
    moment = NOON + timedelta(seconds=draw(st.integers(0, 10**7)))
    source = draw(st.sampled_from(["user", "fed_h10", "tradedata.go.kr"]))
    note = draw(st.text(st.characters(codec="utf-8"), max_size=20))
    return Answer(source, moment, figures, draw(st.sampled_from(["", "ab" * 32])), note)


@settings(max_examples=40)
@given(st.lists(answers(), min_size=1, max_size=4))
def test_what_is_exported_is_imported_bit_for_bit(given: list[Answer]) -> None:
    history = History.of({}, []).with_answers(given)
    with TemporaryDirectory() as name:
        folder = Path(name)
        assert export_answers(history, folder) == len({*hashes(history)})
        back = read_answers(folder)
        assert hashes(back) == sorted({*hashes(history)})
        assert {(k.seen, k.note, k.raw_hash) for k in back.answers} == {
            (k.seen, k.note, k.raw_hash) for k in history.answers
        }
        for one, two in ((history.months(), back.months()), (history.days(), back.days())):
            columns = [one.columns[0], one.columns[1], "seen"]
            sides = [t.sort_values(columns).reset_index(drop=True) for t in (one, two)]
            pd.testing.assert_frame_equal(*sides, check_exact=True)
        assert export_answers(back, folder) == 0


def test_two_machines_merge_by_union(tmp_path: Path) -> None:
    one, two = Store(tmp_path / "one.sqlite"), Store(tmp_path / "two.sqlite")
    one.append(answer(72000.0))
    one.append(answer(72200.0, 5))
    two.append(answer(72000.0, 1, "user"))
    two.append(answer(72100.0, 3))
    for store in (one, two):
        export_answers(store.history(), tmp_path / "shared")
    assert one.merge(read_answers(tmp_path / "shared")) == 2
    assert two.merge(read_answers(tmp_path / "shared")) == 2
    assert hashes(Store(one.path).history()) == hashes(Store(two.path).history())
    rows = Store(two.path).history().months().query("series == @TOTAL and month == 676")
    assert rows["value"].tolist() == [72000.0, 72100.0, 72200.0]
    # What is appended next is compared with the newest of both.
    assert two.append(answer(72200.0, 6)) == (0, 0, 0)


def test_a_person_can_read_it(tmp_path: Path) -> None:
    store = Store()
    store.append(answer(72000.0))
    export_answers(store.history(), tmp_path)
    (file,) = tmp_path.glob("*-customs-*.csv")
    lines = file.read_text(encoding="utf-8").splitlines()
    assert file.name.startswith("2026-11-01T030000Z-customs-")
    assert lines[:2] == ["# source: customs", "# seen: 2026-11-01T03:00:00Z"]
    assert lines[-2:] == ["series,month,value", "exports_total,2026-05,72000.0"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("72000.0", "72001.0", "was changed after it was exported"),
        ("# source: customs", "# source: user", "was changed after it was exported"),
        ("72000.0", "many", "is no answer that data export wrote"),
        ("series,month,value\n", "", "is no answer that data export wrote"),
        ("# covers: ", "# covers: [", "is no answer that data export wrote"),
    ],
)
def test_a_file_that_was_changed_is_refused(old: str, new: str, said: str, tmp_path: Path) -> None:
    store = Store()
    store.append(answer(72000.0))
    export_answers(store.history(), tmp_path)
    (file,) = tmp_path.glob("*-customs-*.csv")
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(StoredFileError, match=rf"{file.name}.*{said}.*nothing was stored"):
        read_answers(tmp_path)


def test_a_folder_without_answers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoredFileError, match="has no exported answers"):
        read_answers(tmp_path)
    (tmp_path / "short.csv").write_text("a\n")
    with pytest.raises(StoredFileError, match=r"short.csv is no answer"):
        read_answers(tmp_path)
