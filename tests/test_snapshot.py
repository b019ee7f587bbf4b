"""The embedded figures: all out by the snapshot's day, named in the catalog, as published."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tradeshock.features.panel.catalog import Catalog
from tradeshock.features.snapshot import FOLDER, SNAPSHOT_DAY, load_panel

DAY = np.datetime64(SNAPSHOT_DAY, "D")


@pytest.fixture(scope="module")
def figures() -> pd.DataFrame:
    table = pd.read_csv(FOLDER / "figures.csv", index_col="month")
    return table.set_axis(pd.PeriodIndex(table.index, freq="M", name="month"), axis=0)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.read(FOLDER / "catalog.toml")


@pytest.fixture(scope="module")
def vintages() -> pd.DataFrame:
    table = pd.read_csv(FOLDER / "vintages.csv", parse_dates=["first_seen"])
    return table.assign(month=pd.PeriodIndex(table["month"], freq="M"))


def test_months_and_columns(figures, catalog):
    expected = pd.period_range("1991-01", "2026-05", freq="M", name="month")
    assert figures.index.equals(expected)
    assert set(figures) == set(catalog)
    assert len(catalog) == 75
    assert (figures.dtypes == "float64").all()
    # Of May 2026 the first ten days alone were out.
    may = figures.loc["2026-05"].dropna()
    assert len(may) == 11
    assert may.index.str.endswith("_first_10_days").all()


def test_published_totals(figures):
    # Korea Customs Service: 709.3 bn USD in 2025, and 48 % growth in April 2026.
    total = figures["exports_total"]
    assert total[total.index.year == 2025].sum() / 1000 == pytest.approx(709.3, abs=0.05)
    assert 100 * (total["2026-04"] / total["2025-04"] - 1) == pytest.approx(48, abs=0.5)
    assert total["2026-04"] == 85867.478


def test_every_figure_was_out_by_the_snapshot_day(figures, catalog):
    for id, entry in catalog.items():
        published = entry.release.dates(figures.index)[figures[id].notna().to_numpy()]
        assert published.max() <= DAY, id


def test_what_should_be_out_is_there_or_said_to_be_missing(figures, catalog):
    for id, entry in catalog.items():
        due = figures.index[entry.release.dates(figures.index) <= DAY][-1]
        last = figures[id].last_valid_index()
        assert last == due or f"nds in {last}" in entry.note, id


def test_holes_are_those_of_the_catalog(figures, catalog):
    for id, entry in catalog.items():
        column = figures[id].loc[figures[id].first_valid_index() : figures[id].last_valid_index()]
        assert column.index[column.isna()].astype(str).tolist() == list(entry.holes), id


def test_entries_are_complete(catalog):
    for id, entry in catalog.items():
        for field in ("title", "unit", "publisher", "code", "licence"):
            assert getattr(entry, field), f"{id}: {field}"
        assert entry.adjustment in ("NSA", "SA", "-"), id
        # A column fetched later than the snapshot's day may hold later revisions: say so.
        later = pd.Timestamp(entry.retrieved) > pd.Timestamp(SNAPSHOT_DAY)
        assert later == ("later revisions" in entry.note), id


def test_logs_make_sense(figures, catalog):
    levels = [id for id, entry in catalog.items() if entry.transform == "level"]
    assert levels == ["gscpi"]
    assert (figures.drop(columns=levels).min() > 0).all()


def test_flash_counts_grow_through_the_month(figures, catalog):
    for id in [id for id in catalog if catalog.flash(id)]:
        flash = catalog.flash(id)
        ten, twenty = figures[flash["first_10_days"]], figures[flash["first_20_days"]]
        both = twenty.notna()
        assert (ten[both] < twenty[both]).all(), id
        assert (twenty[both] < figures.loc[both, id]).all(), id
        assert both.sum() == 124
    assert sum(entry.flash_of is not None for entry in catalog.values()) == 22


def test_autumn_2025_came_late(catalog):
    months = pd.period_range("2025-08", "2025-11", freq="M")
    days = {
        "us_ip": ["2025-09-17", "2025-12-03", "2025-12-23", "2025-12-23"],
        "us_electronics_orders": ["2025-11-18", "2025-12-04", "2026-01-07", "2026-01-29"],
        "us_imports_from_kr": ["2025-11-19", "2025-12-11", "2026-01-08", "2026-01-29"],
    }
    for id, expected in days.items():
        assert catalog[id].release.dates(months).astype(str).tolist() == expected


def test_flash_release_days(catalog):
    # 11 October 2025 was a Saturday after Chuseok; 21 February 2026 a Saturday.
    ten = catalog["exports_total_first_10_days"].release
    twenty = catalog["exports_total_first_20_days"].release
    assert ten.dates(pd.period_range("2025-10", periods=1, freq="M"))[0] == np.datetime64(
        "2025-10-13"
    )
    assert twenty.dates(pd.period_range("2026-02", periods=1, freq="M"))[0] == np.datetime64(
        "2026-02-23"
    )


def test_vintages_end_in_the_snapshot(figures, catalog, vintages):
    assert set(vintages["series"]) == {
        "exports_total",
        "exports_total_first_10_days",
        "exports_total_first_20_days",
    }
    assert not vintages.duplicated(["series", "month", "first_seen"]).any()
    assert vintages["first_seen"].max() <= pd.Timestamp(SNAPSHOT_DAY)
    latest = vintages.sort_values("first_seen").groupby(["series", "month"])["value"].last()
    for (id, month), value in latest.items():
        assert figures.at[month, id] == value
    for row in vintages.itertuples():
        out = catalog[row.series].release.dates(pd.PeriodIndex([row.month]))[0]
        assert out <= np.datetime64(row.first_seen, "D")


def test_load_panel(figures):
    panel = load_panel()
    assert panel.origin == pd.Timestamp(SNAPSHOT_DAY)
    assert panel.calendar.nation == "KR"
    assert panel.values.columns.tolist() == figures.columns.tolist()
    pd.testing.assert_series_equal(
        panel.values["exports_total"], figures["exports_total"], check_freq=False
    )


def test_whoever_writes_into_the_figures_has_a_table_of_their_own() -> None:
    written = load_panel()
    written.values.loc[:, "exports_total"] = 1.0
    assert load_panel().values["exports_total"].max() > 1.0
    assert load_panel(vintages=True).values["exports_total"].max() > 1.0


def test_release_days_cannot_be_written_over():
    panel = load_panel()
    for part in (panel, panel.as_of("2020-03-05"), panel.select(["us_ip"])):
        with pytest.raises(ValueError, match="read-only"):
            part.release_dates[:] = np.datetime64("2030-01-01")
