"""TOML files that users write: catalogs, shocks and defaults, from editors of all kinds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tradeshock.features import Catalog
from tradeshock.features.errors import CatalogError
from tradeshock.forecast.cli.main import main
from tradeshock.forecast.scenarios import read_shocks

CATALOG = '[x]\ntitle = "Ausfuhr in die Türkei"\nrelease = {day = 7}\n'
SHOCK = '[mine]\ntitle = "Zölle über 10 %"\nmoves = [{series = "us_ip", to = -0.02, over = 3}]\n'
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16"]


def run(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_byte_order_mark_is_no_part_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    path = tmp_path / "own.toml"
    path.write_bytes(CATALOG.replace("\n", "\r\n").encode(encoding))
    assert Catalog.read(path)["x"].title == "Ausfuhr in die Türkei"
    path.write_bytes(SHOCK.encode(encoding))
    assert read_shocks(path)["mine"].title == "Zölle über 10 %"
    defaults = tmp_path / "own_defaults.toml"
    defaults.write_bytes('note = "Zölle"\n'.encode(encoding))
    monkeypatch.setenv("TRADESHOCK_CONFIG", str(defaults))
    seen = run("models")
    assert seen.exit_code == 0, seen.stderr


def test_a_catalog_that_is_none_is_named(tmp_path: Path) -> None:
    figures = tmp_path / "own.csv"
    figures.write_text("month,x\n2020-01,1\n", encoding="utf-8")
    seen = run("data", "--csv", figures, "--release-after", "15", "--catalog", figures)
    assert seen.exit_code == 2
    assert f"{figures} does not read as TOML, which a catalog is: Expected '='" in seen.stderr
    assert "TOMLDecodeError" not in seen.stderr


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x = 1\n", "x is 1; write a table of its own: [x]"),
        ("[x]\nrelease = {days = 3}\n", "x: release is {'days': 3}; give e.g. release = {day = 1}"),
        ("[x]\nrelease = 3\n", "x: release is 3; give e.g. release = {day = 1}"),
        ("[x]\nunit = 'EUR'\n", "x: no release rule"),
    ],
)
def test_an_entry_that_is_none_is_named_with_its_file(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogError, match=re.escape(f"{path}: {says}")):
        Catalog.read(path)
