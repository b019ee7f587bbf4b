"""Set-up shared by all tests."""

import os
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

# Before NumPy is imported: many BLAS threads on small matrices cost more than they save.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import matplotlib
import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tradeshock.features import Panel
    from tradeshock.models import Record

matplotlib.use("Agg")

# The same examples on every run, and no deadline: a busy machine is not a failure.
settings.register_profile("tradeshock", deadline=None, derandomize=True, database=None)
settings.load_profile("tradeshock")


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores: some tests wait for processes of their own."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(scope="session", autouse=True)
def _session_home(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[None]":
    """Keep what fixtures of the session read out of the user's own folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRADESHOCK_HOME", str(tmp_path_factory.mktemp("session") / "home"))
        yield


@pytest.fixture(autouse=True)
def home(
    _session_home: None, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> "Path":
    """Return the test's own TRADESHOCK_HOME, which is not there yet."""
    folder = tmp_path_factory.getbasetemp() / f"home-{uuid4().hex}"
    monkeypatch.setenv("TRADESHOCK_HOME", str(folder))
    # Set and empty: what a developer keeps above the checkout is not read.
    monkeypatch.setenv("TRADESHOCK_CONFIG", "")
    return folder


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> "Callable[[str], None]":
    """Return what sets the clock, UTC; it shows the snapshot's day, so that nothing is old."""

    def show(moment: str) -> None:
        time = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        monkeypatch.setattr("tradeshock.features.days.clock.now", lambda: time)

    show("2026-05-15T03:00:00")
    return show


@pytest.fixture
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test that uses this reaches another machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: tuple[str, int]) -> None:
        assert address[0] in ("127.0.0.1", "::1"), f"{address} is not this machine"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(scope="session")
def panel() -> "Panel":
    """Return the embedded snapshot."""
    from tradeshock.features import load_panel

    return load_panel()


@pytest.fixture(scope="session")
def small_record(panel: "Panel") -> "Record":
    """Return a record of two quick models over ten years of origins, after 10 days."""
    from tradeshock.models import RandomWalk, Record, SeasonalNaive
    from tradeshock.models.record.rows import forecast_rows

    origins = panel.origins("2016-06", "2026-05", "after_10d")
    models = [RandomWalk(n_draws=100), SeasonalNaive(n_draws=100)]
    paths = [made for m in models for made in m.replay(panel, "exports_total", origins, 12)]
    return Record(forecast_rows(paths, panel))


@pytest.fixture
def without_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports leave their charts empty: they cost most of a page, and tests of words need none."""
    drawing = "tradeshock.forecast.report.elements.inline_svg"
    monkeypatch.setattr(drawing, lambda *_: '<svg role="img"></svg>')


@pytest.fixture(scope="session")
def report_folder(
    small_record: "Record", tmp_path_factory: pytest.TempPathFactory
) -> "tuple[Path, str]":
    """Return the folder that ``tradeshock report`` has written to, and what it said."""
    from click.testing import CliRunner

    from tradeshock.forecast.cli.main import main

    folder = tmp_path_factory.mktemp("report")
    ask = ["report", "--as-of", "2026-05-15", "--model", "RandomWalk", "--out", str(folder)]
    ask += ["--adjust", "2026-06=+1200", "--note", "<a new plant>"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tradeshock.forecast.report.page.default_record", lambda *_: small_record)
        run = CliRunner().invoke(main, ask)
    assert run.exit_code == 0, run.output
    return folder, run.stderr
