"""The site: what `tools/build_site.py` finds out before Sphinx is asked."""

import runpy
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def tool() -> dict[str, Any]:
    return runpy.run_path(str(ROOT / "tools" / "build_site.py"))


def test_links_that_lead_nowhere_are_found(tool: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "b.html").write_text('<h2 id="here">B</h2>', encoding="utf-8")
    links = ["docs/b.html", "docs/b.html#here", "docs/b.html#gone", "c.html", "#top", "https://x.y"]
    text = "".join(f'<a href="{link}">x</a>' for link in links) + '<img src="docs/no.png">'
    (tmp_path / "a.html").write_text(text, encoding="utf-8")
    found = sorted(tool["dead_links"](tmp_path))
    assert found == [f"a.html: {x}" for x in ("#top", "c.html", "docs/b.html#gone", "docs/no.png")]


def test_constants_are_described_by_the_words_below_them(tool: dict[str, Any]) -> None:
    doors = tool["public_names"]()
    pages = "\n".join(tool["api_page"](package, doors) for package in doors)
    for name, words in (
        ("news.GROUPS", "Series by the group under which news speaks of them"),
        ("exposure.RESPONSES", "How exports answer a tariff"),
        ("judging.EPISODES", "Trade shocks in order of time"),
    ):
        room, _, constant = name.partition(".")
        entry = f".. py:data:: {constant}\n   :module: tradeshock.forecast.{room}\n   :value: "
        assert entry in pages
        assert f"\n\n   {words}" in pages.partition(entry)[2]
    with pytest.raises(ValueError, match="FLOOR has no words"):
        tool["comment"]("FLOOR", "tradeshock.forecast.news.groups")


def test_the_first_page_leads_on_where_a_browser_does_not(
    tool: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "index.html").write_text(tool["START"], encoding="utf-8")
    assert tool["Page"](tool["START"]).links == ["docs/index.html"]
    assert list(tool["dead_links"](tmp_path)) == ["index.html: docs/index.html"]
    (tmp_path / "docs" / "index.html").touch()
    assert not list(tool["dead_links"](tmp_path))


def test_every_public_name_is_described_once(tool: dict[str, Any]) -> None:
    doors = tool["public_names"]()
    assert list(doors)[:2] == ["tradeshock", "tradeshock.forecast"]
    pages = "\n".join(tool["api_page"](package, doors) for package in doors)
    origins = {(name, origin) for names in doors.values() for name, origin in names.items()}
    modules = {(name, origin) for name, origin in origins if origin in doors}
    for name, origin in sorted(origins - modules):
        entries = (f"::{' '}{{door}}.{name}\n", f"::{' '}{name}\n   :module: {{door}}\n")
        homes = [d for d in doors if any(entry.format(door=d) in pages for entry in entries)]
        described = [getattr(import_module(door), name) for door in homes]
        value = getattr(import_module(origin), name)
        assert sum(one is value for one in described) == 1, name
