"""Korean letters in pictures: matplotlib's own font has none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Of Linux, Windows and macOS, in order of preference.
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
