"""What columns of direct models are about: group, series and plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pandas as pd

from tradeshock.features.panel.catalog import Catalog
from tradeshock.forecast.news.groups import EARLY_COUNTS, GROUPS, OWN_TOTAL

# Blocks of `FeaturePipeline` in the words of news, for columns of series that news has in no group
# of their own. A block of another name is a group itself.
BLOCKS: Mapping[str, str] = {
    "semiconductors": "chips",
    "memory": "chips",
    "exchange_rates": "exchange rates",
    "partner_demand": "demand",
    "prices": "prices",
    "share_prices": "share prices",
    "uncertainty": "uncertainty",
    "flash": EARLY_COUNTS,
    "lags": OWN_TOTAL,
}
OWN_GROWTH = re.compile(r"adjusted_growth_(\d+)")
# What the end of a column's name says of its series; the first that fits.
WORDS = (
    (re.compile(r"yoy_3_change_(\d+)"), "growth over a year of three months, change in {}"),
    (re.compile(r"yoy_change_(\d+)"), "growth over a year, change in {}"),
    (re.compile(r"yoy_3"), "growth over a year of three months"),
    (re.compile(r"yoy"), "growth over a year"),
    (re.compile(r"ahead"), "growth over a year, less that of the last whole month"),
    (re.compile(r"growth_(\d+)"), "growth in {}"),
    (re.compile(r"below_peak"), "distance from its peak"),
    (re.compile(r"running"), "running month on the last"),
    (re.compile(r"level"), "level"),
    (re.compile(r"share_change_(\d+)"), "share of a year's total, change in {}"),
    (re.compile(r"share"), "share of a year's total"),
)
COUNTED = {"total": "Early count", "part": "Early count, chips", "rest": "Early count, the rest"}


def column_table(names: Iterable[str], catalog: Catalog) -> pd.DataFrame:
    """Say what columns are about.

    Parameters
    ----------
    names : iterable of str
        As `FeaturePipeline.get_feature_names_out` has them, own growth and constant among them.
    catalog : Catalog

    Returns
    -------
    DataFrame
        Index column; group, that of the series in `tradeshock.forecast.news.GROUPS`, else the
        block's; series (empty where a column is about several); and title, in plain words.
    """
    rows = [(name, *_about(name, catalog)) for name in names]
    return pd.DataFrame(rows, columns=["column", "group", "series", "title"]).set_index("column")


def _about(name: str, catalog: Catalog) -> tuple[str, str, str]:
    if own := OWN_GROWTH.fullmatch(name):
        return OWN_TOTAL, "", f"Own growth in {_months(own[1])}, adjusted"
    block, _, rest = name.rpartition("__")
    if not block:
        # No indicator: the constant, the calendar, what others add.
        return name, "", name.capitalize()
    group = BLOCKS.get(block, block.replace("_", " "))
    # The longest id: one series' name may begin another's.
    begun = [id for id in catalog if rest.startswith(f"{id}_")]
    series = max(begun, key=len, default="")
    what = rest.removeprefix(f"{series}_")
    if series:
        entry = catalog[series]
        words = _words(what)
        if entry.transform == "level":
            words = words.replace("growth", "change")
        title = (entry.title or series).removesuffix(", monthly mean")
        group = next((name for name, ids in GROUPS.items() if series in ids), group)
        return group, series, f"{title}: {words}"
    counted, _, how = what.partition("_")
    if group == EARLY_COUNTS and counted in COUNTED:
        return group, "", f"{COUNTED[counted]}: {_words(how)}"
    return group, "", f"{group.capitalize()}: {_words(what)}"


def _words(what: str) -> str:
    for pattern, words in WORDS:
        if found := pattern.fullmatch(what):
            return words.format(*map(_months, found.groups()))
    return what.replace("_", " ")


def _months(count: str) -> str:
    return "1 month" if count == "1" else f"{count} months"
