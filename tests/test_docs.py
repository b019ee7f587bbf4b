"""The pages are run: every Python block, and every command after a ``$ tradeshock`` prompt.

A page's blocks run in order, in one namespace and one empty folder. Python is fenced as
``python``, a session of the command line as ``console``; other fences are not run. A page that says
so in a comment, ``<!-- needs: sktime -->``, is run where that package is installed. What the page
shows to be printed, in a ``text`` block straight after a ``python`` block or below a prompt, must
be what is printed.
"""

import contextlib
import io
import linecache
import logging
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import ModuleType

import matplotlib.pyplot as plt
import pytest
from click.testing import CliRunner
from cloudpickle import register_pickle_by_value

from tradeshock.features.fetching.keys import PORTALS
from tradeshock.forecast import plots
from tradeshock.forecast.cli.main import main
from tradeshock.models import find_models

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
FENCE = re.compile(
    r"^```(?:console\n(?P<console>.*?)^```$"
    r"|python\n(?P<python>.*?)^```$(?:\n+```text\n(?P<shown>.*?)^```$)?)",
    re.MULTILINE | re.DOTALL,
)
COMMAND = re.compile(r"^\$ tradeshock (?P<words>.*)\n(?P<shown>(?:(?!\$ ).*\n)*)", re.MULTILINE)
DECIMAL = re.compile(r"[-+]?\d[\d,]*\.\d+")
LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)")
NEEDS = re.compile(r"^<!-- needs: (.*) -->$", re.MULTILINE)
REST = "..."
LONG_PAGES = {"gallery", "report", "search", "shocks", "why-it-changed"}
LONG = pytest.mark.slow


@dataclass(frozen=True)
class Block:
    language: str
    text: str
    line: int
    "Number of the page's lines above the block's first."
    shown: str = ""
    "What the page says that it prints; empty where it does not say."


def blocks(page: str) -> Iterator[Block]:
    for fence in FENCE.finditer(page):
        language = "console" if fence["python"] is None else "python"
        line = page.count("\n", 0, fence.start(language))
        yield Block(language, fence[language], line, fence["shown"] or "")


def agree(shown: str, printed: str) -> bool:
    """Whether both say the same, white space apart.

    Other versions of numpy may round otherwise, so that the last digit of a decimal number may
    differ by one. A last line "..." stands for anything.
    """
    if shown.rstrip().endswith(f"\n{REST}"):
        shown = shown.rstrip().removesuffix(REST)
        printed = "\n".join(printed.splitlines()[: len(shown.splitlines())])
    sides = [" ".join(text.split()) for text in (shown, printed)]
    words = [DECIMAL.sub("#", side) for side in sides]
    numbers = [[Decimal(n.replace(",", "")) for n in DECIMAL.findall(side)] for side in sides]
    return words[0] == words[1] and all(
        a.as_tuple().exponent == b.as_tuple().exponent
        and abs(a - b) <= Decimal((0, (1,), a.as_tuple().exponent))
        for a, b in zip(*numbers, strict=True)
    )


def run_python(block: Block, module: ModuleType) -> None:
    # Empty lines above the block give tracebacks the page's own line numbers.
    padded = "\n" * block.line + block.text
    name = f"<{module.__name__}, line {block.line + 1}>"
    linecache.cache[name] = (len(padded), None, padded.splitlines(keepends=True), name)
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(padded, name, "exec"), vars(module))
    check_shown(block.shown, printed.getvalue(), name)


def run_console(block: Block) -> None:
    for command in COMMAND.finditer(block.text):
        words = command["words"]
        run = CliRunner().invoke(main, shlex.split(words, comments=True))
        assert run.exit_code == 0, f"{words}\n{run.output}"
        check_shown(command["shown"], run.stdout, words)


def check_shown(shown: str, printed: str, where: str) -> None:
    if shown.strip():
        assert agree(shown, printed), f"{where} shows\n{shown}\nbut prints\n{printed}"


@pytest.fixture(autouse=True)
def level_of_logging() -> Iterator[None]:
    """Put back, for other tests, what a page asks to be told."""
    logger = logging.getLogger("tradeshock")
    before = logger.level
    yield
    logger.setLevel(before)


