"""The report in a real browser: headless Chromium, wide and phone-sized, light and dark."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tradeshock.features import Panel
from tradeshock.forecast import monthly_forecast
from tradeshock.forecast.report import Report

SYNC = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WINDOWS = {"wide": (1280, 900), "phone": (390, 844)}
LEVELS = ["median", "low80", "high80", "yoy_median", "yoy_low80", "yoy_high80"]

pytestmark = pytest.mark.skipif(
    BROWSER is None, reason="no browser: neither chromium nor chromium-browser is on the path"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with SYNC.sync_playwright() as player:
        running = player.chromium.launch(executable_path=BROWSER, args=FLAGS)
        yield running
        running.close()


@pytest.fixture(
    scope="module",
    params=[(window, scheme) for window in WINDOWS for scheme in ("light", "dark")],
    ids="-".join,
)
def opened(
    request: pytest.FixtureRequest, browser: Any, report_folder: tuple[Path, str]
) -> Iterator[tuple[Any, list[str], str, str]]:
    """Open the page; note all that the console says and all that is asked of the network."""
    window, scheme = request.param
    width, height = WINDOWS[window]
    page = browser.new_page(
        viewport={"width": width, "height": height}, color_scheme=scheme, offline=True
    )
    noted: list[str] = []
    page.on("console", lambda message: noted.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: noted.append(f"error: {error}"))
    page.on("request", lambda asked: noted.append(f"request: {asked.url[:40]}"))
    address = (report_folder[0] / "report.html").as_uri()
    page.goto(address)
    noted.remove(f"request: {address[:40]}")
    yield page, noted, window, scheme
    page.close()


def test_opens_without_a_word_and_without_a_request(
    opened: tuple[Any, list[str], str, str],
) -> None:
    page, noted, _, _ = opened
    assert noted == []
    assert page.title() == "Exports (KR): forecast of 15 May 2026"


def test_nothing_sticks_out_of_the_window(opened: tuple[Any, list[str], str, str]) -> None:
    page, _, window, _ = opened
    assert page.evaluate("document.documentElement.scrollWidth") == WINDOWS[window][0]


def test_each_picture_is_shown_once_in_the_right_width(
    opened: tuple[Any, list[str], str, str],
) -> None:
    page, _, window, _ = opened
    shown = page.evaluate(
        """[...document.querySelectorAll("figure")].map(f => [...f.querySelectorAll("svg")]
            .filter(s => s.getBoundingClientRect().width > 0)
            .map(s => s.parentElement.className))"""
    )
    assert shown == [["wide" if window == "wide" else "narrow"]] * 12


def test_letters_on_pictures_can_be_read(opened: tuple[Any, list[str], str, str]) -> None:
    page, _, _, _ = opened
    smallest = page.evaluate(
        """Math.min(...[...document.querySelectorAll("svg text")]
            .filter(t => t.getBoundingClientRect().width > 0)
            .map(t => parseFloat(getComputedStyle(t).fontSize)
                      * Math.hypot(t.getScreenCTM().a, t.getScreenCTM().b)))"""
    )
    assert smallest >= 8.0


def test_theme_reaches_page_and_pictures(opened: tuple[Any, list[str], str, str]) -> None:
    page, _, _, scheme = opened
    ground, text = page.evaluate(
        """[getComputedStyle(document.body).backgroundColor,
            getComputedStyle(document.querySelector("#fan svg text")).fill]"""
    )
    light, dark = (ground, text) if scheme == "light" else (text, ground)
    assert brightness(light) > 200 > 60 > brightness(dark)


def brightness(colour: str) -> float:
    """Mean of the three numbers of ``rgb(r, g, b)``."""
    numbers = colour.removeprefix("rgb(").removesuffix(")").split(",")
    return sum(map(float, numbers)) / 3


def test_figures_on_the_page_are_those_of_the_csv(
    opened: tuple[Any, list[str], str, str], report_folder: tuple[Path, str]
) -> None:
    page, _, _, _ = opened
    shown = page.evaluate(
        """[...document.querySelectorAll("#months tbody tr")].map(row =>
            [...row.querySelectorAll("data")].map(cell => [cell.value, cell.innerText]))"""
    )
    # As text first: pandas before 3 reads the last digit of a figure wrongly.
    csv = pd.read_csv(report_folder[0] / "forecast.csv", dtype=str)
    for row, expected in zip(shown, csv[LEVELS].astype(float).to_numpy(), strict=True):
        assert [float(value) for value, _ in row[:6]] == expected.tolist()
        texts = [f"{value / 1000:.1f}" for value in expected[:3]]
        texts += [f"{value:+z.1f}" for value in expected[3:]]
        assert [text for _, text in row[:6]] == texts


def test_print_is_light_and_opens_what_is_folded(
    browser: Any, report_folder: tuple[Path, str]
) -> None:
    page = browser.new_page(color_scheme="dark")
    page.goto((report_folder[0] / "report.html").as_uri())
    page.emulate_media(media="print", color_scheme="dark")
    ink = page.evaluate("getComputedStyle(document.querySelector('h1')).color")
    assert brightness(ink) < 60
    assert page.evaluate("getComputedStyle(document.querySelector('nav')).display") == "none"
    assert page.locator("#history-figures").bounding_box()["height"] > 100
    # Of the first three questions only what fits on two pages.
    assert page.locator("#fan-figures").bounding_box() is None
    page.close()


@pytest.fixture(scope="module")
def default_report(panel: Panel) -> Report:
    """Report of the default model, which has the longest notes and the most rows of news."""
    return Report.from_forecast(monthly_forecast(panel, "2026-05-15"), panel=panel)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_first_three_questions_are_two_printed_pages(
    browser: Any, default_report: Report, tmp_path: Path, language: str
) -> None:
    report = replace(default_report, language=language)
    page = browser.new_page()
    page.goto(report.write(tmp_path).as_uri())
    rest = "main > section:nth-of-type(n+4), footer"
    page.add_style_tag(content=f"@media print {{ {rest} {{ display: none; }} }}")
    assert pages_of(page.pdf(format="A4")) == 2
    page.close()


def pages_of(pdf: bytes) -> int:
    """Pages of a PDF that names them in the open, as Chromium's do."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def test_every_table_scrolls_inside_the_window_of_a_phone(
    browser: Any, report_folder: tuple[Path, str]
) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto((report_folder[0] / "report.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    wide = page.evaluate(
        """[...document.querySelectorAll("table")].filter(
            t => !["auto", "scroll"].includes(getComputedStyle(t.parentElement).overflowX))
            .map(t => t.id)"""
    )
    assert wide == []
    page.close()
