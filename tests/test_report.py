"""The report: its figures, what it may know, and whether everybody can read it."""

import base64
import re
from collections import Counter
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from markupsafe import Markup

from tradeshock.features import Panel
from tradeshock.features.errors import StoredFileError
from tradeshock.features.panel.release import ReleaseRule
from tradeshock.forecast import monthly_forecast, scenario
from tradeshock.forecast.archive import Archive
from tradeshock.forecast.cli.main import main
from tradeshock.forecast.interpretation import recent_misses
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.monthly.wording import year_sentences
from tradeshock.forecast.news import news
from tradeshock.forecast.plots import plot_pit
from tradeshock.forecast.plots.display_unit import DisplayUnit
from tradeshock.forecast.report import Report
from tradeshock.forecast.report.drawing import VARIABLES, inline_svg
from tradeshock.forecast.report.elements import Chart, Paragraph, Table
from tradeshock.forecast.report.page import FOLDER
from tradeshock.forecast.report.sections.changes import changes_of, older_days, why_changed
from tradeshock.forecast.report.sections.inside import inside
from tradeshock.forecast.report.sections.issued import issued
from tradeshock.forecast.report.sections.standing import STANDING, standing_scenarios
from tradeshock.forecast.report.sections.track_record import past_forecasts, track_record
from tradeshock.forecast.report.words import words_in
from tradeshock.forecast.scenarios import find_shock
from tradeshock.forecast.warning import warning_of
from tradeshock.models import (
    BayesianVAR,
    BiasCorrection,
    Combination,
    Conditions,
    DirectRidge,
    FlashBridge,
    LinearPool,
    RandomWalk,
    Record,
)

VOID = {"meta", "link", "br", "img", "input", "hr", "wbr"}
WORDS = words_in("en")
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
    for name in ("forecast.csv", "forecast.json", "report.json", "views.csv"):
        address = re.search(rf'download="{name}" href="data:[^;]*;base64,([^"]*)"', page)
        assert address is not None
        assert base64.b64decode(address[1]) == (report_folder[0] / name).read_bytes()


def test_command_says_what_it_has_written(report_folder: tuple[Path, str]) -> None:
    folder, said = report_folder
    *steps, written = said.strip().splitlines()
    names = ("report.html", "report.json", "views.csv", "forecast.csv")
    assert written.startswith(f"Written: {', '.join(str(folder / name) for name in names)}")
    assert steps[-3:] == [
        "Explaining the change since 2026-05-01 ...",
        "Explaining the change since 2026-04-13 ...",
        "Drawing the page ...",
    ]
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
    assert sections == ["what", "how-sure", "why-changed", "trust", "data", "glossary"]
    contents = re.search(r"<nav.*?</nav>", page, re.DOTALL)
    assert contents is not None
    assert re.findall(r'href="#([\w-]+)"', contents[0]) == sections


def test_every_picture_has_words_and_figures(page: str) -> None:
    outline = Outline(page)
    pictures = outline.of("svg")
    assert len(pictures) == 2 * len(outline.of("figure")) == 24
    assert {picture["role"] for picture in pictures} == {"img"}
    for name in re.findall(r'aria-labelledby="([\w-]+-title) [\w-]+-description"', page):
        assert re.search(rf'<title id="{name}">[^<]{{10,}}</title><desc [^>]*>[^<]{{20,}}<', page)
    # The bars by episode, news and both views have their table above them, availability below it.
    assert len(outline.of("details")) >= len(outline.of("figure")) - 5


def test_every_table_has_caption_and_headers(page: str) -> None:
    tables = re.findall(r"<table.*?</table>", page, re.DOTALL)
    assert len(tables) > 10
    for table in tables:
        caption = re.search(r"<caption><span[^>]*>(.+?)</span>", table)
        assert caption is not None
        assert len(re.sub("<[^>]*>", "", caption[1])) > 5
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


# -- why it changed ---------------------------------------------------------------------------


