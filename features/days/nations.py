"""Codes of nations: one spelling for each, whatever a user calls it."""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache

from tradeshock.features.errors import CatalogError

# Their holidays are in the package, so that the slow library stays out.
FROZEN = ("KR", "US", "TW")


def nation_code(nation: str | None) -> str | None:
    """ISO code of a nation, with a part of it where only that part is meant.

    Parameters
    ----------
    nation : str, optional
        Code of two or three letters, or the English name: "KR", "KOR" and "South Korea" are one.
        A part follows after a hyphen: "DE-BY".

    Returns
    -------
    str, optional
        Such as "KR" or "DE-BY"; None for None.

    Raises
    ------
    CatalogError
        If there is no such nation or part; the message says what may be meant.
    """
    if nation is None:
        return None
    if not isinstance(nation, str):
        raise CatalogError(f"nation {nation!r} is no text; give an ISO code such as 'KR'")
    return _code_of(nation)


@cache
def _code_of(nation: str) -> str:
    if nation in FROZEN:
        return nation
    known = _codes_by_name()
    if _plain(nation) in known:
        return known[_plain(nation)]
    country, _, part = nation.partition("-")
    if part and _plain(country) in known:
        return _with_part(known[_plain(country)], part)
    near = get_close_matches(_plain(nation), known, n=1)
    hint = f"did you mean {known[near[0]]!r}? Otherwise " if near else ""
    raise CatalogError(
        f"no public holidays are known for nation {nation!r}; {hint}give an ISO code that the "
        "holidays library knows (holidays.list_supported_countries()), or None for a calendar on "
        "which every weekday works"
    )


def _with_part(country: str, part: str) -> str:
    import holidays

    parts = holidays.list_supported_countries().get(country, [])
    for name in parts:
        if name.casefold() == part.casefold():
            return f"{country}-{name}"
    raise CatalogError(
        f"no public holidays are known for {part!r} in {country}; its parts are {list(parts)}"
    )


@cache
def _codes_by_name() -> dict[str, str]:
    """Codes of two letters by code of three, code of two, and name."""
    from holidays.registry import COUNTRIES

    return {_plain(name): names[1] for names in COUNTRIES.values() for name in names[:4]}


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()
