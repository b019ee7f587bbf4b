"""Write figures.csv, quotes.csv and vintages.csv in features/snapshot from figures as compiled.

    python tools/build_snapshot.py --source DIR

DIR holds monthly.csv, destinations.csv, customs_flash.csv, leading.csv, chips_by_hs.csv,
quotes_daily.csv and vintages_2026.csv. Cells are copied as text, so that no digit is lost. The
catalog beside the figures is written by hand.
"""

from __future__ import annotations

import argparse
import tomllib
from pathlib import Path

import pandas as pd

SNAPSHOT = Path(__file__).parents[1] / "features" / "snapshot"
FLASH_WINDOWS = ("first_10_days", "first_20_days")


def agree(left: pd.DataFrame, right: pd.DataFrame, what: str) -> None:
    """Stop unless two tables hold the same figures in the columns they share and right's months."""
    shared = left.columns.intersection(right.columns)
    one, two = (table[shared].reindex(right.index).astype(float) for table in (left, right))
    differ = (one.ne(two) & ~(one.isna() & two.isna())).stack()
    if differ.any():
        raise SystemExit(f"{what} disagree in {differ[differ].index.tolist()[:5]}")


def figures(source: Path) -> pd.DataFrame:
    """All series, one column each, months as text."""
    monthly = pd.read_csv(source / "monthly.csv", index_col="month", dtype=str)
    long = pd.read_csv(source / "destinations.csv", dtype=str)
    # Pivot and not pivot_table: it raises if a figure stands twice.
    destinations = long.pivot(index="month", columns="series", values="usd_mn")
    agree(monthly, destinations, "monthly.csv and destinations.csv")
    flash = pd.read_csv(source / "customs_flash.csv", dtype=str)
    flash = flash.pivot(index="month", columns="series")
    agree(monthly, flash["full_month"], "monthly.csv and full_month of customs_flash.csv")
    parts = [monthly, destinations.drop(columns=monthly.columns, errors="ignore")]
    parts += [flash[window].add_suffix(f"_{window}") for window in FLASH_WINDOWS]
    parts += [pd.read_csv(source / "leading.csv", index_col="month", dtype=str), chips(source)]
    months = pd.period_range(monthly.index[0], flash.index[-1], freq="M").astype(str)
    return pd.concat([part.reindex(months) for part in parts], axis=1).rename_axis("month")


def chips(source: Path) -> pd.DataFrame:
    """Exports of chips by HS code, value and weight, under the catalog's names."""
    table = pd.read_csv(source / "chips_by_hs.csv", index_col="month", dtype=str)
    # The codes of memories began in 2007; zeros before are no exports of zero.
    table = table.where(table.astype(float) > 0.0)
    names = {"_usd_mn": "exports_{}", "_t": "weight_{}"}
    return table.rename(
        columns={
            c: n.format(c.removesuffix(e)) for c in table for e, n in names.items() if c.endswith(e)
        }
    )


def quotes(source: Path) -> pd.DataFrame:
    """Daily quotes of market prices, days on which none was quoted left out."""
    table = pd.read_csv(source / "quotes_daily.csv", index_col="date", dtype=str)
    return table.dropna(how="all")


def vintages(source: Path) -> pd.DataFrame:
    """Figures of the total as first seen on each day, by series id."""
    seen = pd.read_csv(source / "vintages_2026.csv", dtype=str)
    suffix = seen["window"].map({"full_month": "", **{w: f"_{w}" for w in FLASH_WINDOWS}})
    table = seen.assign(series="exports_total" + suffix).rename(columns={"usd_mn": "value"})
    columns = ["series", "month", "first_seen", "value"]
    return table[columns].sort_values(columns[:3])


def main() -> None:
    """Convert, check against the catalog, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--source", type=Path, required=True)
    source = parser.parse_args().source
    table = figures(source)
    catalog = tomllib.loads((SNAPSHOT / "catalog.toml").read_text(encoding="utf-8"))
    if differ := set(table.columns) ^ set(catalog):
        raise SystemExit(f"in figures or catalog, but not in both: {sorted(differ)}")
    table.to_csv(SNAPSHOT / "figures.csv", lineterminator="\n")
    quotes(source).to_csv(SNAPSHOT / "quotes.csv", lineterminator="\n")
    vintages(source).to_csv(SNAPSHOT / "vintages.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
