"""Exposure: shares that add up, what was known on a day, tariffs by closed forms, the command."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from matplotlib.image import imread

from tradeshock.features import Panel, ReleaseRule, excluding
from tradeshock.features.errors import ModelError, PanelError
from tradeshock.forecast import plots
from tradeshock.forecast.cli.main import main
from tradeshock.forecast.exposure import (
    RESPONSES,
    TariffHit,
    TariffResponse,
    destination_shares,
    exposure,
    item_shares,
    parse_tariffs,
)
from tradeshock.forecast.exposure.groups import DESTINATIONS, ITEMS

SOURCE = "a study"


def run(*arguments: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["exposure", *map(str, arguments)])
    return result.exit_code, result.stdout, result.stderr


@pytest.fixture(scope="module")
def regions() -> Panel:
    """Return two regions and the total of a nation of three, at constant growth."""
    months = pd.period_range("2022-01", "2024-12", freq="M")
    path = np.arange(len(months))
    north, south = 60.0 * 1.01**path, 30.0 * 0.99**path
    total = north + south + 10.0
    frame = pd.DataFrame({"north": north, "south": south, "total": total}, months)
    return Panel.from_frame(frame, ReleaseRule.after(days=20))


# -- shares and contributions -----------------------------------------------------------------


def test_april_2026_grew_by_chips(panel: Panel) -> None:
    table = exposure(panel, months=1).table()
    points = table["contribution"].round(1)
    assert points["total"] == 48.0
    assert points["exports_semiconductors"] == 34.9
    assert points["exports_computer_peripherals"] == 5.9
    assert points["exports_petroleum_products"] == 2.3
    figures = panel.values["exports_semiconductors"]
    assert table.loc["exports_semiconductors", "growth"] == pytest.approx(
        100.0 * (figures["2026-04"] / figures["2025-04"] - 1.0)
    )


@pytest.mark.parametrize("by", ["item", "destination", ["exports_to_us", "exports_to_eu"]])
@pytest.mark.parametrize("day", ["2021-06-20", "2024-12-01", "2026-05-15"])
@pytest.mark.parametrize("months", [1, 7, 12])
def test_parts_and_remainder_add_up(
    panel: Panel, by: str | list[str], day: str, months: int
) -> None:
    made = exposure(panel.as_of(day), by, months=months)
    table = made.table()
    total, rows = table.loc["total"], table.drop("total")
    assert rows.index[-1] == "remainder"
    for column in ("amount", "share", "share_before", "contribution"):
        assert rows[column].sum() == pytest.approx(total[column], rel=1e-12, abs=1e-12)
    assert total["contribution"] == pytest.approx(total["growth"], abs=1e-12)
    assert total["amount"] == pytest.approx(
        panel.values.loc[made.parts.months, "exports_total"].sum()
    )
    assert made.shares().sum() == pytest.approx(1.0, abs=1e-12)


def test_shares_of_both_groups(panel: Panel) -> None:
    items, places = item_shares(panel), destination_shares(panel)
    assert set(items.index) == {*ITEMS, "remainder"}
    assert set(places.index) == {*DESTINATIONS, "remainder"} - {"exports_to_asean"}
    year = panel.values.loc["2025-05":"2026-04"]  # type: ignore[misc]
    chips = year["exports_semiconductors"].sum() / year["exports_total"].sum()
    assert items["exports_semiconductors"] == pytest.approx(chips)
    two = destination_shares(panel, ["exports_to_us", "exports_to_china"], months=1)
    assert two["remainder"] == pytest.approx(1.0 - (16358.9 + 17666.2) / 85867.5, abs=1e-4)


def test_every_export_series_is_an_item_a_destination_or_a_part_of_one(panel: Panel) -> None:
    months = {id for id in panel.values if id.startswith("exports_")}
    months = {id for id in months if panel.entry(id).window == "month"}
    chips = {"exports_semiconductors_ict", "exports_hs8542", "exports_hs854232", "exports_dram"}
    assert months == {"exports_total", *ITEMS, *DESTINATIONS, *chips, "exports_nand"}


# -- what was known ---------------------------------------------------------------------------


def test_later_figures_change_nothing(panel: Panel) -> None:
    later = panel.release_dates > np.datetime64("2025-03-20")
    other = Panel(panel.values * np.where(later, 1.3, 1.0), panel.catalog, "KR", panel.origin)
    for by in ("item", "destination"):
        before, after = (exposure(p.as_of("2025-03-20"), by).table() for p in (panel, other))
        pd.testing.assert_frame_equal(before, after)


def test_the_window_ends_where_parts_do(panel: Panel) -> None:
    # On the first day of May April's total is out, its items are not.
    assert str(exposure(panel.as_of("2026-05-01")).parts.months[-1]) == "2026-03"
    assert str(exposure(panel.as_of("2026-05-15")).parts.months[-1]) == "2026-04"


def test_what_is_left_out_is_named(panel: Panel) -> None:
    notes = exposure(panel, "destination").notes
    assert "exports_to_asean is left out: it ends in 2023-09" in notes
    assert notes[-1].startswith("10 of 10 parts have no figure of 2024-09")
    young = exposure(panel.as_of("2021-06-20"), "destination")
    assert "exports_to_vietnam is left out: it begins in 2020-09" in young.notes
    assert "exports_to_asean" in young.shares()


def test_a_region_and_its_members_never_count_twice(panel: Panel) -> None:
    made = exposure(panel.as_of("2023-09-20"), "destination")
    assert "exports_to_vietnam" in made.shares()
    assert "exports_to_asean" not in made.shares()
    assert any("exports_to_malaysia is a part of it" in note for note in made.notes)


# -- concentration ----------------------------------------------------------------------------


def test_concentration_has_both_bounds(panel: Panel, regions: Panel) -> None:
    made = exposure(regions, ["north", "south"], "total", months=1).concentration()
    last = regions.values.iloc[-1]
    shares = last[["north", "south"]] / last["total"]
    rest = 1.0 - shares.sum()
    assert made.loc["now", "hhi_low"] == pytest.approx((shares**2).sum())
    assert made.loc["now", "hhi_high"] == pytest.approx((shares**2).sum() + rest**2)
    spring = exposure(panel, months=4).concentration().round(3)
    assert spring.loc["now", "hhi_low"] == 0.147
    assert spring.loc["now", "hhi_high"] == 0.246


# -- tariffs ----------------------------------------------------------------------------------


@pytest.mark.parametrize("passed", [0.0, 0.4, 1.0])
def test_at_an_elasticity_of_one_who_pays_does_not_matter(passed: float) -> None:
    # Either the price or the quantity falls to 1 / 1.25.
    first, last = TariffResponse(1.0, passed, 1.0, SOURCE).effect(25.0)
    assert last == pytest.approx(-20.0)
    assert first == last


def test_effects_are_those_of_the_prices() -> None:
    response = TariffResponse(2.0, 0.5, 0.5, SOURCE)
    first, last = response.effect(44.0)
    # Buyers see 1.2, buy 1 / 1.44 as much, and the exporter's price falls to 1 / 1.2.
    assert last == pytest.approx(100.0 * (1.0 / 1.44 / 1.2 - 1.0))
    assert first == pytest.approx(100.0 * ((1.0 / 1.44 / 1.2) ** 0.5 - 1.0))
    assert response.effect(10.0, 10.0) == (0.0, 0.0)
    step = 1.0 + np.array([response.effect(15.0)[1], response.effect(25.0, 15.0)[1]]) / 100.0
    assert step.prod() == pytest.approx(1.0 + response.effect(25.0)[1] / 100.0)


def test_the_shipped_response_gives_its_source_back() -> None:
    assert RESPONSES["ibk_2025"].effect(25.0)[1] == pytest.approx(-12.8, abs=0.02)
    assert RESPONSES["ibk_2025"].effect(25.0)[0] == pytest.approx(-1.7, abs=0.1)


def test_cars_and_a_general_tariff_at_risk(panel: Panel) -> None:
    cars = TariffHit("exports_passenger_cars", 25.0, 0.51, source="NABO, June 2025")
    risk = exposure(panel).at_risk([cars, TariffHit("exports_steel", 25.0)])
    share = 100.0 * item_shares(panel)["exports_passenger_cars"] * 0.51
    assert risk.loc["exports_passenger_cars", "share_at_risk"] == pytest.approx(share)
    effect = RESPONSES["ibk_2025"].effect(25.0)
    row = risk.loc["exports_passenger_cars"]
    assert row["twelve_months"] == pytest.approx(share * effect[1] / 100.0)
    assert row["first_month"] == pytest.approx(share * effect[0] / 100.0)
    year = panel.values.loc["2025-05":"2026-04", "exports_total"].sum()  # type: ignore[misc]
    assert row["amount"] == pytest.approx(year * row["twelve_months"] / 100.0)
    assert -0.57 < row["twelve_months"] < -0.40
    figures = risk.drop(columns="source")
    np.testing.assert_allclose(figures.drop("all").sum(), figures.loc["all"], rtol=1e-12)
    # The first point weighs more than the last.
    assert 25.0 * row["twelve_months_per_point"] < row["twelve_months"] < 0.0
    to_us = exposure(panel, "destination", months=1).at_risk(TariffHit("exports_to_us", 25.0))
    monthly = panel.values.loc["2026-04", "exports_to_us"]
    assert to_us.loc["all", "amount"] == pytest.approx(12.0 * monthly * effect[1] / 100.0)


def test_a_hit_without_a_source_is_refused() -> None:
    with pytest.raises(ModelError, match=r"0\.51 of exports_passenger_cars .* has no source"):
        TariffHit("exports_passenger_cars", 25.0, 0.51)
    with pytest.raises(ModelError, match="say where the elasticity"):
        TariffResponse(1.0, 1.0, 0.1, " ")
    with pytest.raises(ModelError, match=r"got pass_through=1\.2, expected a number from 0 to 1"):
        TariffResponse(1.0, 1.2, 0.1, SOURCE)
    with pytest.raises(ModelError, match="expected a TariffResponse or one of"):
        TariffHit("exports_steel", 25.0, response="none")


def test_hits_must_be_parts_once(panel: Panel) -> None:
    made = exposure(panel)
    with pytest.raises(ModelError, match="'exports_to_us' is no part here"):
        made.at_risk(TariffHit("exports_to_us", 25.0))
    with pytest.raises(ModelError, match="exports_steel is hit twice"):
        made.at_risk([TariffHit("exports_steel", 25.0)] * 2)
    with pytest.raises(ModelError, match="expected one or more TariffHit"):
        made.at_risk([])


def test_tariffs_as_they_are_written() -> None:
    (hit,) = parse_tariffs(["exports_steel=50@0.1"], "smart", SOURCE)
    assert hit == TariffHit("exports_steel", 50.0, 0.1, "smart", source=SOURCE)
    for text in ("exports_steel", "=5", "exports_steel=x", "exports_steel=5@"):
        with pytest.raises(ModelError, match="is no tariff; write it as"):
            parse_tariffs([text], "smart", SOURCE)


# -- figures of one's own ---------------------------------------------------------------------


def test_parts_of_ones_own(regions: Panel) -> None:
    made = exposure(regions, ["south", "north"], "total")
    table = made.table()
    assert list(table.index) == ["north", "south", "remainder", "total"]
    assert table.loc["north", "growth"] == pytest.approx(100.0 * (1.01**12 - 1.0))
    assert table.loc["remainder", "amount"] == pytest.approx(120.0)
    assert table.loc["remainder", "contribution"] == pytest.approx(0.0, abs=1e-12)


def test_what_cannot_be_split_is_refused(panel: Panel, regions: Panel) -> None:
    with pytest.raises(PanelError, match="no series of the group 'item'"):
        exposure(regions, target="total")
    with pytest.raises(PanelError, match="choose one of"):
        exposure(panel, "region")
    with pytest.raises(PanelError, match="parts must not overlap"):
        exposure(panel, ["exports_semiconductors", "exports_hs8542", *DESTINATIONS[:8]])
    with pytest.raises(PanelError, match="brent is no amount of whole months"):
        exposure(panel, ["brent"])
    with pytest.raises(PanelError, match=r"exports_total is its only part"):
        exposure(panel, ["exports_total"])
    with pytest.raises(PanelError, match="no part can be compared with a year before"):
        exposure(panel, "item", months=900)
    with pytest.raises(PanelError, match="got months=0"):
        exposure(panel, months=0)


# -- picture and command ----------------------------------------------------------------------


def test_parts_of_the_exports_are_parts_of_nothing_else(panel: Panel) -> None:
    for by in ("item", "destination"):
        with pytest.raises(PanelError, match="is a part of exports_total, and not one of imports"):
            exposure(panel, by, "imports_total")
        with pytest.raises(PanelError, match="exports_to_us is itself a part of exports_total"):
            exposure(panel, by, "exports_to_us")
    rest = excluding(panel, "exports_total", "exports_ships")
    target = "exports_total_ex_ships"
    assert item_shares(rest, ["exports_steel"], target)["exports_steel"] > 0.0
    with pytest.raises(PanelError, match="exports_ships is a part of exports_total, and not one"):
        item_shares(rest, ["exports_ships"], target)
    # What parts of one's own are parts of is one's own to know.
    food = (0.1 * panel.series("imports_total")).rename("imports_of_food")
    own = panel.with_series(food, replace(panel.entry("imports_total"), id="imports_of_food"))
    shares = item_shares(own.as_of("2026-03-20"), ["imports_of_food"], "imports_total")
    assert shares["imports_of_food"] == pytest.approx(0.1)


def test_bars_are_shares_and_contributions(panel: Panel) -> None:
    made = exposure(panel, "destination")
    ax = plots.plot_exposure(made)
    table = made.table().drop("total")
    widths = [bar.get_width() for bar in ax.patches]
    np.testing.assert_allclose(widths, [*table["share"], *table["contribution"]])
    np.testing.assert_allclose(ax.get_lines()[0].get_xdata(), table["share_before"])
    assert [tick.get_text() for tick in ax.get_yticklabels()][-1] == "Remainder"


def test_the_command_prints_and_writes(panel: Panel, tmp_path: Path) -> None:
    tariff = ("--tariff", "exports_to_us=15")
    code, printed, said = run("--by", "destination", *tariff, "--out", tmp_path)
    assert code == 0
    assert "Exports to China" in printed
    assert "Remainder" in printed
    assert "no retaliation, third markets or front-loading" in printed
    assert said.count("exposure.csv") == 1
    made = exposure(panel, "destination")
    content = json.loads((tmp_path / "exposure.json").read_text(encoding="utf-8"))
    parts = pd.DataFrame(content["parts"]).set_index("part").drop(columns="title")
    pd.testing.assert_frame_equal(parts, made.table())
    assert content["notes"] == list(made.notes)
    table = pd.read_csv(tmp_path / "exposure.csv", index_col="part")
    np.testing.assert_allclose(table["share"], made.table()["share"])
    risk = pd.read_csv(tmp_path / "tariffs.csv", index_col="part")
    wanted = made.at_risk(TariffHit("exports_to_us", 15.0))["twelve_months"]
    np.testing.assert_allclose(risk["twelve_months"], wanted)
    assert imread(tmp_path / "exposure.png").std() > 0.05


def test_the_command_reads_figures_of_ones_own(regions: Panel, tmp_path: Path) -> None:
    path = tmp_path / "regions.csv"
    regions.values.rename_axis("month").to_csv(path)
    own = ("--csv", path, "--release-after", "20", "--part", "north", "--part", "south")
    code, printed, _ = run(*own, "--target", "total")
    assert code == 0
    assert "+12.7" in printed


def test_the_command_refuses_in_one_sentence() -> None:
    for arguments, words in (
        (("--by", "item", "--part", "exports_steel"), "give one of them"),
        (("--tariff", "exports_steel=25@0.5"), "has no source"),
        (("--tariff", "exports_to_us=25"), "is no part here"),
        (("--part", "nothing"), "no series 'nothing'"),
    ):
        code, printed, said = run(*arguments)
        assert (code, printed) == (2, "")
        assert words in said
