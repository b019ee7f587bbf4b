"""What is logged: nothing is shown by default, everything where asked for, and never a key."""

import logging
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from servers.publishers import SECRETS, Publishers, served

from tradeshock.features import Panel
from tradeshock.features.errors import SourceError
from tradeshock.features.fetching.client import Client
from tradeshock.features.fetching.keys import Keys
from tradeshock.forecast import backtest
from tradeshock.forecast.archive import Archive
from tradeshock.forecast.cli.main import main


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(main, list(arguments))
    assert result.exit_code == 0, result.output
    return result


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    for name, secret in SECRETS.items():
        monkeypatch.setenv(name, secret)


def without_keys(text: str) -> bool:
    return not any(secret in text for secret in SECRETS.values())


@pytest.fixture
def publishers(
    panel: Panel, monkeypatch: pytest.MonkeyPatch, clock: Callable[[str], None]
) -> Publishers:
    clock("2026-11-25T03:00:00")
    return Publishers(panel.values)


# One whose key is in the address, one whose key is a parameter, and one without.
SOURCES = [f"--source={name}" for name in ("ecos", "kosis_ict", "fed_g17", "customs_items")]


@pytest.mark.parametrize(("flags", "lines"), [((), 0), (("-v",), 4 * len(SOURCES))])
def test_an_update_says_what_it_does_where_asked(
    publishers: Publishers,
    secrets: None,
    flags: tuple[str, ...],
    lines: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with served(publishers) as url:
        monkeypatch.setenv("TRADESHOCK_MIRROR", url)
        result = run(*flags, "data", "update", *SOURCES)
    said = [line for line in result.stderr.splitlines() if " tradeshock.features." in line]
    assert len(said) >= lines
    assert bool(said) == bool(flags)
    assert without_keys(result.output)
    if flags:
        assert any("fetching.client: ecos.bok.or.kr answers with status 200" in s for s in said)
        assert any("sources.gather: asking " in s for s in said)
        assert any("vintages.store: " in s and " new and " in s for s in said)
    # The flag counts for its own command alone.
    assert logging.getLogger("tradeshock").level == logging.NOTSET
    assert not logging.getLogger("tradeshock").isEnabledFor(logging.INFO)


def test_no_key_is_logged_even_if_written_into_the_address_or_sent_back(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "tradeshock")
    name, secret = next(iter(SECRETS.items()))

    class Echo(Publishers):
        def __init__(self) -> None: ...

        def answer(self, path: str, *_: str) -> tuple[int, bytes]:
            return (500 if "fails" in path else 200), path.encode()

    client = Client(Keys({name: secret}), tries=2, pause=0.01)
    with served(Echo()) as url:
        client.get(f"{url}/a?key={{key}}", key=name)
        client.get(f"{url}/b?key={secret}")
        with pytest.raises(SourceError):
            client.get(f"{url}/fails?key={{key}}", key=name)
    assert "asked again" in caplog.text
    assert caplog.text.count("asked: ") == 2
    assert without_keys(caplog.text)


def test_a_backtest_logs_its_chunks_and_what_it_keeps(
    panel: Panel, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    origins = panel.origins("2024-11", "2025-02")
    with caplog.at_level(logging.DEBUG, "tradeshock"):
        backtest(["RandomWalk"], panel, origins=origins, steps=2, store=tmp_path, n_jobs=1)
    lines = [record.getMessage() for record in caplog.records]
    assert lines[0].startswith("2 of 2 chunks to be run")
    assert sum(line.startswith("done: ") for line in lines) == 2
    assert sum(line.startswith("written: ") for line in lines) == 2
    caplog.clear()
    with caplog.at_level(logging.INFO, "tradeshock"):
        backtest(["RandomWalk"], panel, origins=origins, steps=2, store=tmp_path, n_jobs=1)
    assert "0 of 2 chunks to be run" in caplog.text


def test_an_archive_logs_what_it_writes(tmp_path: Path) -> None:
    told = run("-v", "forecast", "--model", "RandomWalk", "--archive", str(tmp_path)).stderr
    (id,) = Archive(tmp_path).contents().index
    assert f"archive: written: {tmp_path / id}.npz" in told


def test_nothing_is_shown_by_default_in_python() -> None:
    """Not even warnings, which logging shows where no handler is set."""
    code = (
        "import logging, tradeshock as ts; p = ts.load_panel(); "
        "ts.backtest(['RandomWalk'], p, origins=p.origins('2025-01', '2025-02'), steps=1, n_jobs=1,"
        " progress=False); logging.getLogger('tradeshock.of.a.user').warning('heard')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
