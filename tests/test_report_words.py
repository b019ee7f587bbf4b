"""Words of the report: both languages say the same, and every marked term is explained."""

import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from string import Formatter

import pytest

from tradeshock.features import Panel
from tradeshock.features.errors import ModelError
from tradeshock.forecast import monthly_forecast
from tradeshock.forecast.archive import Archive
from tradeshock.forecast.news.groups import EARLY_COUNTS, GROUPS, ITEMS, OTHER, OWN_TOTAL
from tradeshock.forecast.news.result import LAST_ROWS
from tradeshock.forecast.plots.display_unit import DisplayUnit
from tradeshock.forecast.report import Report
from tradeshock.forecast.report.sections.changes import group_key
from tradeshock.forecast.report.words import FILE, LANGUAGES, words_in
from tradeshock.models import RandomWalk, Record, find_models

TERM = re.compile(r"\[\[(\w+)\|[^]]+\]\]")
GLOSSARY = Path(__file__).parents[1] / "docs" / "glossary.md"
# Names of models, and short forms that Korean releases use as they are.
ALLOWED = {
    *(part for name in find_models() for part in re.findall("[A-Za-z]+", name)),
    *("RMSE", "CRPS", "PIT", "HS", "KR", "US", "TW", "CC", "BY", "Diebold", "Mariano"),
    *("tradeshock", "forecast", "views", "report", "csv", "json", "exports", "total"),
}


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(template) if name}


class Said(HTMLParser):
    """Everything that a page says in its own language, attributes that are read out included."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._foreign: list[bool] = []
        # Names of models may be broken there.
        self.feed(page.replace("<wbr>", ""))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("meta", "link"):
            return
        hidden = tag == "style" or (tag != "html" and given.get("lang") == "en")
        self._foreign.append(hidden or (bool(self._foreign) and self._foreign[-1]))
        if not self._foreign[-1]:
            self.texts += [given[name] or "" for name in ("title", "aria-label") if name in given]

    def handle_endtag(self, tag: str) -> None:
        self._foreign.pop()

    def handle_data(self, data: str) -> None:
        if not (self._foreign and self._foreign[-1]):
            self.texts.append(data)


@pytest.fixture(scope="module")
def korean(panel: Panel, small_record: Record, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Page with all sections: changes, scenarios, early warning, past forecasts, an archive."""
    archive = Archive(tmp_path_factory.mktemp("archive"))
    model = RandomWalk(n_draws=100)
    archive.add(monthly_forecast(panel, "2026-02-11", model=model))
    made = monthly_forecast(panel, "2026-05-15", model=model, threshold=900_000.0)
    return Report.from_forecast(made, small_record, archive, language="ko").html()


def test_both_languages_have_the_same_keys_and_values() -> None:
    english, korean = (words_in(language).texts for language in LANGUAGES)
    assert english.keys() == korean.keys()
    for key, text in english.items():
        if not key.startswith("dates."):
            assert fields(text) == fields(korean[key]), key
    table = tomllib.loads(FILE.read_text(encoding="utf-8"))["names"]
    assert {en for en, ko in table.items() if fields(en) != fields(ko)} == set()


def test_korean_words_are_korean() -> None:
    bare = {"scores.n", "scores.p", "coverage.n", "scores.rmse", "scores.crps", "pit.place"}
    bare |= {
        "numbers.listed",
        "card.amount",
        "rules.and",
        "glossary.crps.name",
        "glossary.pit.name",
        "glossary.rmse.name",
    }
    marks = re.compile(r"\{[^}]*\}|\[\[\w+\|")
    for key, text in words_in("ko").texts.items():
        english = marks.sub("", words_in("en").texts[key])
        if re.search("[A-Za-z]{2,}", english) and key not in bare | {
            "numbers.listed",
            "card.amount",
            "rules.and",
        }:
            assert re.search("[가-힣]", marks.sub("", text)), key


def test_no_english_is_left_on_the_korean_page(korean: str) -> None:
    found = {
        word
        for text in Said(korean).texts
        for word in re.findall("[A-Za-z]{2,}", text)
        if word not in ALLOWED
    }
    assert found == set()
    assert '<html lang="ko">' in korean


def test_korean_page_has_every_section_and_says_it_as_releases_do(korean: str) -> None:
    sections = re.findall(r'<section id="([\w-]+)"', korean)
    expected = ["what", "how-sure", "why-changed", "what-if", "what-to-watch", "trust", "data"]
    assert sections == [*expected, "glossary"]
    text = " ".join(" ".join(Said(korean).texts).split())
    for words in (
        "전년동월대비",
        "일평균",
        "80% 구간",
        "억 달러",
        "2026년 5월 전망치는",
        "조업일수",
    ):
        assert words in text
    assert '<table id="issued-table">' in korean


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_marked_term_has_its_line(language: str) -> None:
    words = words_in(language)
    explained = {key for key, _, _ in words.glossary()}
    marked = {term for text in words.texts.values() for term in TERM.findall(text)}
    assert marked <= explained
    # Nor is anything explained that nobody marks.
    assert explained <= marked


def test_links_to_terms_arrive(korean: str) -> None:
    links = set(re.findall(r'href="#(term-\w+)"', korean))
    assert len(links) > 20
    assert links == set(re.findall(r'<div id="(term-\w+)">', korean))


def test_meanings_are_those_of_the_glossary_of_the_docs() -> None:
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", GLOSSARY.read_text(encoding="utf-8"), re.MULTILINE)
    meanings = {meaning for _, meaning in rows}
    for key, _, meaning in words_in("en").glossary():
        assert meaning in meanings, key


def test_values_are_escaped_and_terms_are_links() -> None:
    text = words_in("en")("changes.unexplained", reason="<b>")
    assert text == "This change cannot be explained: &lt;b&gt;."
    assert 'href="#term-median"' in words_in("en")("heads.median")
    assert words_in("en").plain("heads.median") == "Median"


def test_a_missing_value_or_key_is_an_error() -> None:
    with pytest.raises(KeyError, match="reason"):
        words_in("ko")("changes.unexplained")
    with pytest.raises(KeyError, match="no_such"):
        words_in("en")("no_such")


def test_another_language_is_refused(panel: Panel) -> None:
    made = monthly_forecast(panel, "2026-05-15", model=RandomWalk(n_draws=5), steps=1)
    with pytest.raises(ModelError, match="got language='fr'; the report speaks en and ko"):
        Report(made, language="fr")


def test_days_months_and_names_in_korean(panel: Panel) -> None:
    words = words_in("ko")
    assert (
        words.name("Exports of semiconductors, first 10 days of the month") == "반도체 수출(1~10일)"
    )
    assert words.name("RandomWalk, figures of 15 May 2026; medians") == (
        "RandomWalk, 2026년 5월 15일 기준 자료; 중앙값"
    )
    assert words.name("Jul") == "7월"
    assert words.name("no such thing") == "no such thing"
    assert all(
        re.search("[가-힣]", words.title(panel.catalog[str(id)])) for id in panel.values.columns
    )


def test_koreans_count_in_hundreds_of_millions() -> None:
    unit = DisplayUnit.choose("백만 달러", 85_867.0)
    assert unit.name == "억 달러"
    assert unit.text(85_867.0) == "858.7"


def test_every_row_of_news_has_its_word() -> None:
    rows = {*GROUPS, OWN_TOTAL, EARLY_COUNTS, ITEMS, OTHER, *LAST_ROWS, "sum"}
    assert {f"groups.{group_key(row)}" for row in rows} <= words_in("ko").texts.keys()
