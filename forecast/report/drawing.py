"""Charts as inline SVG whose colours follow the page's theme."""

from __future__ import annotations

import io
import re
import textwrap
import warnings
from collections.abc import Callable
from html import escape, unescape
from typing import TYPE_CHECKING, Any

from tradeshock.forecast.plots.fan import BANDS, MEDIAN
from tradeshock.forecast.plots.style import COLOURS, GRID, HUSHED, INK, PAPER, SHADE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Each colour that charts are drawn in, and the variable of style.css that takes its place.
VARIABLES = {
    INK: "ink",
    HUSHED: "quiet",
    GRID: "grid",
    SHADE: "shade",
    PAPER: "paper",
    MEDIAN: "median",
    **{colour: f"band-{100 * share:.0f}" for share, colour in BANDS.items()},
    **{colour: f"line-{place}" for place, colour in enumerate(COLOURS, start=1)},
}
# Text stays text: it can be read out, searched and copied, and it is in the page's own font.
SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": INK,
    "axes.titlesize": 11.0,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.facecolor": "none",
    "figure.facecolor": "none",
    "legend.facecolor": "none",
}
_COLOUR = re.compile(r"#[0-9a-f]{6}(?![0-9a-f])")
_WORDS = re.compile(r"(<text[^>]*>)([^<]+)(?=</text>)")
_ID = re.compile(r'(id="|href="#|url\(#)')


def inline_svg(
    draw: Callable[..., object],
    size: tuple[float, float],
    name: str,
    title: str,
    description: str,
    name_of: Callable[[str], str] = str,
) -> str:
    """Draw a chart and return it as an SVG element for a page.

    Parameters
    ----------
    draw : callable
        Draws on the axes that it is given as ``ax``.
    size : pair of float
        Inches; an inch is 96 pixels on the page.
    name : str
        Unique on the page.
    title, description : str
        For those who cannot see it.
    name_of : callable
        Gives each text of the picture in the page's language.

    Returns
    -------
    str
        ``<svg role="img">`` with title and description, colours as CSS variables, no style sheet
        of its own, and ids that start with `name`. Equal charts give equal texts.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({**SETTINGS, "svg.hashsalt": name}), warnings.catch_warnings():
        # Letters are drawn by the page, whose fonts have more of them than matplotlib's.
        warnings.filterwarnings("ignore", "Glyph .* missing from", UserWarning)
        figure = Figure(figsize=size, layout="constrained")
        draw(ax=figure.subplots())
        _translate(figure, name_of)
        _lay_out(figure)
        file = io.StringIO()
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    body = file.getvalue()
    body = body[body.index(">", body.index("<svg")) + 1 : body.rindex("</svg>")]
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>", "", body, flags=re.DOTALL)
    body = re.sub(r" font-family: [^;\"]*;?", "", body)
    body = _WORDS.sub(lambda found: _spoken(found, name_of), body)
    body = _ID.sub(lambda found: f"{found[1]}{name}-", body)
    body = _COLOUR.sub(_variable, body)
    width, height = (round(72 * inches, 2) for inches in size)
    return (
        f'<svg viewBox="0 0 {width:g} {height:g}" width="{96 * size[0]:g}" role="img" '
        f'aria-labelledby="{name}-title {name}-description">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-description">{escape(description)}</desc>{body}</svg>'
    )


def _lay_out(figure: Figure) -> None:
    """Find the places of all parts, which matplotlib would draw the whole chart once more for."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    FigureCanvasSVG(figure)
    engine = figure.get_layout_engine()
    assert engine is not None
    engine.execute(figure)
    # None at all: for the place holder that "none" sets, saving would draw the chart once more.
    figure.set_layout_engine(None)


def _translate(figure: Figure, name_of: Callable[[str], str]) -> None:
    """Give texts of several lines in the page's language, wrapped anew."""
    from matplotlib.text import Text

    for text in figure.findobj(Text):
        lines = (words := text.get_text()).split("\n")
        if not words.strip() or (spoken := name_of(words)) == words:
            continue
        # Letters of other scripts are about twice as wide.
        width = max(map(len, lines)) if spoken.isascii() else int(0.62 * max(map(len, lines)))
        text.set_text(textwrap.fill(spoken, max(width, 8)) if len(lines) > 1 else spoken)


def _spoken(found: re.Match[str], name_of: Callable[[str], str]) -> str:
    """A text that is made when the picture is drawn, such as the months of an axis."""
    words = unescape(found[2])
    spoken = name_of(words)
    return found[0] if spoken == words else found[1] + escape(spoken)


def _variable(found: re.Match[str]) -> str:
    name = VARIABLES.get(found[0])
    return f"var(--{name})" if name else found[0]