@pytest.mark.parametrize(
    "page",
    [pytest.param(page, marks=LONG if page.stem in LONG_PAGES else ()) for page in PAGES],
    ids=lambda page: page.relative_to(ROOT).as_posix(),
)
def test_page_runs(
    page: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    clock: Callable[[str], None],
) -> None:
    text = page.read_text(encoding="utf-8")
    for needed in (name for line in NEEDS.findall(text) for name in line.split(", ")):
        pytest.importorskip(needed, reason=f"needs tradeshock[{needed}]")
    # So that figures of May can be typed and none is old.
    clock("2026-06-02T01:00:00")
    # A module of its own, so that a class defined on the page can be pickled.
    module = ModuleType(f"page_{page.stem.replace('-', '_')}")
    monkeypatch.setitem(sys.modules, module.__name__, module)
    # As those of a notebook do, its classes travel to worker processes by value.
    register_pickle_by_value(module)
    monkeypatch.chdir(tmp_path)
    # A page that asks publishers plays them itself; put back whatever it sets.
    monkeypatch.setenv("TRADESHOCK_MIRROR", "http://127.0.0.1:9")
    monkeypatch.delenv("TRADESHOCK_CONFIG")
    monkeypatch.setitem(sys.modules, "keyring", None)
    for name in PORTALS:
        monkeypatch.delenv(name, raising=False)
    for block in blocks(text):
        if block.language == "python":
            run_python(block, module)
        else:
            run_console(block)
    plt.close("all")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_model_has_its_section() -> None:
    page = (ROOT / "docs" / "models.md").read_text(encoding="utf-8")
    titles = " ".join(line for line in page.splitlines() if line.startswith("## "))
    models = find_models().items()
    own = [name for name, model in models if model.__module__.startswith("tradeshock.")]
    assert [name for name in own if not re.search(rf"\b{name}\b", titles)] == []


def test_every_page_and_notebook_is_in_the_index() -> None:
    """The site takes its navigation from there."""
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    pages = [*(ROOT / "docs").glob("*.md"), *(ROOT / "docs" / "notebooks").glob("*.py")]
    names = {page.relative_to(ROOT / "docs").as_posix() for page in pages} - {"index.md"}
    assert len(names) > 25
    assert names - set(LINK.findall(index)) == set()


def test_the_gallery_has_every_picture_once() -> None:
    page = (ROOT / "docs" / "gallery.md").read_text(encoding="utf-8")
    named = [name for name in plots.__all__ if name.startswith("plot_")]
    assert [name for name in named if f"`{name}`" not in page] == []
    shown = re.findall(r"^!\[.+\]\(images/gallery/(.+)\)$", page, re.MULTILINE)
    kept = [path.name for path in (ROOT / "docs" / "images" / "gallery").iterdir()]
    assert sorted(shown) == sorted(kept)


def test_blocks_are_found_with_their_lines() -> None:
    page = (
        "Title\n\n```python\nx = 1\n```\n```sh\nls\n```\n```console\n$ tradeshock --help\n```\n"
        "```python\nprint(2)\n```\n\n```text\n2\n```\nMore\n```text\nnot run\n```\n"
    )
    assert list(blocks(page)) == [
        Block("python", "x = 1\n", 3),
        Block("console", "$ tradeshock --help\n", 9),
        Block("python", "print(2)\n", 12, "2\n"),
    ]


def test_every_prompt_has_its_own_output() -> None:
    session = "$ tradeshock models\nA\nB\n$ ls\nfile\n$ tradeshock data  # later\n...\n"
    found = [(command["words"], command["shown"]) for command in COMMAND.finditer(session)]
    assert found == [("models", "A\nB\n"), ("data  # later", "...\n")]


@pytest.mark.parametrize(
    ("shown", "printed", "same"),
    [
        ("a  1.25\n", "a 1.26 \n", True),
        ("a 1.25\n", "a 1.27\n", False),
        ("a 1.2\n", "a 1.25\n", False),
        ("1,048.3\n", "1,048.4\n", True),
        ("2026-05-15\n", "2026-05-16\n", False),
        ("a\nb\n...\n", "a\nb\nc\n", True),
        ("a\nb\n...\n", "a\nc\nb\n", False),
        ("a\n", "a\nb\n", False),
    ],
)
def test_what_counts_as_the_same(shown: str, printed: str, same: bool) -> None:
    assert agree(shown, printed) is same
