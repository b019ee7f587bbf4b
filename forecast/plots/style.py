"""How all pictures look: colours, headings, keys, grids, and letters that fonts lack."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tradeshock.features.errors import ModelError
from tradeshock.forecast.plots.display_unit import plain_number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FIGURE_SIZE = (8.0, 4.8)
INK, HUSHED = "#222222", "#666666"
PAPER = "#ffffff"
GRID = "#e3e3e3"
SHADE = "#f1efe8"
HUSHED_ON_DARK, GRID_ON_DARK, SHADE_ON_DARK = "#a6a6a6", "#3a3a3a", "#33322d"
PLAIN = "#0072b2"
ALARM = "#d55e00"
# After Okabe and Ito (2008), the light ones darkened until they stand out from white paper.
COLOURS = (PLAIN, ALARM, "#009e73", "#b8558e", "#8f6b00", "#4d4d4d")
MARKERS = ("o", "s", "^", "D", "v", "P")
# Points of one letter of the axes' texts, for wrapping.
LETTERS_PER_INCH = 14
# Axes that take less of the figure's width share it with long names.
WIDE_SHARE = 0.7
# Korean fonts of Linux, Windows and macOS, in order of preference: matplotlib's own has no Hangul.
FONTS = (
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "Source Han Sans K",
    "NanumGothic",
    "NanumBarunGothic",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
    "AppleGothic",
    "UnDotum",
    "Baekmuk Gulim",
)
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]")


@dataclass(frozen=True)
class Look:
    """Colour and marker of one model, so that neither alone has to tell it apart."""

    colour: str
    marker: str
    dashes: str


def looks(models: Sequence[str], reference: str | None = None) -> dict[str, Look]:
    """Return the look of each model; the reference is a grey broken line."""
    others = [model for model in models if model != reference]
    n = len(COLOURS)
    found = {
        model: Look(COLOURS[i % n], MARKERS[i % n], ("-", "--", ":")[i // n % 3])
        for i, model in enumerate(others)
    }
    if reference in models:
        found[str(reference)] = Look(hushed(), "x", "--")
    return {model: found[model] for model in models}


def ink() -> str:
    """Colour of published figures and of words on the picture.

    That of the texts where the user's style has one of its own, so that a picture can be read on a
    dark background; else nearly black.
    """
    from matplotlib import rcParams
    from matplotlib.colors import to_hex

    own = to_hex(rcParams["text.color"])
    return INK if own == "#000000" else own


def is_dark() -> bool:
    """Whether the user's style is for a dark background: then its texts are light.

    The background's own colour may be none, as in the pictures of a page.
    """
    from matplotlib import rcParams
    from matplotlib.colors import to_rgb

    red, green, blue = to_rgb(rcParams["text.color"])
    return 0.299 * red + 0.587 * green + 0.114 * blue > 0.5


def hushed() -> str:
    """Colour of what stands back, such as notes: grey that can be read on the background."""
    return HUSHED_ON_DARK if is_dark() else HUSHED


def grid_colour() -> str:
    """Colour of grid lines, near the background's."""
    return GRID_ON_DARK if is_dark() else GRID


def shade() -> str:
    """Colour of a background that is set apart, on which words in `ink` can be read."""
    return SHADE_ON_DARK if is_dark() else SHADE


def tint(share: float) -> float:
    """Opacity of a band, more on a dark background, where the same share hardly shows."""
    return min(1.0, 2.5 * share) if is_dark() else share


def axes_or_new(ax: Axes | None, size: tuple[float, float] = FIGURE_SIZE) -> Axes:
    """Return these axes, or those of a new figure.

    Raises
    ------
    ModelError
        If it is something else: a figure, an array of axes, a path, round axes.
    """
    import matplotlib.pyplot as plt
    from matplotlib.axes import Axes

    if ax is None:
        return plt.subplots(figsize=size, layout="constrained")[1]
    if not isinstance(ax, Axes) or ax.name != "rectilinear":
        raise ModelError(
            f"got ax of type {type(ax).__name__}; give one pair of straight axes, such as "
            "plt.subplots()[1], or none for a new figure"
        )
    return ax


def dress(ax: Axes, grid: str = "y") -> None:
    """Take away frame and ticks across the grid; `grid` is "x" or "y"."""
    ax.grid(axis="x" if grid == "x" else "y", color=grid_colour(), linewidth=0.8)
    ax.set_axisbelow(True)
    ax.spines[["top", "right", "left" if grid == "y" else "bottom"]].set_visible(False)
    ax.tick_params(axis="x" if grid == "x" else "y", length=0)


