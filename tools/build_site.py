"""Build the documentation as a site, with search, notebooks run and links checked.

Usage: python tools/build_site.py OUT  (a minute; then open OUT/index.html)

Needs the extra "docs". The pages are copied to a folder of their own together with the files that
they link to, so that the checkout stays as it is; pages of the API are added there, one for each
package that lists public names in its stub. Warnings are errors, and so is a link that leads
nowhere.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parents[1]
COPIED = ["docs", "benchmarks", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE"]
# From the question to the tools; packages inside them follow.
DOORS = ["tradeshock", "tradeshock.forecast", "tradeshock.models", "tradeshock.features"]
# For browsers that go on by themselves, and for those that do not.
START = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="refresh" content="0; url=docs/index.html">
<title>tradeshock</title>
<p><a href="docs/index.html">tradeshock: monthly export forecasts under trade shocks</a></p>
</html>
"""


def public_names() -> dict[str, dict[str, str]]:
    """Packages with a stub, and where each of their names is defined."""
    found = {}
    for stub in sorted(ROOT.glob("*/**/__init__.pyi")):
        floor, *rooms = stub.parent.relative_to(ROOT).parts
        if floor not in ("front", "features", "forecast", "models"):
            continue
        package = ".".join(["tradeshock", *([] if floor == "front" else [floor]), *rooms])
        body = ast.parse(stub.read_text(encoding="utf-8")).body
        found[package] = {
            alias.name: str(node.module)
            for node in body
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
            if not alias.name.startswith("_")
        }
    floors = {door: place for place, door in enumerate(DOORS)}
    order = sorted(found, key=lambda p: (floors[".".join(p.split(".")[:2])], p))
    return {package: found[package] for package in order}


def home(name: str, origin: str, doors: dict[str, dict[str, str]]) -> str:
    """Package on whose page a name is described: the nearest to the file that defines it."""
    offering = [door for door, names in doors.items() if names.get(name) == origin]
    near = [door for door in offering if origin.startswith(f"{door}.")]
    return max(near or offering, key=len)


def directive(package: str, name: str, origin: str) -> str:
    """One name, as autodoc is asked for it."""
    value = getattr(import_module(package), name)
    if isinstance(value, type):
        members = "   :members:\n   :show-inheritance:\n"
        return f".. autoclass:: {package}.{name}\n{members}"
    if isinstance(value, ModuleType) or callable(value):
        return f".. auto{'function' if callable(value) else 'data'}:: {package}.{name}\n"
    # Of a constant autodoc says what its class is for.
    said = textwrap.indent(inspect.cleandoc(comment(name, origin)), "   ")
    return f".. py:data:: {name}\n   :module: {package}\n   :value: {value!r}\n\n{said}\n"


def comment(name: str, origin: str) -> str:
    """Text that stands below the assignment of a constant, which Sphinx finds in its file alone.

    Raises
    ------
    ValueError
        If there is none: a public name without a word.
    """
    file = import_module(origin).__file__
    body = ast.parse(Path(str(file)).read_text(encoding="utf-8")).body
    for statement, below in pairwise(body):
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        named = [statement.target] if isinstance(statement, ast.AnnAssign) else targets
        if not any(isinstance(one, ast.Name) and one.id == name for one in named):
            continue
        if isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
            return str(below.value.value)
    raise ValueError(f"{origin}.{name} has no words: write a docstring below its assignment")


def api_page(package: str, doors: dict[str, dict[str, str]]) -> str:
    """Text of a package's page, reStructuredText as the docstrings are."""
    parts = [package, "=" * len(package), "", f".. automodule:: {package}", ""]
    elsewhere = []
    for name, origin in sorted(doors[package].items()):
        described = home(name, origin, doors)
        if origin == package.partition(".")[0]:
            elsewhere.append(f":doc:`{name} <{origin}.{name}>`")
        elif described == package:
            parts += [name, "-" * len(name), "", directive(package, name, origin)]
        else:
            elsewhere.append(f":py:obj:`{name} <{described}.{name}>`")
    if elsewhere:
        parts += ["Described elsewhere", "-" * 19, "", ", ".join(elsewhere), ""]
    return "\n".join(parts)


def write_api(folder: Path) -> None:
    """Write a page for each package, and the list of them."""
    folder.mkdir()
    doors = public_names()
    for package in doors:
        (folder / f"{package}.rst").write_text(api_page(package, doors), encoding="utf-8")
    title = "API reference"
    words = "Public names by the package from which they are imported, from their docstrings."
    short = {package: package.removeprefix("tradeshock.") for package in doors}
    listed = [f"   {name} <{package}>" for package, name in short.items()]
    contents = ["", ".. toctree::", "   :maxdepth: 2", "", *listed]
    text = "\n".join([title, "=" * len(title), "", words, *contents, ""])
    (folder / "index.rst").write_text(text, encoding="utf-8")


class Page(HTMLParser):
    """Links of a built page, and the names that others can link to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what `tag` links to and is called."""
        values = dict(attrs)
        self.links += [str(values[key]) for key in ("href", "src") if values.get(key)]
        self.anchors |= {str(values[key]) for key in ("id", "name") if values.get(key)}


def dead_links(site: Path) -> Iterator[str]:
    """Links inside the site to files or headings that are not there."""
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            anchors = pages[target].anchors if target in pages else {parts.fragment}
            if not target.exists() or (parts.fragment and unquote(parts.fragment) not in anchors):
                yield f"{path.relative_to(site)}: {link}"


def main() -> None:
    """Copy, describe, build, check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", help="folder of the site; what is in it is replaced")
    out = Path(parser.parse_args().out).resolve()
    shutil.rmtree(out, ignore_errors=True)
    with TemporaryDirectory() as folder:
        source = Path(folder).resolve() / "source"
        source.mkdir()
        for name in COPIED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copy(ROOT / name, source / name)
        write_api(source / "docs" / "api")
        words = ["-m", "sphinx", "-W", "--keep-going", "-q", "-c", str(ROOT / "docs")]
        made = ["-d", f"{folder}/doctrees", str(source), str(out)]
        subprocess.run([sys.executable, *words, *made], check=True, cwd=folder)
    (out / "index.html").write_text(START, encoding="utf-8")
    if dead := sorted(set(dead_links(out))):
        sys.exit("Links that lead nowhere:\n" + "\n".join(dead))


if __name__ == "__main__":
    main()
