"""Draw the floors and rooms of the package as they are: docs/images/architecture.png.

Usage: python tools/draw_architecture.py
"""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path
from typing import NamedTuple

import matplotlib

matplotlib.use("Agg")

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

ROOT = Path(__file__).resolve().parents[1]
# Top to bottom, with what a floor is about; imports point down.
FLOORS = {
    "forecast": ("what a user runs", "#dbe9f5"),
    "models": ("what learns", "#e3efdc"),
    "features": ("what is known", "#f6ead3"),
}
IN_A_ROW, WIDTH, HEIGHT, GAP = 4, 3.1, 1.12, 0.12


class Room(NamedTuple):
    """A package of a floor, the floor's own files among them."""

    name: str
    purpose: str
    files: list[str]


def rooms(floor: str) -> list[Room]:
    """Rooms of a floor, the hall first."""
    folders = [ROOT / floor, *sorted(p.parent for p in (ROOT / floor).glob("*/__init__.py"))]
    found = []
    for folder in folders:
        text = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
        files = sorted(p.stem for p in folder.glob("*.py") if not p.stem.startswith("_"))
        name = folder.name if folder.parent != ROOT else f"{floor}/"
        found.append(Room(name, str(text).partition("\n")[0], files))
    return found


def draw_room(axes: Axes, room: Room, left: float, top: float) -> None:
    """One box: name, purpose, and the files in it."""
    box = FancyBboxPatch(
        (left, top - HEIGHT), WIDTH, HEIGHT, boxstyle="round,pad=0,rounding_size=0.06",
        facecolor="white", edgecolor="#666666", linewidth=0.8,
    )  # fmt: skip
    axes.add_patch(box)
    axes.text(left + 0.1, top - 0.12, room.name, va="top", fontsize=10, fontweight="bold")
    purpose = textwrap.wrap(room.purpose, 52, max_lines=2, placeholder=" …")
    axes.text(left + 0.1, top - 0.33, "\n".join(purpose), va="top", fontsize=7.2)
    files = textwrap.fill("  ".join(room.files), 56, max_lines=4, placeholder=" …")
    below = top - 0.38 - 0.13 * len(purpose)
    axes.text(left + 0.1, below, files, va="top", fontsize=6.6, color="#555555")


def draw() -> Figure:
    """All floors, one under the other."""
    top, width = 0.0, IN_A_ROW * (WIDTH + GAP) + GAP
    figure = Figure()
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    for floor, (purpose, colour) in FLOORS.items():
        found = rooms(floor)
        rows = -(-len(found) // IN_A_ROW)
        height = 0.42 + rows * (HEIGHT + GAP) + GAP / 2
        axes.add_patch(FancyBboxPatch(
            (0, top - height), width, height, boxstyle="round,pad=0,rounding_size=0.1",
            facecolor=colour, edgecolor="none",
        ))  # fmt: skip
        axes.text(GAP, top - 0.1, f"tradeshock.{floor}", va="top", fontsize=13, fontweight="bold")
        axes.text(width - GAP, top - 0.12, purpose, va="top", ha="right", fontsize=11)
        for i, room in enumerate(found):
            row, column = divmod(i, IN_A_ROW)
            left = GAP + column * (WIDTH + GAP)
            draw_room(axes, room, left, top - 0.42 - row * (HEIGHT + GAP))
        top -= height + 0.3
        if floor != "features":
            axes.annotate(
                "", (width / 2, top + 0.02), (width / 2, top + 0.28),
                arrowprops={"arrowstyle": "-|>", "color": "#444444", "linewidth": 1.4},
            )  # fmt: skip
            axes.text(width / 2 + 0.12, top + 0.15, "imports", va="center", fontsize=9)
    axes.set_xlim(-0.1, width + 0.1)
    axes.set_ylim(top + 0.2, 0.1)
    axes.set_axis_off()
    figure.set_size_inches(width + 0.2, -(top + 0.1))
    return figure


if __name__ == "__main__":
    draw().savefig(ROOT / "docs" / "images" / "architecture.png", dpi=110)