def test_changes_are_since_the_previous_origin_and_since_last_month(panel: Panel) -> None:
    known = panel.as_of("2026-05-15")
    days = older_days(known, "exports_total")
    # Of the same state: the first ten days of April came out on Monday the 13th.
    assert days == {"previous": pd.Timestamp("2026-05-01"), "month": pd.Timestamp("2026-04-13")}
    first = panel.as_of(panel.origins("2012-01", "2012-01")[0])
    # Without early counts the previous standard origin is last month's.
    assert older_days(first, "exports_total") == {"previous": pd.Timestamp("2011-12-01")}


def test_first_origin_has_none_before() -> None:
    months = pd.period_range("2012-01", periods=40, freq="M")
    own = Panel.from_frame(pd.Series(100.0, months, name="steel"), ReleaseRule.after(40))
    assert "previous" in older_days(own, "steel")
    assert (
        older_days(own.as_of(own.origins("2012-02", "2012-02", target="steel")[0]), "steel") == {}
    )


@pytest.mark.usefixtures("without_pictures")
def test_tables_are_those_of_the_news(panel: Panel) -> None:
    forecast = monthly_forecast(panel, "2026-05-15", model="BayesianVAR", steps=6)
    steps: list[str] = []
    changes = changes_of(forecast, panel, steps.append)
    assert [change.name for change in changes] == ["previous", "month"]
    assert steps[0] == "Explaining the change since 2026-05-01"
    page = Report(forecast, changes).html()
    for change in changes:
        made = news(BayesianVAR(), change.since, "2026-05-15", panel, steps=6)
        table = made.table()
        rows = rows_of(page, f"news-{change.name}")
        assert [float(cell) for cell in rows[0][1:4]] == pytest.approx(
            np.exp(made.parts.before.iloc[[0, 2, 5]]).tolist()
        )
        # Months 1, 3 and 6, and the year; the last row is the sum.
        found = [float(cell) for cell in rows[-1][1:]]
        assert found == pytest.approx(table.loc["sum"].iloc[[0, 2, 5, 6]].tolist())
        moved = table.drop(index="sum")
        moved = moved[moved.iloc[:, :-1].abs().max(axis=1) >= 0.005]
        assert len(rows) == len(moved) + 3
        assert len(rows_of(page, f"figures-{change.name}")) == len(
            made.releases().drop_duplicates(["series", "month"])
        )
    # April came out after 13 April.
    assert "April 2026 came out at 85.9 bn USD" in page


def test_what_the_news_cannot_explain_is_said(panel: Panel) -> None:
    pool = LinearPool([RandomWalk(n_draws=50), BayesianVAR(n_draws=50)], "equal")
    made = monthly_forecast(panel, "2026-05-15", model=pool, steps=1)
    changes = changes_of(made)
    assert all(change.made is None for change in changes)
    blocks = why_changed(made, changes, WORDS)
    said = [block.text for block in blocks if isinstance(block, Paragraph)]
    assert any("LinearPool" in text and "cannot be explained" in text for text in said)


def test_news_is_of_the_model_without_judgement(page: str) -> None:
    assert "without judgement or assumptions" in page


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
    blocks = track_record(made, found, WORDS)
    said = " ".join(block.text for block in blocks if isinstance(block, Paragraph))
    assert "no forecasts made once 10 days of the first month were counted" in said
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
    assert "There is no earlier forecast to compare with." in page
    assert "40 days after the month&#39;s end" in page
    assert len(rows_of(page, "months")) == 3
    assert '<table id="years">' in page


@pytest.mark.usefixtures("without_pictures")
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


def test_the_default_is_taken_apart(panel: Panel) -> None:
    made = monthly_forecast(panel, "2026-05-15", steps=3)
    (_, *folds) = inside(made, WORDS)
    tables = {fold.table.name: list(fold.table.cells()) for fold in folds}
    assert list(tables) == ["members", "indicators-inside", "width", "misses"]
    pool = made.fitted
    while not isinstance(pool, Combination):
        pool = pool.members_[0]
    members = tables["members"][: len(pool.weights_.columns)]
    assert [row[0].text for row in members] == list(pool.weights_.columns)
    for row, weight in zip(members, pool.weights_.loc[1], strict=True):
        assert row[1].text.endswith(f"({100 * weight:.0f})")
    last = made.last.value
    growth = 100.0 * np.log(made.table()["median"].iloc[0] / last)
    assert tables["members"][-1][1].value == pytest.approx(growth, abs=1e-4)
    assert tables["width"][-1][0].text == "Width"
    drawn, learned, recent, width = (row[1].value or 0.0 for row in tables["width"])
    assert drawn * learned * recent == pytest.approx(width, rel=0.01)
    assert "100 log points" in folds[-1].table.caption
    missed = recent_misses(made)[["step_1", "step_2", "step_3"]].iloc[-1]
    assert [cell.value for cell in tables["misses"][-1][1:4]] == pytest.approx(missed.tolist())
    assert inside(monthly_forecast(panel, model=RandomWalk(n_draws=5), steps=1), WORDS) == []


