"""Series by the names that tables of others give them."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from tradeshock.features.errors import PanelError
from tradeshock.features.panel.catalog import Series

# How tables write that a count is of the first days of a month, in English and in Korean.
WINDOW_WORDS = {
    "month": ("",),
    "first_10_days": ("first 10 days", "first 10 days of the month", "1-10일", "10일", "10d"),
    "first_20_days": ("first 20 days", "first 20 days of the month", "1-20일", "20일", "20d"),
}


def series_called(catalog: Mapping[str, Series], ids: Iterable[str], names: list[str]) -> list[str]:
    """Ids of series that go by these names.

    A name is an id, a title or another name of the catalog; an early count goes by the names of
    its month with words for its window, as in "반도체 1~10일". Case, spaces and punctuation do
    not count.

    Parameters
    ----------
    catalog : mapping of str to Series
    ids : iterable of str
        Those that are asked of.
    names : list of str

    Raises
    ------
    PanelError
        If a name is that of no series, or two of them are of one; the message says what may be
        meant.
    """
    ids = list(ids)
    known = _ids_by_name(catalog, ids)
    found = [name if name in ids else known.get(_plain(name)) for name in names]
    if unknown := [name for name, id in zip(names, found, strict=True) if id is None]:
        raise PanelError(_unknown(unknown, ids, known))
    series = [id for id in found if id is not None]
    if twice := sorted({id for id in series if series.count(id) > 1}):
        both = [name for name, id in zip(names, series, strict=True) if id == twice[0]]
        raise PanelError(f"{both} are all names of {twice[0]}; keep one")
    return series


def as_targets(target: str | Sequence[str]) -> tuple[str, ...]:
    """Series to forecast, as a tuple.

    Raises
    ------
    PanelError
        If it is neither a name nor several, or one is there twice.
    """
    targets = (target,) if isinstance(target, str) else target
    listed = tuple(targets) if isinstance(targets, Sequence) else ()
    if not all(isinstance(id, str) for id in listed) or len({*listed}) < max(len(listed), 1):
        raise PanelError(
            f"got {target!r} as what to forecast; name at least one series of the panel, each once"
        )
    return listed


def _ids_by_name(catalog: Mapping[str, Series], ids: list[str]) -> dict[str, str]:
    """Id by plain name, without those names that several series have."""
    found = defaultdict(set)
    for id in ids:
        entry = catalog[id]
        month = catalog.get(entry.flash_of or id, entry)
        words = WINDOW_WORDS[entry.window]
        for name in (month.id, month.title, *month.names):
            for window in words:
                found[_plain(name + window)].add(id)
                found[_plain(window + name)].add(id)
        found[_plain(id)].add(id)
        found[_plain(entry.title)].add(id)
    return {name: min(there) for name, there in found.items() if name and len(there) == 1}


def _plain(name: str) -> str:
    text = unicodedata.normalize("NFKC", name).casefold()
    return "".join(letter for letter in text if letter.isalnum())


def _unknown(unknown: list[str], ids: list[str], known: dict[str, str]) -> str:
    near = get_close_matches(_plain(unknown[0]), known, n=1) or [
        name for name in known if len(unknown[0]) > 2 and _plain(unknown[0]) in name
    ]
    hint = f"did you mean {known[near[0]]!r}? " if near else ""
    listed = f"it has {ids}" if len(ids) <= 12 else f"it has {len(ids)}, see panel.values.columns"
    return (
        f"the panel has no series {', '.join(map(repr, unknown[:12]))}; {hint}{listed} "
        "(columns of a file are chosen and renamed by `columns`, or --column NAME=SERIES)"
    )
