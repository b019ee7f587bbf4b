"""Forty-three answers that publishers have given instead of figures, and the tests that play them.

Each number is one answer that was seen somewhere; what is not asked here has its reason instead.
"""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
GATEWAY = "test_publishers.py::test_what_the_gateway_says_becomes_a_named_error"
INSTEAD = "test_sources.py::test_what_is_said_instead_of_figures_is_named_and_nothing_is_stored"
PAGE = "test_sources.py::test_the_first_refusal_of_the_page_ends_the_calls"
A_PAGE = "test_publishers.py::test_a_page_is_no_answer"
READ = "test_publishers.py::test_figures_are_read"
OTHER_FORMS = "test_publishers.py::test_other_forms_are_refused"
ENCRYPTION = "test_fetching.py::test_what_the_encryption_says_becomes_a_sentence"
ONCE_ENCODED = "test_fetching.py::test_a_key_reaches_the_server_once_encoded_and_nobody_else"
PLAYED: dict[str, tuple[str, ...]] = {
    "1 customs: key not granted for a service": (GATEWAY, INSTEAD),
    "2 customs: key missing": (GATEWAY, INSTEAD),
    "3 customs: JSON asked for": (
        GATEWAY,
        "test_sources.py::test_long_spans_are_asked_in_windows_that_the_services_take",
    ),
    "4 customs: code 99 with or without a body": (GATEWAY,),
    "5 customs: too many months a call": (
        GATEWAY,
        "test_sources.py::test_long_spans_are_asked_in_windows_that_the_services_take",
    ),
    "6 customs: quota in two envelopes and as status 429": (
        GATEWAY,
        "test_publishers.py::test_the_quota_example_of_the_gateway",
        "test_sources.py::test_a_quota_of_one_service_leaves_the_others",
    ),
    "7 customs: key encoded twice, key in texts": (
        ONCE_ENCODED,
        "test_fetching.py::test_no_key_stands_in_an_error",
        "test_sources.py::test_the_bundle_has_all_answers_and_no_key",
    ),
    "8 customs: two forms of keys": (ONCE_ENCODED,),
    "9 customs: words instead of XML": (GATEWAY, INSTEAD),
    "10 customs: tracing headers": ("test_fetching.py::test_a_good_answer_comes_whole",),
    "11 customs: no items": ("test_publishers.py::test_an_empty_result_is_no_error", INSTEAD),
    "12 customs: amounts with blanks and commas": (
        "test_publishers.py::test_early_counts_are_read_by_slot",
        "test_publishers.py::test_numbers_with_commas_and_blanks_are_read",
    ),
    "13 customs: windows of days in many ways": (
        "test_publishers.py::test_windows_of_days_in_all_their_ways",
        "test_publishers.py::test_other_windows_are_refused",
        "test_publishers.py::test_a_month_ends_on_its_last_day",
    ),
    "14 customs: slots in another order": (
        "test_sources.py::test_moved_slots_of_customs_are_refused",
    ),
    "15 customs: a window that is not out is 0": (
        "test_publishers.py::test_a_window_that_is_not_out_is_no_figure",
    ),
    "16 customs' page: a block in EUC-KR": (
        PAGE,
        "test_sources.py::test_no_cookie_means_no_figures_and_a_sentence",
    ),
    "17 customs' page: an error with status 200": (PAGE,),
    "18 fewer rows than are counted": (GATEWAY, OTHER_FORMS, PAGE),
    "19 customs: cut off after bulk pulls": (
        "test_fetching.py::test_what_always_fails_ends_in_a_sentence",
        "test_sources.py::test_long_spans_are_asked_in_windows_that_the_services_take",
    ),
    "20 ECOS: three errors with status 200": (
        "test_publishers.py::test_what_ecos_says_with_status_200",
        "test_publishers.py::test_an_empty_result_is_no_error",
        "test_sources.py::test_the_newest_months_are_kept_where_earlier_ones_are_refused",
    ),
    "21 KOSIS: errors with status 200, another frequency": (
        "test_publishers.py::test_what_kosis_says_with_status_200",
        OTHER_FORMS,
    ),
    "22 KOSIS: codes that were replaced": (
        "test_sources.py::test_empty_figures_of_a_known_series_are_an_alarm",
    ),
    "23 a page with status 200": (A_PAGE, INSTEAD),
    "24 certificates that are not trusted": (
        "test_fetching.py::test_a_certificate_that_nobody_signed_ends_in_a_sentence",
        ENCRYPTION,
    ),
    "25 encryption that is too old": (ENCRYPTION,),
    "27 Census: an empty answer, columns twice": (INSTEAD, OTHER_FORMS),
    "28 Census: zeros for months to come": (
        "test_publishers.py::test_zeros_for_months_to_come_are_cut",
    ),
    "29 Fed: 403 without a User-Agent": (
        "test_fetching.py::test_a_good_answer_comes_whole",
        INSTEAD,
    ),
    "30 Fed: days of ND": (READ,),
    "33 GSCPI: BIFF as .xlsx, a cover sheet, dates as text": (
        READ,
        "test_sources.py::test_without_a_key_every_keyless_series_comes",
    ),
    "34 Pink Sheet: new address, columns moved, stars": (
        "test_publishers.py::test_links_of_pages_are_found",
        "test_sources.py::test_columns_that_moved_are_found_by_their_names",
    ),
    "35 EPU: a note below the last month": (READ,),
    "36 CPB: the page moved": (
        "test_sources.py::test_the_page_that_moved_is_found_through_the_sitemap",
        "test_sources.py::test_one_source_that_fails_is_named_and_the_rest_come",
    ),
    "38 OECD: 429, 413, a page": (A_PAGE, INSTEAD),
    "43 cut, slow and busy servers": (
        "test_fetching.py::test_what_fails_once_is_asked_again",
        "test_fetching.py::test_a_call_ends_at_its_deadline",
        "test_fetching.py::test_a_pause_that_the_server_asks_for_is_kept",
        "test_publishers.py::test_an_answer_cut_short_is_refused_or_whole",
    ),
}
NOT_ASKED = {
    "26 Census API without a key": "its public files are read instead, see 27 and 28",
    "31 fredgraph's columns": "FRED forbids to store its figures; the Fed's own files are read",
    "32 FRED and ALFRED": "as 31",
    "37 World Bank API in XML": "the Pink Sheet is read instead, see 34",
    "39 IMF": "nothing of it is in the catalog",
    "40 sdmx1": "BIS and OECD are read as comma-separated text, see 18 and 38",
    "41 Comtrade": "nothing of it is in the catalog",
    "42 EIA's pages and DEMO_KEY": "its workbooks are read instead",
}


def test_every_answer_is_played_or_not_asked_for() -> None:
    numbers = [int(name.split()[0]) for name in (*PLAYED, *NOT_ASKED)]
    assert sorted(numbers) == list(range(1, 44))


@pytest.mark.parametrize("file", ["test_fetching.py", "test_publishers.py", "test_sources.py"])
def test_the_tests_that_are_named_are_there(file: str) -> None:
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    there = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    named = {test for tests in PLAYED.values() for test in tests if test.startswith(f"{file}::")}
    assert named
    assert {test.rpartition("::")[2] for test in named} <= there


@pytest.mark.parametrize(
    "host", ["stlouisfed.org", "imf.org", "comtrade", "api.census.gov", "api.worldbank.org"]
)
def test_what_is_not_asked_stands_in_no_source(host: str) -> None:
    root = TESTS.parent / "features"
    assert [p.name for p in root.rglob("*.py") if host in p.read_text(encoding="utf-8")] == []
