"""Catalog entries of series about which a user says little."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path

import pandas as pd

from tradeshock.features.errors import PanelError
from tradeshock.features.panel.catalog import Catalog, Series
from tradeshock.features.panel.release import LatestOf, ReleaseRule

Transforms = str | Mapping[str, str]
Holes = Iterable[str] | Mapping[str, Iterable[str]]
CatalogFile = Catalog | str | PathLike[str]


def plain_entries(
    ids: Iterable[str],
    release: ReleaseRule | Mapping[str, ReleaseRule] | None,
    nation: str | None,
    unit: str,
    transform: Transforms = "log",
    holes: Holes = (),
    catalog: CatalogFile | None = None,
    adjusted: bool = False,
) -> Catalog:
    """Entries of a table's columns: those of a catalog, and plain ones for the rest.

    Parameters
    ----------
    ids : iterable of str
        Columns of the table.
    release : ReleaseRule or mapping of str to ReleaseRule, optional
        When figures come out, of all series without an entry or of each.
    nation : str, optional
        Nation whose working days move them.
    unit : str
        Their unit.
    transform : {"log", "level"} or mapping of str to one of them
        How they are made stationary; "log" for those that a mapping does not name.
    holes : iterable of str, or mapping of str to iterable of str
        Months known to be missing, in all of them or in each.
    catalog : Catalog or path, optional
        Full entries, or a TOML file of them (see `Catalog.read`).
    adjusted : bool
        Whether their publisher has taken season and working days out.

    Raises
    ------
    PanelError
        If a column has neither entry nor release rule, or a name is no column.
    """
    ids = list(ids)
    refuse_other_rules(release)
    full = _catalog(catalog)
    rules = release if isinstance(release, Mapping) else dict.fromkeys(ids, release)
    given = {id: rule for id, rule in rules.items() if rule is not None}
    if not isinstance(transform, str | Mapping):
        raise PanelError(f"transform is {transform!r}; give 'log', 'level', or one for each series")
    transforms = {} if isinstance(transform, str) else dict(transform)
    default = transform if isinstance(transform, str) else "log"
    by_id: dict[str, tuple[str, ...]] = {}
    everywhere: tuple[str, ...] = ()
    if isinstance(holes, Mapping):
        by_id = {id: _months(months) for id, months in holes.items()}
    else:
        everywhere = _months(holes)
    for what, names in (("transform", transforms), ("holes", by_id)):
        if odd := [id for id in names if id not in ids]:
            raise PanelError(f"{what} names {odd[0]!r}, which is no column; there are {ids[:12]}")
    if missing := [id for id in ids if id not in given and id not in full]:
        raise PanelError(
            f"no release rule for {missing}; give one for every column: "
            "release=ReleaseRule.after(days=40), or entries in a catalog file"
        )
    plain = [
        Series(
            id=id,
            title=id,
            unit=unit,
            adjustment="SA" if adjusted else "NSA",
            nation=nation,
            release=given[id],
            transform=transforms.get(id, default),
            holes=by_id.get(id, everywhere),
        )
        for id in ids
        if id not in full
    ]
    return Catalog([*(full[id] for id in ids if id in full), *plain])


def refuse_other_rules(release: object) -> None:
    """Demand rules of release, or a mapping of series to them.

    Raises
    ------
    PanelError
        If there is anything else, such as a bare number of days.
    """
    rules = release.values() if isinstance(release, Mapping) else [release]
    for rule in rules:
        if rule is not None and not isinstance(rule, ReleaseRule | LatestOf):
            raise PanelError(
                f"release is {rule!r}, which is no rule; give for instance "
                "ReleaseRule.after(days=40)"
            )


def with_hole_rows(values: pd.DataFrame, holes: Iterable[pd.PeriodIndex]) -> pd.DataFrame:
    """Table with a row of NaN for each known hole that has none between its first and last."""
    months = pd.PeriodIndex(values.index)
    lacking = [h[(h > months[0]) & (h < months[-1]) & ~h.isin(months)] for h in holes]
    rows = months.append(lacking).unique().sort_values()
    return values.reindex(pd.PeriodIndex(rows, name="month"))


def _months(given: object) -> tuple[str, ...]:
    if not isinstance(given, Iterable) or isinstance(given, str):
        raise PanelError(f"holes are {given!r}; give months, such as holes=['2024-09']")
    return tuple(given)


def _catalog(given: CatalogFile | None) -> Catalog:
    if given is None:
        return Catalog([])
    if isinstance(given, Catalog):
        return given
    return Catalog.read(Path(given))