@pytest.mark.usefixtures("without_pictures")
def test_what_was_issued_stands_beside_what_came(panel: Panel, tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    model = RandomWalk(n_draws=50)
    archive.add(monthly_forecast(panel, "2026-02-11", model=model, steps=4))
    now = monthly_forecast(panel, "2026-05-15", model=model, steps=2)
    blocks = issued(now, archive, WORDS)
    scores = archive.scores(panel.as_of("2026-05-15"))
    assert len(scores) == 3
    (table,) = (block for block in blocks if isinstance(block, Table))
    rows = list(table.cells())
    assert [row[2].text for row in rows] == ["Apr 2026", "Mar 2026", "Feb 2026"]
    assert [row[7].value for row in rows] == scores["actual"].tolist()[::-1]
    assert 'id="issued"' in Report(now, archive=archive).html()
    early = monthly_forecast(panel, "2026-02-11", model=model, steps=2)
    assert not [b for b in issued(early, archive, WORDS) if isinstance(b, Table)]
    assert issued(now, None, WORDS) == []


def test_bridges_without_early_counts_say_so(panel: Panel) -> None:
    own = Panel.from_frame(panel.values["exports_total"].dropna(), ReleaseRule(day=1))
    paths = FlashBridge(RandomWalk(), n_draws=20).fit(own).forecast(1)
    assert paths.notes == ("no early counts of exports_total: bridges forecast as their carriers",)
    counted = FlashBridge(RandomWalk(), n_draws=20).fit(panel.as_of("2026-05-01")).forecast(1)
    assert counted.notes == ()


def test_standing_scenarios_stand_beside_the_forecast(panel: Panel) -> None:
    made = monthly_forecast(panel, model="RandomWalk", steps=12)
    blocks = standing_scenarios(made, WORDS)
    (shown,) = (block for block in blocks if isinstance(block, Table))
    (chart,) = (block for block in blocks if isinstance(block, Chart))
    rows = list(shown.cells())
    assert [row[0].text for row in rows] == [find_shock(name).title for name in STANDING]
    for row, name in zip(rows, STANDING, strict=True):
        alone = scenario(panel, name, model="RandomWalk")
        assert row[4].value == pytest.approx(alone.table()["difference_pct"].iloc[-1])
        far = alone.plausibility
        assert row[-1].value == (None if far is None else far.tail)
    assert "China slows" in chart.description
    # What is assumed already is a scenario of its own.
    assert standing_scenarios(replace(made, conditions=Conditions({})), WORDS) == []


def test_a_shock_that_cannot_be_shown_is_said(panel: Panel) -> None:
    made = monthly_forecast(panel.as_of("2015-01-01"), model="RandomWalk")
    said = [b.text for b in standing_scenarios(made, WORDS) if isinstance(b, Paragraph)]
    assert sum("too short a past" in sentence for sentence in said) == 2


@pytest.mark.usefixtures("without_pictures")
def test_numbers_have_no_exponents(panel: Panel) -> None:
    # As Japan counts: a year of exports is a million of hundreds of millions of yen.
    figures = panel.values["exports_total"].dropna().rename("exports_jp")
    own = Panel.from_frame(figures, ReleaseRule(day=20), unit="100 mn JPY")
    made = monthly_forecast(own, model=RandomWalk(n_draws=20), threshold=1_000_000.0)
    page = re.sub(r'"data:[^"]*"', "", Report(made).html())
    page = re.sub(r'<data value="[^"]*">', "", page)
    assert "Chance of more than 1,000,000 x 100 mn JPY in 2026" in page
    assert not re.findall(r"\d(?:\.\d+)?e[+-]\d", page)
    sentences = year_sentences(made, DisplayUnit.choose(made.entry.unit, made.last.value))
    assert "more than 1,000,000 x 100 mn JPY" in sentences[0]
    large = Panel.from_frame(100.0 * figures, ReleaseRule(day=20), unit="10 th JPY")
    forecast = monthly_forecast(large, model=RandomWalk(n_draws=20))
    marks = [text.get_text() for text in forecast.plot().get_yticklabels()]
    assert "5,000,000" in marks
    assert not [mark for mark in marks if "e" in mark]


def test_a_correction_is_named_by_its_indicator(panel: Panel) -> None:
    title = "Monthly revenue of Nanya Technology, a Taiwanese maker of memories"
    made = monthly_forecast(panel, "2026-05-15", model=BiasCorrection(FlashBridge(DirectRidge())))
    changes = changes_of(made)[:1]
    for language, name, in_picture in (
        ("en", f"bias correction by {title}", "bias correction by nanya_revenue"),
        ("ko", "편의 보정(대만 난야테크놀로지 월매출)", "편의 보정(nanya_revenue)"),
    ):
        blocks = why_changed(made, changes, words_in(language))
        (table,) = (block for block in blocks if isinstance(block, Table))
        assert name in [Markup(row[0].text).striptags() for row in table.cells()]
        (chart,) = (block for block in blocks if isinstance(block, Chart))
        assert in_picture in chart.wide


def only_the_total(panel: Panel) -> Panel:
    """Figures of a desk that has typed the total of May 2026, and nothing else."""
    may = pd.PeriodIndex(["2026-05"], freq="M")
    return panel.append(pd.DataFrame({"exports_total": [87_000.0]}, may), "2026-06-16")


@pytest.mark.usefixtures("without_pictures")
def test_a_shock_whose_series_is_old_costs_its_row_not_the_page(panel: Panel) -> None:
    page = Report(monthly_forecast(only_the_total(panel), model=RandomWalk(n_draws=200))).html()
    assert [row[0] for row in rows_of(page, "shocks")] == [
        find_shock(name).title for name in ("memory_2022", "ai_boom_goes_on")
    ]
    assert (
        "China slows as in 2015 cannot be shown: the shock china_slowdown moves exports_to_china, "
        "which ends in 2026-04 although 2026-05 should be out by 2026-06-16" in unescape(page)
    )
    assert "no share of exports_passenger_cars in exports_total can be had" in page


class Unreadable(Archive):
    """An archive that fails where the page asks for it."""

    def scores(self, *_: object) -> pd.DataFrame:  # type: ignore[override]
        raise StoredFileError("the archive's disk is away")


@pytest.mark.usefixtures("without_pictures")
def test_a_section_that_fails_costs_itself_not_the_page(
    forecast: MonthlyForecast, tmp_path: Path
) -> None:
    page = Report(forecast, archive=Unreadable(tmp_path)).html()
    assert "This part cannot be shown: the archive's disk is away." in unescape(page)
    assert 'id="trust"' in page
    assert 'id="data"' in page


@pytest.mark.usefixtures("without_pictures")
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


@pytest.mark.usefixtures("without_pictures")
def test_no_early_warning_of_what_is_assumed(panel: Panel) -> None:
    model = RandomWalk(n_draws=50)
    assumed = monthly_forecast(panel, model=model, adjustments={"2026-06": 1.0})
    short = monthly_forecast(panel, model=model, steps=6)
    assert 'id="what-to-watch"' not in Report(assumed).html()
    assert 'id="what-to-watch"' not in Report(short).html()


def test_a_leading_series_can_be_the_target(panel: Panel) -> None:
    made = monthly_forecast(panel, "2026-05-15", model=RandomWalk(n_draws=50), target="usdkrw")
    page = Report(made).html()
    Outline(page)
    titles = [row[0] for row in rows_of(page, "indicators")]
    assert "Copper, monthly mean" in titles
    assert not any("won per US dollar" in title for title in titles)
    # An exchange rate does not add up over days.
    headers = re.search(r'<table id="views-table">.*?</thead>', page, re.DOTALL)
    assert headers is not None
    assert "Daily average" not in headers[0]
