"""Files of models that are damaged, changed or made by others: one sentence, and nothing runs."""

import json
import pickle
import sys
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from tradeshock.features import load_panel
from tradeshock.features.errors import (
    MissingFileError,
    ModelError,
    StoredFileError,
    TradeshockError,
)
from tradeshock.models import Combination, RandomWalk, Record, SeasonalNaive, load_model
from tradeshock.models.saving.model_file import check_sum

Header = dict[str, Any]


@cache
def saved() -> bytes:
    """Content of the file of a small fitted model."""
    from tempfile import TemporaryDirectory

    panel = load_panel().select(["exports_total", "usdkrw"])
    model = Combination([RandomWalk(), SeasonalNaive()], n_draws=20).fit(panel)
    with TemporaryDirectory() as folder:
        file = Path(folder) / "model.npz"
        model.save(file)
        return file.read_bytes()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "model.npz"
    path.write_bytes(saved())
    return path


def rewrite(
    file: Path,
    change: Callable[[Header, dict[str, Any]], object],
    signed: bool = True,
) -> None:
    """Write a file anew with its header and arrays changed, and the check sum made to agree."""
    with np.load(file) as found:
        arrays = {name: found[name] for name in found.files}
    header = json.loads(str(arrays.pop("about")))
    change(header, arrays)
    content = header["content"]
    if signed and isinstance(content, dict):
        content.pop("digest", None)
        content["digest"] = check_sum(content, arrays)
    np.savez(file, about=np.array(json.dumps(header)), **arrays)


def test_the_file_itself_is_what_it_was(file: Path) -> None:
    rewrite(file, lambda header, arrays: None)
    assert load_model(file).forecast(12).values.shape == (20, 12, 1)


def change_a_figure(header: Header, arrays: dict[str, Any]) -> None:
    table = next(array for array in arrays.values() if array.ndim == 2)
    table[100, 0] *= 1.1


def test_changed_figures_are_found_out(file: Path) -> None:
    before = file.read_bytes()
    rewrite(file, change_a_figure, signed=False)
    with pytest.raises(
        StoredFileError,
        match=r"model.npz cannot be loaded: it is not as it was saved, for its check sum",
    ):
        load_model(file)
    file.write_bytes(before)
    rewrite(file, change_a_figure)
    with pytest.raises(
        StoredFileError, match=r"its figures or their holidays are others .*refit=True"
    ):
        load_model(file)


def test_files_of_other_sorts(file: Path, tmp_path: Path) -> None:
    for error in (FileNotFoundError, StoredFileError):
        with pytest.raises(error, match=r"there is no file .*none.npz; give"):
            load_model(tmp_path / "none.npz")
    with pytest.raises(MissingFileError, match=r"there is no file .*npz.x; give the path"):
        load_model(file / "x")
    with pytest.raises(StoredFileError, match="is a folder and no model file; give a file in it"):
        load_model(tmp_path)
    with pytest.raises(StoredFileError, match="got None as a path; give one such as"):
        load_model(None)  # type: ignore[arg-type]
    Record().save(tmp_path / "record.npz")
    with pytest.raises(StoredFileError, match=r"holds a record, and a model was expected$"):
        load_model(tmp_path / "record.npz")
    np.savez(tmp_path / "plain.npz", x=np.zeros(2))
    with pytest.raises(StoredFileError, match="tradeshock did not write; it holds no model"):
        load_model(tmp_path / "plain.npz")
    file.write_bytes(file.read_bytes()[: -len(file.read_bytes()) // 2])
    with pytest.raises(StoredFileError, match="is damaged"):
        load_model(file)


def test_a_newer_schema_is_named_with_the_way_out(file: Path) -> None:
    rewrite(file, lambda header, arrays: header.update(version=2))
    with pytest.raises(StoredFileError, match=r"in format 2, .* a newer tradeshock wrote it: pip"):
        load_model(file)


def test_a_part_that_is_no_array_is_named(file: Path) -> None:
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr("notes.txt", "by hand")
    with pytest.raises(StoredFileError, match=r"is damaged \(it has a part 'notes.txt' that is no"):
        load_model(file)


@pytest.mark.parametrize("trusted", [RandomWalk, True, "my_module"])
def test_what_is_trusted_comes_in_a_list(trusted: object, file: Path) -> None:
    with pytest.raises(ModelError, match=r"trusted is .*; give classes in a list, such as"):
        load_model(file, trusted=trusted)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"versions": {"numpy": "1.0", "python": "3.0"}}, r"saved by numpy 1\.0 \(here .*python"),
        ({"code": "0" * 64}, "saved by other code of the same version"),
    ],
)
def test_what_other_code_has_learned_is_learned_again(
    changed: Header, words: str, file: Path
) -> None:
    expected = load_model(file).forecast(12).values
    rewrite(file, lambda header, arrays: header["content"].update(changed))
    with pytest.raises(ModelError, match=rf"{words}.*refit=True\)$"):
        load_model(file)
    again = load_model(file, refit=True)
    np.testing.assert_array_equal(again.forecast(12).values, expected)


