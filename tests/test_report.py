"""The report: its figures, what it may know, and whether everybody can read it."""

import base64
import re
from collections import Counter
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from tradeshock.features import Panel
from tradeshock.features.panel.release import ReleaseRule
from tradeshock.forecast import monthly_forecast, scenario
from tradeshock.forecast.cli.main import main
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.plots import plot_pit
from tradeshock.forecast.report import Report
from tradeshock.forecast.report.drawing import VARIABLES, inline_svg
from tradeshock.forecast.report.page import FOLDER
from tradeshock.forecast.report.revisions import forecast_before, revisions
from tradeshock.forecast.report.standing import STANDING, standing_scenarios
from tradeshock.forecast.report.track_record import past_forecasts, track_record
from tradeshock.forecast.scenarios import find_shock
from tradeshock.forecast.warning import warning_of
from tradeshock.models import Conditions, FlashBridge, RandomWalk, Record

VOID = {"meta", "link", "br", "img", "input", "hr", "wbr"}
LEVELS = ("median", "low80", "high80", "yoy_median", "yoy_low80", "yoy_high80")


class Outline(HTMLParser):
    """Elements of a page in order, and whether each is closed in its place."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(page)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def of(self, *tags: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.elements if tag in tags]


@pytest.fixture(scope="module")
def page(report_folder: tuple[Path, str]) -> str:
    return (report_folder[0] / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def forecast(panel: Panel) -> MonthlyForecast:
    return monthly_forecast(panel, "2026-05-15", model=RandomWalk(n_draws=200), threshold=700_000.0)


def rows_of(page: str, table: str) -> list[list[str]]:
    """Cells of a table's body, figures as they were before rounding."""
    body = re.search(rf'<table id="{table}">.*?<tbody>(.*?)</tbody>', page, re.DOTALL)
    assert body is not None
    rows = re.findall(r"<tr>(.*?)</tr>", body[1], re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
    return [[re.sub(r'<data value="([^"]*)">.*?</data>', r"\1", c) for c in row] for row in cells]


# -- figures ----------------------------------------------------------------------------------


def test_figures_are_those_of_the_csv(report_folder: tuple[Path, str], page: str) -> None:
    # As text first: pandas before 3 reads the last digit of a figure wrongly.
    csv = pd.read_csv(report_folder[0] / "forecast.csv", dtype=str)
    rows = rows_of(page, "months")
    assert len(rows) == len(csv) == 12
    for row, (_, expected) in zip(rows, csv.iterrows(), strict=True):
        assert row[0] == pd.Period(expected["month"], "M").strftime("%b %Y")
        assert [float(cell) for cell in row[1:7]] == [float(expected[name]) for name in LEVELS]
    assert float(rows[1][7]) == float(csv["adjustment"][1]) == 1200.0


def test_rounded_figures_are_in_bn_usd(report_folder: tuple[Path, str], page: str) -> None:
    first = pd.read_csv(report_folder[0] / "forecast.csv").iloc[0]
    assert f'<data value="{first["median"]}">{first["median"] / 1000:.1f}</data>' in page
    assert f"<strong>{first['median'] / 1000:.1f} <small>bn USD</small></strong>" in page


def test_year_total_and_chance_are_those_of_the_json(
    report_folder: tuple[Path, str], page: str
) -> None:
    json = pd.read_json(report_folder[0] / "forecast.json", typ="series")
    (row,) = rows_of(page, "years")
    assert float(row[1]) == json["years"][0]["median"]
    assert float(row[-1]) == json["years"][0]["chance"]
    threshold = float(json["threshold"]) / 1000
    assert abs(threshold - float(row[1]) / 1000) <= 50
    assert f"Chance of more than {threshold:,.0f} bn USD in 2026" in page


def test_files_in_the_page_are_those_beside_it(report_folder: tuple[Path, str], page: str) -> None:
    for name in ("forecast.csv", "forecast.json"):
        address = re.search(rf'download="{name}" href="data:[^;]*;base64,([^"]*)"', page)
        assert address is not None
        assert base64.b64decode(address[1]) == (report_folder[0] / name).read_bytes()


def test_command_says_what_it_has_written(report_folder: tuple[Path, str]) -> None:
    folder, said = report_folder
    assert said.startswith(f"Written: {folder / 'report.html'}, {folder / 'forecast.csv'}")
    assert {path.suffix for path in folder.iterdir()} == {".html", ".csv", ".json", ".png", ".svg"}


def test_command_needs_a_folder() -> None:
    run = CliRunner().invoke(main, ["report"])
    assert run.exit_code == 2
    assert "--out" in run.stderr


# -- one file that needs nothing else ---------------------------------------------------------


def test_page_needs_no_network(page: str) -> None:
    addresses = re.findall(r'(?:src|href|srcset|action)="([^"]*)"', page)
    assert {address[:1] for address in addresses if not address.startswith("data:")} == {"#"}
    assert set(re.findall(r"url\((.)", page)) == {"#"}
    assert "<script" not in page
    assert "@import" not in page
    assert len(page) < 2_000_000


def test_what_users_write_is_escaped(page: str) -> None:
    assert "<a new plant>" not in page
    assert "&lt;a new plant&gt;" in page


def test_page_is_well_formed_and_names_are_unique(page: str) -> None:
    outline = Outline(page)
    ids = Counter(attributes["id"] for _, attributes in outline.elements if "id" in attributes)
    assert [id for id, count in ids.items() if count > 1] == []
    for _, attributes in outline.elements:
        for name in (attributes.get("aria-labelledby") or "").split():
            assert name in ids
    links = [str(a["href"])[1:] for a in outline.of("a") if str(a["href"]).startswith("#")]
    assert set(links) <= set(ids)
    uses = [str(use["xlink:href"])[1:] for use in outline.of("use")]
    assert set(uses) <= set(ids)


def test_everybody_can_find_the_way(page: str) -> None:
    outline = Outline(page)
    assert outline.of("html") == [{"lang": "en"}]
    headings = [int(tag[1]) for tag, _ in outline.elements if re.fullmatch("h[1-6]", tag)]
    assert headings[0] == 1
    assert headings.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(headings))
    assert len(outline.of("main")) == len(outline.of("header")) == len(outline.of("footer")) == 1
    sections = [section["id"] for section in outline.of("section")]
    assert sections == ["forecast", "revisions", "scores", "calibration", "data", "card"]


