"""Tables of a page, between marks that a reader does not see."""

from __future__ import annotations

from pathlib import Path

BEGIN, END = "<!-- tables:begin -->", "<!-- tables:end -->"


def replace_between(
    path: Path, text: str, begin: str = BEGIN, end: str = END, gap: str = "\n\n"
) -> None:
    """Put text between two marks of a page."""
    before, _, rest = path.read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(end)
    path.write_text(f"{before}{begin}{gap}{text}{gap}{end}{after}", encoding="utf-8")


def show(tables: str, page: Path | None) -> None:
    """Print tables, or put them into a page."""
    if page is None:
        print(tables)
    else:
        replace_between(page, tables)