def test_learning_again_does_not_read_what_was_learned(file: Path) -> None:
    def spoil(header: Header, arrays: dict[str, Any]) -> None:
        header["content"]["nodes"][-1] = {"kind": "unknown"}

    expected = load_model(file).forecast(3).values
    rewrite(file, spoil)
    with pytest.raises(StoredFileError, match="is damaged"):
        load_model(file)
    np.testing.assert_array_equal(load_model(file, refit=True).forecast(3).values, expected)


@pytest.mark.parametrize(
    "named",
    [
        "os:system",
        "builtins:eval",
        "subprocess:Popen",
        "trap:Trap",
        "tradeshock.forecast.cli.main:main",
        "tradeshock.features.fetching:os.system",
        "tradeshock.models.base:Model",
        "tradeshock.models.base:np.random.default_rng",
        "tradeshock.features.panel.panel:Panel",
        "tradeshock.models.no_such_module:Model",
        "tradeshock.models.:",
        "",
    ],
)
def test_no_other_class_is_made_or_imported(
    named: str, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "trap.py").write_text("open('sprung', 'w').close()\nclass Trap: ...\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    rewrite(file, lambda header, arrays: header["content"].update({"class": named}))
    with pytest.raises((ModelError, StoredFileError)):
        load_model(file)
    assert not Path("sprung").exists()
    assert "trap" not in sys.modules


class Bomb:
    """Writes a file when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (eval, ("open('sprung', 'w').close()",))


def test_pickles_are_not_opened(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with np.load(file) as found:
        arrays = {name: found[name] for name in found.files}
    bomb = np.array([Bomb()], dtype=object)
    for written in (arrays | {"array_0": bomb}, arrays | {"about": bomb}):
        np.savez(file, allow_pickle=True, **written)
        with pytest.raises(StoredFileError, match="is damaged"):
            load_model(file)
    file.write_bytes(pickle.dumps(Bomb()))
    with pytest.raises(StoredFileError, match=r"is no model file: .* such as pickle or joblib"):
        load_model(file)
    assert not Path("sprung").exists()


@settings(max_examples=200)
@given(data=st.data())
def test_changed_bytes_raise_named_errors_only(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    whole = bytearray(saved())
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(whole) - 1))
        piece = data.draw(st.binary(max_size=4))
        whole[at : at + data.draw(st.integers(0, 4))] = piece
    file = tmp_path_factory.mktemp("bytes") / "model.npz"
    file.write_bytes(data.draw(st.sampled_from([bytes(whole), bytes(whole[::-1]), b"PK"])))
    loads_or_is_refused(file)


ODD: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=4)
    | st.sampled_from(["object", "array_0", "O", "__class__", "os:system", "Timestamp", "dict"]),
    lambda inside: (
        st.lists(inside, max_size=2)
        | st.dictionaries(
            st.sampled_from(["at", "kind", "class", "parts", "items", "name"]), inside, max_size=3
        )
    ),
    max_leaves=4,
)


@settings(max_examples=100)
@given(data=st.data())
def test_changed_headers_raise_named_errors_only(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("headers") / "model.npz"
    file.write_bytes(saved())
    fields = ["class", "fitted", "parameters", "lesson", "attributes", "versions", "fingerprint"]

    def change(header: Header, arrays: dict[str, Any]) -> None:
        content, odd = header["content"], data.draw(ODD)
        if field := data.draw(st.sampled_from([None, None, None, *fields])):
            content[field] = odd
            return
        node = content["nodes"][data.draw(st.integers(0, len(content["nodes"]) - 1))]
        key = data.draw(st.sampled_from(sorted(node)))
        inside = node[key]
        if isinstance(inside, list | dict) and inside and data.draw(st.booleans()):
            places = sorted(inside) if isinstance(inside, dict) else range(len(inside))
            inside[data.draw(st.sampled_from(places))] = odd
        else:
            node[key] = odd

    rewrite(file, change)
    loads_or_is_refused(file)


def loads_or_is_refused(file: Path) -> None:
    """A file that was changed is refused by a named error; some changes mean nothing."""
    found = None
    found = None
    try:
        loaded = load_model(file)
    except TradeshockError as error:
        found = str(error)
    if found is None:
        assert isinstance(loaded, Combination | RandomWalk | SeasonalNaive)
    else:
        assert str(file) in found
