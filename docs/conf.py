"""How Sphinx makes the site; `tools/build_site.py` calls it.

The pages are the Markdown files that GitHub shows. Groups and order of the navigation are those of
the headings and links of docs/index.md, so that a page is listed in one place only.
"""

import re
import tomllib
from pathlib import Path

from sphinx.application import Sphinx

with (Path(__file__).parents[1] / "pyproject.toml").open("rb") as file:
    release = tomllib.load(file)["project"]["version"]

project = "tradeshock"
extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.intersphinx",
    "numpydoc",
    "myst_nb",
    "sphinx_copybutton",
]
root_doc = "docs/index"
include_patterns = ["*.md", "docs/**", "benchmarks/*.md"]
exclude_patterns = ["docs/conf.py"]
# What docstrings put between single backticks is linked where there is such a thing.
default_role = "py:obj"
# Other projects' inventories would need the network.
intersphinx_mapping: dict[str, tuple[str, None]] = {}

autodoc_member_order = "bysource"
autodoc_typehints = "none"
numpydoc_show_class_members = False

myst_heading_anchors = 4
# Pages of commands have prompts; what is copied has none.
copybutton_prompt_text = "$ "
nb_custom_formats = {".py": ["jupytext.reads", {"fmt": "py:percent"}]}
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 120
nb_merge_streams = True

html_theme = "furo"
html_title = f"tradeshock {release}"
html_show_copyright = False
html_copy_source = False
html_static_path = ["static"]
html_css_files = ["tables.css"]

HEADING = re.compile(r"^## (?P<group>.+)$", re.MULTILINE)
LINK = re.compile(r"\]\((?P<page>[^):#]+)\.(?:md|py)\)")
# What the index does not link to: made while the site is built, or outside docs/.
OTHERS = {
    "Reference": ["api/index"],
    "Project": ["Read me <../README>", "../CONTRIBUTING", "../CHANGELOG", "../benchmarks/README"],
}


def navigation(index: str) -> dict[str, list[str]]:
    """Pages by group: links below each heading of the index, the first mention of each."""
    parts = HEADING.split(index)[1:]
    found: dict[str, list[str]] = {}
    listed = {page for pages in OTHERS.values() for page in pages}
    for group, text in zip(parts[::2], parts[1::2], strict=True):
        found[group] = [page for page in dict.fromkeys(LINK.findall(text)) if page not in listed]
        listed |= set(found[group])
    for group, pages in OTHERS.items():
        found[group] = found.get(group, []) + pages
    return {group: pages for group, pages in found.items() if pages}


def add_navigation(app: Sphinx, docname: str, source: list[str]) -> None:
    """Add hidden tables of contents to the index; GitHub would show them as code."""
    if docname != root_doc:
        return
    for group, pages in navigation(source[0]).items():
        options = f":hidden:\n:caption: {group}\n"
        source[0] += "\n".join(["\n```{toctree}", options, *pages, "```\n"])


def leave_out(
    app: Sphinx, what: str, name: str, member: object, skip: bool, options: object
) -> bool | None:
    """Leave out what scikit-learn gives its estimators for routing metadata."""
    return True if re.fullmatch("set_.*_request", name) else None


def setup(app: Sphinx) -> None:
    """Let Sphinx call the functions above."""
    app.connect("source-read", add_navigation)
    app.connect("autodoc-skip-member", leave_out)
