"""Files of arrays: whole, of the right schema, and nothing left behind."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tradeshock.features.errors import StoredFileError
from tradeshock.models import Record
from tradeshock.models.record.files import Schema, read_arrays, write_arrays
from tradeshock.models.record.record import FIRST_SCHEMA
from tradeshock.models.record.rows import to_arrays
from tradeshock.models.record.shipped import shipped_record

SCHEMA = Schema("things", 3)
ARRAYS = {"numbers": np.linspace(0.0, 1.0, 500), "days": np.array(["2026-05-01"], "datetime64[D]")}


@pytest.mark.parametrize("compressed", [False, True])
def test_what_is_written_is_read(tmp_path: Path, compressed: bool) -> None:
    path = tmp_path / "new" / "file.npz"
    write_arrays(path, SCHEMA, ARRAYS, {"who": ["me"]}, compressed=compressed)
    stored = read_arrays(path, SCHEMA)
    assert stored.about == {"who": ["me"]}
    assert stored.arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(stored.arrays[name], array)
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (Schema("things", 4), "holds things in format 3, and this tradeshock reads format 4$"),
        (Schema("things", 2), "reads format 2; a newer tradeshock wrote it: pip install"),
        (Schema("others", 3), "holds things, and others was expected"),
    ],
)
def test_another_schema_is_refused(tmp_path: Path, other: Schema, words: str) -> None:
    path = tmp_path / "file.npz"
    write_arrays(path, SCHEMA, ARRAYS)
    with pytest.raises(StoredFileError, match=words):
        read_arrays(path, other)


@pytest.mark.parametrize("compressed", [False, True])
def test_a_single_wrong_byte_is_found(tmp_path: Path, compressed: bool) -> None:
    path = tmp_path / "file.npz"
    write_arrays(path, SCHEMA, ARRAYS, compressed=compressed)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(StoredFileError, match="is damaged"):
        read_arrays(path, SCHEMA)


@pytest.mark.parametrize("compressed", [False, True])
def test_any_wrong_bit_is_found_or_of_no_account(tmp_path: Path, compressed: bool) -> None:
    """Also where a part is lost from the list, which the check sums of parts say nothing of."""
    path, small = tmp_path / "file.npz", {"a": np.arange(6.0).reshape(2, 3), "b": np.arange(4)}
    write_arrays(path, SCHEMA, small, {"made": "today"}, compressed=compressed)
    content = path.read_bytes()
    found = 0
    for at in range(len(content)):
        changed = bytearray(content)
        changed[at] ^= 1 << at % 8
        path.write_bytes(changed)
        try:
            stored = read_arrays(path, SCHEMA)
        except StoredFileError:
            found += 1
            continue
        assert stored.about == {"made": "today"}
        assert stored.arrays.keys() == small.keys()
        for name, array in small.items():
            np.testing.assert_array_equal(stored.arrays[name], array)
    assert found > len(content) / 2


def test_an_array_that_has_become_shorter_is_found(tmp_path: Path) -> None:
    """Its end, where the check sum is compared, would not be reached."""
    path = tmp_path / "file.npz"
    write_arrays(path, SCHEMA, {"long": np.arange(200_000)})
    content = path.read_bytes()
    assert content.count(b"(200000,)") == 1
    path.write_bytes(content.replace(b"(200000,)", b"(10,    )"))
    with pytest.raises(StoredFileError, match="is damaged"):
        read_arrays(path, SCHEMA)


def test_a_file_that_does_not_list_its_arrays_is_read(tmp_path: Path) -> None:
    """Those of earlier versions."""
    path = tmp_path / "file.npz"
    header = {"schema": SCHEMA.name, "version": SCHEMA.version, "content": {}}
    np.savez(path, about=np.array(json.dumps(header)), **ARRAYS)
    assert read_arrays(path, SCHEMA).arrays.keys() == ARRAYS.keys()


def test_objects_are_neither_written_nor_read(tmp_path: Path) -> None:
    path = tmp_path / "file.npz"
    with pytest.raises(ValueError, match="allow_pickle"):
        write_arrays(path, SCHEMA, {"it": np.array([{}], dtype=object)})
    assert not list(tmp_path.iterdir())
    np.savez(path, it=np.array([{}], dtype=object))
    with pytest.raises(StoredFileError, match="is damaged"):
        read_arrays(path, SCHEMA)


def test_drafts_of_killed_runs_are_removed_and_those_under_way_are_not(tmp_path: Path) -> None:
    left, under_way, own = (
        tmp_path / f".record.npz.{'0' * 32}",
        tmp_path / f".record.npz.{'1' * 32}",
        tmp_path / ".record.npz.mine",
    )
    for file in (left, under_way, own):
        file.write_bytes(b"half")
    long_ago = time.time() - 7200.0
    for file in (left, own):
        os.utime(file, (long_ago, long_ago))
    Record().save(tmp_path / "record.npz")
    assert set(tmp_path.iterdir()) == {under_way, own, tmp_path / "record.npz"}


def bits(column: pd.Series) -> np.ndarray:
    values = column.to_numpy()
    return values.view(np.int64) if values.dtype.kind in "fM" else values.astype(str)


def test_a_record_is_read_bit_for_bit_and_so_is_one_of_the_first_schema(tmp_path: Path) -> None:
    record = shipped_record()
    new, old = tmp_path / "new.npz", tmp_path / "old.npz"
    record.save(new)
    write_arrays(old, FIRST_SCHEMA, to_arrays(record.frame), {"figures": []}, compressed=True)
    for path in (new, old):
        loaded = Record.load(path).frame
        assert loaded.dtypes.equals(record.frame.dtypes)
        for name in loaded:
            np.testing.assert_array_equal(bits(loaded[name]), bits(record.frame[name]), name)
    assert new.stat().st_size < 0.9 * old.stat().st_size
