"""Where files are written: links followed, home folders expanded, nothing but files replaced."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tradeshock.features import Panel
from tradeshock.features.errors import BacktestError, StoredFileError, UnwritableFileError
from tradeshock.forecast import backtest
from tradeshock.models import RandomWalk, Record, load_model


def test_links_go_on_pointing_at_the_file(tmp_path: Path, panel: Panel) -> None:
    (tmp_path / "real").mkdir()
    real, link, chain = tmp_path / "real" / "model.npz", tmp_path / "a.npz", tmp_path / "b.npz"
    link.symlink_to(real)
    chain.symlink_to(link)
    for seed in (1, 2):
        # First to where nothing is yet, then in the place of what is there.
        RandomWalk(random_state=seed).save(chain)
        assert link.is_symlink()
        assert chain.is_symlink()
        assert load_model(real).get_params()["random_state"] == seed
    assert list(real.parent.iterdir()) == [real]


def test_home_folders_are_written_to_and_read_from(
    tmp_path: Path, panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, work = tmp_path / "home", tmp_path / "work"
    home.mkdir()
    work.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(work)
    RandomWalk(random_state=7).save("~/models/walk.npz")
    assert load_model("~/models/walk.npz").get_params()["random_state"] == 7
    Record().save("~/record.npz")
    assert len(Record.load("~/record.npz")) == 0
    run = {"panel": panel, "origins": panel.origins("2024-01", "2024-02"), "steps": 1}
    backtest(RandomWalk(n_draws=20), store="~/runs", n_jobs=1, **run)  # type: ignore[arg-type]
    assert any((home / "runs").glob("RandomWalk-2024-*.npz"))
    assert (home / "models" / "walk.npz").is_file()
    assert not any(work.iterdir())


def test_what_is_no_regular_file_is_left_alone(tmp_path: Path) -> None:
    pipe, link, loop = tmp_path / "pipe", tmp_path / "link", tmp_path / "loop"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    loop.symlink_to(loop)
    for path in (pipe, link, loop):
        with pytest.raises(UnwritableFileError, match=rf"{path} is no regular file, and nothing"):
            RandomWalk().save(path)
    assert pipe.is_fifo()
    assert link.is_symlink()
    assert {path.name for path in tmp_path.iterdir()} == {"pipe", "link", "loop"}


LOADING = """
import sys
from tradeshock import load_model
from tradeshock.models import Record

for load in (load_model, Record.load):
    try:
        load(sys.argv[1])
    except ValueError as error:
        print(error)
"""


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    # In a process of its own, which can be ended where it waits.
    command = [sys.executable, "-c", LOADING, str(pipe)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    model, record = run.stdout.splitlines()
    assert model == f"{pipe} is no regular file and no model file; give the path of one"
    assert record.startswith(f"no record can be read: {pipe} is no regular file and no ")


def test_what_is_no_path_of_a_file_is_neither_written_nor_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for path, said in (
        ("", "^got an empty path; give one such as 'file.npz'$"),
        ("a\0b", r"^the path 'a\\x00b' holds a null character; give one without$"),
        ("~nobody-here/x.npz", r"^~nobody-here/x\.npz begins with ~nobody-here, which is nobody's"),
    ):
        for do in (RandomWalk().save, load_model, Record().save):
            with pytest.raises(StoredFileError, match=said):
                do(path)
    with pytest.raises(StoredFileError, match=r"^n{300} cannot be read: File name too long; give"):
        load_model("n" * 300)
    assert not any(tmp_path.iterdir())
    full = tmp_path / "~nobody-here" / "x.npz"
    RandomWalk().save(full)
    assert load_model(full).name == "RandomWalk"


def test_paths_that_cannot_be_written_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.txt").write_text("mine")
    Path("folder").mkdir()
    for path in (".", "folder", tmp_path):
        with pytest.raises(UnwritableFileError, match=rf"^{path} is a folder; give the name of a"):
            RandomWalk().save(path)
    with pytest.raises(OSError, match=r"^a.txt/x.npz cannot be written: a part of it is a file"):
        RandomWalk().save("a.txt/x.npz")
    with pytest.raises(UnwritableFileError, match=r"^n{300} cannot be written: File name too long"):
        RandomWalk().save("n" * 300)
    for strange in (None, 3):
        with pytest.raises(StoredFileError, match=f"got {strange} as a path; give one such as"):
            RandomWalk().save(strange)  # type: ignore[arg-type]
    assert {path.name for path in tmp_path.iterdir()} == {"a.txt", "folder"}


@pytest.mark.parametrize("store", ["a.txt", "a.txt/runs"])
def test_a_store_that_is_a_file_is_refused_before_anything_is_run(
    store: str, tmp_path: Path, panel: Panel
) -> None:
    (tmp_path / "a.txt").write_text("mine")
    with pytest.raises(BacktestError, match=r"for .*a\.txt is a file and no folder; give"):
        backtest("RandomWalk", panel, store=tmp_path / store, n_jobs=1)