def cell_inches(ax: Axes) -> tuple[float, float]:
    """Width and height of the part of the figure that axes have with all that is around them."""
    width, height = (float(inches) for inches in ax.figure.figure.get_size_inches())
    spec = ax.get_subplotspec()
    if spec is None:
        return width, height
    grid = spec.get_gridspec()
    return width * len(spec.colspan) / grid.ncols, height * len(spec.rowspan) / grid.nrows


def letters(ax: Axes, share: float = 0.8) -> int:
    """Letters of a line as wide as this share of the axes' part of the figure."""
    return int(LETTERS_PER_INCH * share * cell_inches(ax)[0])


def write_heading(ax: Axes, title: str, said: str, share: float = 0.8) -> None:
    """Write the title and, under it, what the reader must know.

    Lines are wrapped to the axes, which take this `share` of the figure's width.
    """
    line = letters(ax, share)
    lines = textwrap.wrap(said, line)
    ax.set_title(
        textwrap.fill(title, int(line * 0.72)),
        loc="left",
        fontweight="bold",
        pad=10 + 13 * len(lines),
    )
    ax.annotate(
        "\n".join(lines),
        (0, 1),
        xycoords="axes fraction",
        xytext=(0, 8),
        textcoords="offset points",
        color=hushed(),
        fontsize="small",
        linespacing=1.25,
        in_layout=False,
    )


def number_marks(ax: Axes) -> None:
    """Write the numbers on the upright axis as people do."""
    from matplotlib.ticker import FuncFormatter

    def written(value: float, _: object) -> str:
        # The sign as long as a digit, as matplotlib writes it.
        return plain_number(value).replace("-", "\N{MINUS SIGN}")

    ax.yaxis.set_major_formatter(FuncFormatter(written))


def date_axis(ax: Axes) -> None:
    """Label as many years or months as there is room for."""
    label_dates(ax, 3, max(5, letters(ax) // 10))
    ax.margins(x=0.01)


def label_dates(ax: Axes, fewest: int = 4, most: int = 9) -> None:
    """Label years or months, so many; by default as suits three years of months."""
    from matplotlib.dates import MONTHLY, AutoDateLocator, ConciseDateFormatter

    dates = AutoDateLocator(minticks=fewest, maxticks=most)  # type: ignore[no-untyped-call]
    # Two years and a half have too few Januaries to be years, and too many half-years.
    dates.intervald[MONTHLY].append(12)
    ax.xaxis.set_major_locator(dates)
    words = ConciseDateFormatter(dates, show_offset=False)  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_formatter(words)


def write_key(ax: Axes, below: float = 38.0, longest: int = 18, share: float = 0.8) -> None:
    """Name what is drawn, in a line under the axes.

    Parameters
    ----------
    ax : Axes
        With labelled artists.
    below : float
        Points under the axes' lower edge.
    longest : int
        Letters that a column has room for, at least.
    share : float
        Of the figure's width, that of the axes.
    """
    from matplotlib.transforms import blended_transform_factory, offset_copy

    handles, names = ax.get_legend_handles_labels()
    figure = ax.figure.figure
    # Where names on the axis leave little room, the key starts under them.
    start = ax.transAxes if share > WIDE_SHARE else figure.transFigure
    corner = blended_transform_factory(start, ax.transAxes)
    under = offset_copy(corner, figure, x=-4 if share > WIDE_SHARE else 0, y=-below, units="points")
    share = share if share > WIDE_SHARE else 0.95
    room = max(longest, letters(ax, share) - 4)
    names = [textwrap.fill(name, room) for name in names]
    width = max([longest, *(len(line) + 4 for name in names for line in name.splitlines())])
    ax.legend(
        handles,
        names,
        loc="upper left",
        bbox_to_anchor=(0, 0),
        bbox_transform=under,
        borderaxespad=0.0,
        ncols=max(1, min(len(names), letters(ax, share) // width)),
        frameon=False,
        fontsize="small",
        handlelength=1.8,
        columnspacing=1.4,
    )
    # The key is written last.
    make_hangul_legible(ax)


def make_hangul_legible(ax: Axes) -> None:
    """Let texts fall back to an installed Korean font for letters that their own font lacks.

    Only where there is a Korean text, so that other pictures do not depend on the fonts of a
    computer, and only to fonts that are there: asking for others makes matplotlib complain. If
    there is none, matplotlib warns about missing glyphs when it draws.

    Parameters
    ----------
    ax : Axes
        With all its texts.
    """
    from matplotlib.font_manager import fontManager
    from matplotlib.text import Text

    texts = [text for text in ax.findobj(Text) if isinstance(text, Text)]
    if not any(_HANGUL.search(text.get_text()) for text in texts):
        return
    installed = set(fontManager.get_font_names())
    korean = [name for name in FONTS if name in installed][:1]
    for text in texts:
        text.set_fontfamily([*text.get_fontfamily(), *korean])
