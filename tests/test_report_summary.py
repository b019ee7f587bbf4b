"""The executive summary: each number of its four sentences is traced to the embedded JSON."""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape

import pytest

from tradeshock.features import Panel
from tradeshock.forecast import monthly_forecast
from tradeshock.forecast.report import Report
from tradeshock.models import BayesianVAR, RandomWalk, Record

# Figures that sentences say in words of their own: the 80 % interval, one case of twenty (5 %).
SAID_AS_WORDS = {"en": {"80"}, "ko": {"80", "5"}}


def numbers(value: object) -> Iterator[float]:
    """All numbers of a JSON."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from numbers(item)
    elif isinstance(value, int | float):
        yield float(value)


@pytest.fixture(scope="module")
def made(panel: Panel, small_record: Record) -> Report:
    model = BayesianVAR(n_draws=200)
    forecast = monthly_forecast(panel, "2026-05-01", model=model, threshold=900_000.0)
    return Report.from_forecast(forecast, small_record)


@pytest.fixture(params=["en", "ko"])
def page(
    request: pytest.FixtureRequest,
    made: Report,
    pages: dict[str, str],
    without_pictures: None,
) -> tuple[str, str]:
    if request.param not in pages:
        pages[request.param] = replace(made, language=request.param).html()
    return request.param, pages[request.param]


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """Pages that were made, by language."""
    return {}


def sentences(page: str) -> list[str]:
    found = re.search(r'<div class="summary" id="summary">(.*?)</div>', page, re.DOTALL)
    assert found is not None
    return re.findall(r"<p>(.*?)</p>", found[1], re.DOTALL)


def embedded(page: str) -> dict[str, object]:
    found = re.search(r'download="report.json" href="data:[^;]*;base64,([^"]*)"', page)
    assert found is not None
    content = json.loads(base64.b64decode(found[1]))
    assert isinstance(content, dict)
    return content


def test_each_number_is_one_of_the_json(page: tuple[str, str]) -> None:
    language, html = page
    known = set(numbers(embedded(html)))
    four = sentences(html)
    assert len(four) == 4
    for sentence in four:
        shown = re.findall(r'<data value="([^"]+)">([^<]+)</data>', sentence)
        assert len(shown) >= 3
        assert {value for value, _ in shown if float(value) not in known} == set()
        # Nothing else in it is a number but days and what words say.
        rest = re.sub(r"<data.*?</data>|<time.*?</time>", "", sentence)
        rest = unescape(re.sub("<[^>]*>", "", rest))
        assert set(re.findall(r"\d+", rest)) <= SAID_AS_WORDS[language]


def test_shown_figures_are_the_values_rounded(page: tuple[str, str]) -> None:
    language, html = page
    divisor = {"en": 1000.0, "ko": 100.0}[language]
    for sentence in sentences(html):
        for value, text in re.findall(r'<data value="([^"]+)">([^<]+)</data>', sentence):
            digits = re.search(r"[-+]?[\d,.]+", unescape(text))
            assert digits is not None
            figure = float(digits[0].replace(",", ""))
            places = len(digits[0].partition(".")[2])
            tries = [float(value) / scale for scale in (1.0, divisor, 0.01)]
            assert any(abs(figure - t) <= 0.5000001 * 10.0**-places for t in tries), (value, text)


def test_sentences_say_month_year_change_and_what_to_watch(page: tuple[str, str]) -> None:
    _, html = page
    content = embedded(html)
    months, years = content["forecast"]["months"], content["forecast"]["years"]  # type: ignore[index]
    month, year, change, watch = sentences(html)
    assert f'<data value="{months[0]["median"]}">' in month
    assert f'<data value="{years[0]["chance"]}">' in year
    rows = content["changes"][0]["rows"]  # type: ignore[index]
    first = next(iter(rows["sum"]))
    assert f'<data value="{rows["sum"][first]}">' in change
    named = {name: row[first] for name, row in rows.items() if name != "sum"}
    assert f'<data value="{max(named.values(), key=abs)}">' in change
    chances = [row["chance"] for row in content["warning"]["months"]]  # type: ignore[index]
    assert f'<data value="{max(chances)}">' in watch


def test_a_forecast_without_year_news_and_warning_says_so(panel: Panel) -> None:
    made = monthly_forecast(panel, "2026-05-15", model=RandomWalk(n_draws=20), steps=2)
    _, year, change, watch = sentences(Report(made).html())
    assert "before it completes a calendar year" in year
    assert change == "There is no earlier forecast that it could be compared with."
    assert "No early warning is given" in watch


def test_a_series_without_growth_rates_has_a_sentence_of_its_own(panel: Panel) -> None:
    made = monthly_forecast(panel, "2026-05-15", model="VAR", steps=2, target="gscpi")
    month, *_ = sentences(Report(made).html())
    assert "on a year before" not in month


@pytest.mark.usefixtures("without_pictures")
def test_a_part_of_a_year_is_not_called_the_year(panel: Panel) -> None:
    made = monthly_forecast(panel, "2026-05-15", model=BayesianVAR(n_draws=20), steps=3)
    report = Report.from_forecast(made)
    for language, part in {"en": "2026 as far as forecast", "ko": "2026년 전망 월"}.items():
        html = replace(report, language=language).html()
        _, _, change, _ = sentences(html)
        assert change.count("<time") == 2
        assert html.count(f">{part}") == 2


@pytest.mark.usefixtures("without_pictures")
def test_what_does_not_add_up_has_no_change_of_the_year(panel: Panel) -> None:
    model = BayesianVAR(n_draws=20)
    made = monthly_forecast(panel, "2026-05-15", model=model, target="usdkrw")
    html = Report.from_forecast(made).html()
    header = re.search(r'<table id="news-previous">.*?<thead>(.*?)</thead>', html, re.DOTALL)
    assert header is not None
    assert header[1].count("<th") == 5