def test_every_picture_has_words_and_figures(page: str) -> None:
    outline = Outline(page)
    pictures = outline.of("svg")
    assert len(pictures) == 2 * len(outline.of("figure")) == 18
    assert {picture["role"] for picture in pictures} == {"img"}
    for name in re.findall(r'aria-labelledby="([\w-]+-title) [\w-]+-description"', page):
        assert re.search(rf'<title id="{name}">[^<]{{10,}}</title><desc [^>]*>[^<]{{20,}}<', page)
    # The bars by episode have their table above them, availability below it.
    assert len(outline.of("details")) >= len(outline.of("figure")) - 2


def test_every_table_has_caption_and_headers(page: str) -> None:
    tables = re.findall(r"<table.*?</table>", page, re.DOTALL)
    assert len(tables) > 10
    for table in tables:
        caption = re.search(r"<caption><span[^>]*>([^<]+)<", table)
        assert caption is not None
        assert len(caption[1]) > 5
        columns = len(re.findall(r'<th scope="col"', table))
        for row in re.findall(r"<tr><th scope=\"row\">.*?</tr>", table, re.DOTALL):
            assert len(re.findall(r"<t[hd][ >]", row)) == columns


def theme(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", css))


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255.0
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_in_light_and_dark() -> None:
    light, dark = (FOLDER / "style.css").read_text(encoding="utf-8").split("@media screen", 1)
    dark = dark.split("* { box-sizing", 1)[0]
    assert set(theme(light)) == set(theme(dark)) >= set(VARIABLES.values())
    for colours in (theme(light), theme(dark)):
        for text in ("ink", "quiet", "link", "median"):
            for ground in ("paper", "back", "shade"):
                assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
        for place in range(1, 7):
            assert contrast(colours[f"line-{place}"], colours["paper"]) >= 3.0, place


def test_pictures_follow_the_theme_and_stay_the_same(small_record: Record) -> None:
    def drawn() -> str:
        return inline_svg(
            lambda ax: plot_pit(small_record.frame, "RandomWalk", ax=ax),
            (4.0, 3.0),
            "pit",
            "Title & more",
            "Words",
        )

    picture = drawn()
    assert picture == drawn()
    assert "Title &amp; more" in picture
    assert "<style" not in picture
    assert "metadata" not in picture
    assert "var(--ink)" in picture
    # What is not a variable would not change with the theme.
    assert set(re.findall(r"#[0-9a-f]{6}\b", picture)) == set()
    assert set(re.findall(r'id="(.)', picture)) == {"p"}


# -- what moved it ----------------------------------------------------------------------------


def test_forecast_before_is_that_of_the_previous_standard_origin(
    panel: Panel, forecast: MonthlyForecast
) -> None:
    before = forecast_before(forecast)
    assert before is not None
    assert before.origin == pd.Timestamp("2026-05-01")
    assert before.paths.index[-1] == forecast.paths.index[-1]
    alone = monthly_forecast(panel, "2026-05-01", model=RandomWalk(n_draws=200), steps=12)
    np.testing.assert_array_equal(before.paths.values, alone.paths.values)


def test_month_that_came_out_is_set_against_its_forecast(panel: Panel) -> None:
    forecast = monthly_forecast(panel, "2026-05-01", model=RandomWalk(n_draws=50), steps=3)
    before = forecast_before(forecast)
    assert before is not None
    assert before.origin == pd.Timestamp("2026-04-21")
    assert len(before.paths.index) == 4
    first = next(iter(revisions(forecast, before).tables[0].cells()))
    assert first[0].text == "Apr 2026 (published)"
    assert first[2].value == panel.values.at[pd.Period("2026-04"), "exports_total"]
    assert first[1].value == before.paths.median().iloc[0]


def test_first_origin_has_none_before() -> None:
    months = pd.period_range("2012-01", periods=40, freq="M")
    own = Panel.from_frame(pd.Series(100.0, months, name="steel"), ReleaseRule.after(40))
    made = monthly_forecast(own, model=RandomWalk(n_draws=5), steps=1)
    assert forecast_before(made) is not None
    first = own.as_of(own.origins("2012-02", "2012-02", target="steel")[0])
    assert forecast_before(replace(made, fitted=SimpleNamespace(panel_=first))) is None


def test_change_of_model_is_said(panel: Panel, forecast: MonthlyForecast) -> None:
    other = monthly_forecast(panel, "2026-05-01", model="SeasonalNaive")
    assert any(
        "the model: then SeasonalNaive" in text for text in revisions(forecast, other).sentences
    )


# -- past forecasts ---------------------------------------------------------------------------


def test_only_outcomes_of_the_day_are_judged(panel: Panel, small_record: Record) -> None:
    past = monthly_forecast(panel, "2024-01-12", model=RandomWalk(n_draws=20), steps=3)
    frame = past_forecasts(past, small_record)
    assert frame is not None
    assert frame["month"].max() == pd.Period("2023-12")
    assert frame["known_on"].max() <= pd.Timestamp("2024-01-12")
    assert set(frame["state"]) == {"after_10d"}


def test_random_walk_is_replayed_where_the_record_lacks_it(
    forecast: MonthlyForecast, small_record: Record
) -> None:
    whole = small_record.frame
    whole = whole[whole["origin"] >= "2023-01-01"]
    without = past_forecasts(forecast, Record(whole[whole["model"] != "RandomWalk"]))
    assert without is not None
    walk = without[without["model"] == "RandomWalk"]
    naive = without[without["model"] == "SeasonalNaive"]
    assert len(walk) == len(naive)
    expected = whole[(whole["model"] == "RandomWalk") & whole["actual"].notna()]
    # Of other draws, but the same medians within their noise.
    np.testing.assert_allclose(walk["q50"], expected["q50"], rtol=0.05)


def test_state_that_the_record_lacks_is_said(panel: Panel, small_record: Record) -> None:
    frame = small_record.frame.assign(state="after_total")
    made = monthly_forecast(panel, "2026-05-15", model="AutoRegression", steps=3)
    found = past_forecasts(made, Record(frame))
    said = " ".join(track_record(made, found).sentences)
    assert "no forecasts in the state after_10d" in said
    assert "has none of AutoRegression" in said
    assert "made on the day of the last total" in said


def test_report_on_own_figures_without_a_record(small_record: Record) -> None:
    months = pd.period_range("2012-01", "2025-11", freq="M")
    wave = 300.0 + 30.0 * np.sin(np.arange(len(months))) + np.arange(len(months))
    own = Panel.from_frame(pd.Series(wave, months, name="steel"), ReleaseRule.after(40), "TW", "kt")
    made = monthly_forecast(own, model=RandomWalk(n_draws=50), steps=3)
    assert past_forecasts(made, small_record) is None
    page = Report(made).html()
    Outline(page)
    assert "<h1>steel (TW)</h1>" in page
    assert "There is no record of past forecasts of this target." in page
    assert "Unknown: the record has no past forecasts of RandomWalk." in page
    assert "There is no earlier forecast" in page
    assert "40 days after the month&#39;s end" in page
    assert len(rows_of(page, "months")) == 3
    assert '<table id="years">' in page


def test_another_nation_is_not_judged_by_the_record_of_korea() -> None:
    months = pd.period_range("2012-01", "2026-04", freq="M")
    wave = 30_000.0 + 3_000.0 * np.sin(np.arange(len(months))) + np.arange(len(months))
    figures = pd.Series(wave, months, name="exports_total")
    own = Panel.from_frame(figures, ReleaseRule(day=1), "TW")
    page = Report.from_forecast(monthly_forecast(own, model=RandomWalk(n_draws=50))).html()
    assert "There is no record of past forecasts of this target." in page


# -- data and model card ---------------------------------------------------------------------


def test_page_shows_the_card(page: str) -> None:
    text = unescape(page)
    for words in ("Tuning budget", "Known failures", "Release rules assumed", "Data used"):
        assert words in text
    assert "Korea Customs Service" in text


def test_new_figures_are_those_that_the_model_reads(panel: Panel) -> None:
    now = monthly_forecast(panel, "2026-05-15", model=FlashBridge(n_draws=100), steps=2)
    part = revisions(now, forecast_before(now))
    shown = {row[0] for row in part.tables[1].rows}
    titles = {panel.catalog[id].title for id in now.fitted.inputs_}
    assert shown
    assert shown <= titles
    assert part.all_figures is not None
    assert {row[0] for row in part.all_figures.rows} > shown
    assert f"{len(shown)} of which the model reads" in part.sentences[0]
    assert part.tables[1].headers[-2:] == ["Year on year", "Year on year, month before"]


def test_bridges_without_early_counts_say_so(panel: Panel) -> None:
    own = Panel.from_frame(panel.values["exports_total"].dropna(), ReleaseRule(day=1))
    paths = FlashBridge(RandomWalk(), n_draws=20).fit(own).forecast(1)
    assert paths.notes == ("no early counts of exports_total: bridges forecast as their carriers",)
    counted = FlashBridge(RandomWalk(), n_draws=20).fit(panel.as_of("2026-05-01")).forecast(1)
    assert counted.notes == ()


def test_standing_scenarios_stand_beside_the_forecast(panel: Panel) -> None:
    made = monthly_forecast(panel, model="RandomWalk", steps=12)
    standing = standing_scenarios(made)
    assert standing is not None
    assert standing.table is not None
    assert standing.chart is not None
    rows = list(standing.table.cells())
    assert [row[0].text for row in rows] == [find_shock(name).title for name in STANDING]
    for row, name in zip(rows, STANDING, strict=True):
        table = scenario(panel, name, model="RandomWalk").table()
        assert row[4].value == pytest.approx(table["difference_pct"].iloc[-1])
    assert "China slows" in standing.chart.description
    # What is assumed already is a scenario of its own.
    assert standing_scenarios(replace(made, conditions=Conditions({}))) is None


def test_a_shock_that_cannot_be_shown_is_said(panel: Panel) -> None:
    early = standing_scenarios(monthly_forecast(panel.as_of("2015-01-01"), model="RandomWalk"))
    assert early is not None
    assert sum("too short a past" in sentence for sentence in early.sentences) == 2


def test_the_early_warning_is_that_of_the_forecast(panel: Panel) -> None:
    made = monthly_forecast(panel, "2012-06-01", steps=12)
    page = Report(made).html()
    warning = warning_of(made)
    rows = rows_of(page, "warning")
    table = warning.table()
    assert [float(row[1]) for row in rows] == pytest.approx(table["chance"].tolist())
    assert [row[2] for row in rows] == table["light"].tolist()
    assert [float(row[5]) for row in rows] == pytest.approx(table["hit_rate"].tolist())
    together = rows_of(page, "warning-next")
    assert [float(row[5]) for row in together] == pytest.approx(
        warning.next()["adjusted_fall"].tolist()
    )
    assert len(rows_of(page, "indicators")) == len(warning.indicators())


def test_no_early_warning_of_what_is_assumed(panel: Panel) -> None:
    assumed = monthly_forecast(panel, model="RandomWalk", adjustments={"2026-06": 1.0})
    short = monthly_forecast(panel, model="RandomWalk", steps=6)
    assert 'id="early-warning"' not in Report(assumed).html()
    assert 'id="early-warning"' not in Report(short).html()
