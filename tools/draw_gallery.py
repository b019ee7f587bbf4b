"""Run the code of docs/gallery.md and keep the pictures that the page shows.

Usage: python tools/draw_gallery.py  (a minute)

Each picture of the page is that of the axes `ax` of the block above it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")

import matplotlib.pyplot as plt

PAGE = Path(__file__).resolve().parents[1] / "docs" / "gallery.md"
PART = re.compile(
    r"^```python\n(?P<code>.*?)^```$|^!\[[^\]]*\]\((?P<image>[^)]+)\)$", re.MULTILINE | re.DOTALL
)
DPI = 80
# Neither day nor version of what drew it, so that equal pictures are equal files.
METADATA = {"Software": None}


def main() -> None:
    """Run block by block, and save after the blocks that a picture follows."""
    names: dict[str, Any] = {}
    for part in PART.finditer(PAGE.read_text(encoding="utf-8")):
        if part["code"] is not None:
            exec(compile(part["code"], PAGE.name, "exec"), names)
            continue
        path = PAGE.parent / part["image"]
        path.parent.mkdir(exist_ok=True)
        names["ax"].figure.savefig(path, dpi=DPI, bbox_inches="tight", metadata=METADATA)
        plt.close("all")
        print(path.name, flush=True)


if __name__ == "__main__":
    main()
