"""How a result shows itself at a prompt and in a notebook: a headline over a table."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import pandas as pd


class HeadlineOverTable:
    """Text and HTML of a result that has a headline and a ``table()``, or shows another.

    A dataclass that derives from it says ``repr=False``.
    """

    table: Callable[..., pd.DataFrame]

    def __repr__(self) -> str:
        return f"{self._headline}\n{self._shown.to_string()}"

    def _repr_html_(self) -> str:
        return f"<p>{escape(self._headline)}</p>{self._shown.to_html()}"

    @property
    def _headline(self) -> str:
        """What it is, in a line."""
        raise NotImplementedError

    @property
    def _shown(self) -> pd.DataFrame:
        """What stands below, rounded as people read it."""
        return self.table().round(1)
