"""Titles of shocks that say the sizes at which they are run."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tradeshock.features.errors import ShockError

# "{0}" is the size of the first move or tariff, "{0:+}" the same with a plus in front where it is
# above zero, "{0:-}" its negative: of a won that is stronger by what the dollar costs less.
SIZE = re.compile(r"\{(\d+)(?::([+-]))?\}")


def size_text(size: float, is_share: bool, sign: bool = False) -> str:
    """Size without its unit: shares and tariffs in per cent, amounts as they are.

    Parameters
    ----------
    size : float
    is_share : bool
        Whether it is written as a share, -0.3 for 30 % below.
    sign : bool
        Whether a plus is written too.
    """
    return f"{100.0 * size if is_share else size:{'+' if sign else ''}.6g}"


def written_title(title: str, sizes: Sequence[tuple[float | None, bool]]) -> str:
    """Return a title with the sizes that it names.

    Parameters
    ----------
    title : str
        Such as "US tariff of {0} % on cars".
    sizes : sequence of pairs
        Of each move, or of each tariff: its size, None where it repeats past figures, and whether
        it is a share.

    Raises
    ------
    ShockError
        If there is no such size.
    """

    def written(found: re.Match[str]) -> str:
        place = int(found[1])
        size, is_share = sizes[place] if place < len(sizes) else (None, False)
        if size is None:
            raise ShockError(
                f"the title {title!r} names the size {found[0]}, which the shock does not have; "
                "{0} is that of its first move or tariff",
                "title",
            )
        return size_text(-size if found[2] == "-" else size, is_share, sign=found[2] == "+")

    return SIZE.sub(written, title)
