"""Which keys are set, what each brings, and keeping one where only its owner reads it."""

import stat
import sys
from pathlib import Path
from types import ModuleType

import pytest
from click.testing import CliRunner

from tradeshock.features.errors import AccessError
from tradeshock.features.fetching.keys import PORTALS, Keys, write_key
from tradeshock.features.sources.access import access
from tradeshock.features.sources.registry import all_sources
from tradeshock.forecast.cli.main import main

SECRET = "0123456789abcdef" * 4
OTHER = "KOSIS+secret/9876543210=="


@pytest.fixture(autouse=True)
def no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PORTALS:
        monkeypatch.delenv(name, raising=False)
    # Nor in the keyring of whoever runs the tests.
    monkeypatch.setitem(sys.modules, "keyring", None)


def keep(name: str, key: str) -> str:
    run = CliRunner().invoke(main, ["data", "keys", "set", name], input=f"{key}\n")
    assert run.exit_code == 0, run.output
    assert key not in run.output
    return run.output


def listed() -> str:
    run = CliRunner().invoke(main, ["data", "keys"])
    assert run.exit_code == 0, run.output
    return run.output


@pytest.fixture
def ring(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    """Return what a keyring holds, by service and name; it stands in for the extra."""
    held: dict[tuple[str, str], str] = {}
    module, errors = ModuleType("keyring"), ModuleType("keyring.errors")

    class KeyringError(Exception):
        pass

    def get_password(service: str, name: str) -> str | None:
        if ("locked", "") in held:
            raise KeyringError("locked")
        return held.get((service, name))

    vars(module).update(get_password=get_password, errors=errors)
    vars(errors).update(KeyringError=KeyringError)
    monkeypatch.setitem(sys.modules, "keyring", module)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    return held


def test_what_is_missing_is_listed_with_where_to_get_it() -> None:
    said = listed()
    for name, portal in PORTALS.items():
        assert f"{name:20} not set" in said
        assert portal.split()[0] in said
        assert f"tradeshock data keys set {name}" in said
    assert "0 of 3 keys are set" in said
    assert "Brings 53 series" in said


def test_a_key_is_kept_where_only_its_owner_reads_it(home: Path) -> None:
    keep("kosis_api_key", OTHER)
    keep("ECOS_API_KEY", SECRET[::-1])
    # A new one takes the place of the old one; what else stands there stays.
    (home / "keys").write_text((home / "keys").read_text() + "# mine\n")
    said = keep("ECOS_API_KEY", SECRET)
    assert "which only you can read" in said
    assert stat.S_IMODE((home / "keys").stat().st_mode) == 0o600
    text = (home / "keys").read_text()
    assert text == f"KOSIS_API_KEY={OTHER}\n# mine\nECOS_API_KEY={SECRET}\n"
    assert [path.name for path in home.iterdir()] == ["keys"]
    assert Keys.read(home / "keys").get("ECOS_API_KEY") == SECRET
    said = listed()
    assert f"{'KOSIS_API_KEY':20} set, from the file" in said
    assert "2 of 3 keys are set" in said
    assert SECRET not in said
    assert OTHER not in said


def test_the_environment_speaks_before_file_and_keyring(
    home: Path, monkeypatch: pytest.MonkeyPatch, ring: dict[tuple[str, str], str]
) -> None:
    ring["tradeshock", "KOSIS_API_KEY"] = OTHER
    ring["tradeshock", "ECOS_API_KEY"] = "of the ring"
    keep("ECOS_API_KEY", SECRET)
    monkeypatch.setenv("DATA_GO_KR_API_KEY", "0f" * 32)
    keys = Keys.read(home / "keys", ring=True)
    assert keys.places == {
        "KOSIS_API_KEY": "keyring",
        "ECOS_API_KEY": "file",
        "DATA_GO_KR_API_KEY": "environment",
    }
    assert (keys.get("KOSIS_API_KEY"), keys.get("ECOS_API_KEY")) == (OTHER, SECRET)
    assert OTHER not in keys.scrub(f"x{OTHER}x")
    assert "set, from the keyring" in listed()
    # Not asked for where it is not wanted.
    assert "KOSIS_API_KEY" not in Keys.read(home / "keys")
    said = keep("DATA_GO_KR_API_KEY", SECRET)
    assert "The environment has another" in said


def test_a_keyring_that_does_not_open_has_no_keys(ring: dict[tuple[str, str], str]) -> None:
    ring["locked", ""] = "x"
    assert "0 of 3 keys are set" in listed()


@pytest.mark.parametrize("key", ["", "  ", "two words", "a\tb", "new\nline"])
def test_what_is_no_key_is_not_kept(tmp_path: Path, key: str) -> None:
    with pytest.raises(AccessError, match="this is no ECOS_API_KEY") as caught:
        write_key(tmp_path / "keys", "ECOS_API_KEY", key)
    assert not key.strip() or key not in str(caught.value)
    assert not (tmp_path / "keys").exists()


def test_a_file_that_others_read_is_not_written(home: Path) -> None:
    home.mkdir()
    (home / "keys").write_text("# open\n")
    (home / "keys").chmod(0o644)
    asked = ["data", "keys", "set", "ECOS_API_KEY"]
    run = CliRunner().invoke(main, asked, input=f"{SECRET}\n")
    assert run.exit_code == 2
    assert "chmod 600" in run.output
    assert SECRET not in run.output
    assert (home / "keys").read_text() == "# open\n"


def test_a_name_that_is_none_is_refused_with_those_there_are() -> None:
    run = CliRunner().invoke(main, ["data", "keys", "set", "FRED_API_KEY"])
    assert run.exit_code == 2
    assert "ECOS_API_KEY" in run.output
    with pytest.raises(AccessError, match="there is no key FRED_API_KEY"):
        write_key(Path("nowhere"), "FRED_API_KEY", SECRET)


def test_every_key_of_a_source_has_its_portal() -> None:
    sources = all_sources(unofficial=True)
    table = access(sources, Keys()).set_index("key")
    assert {s.needs_key or s.better_with for s in sources} - {None} == set(table.index)
    brought = table["brings"]["DATA_GO_KR_API_KEY"]
    assert len(brought) == len(set(brought))
    assert set(table["betters"]["ECOS_API_KEY"]) >= {"exports_total", "imports_total"}
