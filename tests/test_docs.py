"""The pages are run: every Python block, and every command after a ``$ tradeshock`` prompt.

A page's blocks run in order, in one namespace and one empty folder. Python is fenced as
``python``, a session of the command line as ``console``; other fences are not run.
"""

import linecache
import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import matplotlib.pyplot as plt
import pytest
from click.testing import CliRunner

from tradeshock.forecast.cli import main

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(r"^```(python|console)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PROMPT = "$ tradeshock "


@dataclass(frozen=True)
class Block:
    language: str
    text: str
    line: int
    "Number of the page's lines above the block's first."


def blocks(page: str) -> Iterator[Block]:
    for fence in FENCE.finditer(page):
        yield Block(fence[1], fence[2], page.count("\n", 0, fence.start(2)))


def run_python(block: Block, module: ModuleType) -> None:
    # Empty lines above the block give tracebacks the page's own line numbers.
    padded = "\n" * block.line + block.text
    name = f"<{module.__name__}, line {block.line + 1}>"
    linecache.cache[name] = (len(padded), None, padded.splitlines(keepends=True), name)
    exec(compile(padded, name, "exec"), vars(module))


def run_console(block: Block) -> None:
    for line in block.text.splitlines():
        if line.startswith(PROMPT):
            run = CliRunner().invoke(main, shlex.split(line.removeprefix(PROMPT), comments=True))
            assert run.exit_code == 0, f"{line}\n{run.output}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_page_runs(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A module of its own, so that a class defined on the page can be pickled.
    module = ModuleType(f"page_{page.stem.replace('-', '_')}")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.chdir(tmp_path)
    for block in blocks(page.read_text(encoding="utf-8")):
        if block.language == "python":
            run_python(block, module)
        else:
            run_console(block)
    plt.close("all")


def test_blocks_are_found_with_their_lines() -> None:
    page = "Title\n\n```python\nx = 1\n```\n```sh\nls\n```\n```console\n$ tradeshock --help\n```\n"
    assert list(blocks(page)) == [
        Block("python", "x = 1\n", 3),
        Block("console", "$ tradeshock --help\n", 9),
    ]
