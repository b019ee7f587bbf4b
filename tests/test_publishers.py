"""Parsers of publishers: what they read, and that only named errors come out of bad answers."""

import io
import json
import os
import random
import re
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from tradeshock.features.errors import AccessError, AnswerError, QuotaError, SourceError
from tradeshock.features.fetching.markup import links, read_xml
from tradeshock.features.fetching.sheets import read_packed, read_sheet
from tradeshock.features.fetching.tidy import amount, day, month
from tradeshock.features.publishers import (
    bank_for_settlements as bis,
    census,
    cpb,
    customs,
    customs_site,
    ecos,
    energy_information as eia,
    fed,
    kosis,
    new_york_fed,
    newspaper_indices,
    oecd,
    taiwan,
    world_bank,
)

DATA = Path(__file__).parent / "data" / "sources"
PAGE = b"<!DOCTYPE html><html><head><title>Service down</title></head><body>x</body></html>"
NASTY = (
    b"nan", b"inf", b"1e999", b"-", b"NaN", b"9" * 400, b"<!DOCTYPE a>", b"&lt;", b"\x00", b"\xff",
    b"0000-00", b"999999", b"1_000", b"[[[[", b"<td>", b"null", "٣".encode(), "²".encode(),
)  # fmt: skip
KOREAN_PAGE = "<html><title>접근이 차단되었습니다</title></html>".encode("euc-kr")


def data(name: str) -> bytes:
    return (DATA / name).read_bytes()


def values(table: pd.DataFrame) -> dict[str, float]:
    """Figures by series and time."""
    when = "day" if "day" in table else "month"
    times = table[when].astype(str)
    return {f"{s} {t}": v for s, t, v in zip(table["series"], times, table["value"], strict=True)}


def packed(name: str, text: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(name, text)
    return made.getvalue()


RATES = b"""<html><body><table><tr><th>Date</th><th>Rate</th></tr>
<tr><th id="r1">2-JAN-24</th><td headers="a1 r1">1300.1000</td></tr>
<tr><th id="r2">15-Jan-24</th><td>&nbsp;ND</td></tr>
<tr><th>16-JAN-24</th><td>1310.3000</td></tr>
<tr><th>1-FEB-24</th><td>1333.0</td></tr></table></body></html>"""
PRODUCTION = b"""Industrial production
"B50001" 2023 101.1 101.2 101.3 101.4 101.5 101.6 101.7 101.8 101.9 102.0 102.1 102.2
"B50001" 2024 102.5 102.6
"G3344" 2024 160.0
"G33440" 2024 1.0
"""
M3 = """CATEGORIES
cat_idx,cat_code,cat_desc,cat_indent
1,MTM,"Total, manufacturing",0
2,34S,Computers and Electronic Products,1

DATA TYPES
dt_idx,dt_code,dt_desc,dt_unit
1,NO,New Orders,MLN$
2,VS,Value of Shipments,MLN$

ERROR TYPES
et_idx,et_code,et_desc,et_unit

GEO LEVELS
geo_idx,geo_code,geo_desc
1,US,U.S. Total

TIME PERIODS
per_idx,per_name
1,Jan-2024
2,Feb-2024
3,Mar-2024

NOTES

DATA UPDATED ON
2024-04-02

DATA
per_idx,cat_idx,dt_idx,et_idx,geo_idx,is_adj,val
1,2,1,0,1,1,25000
2,2,1,0,1,1,25500
3,2,1,0,1,1,
1,2,1,0,1,0,24000
1,1,1,0,1,1,9
1,2,2,0,1,1,8
"""
COUNTRIES = data("country.xlsx")
PINK = data("pink_sheet.xlsx")
UNCERTAINTY = data("categorical_epu.xlsx")
TRADE = data("world_trade_monitor.xlsx")
SHARES = (
    b"STRUCTURE,REF_AREA,FREQ,MEASURE,UNIT_MEASURE,TIME_PERIOD,OBS_VALUE,OBS_STATUS\r\n"
    b"DATAFLOW,KOR,M,SHARE,IX,2024-01,120.5,A\r\nDATAFLOW,KOR,M,SHARE,IX,2024-02,,M\r\n"
)
REVENUE = json.dumps(
    [
        {"資料年月": "11504", "公司代號": "2330", "營業收入-當月營收": "1"},
        {
            "資料年月": "11504",
            "公司代號": "2408",
            "營業收入-當月營收": "25491201",
            "營業收入-上月營收": "18169760",
            "營業收入-去年當月營收": "2500000",
        },
    ],
    ensure_ascii=False,
).encode()
FILINGS = (
    "\ufeff出表日期,資料年月,公司代號,公司名稱,營業收入-當月營收,營業收入-上月營收,營業收入-去年當月營收,備註\n"
    '"115/05/09","115/4","2330","台積電","1","2","3","-"\n'
    '"115/05/09","115/4","2408","南亞科","25491201","18169760","2500000","-"\n'
).encode()
SITE = json.dumps(
    {
        "count": 2,
        "items": [
            {
                "priodMon": "202604",
                "priodDt": window,
                **{f"itemUsdAmt{slot:02d}": f" {amount:,}" for slot in range(11)},
            }
            for window, amount in (("01~10", 16_000_000), ("01~30", 85_000_000))
        ],
    }
).encode()
FLASH = data("kcs_flash_prlstMmUtPrviExpAcrs.xml")
ECOS = data("ecos_901Y118_T002.json")
CHIPS = json.dumps(
    [
        {
            "TBL_ID": kosis.TABLE["tblId"],
            "ITM_ID": kosis.TABLE["itmId"],
            "PRD_SE": "M",
            "PRD_DE": "202412",
            "DT": "14511028387",
        }
    ]
).encode()


def flash(body: bytes) -> pd.DataFrame:
    return customs.read_counts(body, "items", customs.CustomsItems.slots)


def sums(body: bytes) -> pd.DataFrame:
    return customs.read_sums(body, "goods")


def exports(body: bytes) -> pd.DataFrame:
    return ecos.read_months(body, "exports_total", ecos.MONTHS["exports_total"])


def filings(body: bytes) -> pd.DataFrame:
    return taiwan.read_filings(body, pd.Period("2026-04", freq="M"))


def page(body: bytes) -> pd.DataFrame:
    return customs_site.read_page(body, customs.CustomsImports.slots)


def won(body: bytes) -> pd.DataFrame:
    return fed.read_rates(body, "usdkrw")


Parser = Callable[[bytes], pd.DataFrame]
GOOD: dict[str, tuple[Parser, bytes]] = {
    "rates": (won, RATES),
    "production": (fed.read_production, PRODUCTION),
    "orders": (census.read_orders, packed("M3-mf.csv", M3)),
    "imports": (census.read_imports, COUNTRIES),
    "brent": (eia.read_months, data("eia_RBRTEm.xls")),
    "prices": (world_bank.read_prices, PINK),
    "reer": (bis.read_rate, data("bis_ws_eer.csv")),
    "gscpi": (new_york_fed.read_pressure, data("gscpi_data.xlsx")),
    "gpr": (newspaper_indices.read_risk, data("data_gpr_export.xls")),
    "epu": (newspaper_indices.read_uncertainty, UNCERTAINTY),
    "trade": (cpb.read_trade, TRADE),
    "shares": (oecd.read_shares, SHARES),
    "revenue": (taiwan.read_revenue, REVENUE),
    "filings": (filings, FILINGS),
    "site": (page, SITE),
    "ecos": (exports, ECOS),
    "kosis": (kosis.read_chips, CHIPS),
    "flash": (flash, FLASH),
    "goods": (sums, data("kcs_nitemtrade.xml")),
}
READ: dict[str, dict[str, float]] = {
    "rates": {
        "usdkrw 2024-01-02": 1300.1,
        "usdkrw 2024-01-16": 1310.3,
        "usdkrw 2024-02-01": 1333.0,
    },
    "orders": {
        "us_electronics_orders 2024-01": 25000.0,
        "us_electronics_orders 2024-02": 25500.0,
    },
    "brent": {"brent 2024-01": 80.12, "brent 2024-02": 83.48, "brent 2024-03": 85.41},
    "prices": {"copper 2024-01": 8344.0, "dubai 2024-01": 78.5, "dubai 2024-02": 81.25},
    "reer": {"reer_kr 2024-01": 91.2, "reer_kr 2024-02": 90.8},
    "gscpi": {"gscpi 1998-01": -1.02, "gscpi 1998-02": -0.54, "gscpi 1998-03": 0.0},
    "gpr": {
        "gpr 2024-01": 130.5,
        "gpr 2024-02": 121.25,
        "gpr_kr 2024-01": 0.41,
        "gpr_kr 2024-02": 0.38,
    },
    "epu": {"epu_us_trade 2024-01": 61.5, "epu_us_trade 2024-02": 70.25},
    "trade": {"world_trade_volume 2024-01": 101.5, "world_trade_volume 2024-02": 102.25},
    "shares": {"share_prices_kr 2024-01": 120.5},
    "revenue": {
        "nanya_revenue 2025-04": 2500.0,
        "nanya_revenue 2026-03": 18169.76,
        "nanya_revenue 2026-04": 25491.201,
    },
    "filings": {
        "nanya_revenue 2025-04": 2500.0,
        "nanya_revenue 2026-03": 18169.76,
        "nanya_revenue 2026-04": 25491.201,
    },
    "site": {"imports_total_first_10_days 2026-04": 16000.0, "imports_total 2026-04": 85000.0},
    "ecos": {"exports_total 2024-01": 54000.0, "exports_total 2024-02": 52000.0},
    "kosis": {"exports_semiconductors_ict 2024-12": 14511.028387},
}


@pytest.mark.parametrize("name", READ)
def test_figures_are_read(name: str) -> None:
    parser, body = GOOD[name]
    assert values(parser(body)) == pytest.approx(READ[name], abs=1e-9)


def test_production_takes_only_its_codes() -> None:
    read = values(fed.read_production(PRODUCTION))
    assert len(read) == 15
    assert read["us_ip 2024-02"] == 102.6
    assert read["us_semiconductor_ip 2024-01"] == 160.0


def test_zeros_for_months_to_come_are_cut() -> None:
    read = values(census.read_imports(COUNTRIES))
    assert list(read)[-1] == "us_imports_from_kr 2024-02"
    # A zero between figures is a figure: only those at the end are months to come.
    assert read["us_imports_from_kr 2023-12"] == 0.0


def test_early_counts_are_read_by_slot() -> None:
    read = values(flash(FLASH))
    assert len(read) == 11
    assert read["exports_total_first_10_days 2024-03"] == 17263.37
    assert read["exports_home_appliances_first_10_days 2024-03"] == 160.0


@pytest.mark.parametrize(
    ("window", "ending"),
    [
        ("01~10", "_first_10_days"),
        ("1~20", "_first_20_days"),
        ("01~31", ""),
        ("01~말일", ""),
        ("202403.01~20", "_first_20_days"),
    ],
)
def test_windows_of_days_in_all_their_ways(window: str, ending: str) -> None:
    read = values(flash(FLASH.replace(b"01~10", window.encode())))
    assert f"exports_total{ending} 2024-03" in read


@pytest.mark.parametrize(
    ("month", "last"), [("202302", 28), ("202402", 29), ("202404", 30), ("202407", 31)]
)
def test_a_month_ends_on_its_last_day(month: str, last: int) -> None:
    year, number = month[:4], month[4:]
    body = FLASH.replace(b"01~10", f"01~{last}".encode())
    body = re.sub(rb"<priodMon>.*?</priodMon>", f"<priodMon>{number}</priodMon>".encode(), body)
    body = re.sub(rb"<priodYear>.*?</priodYear>", f"<priodYear>{year}</priodYear>".encode(), body)
    assert f"exports_total {year}-{number}" in values(flash(body))
    with pytest.raises(AnswerError, match="window"):
        flash(body.replace(f"~{last}".encode(), f"~{last - 1}".encode()))


@pytest.mark.parametrize("window", ["01~28", "01~15", "", "10", "x~10"])
def test_other_windows_are_refused(window: str) -> None:
    with pytest.raises(AnswerError, match="window"):
        flash(FLASH.replace(b"01~10", window.encode()))


def test_a_window_that_is_not_out_is_no_figure() -> None:
    assert flash(FLASH.replace(b" 17,263,370", b" 0")).empty


def test_sums_leave_the_grand_total_out() -> None:
    table = sums(data("kcs_nitemtrade.xml"))
    assert table["value"].tolist() == pytest.approx([29.343051])
    assert table["weight"].tolist() == pytest.approx([5.61])


def test_sums_that_do_not_reach_their_total_are_refused() -> None:
    body = data("kcs_nitemtrade.xml").replace(
        b"<expWgt>5610</expWgt><hsCd>3304", b"<expWgt>5000</expWgt><hsCd>3304"
    )
    with pytest.raises(AnswerError, match="do not add up"):
        sums(body)


@pytest.mark.parametrize("name", [n for n in GOOD if n != "rates"])
@pytest.mark.parametrize(
    "page", [PAGE, KOREAN_PAGE, b"\n <HTML>x", b"", b"   ", b"\xff\xfe\x00x\x81"]
)
def test_a_page_is_no_answer(name: str, page: bytes) -> None:
    # A page of customs' site is a block; where no page is expected elsewhere, something is down.
    with pytest.raises((AnswerError, AccessError) if name == "site" else AnswerError):
        GOOD[name][0](page)


@pytest.mark.parametrize("page", [PAGE, b"", b"<table><tr><td>a</td></tr></table>"])
def test_a_page_without_rates_is_refused(page: bytes) -> None:
    with pytest.raises(AnswerError):
        won(page)


@pytest.mark.parametrize("name", GOOD)
def test_an_answer_cut_short_is_refused_or_whole(name: str) -> None:
    parser, body = GOOD[name]
    whole = values(parser(body)) if name != "goods" else {}
    body = body.rstrip() if name == "goods" else body
    places = 5 if body.startswith(b"\xd0\xcf") else 60
    for end in range(0, len(body), max(1, len(body) // places)):
        try:
            table = parser(body[:end])
        except SourceError:
            continue
        if values(table) == whole:
            continue
        # Without an end of its own a table may lose lines: the length of the body is checked
        # where it is fetched.
        assert name in ("reer", "shares")
        assert values(table).items() <= whole.items() | set(_cut_number(table, body[:end]))


def _cut_number(table: pd.DataFrame, body: bytes) -> list[tuple[str, float]]:
    """Last figure, where the cut went through its digits: the gate compares it."""
    read = values(table)
    tail = body.rstrip().rsplit(b",")[-1].split()[-1:] if body else []
    return [(k, v) for k, v in read.items() if any(amountlike(t) == v for t in tail)]


def amountlike(token: bytes) -> float | None:
    text = token.split(b">")[-1].decode(errors="replace")
    try:
        return amount(text, "x")
    except AnswerError:
        return None


GATEWAY = (
    "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg><returnAuthMsg>{}"
    "</returnAuthMsg><returnReasonCode>{}</returnReasonCode></cmmMsgHeader>"
    "</OpenAPI_ServiceResponse>"
)
SERVICE = (
    "<response><header><resultCode>{}</resultCode><resultMsg>{}</resultMsg></header>{}</response>"
)


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (GATEWAY.format("SERVICE_KEY_IS_NOT_REGISTERED_ERROR", 30), AccessError, "apply for"),
        (GATEWAY.format("SERVICE_KEY_IS_NULL", 20), AccessError, "DATA_GO_KR_API_KEY"),
        (GATEWAY.format("LIMITED_NUMBER", 22), QuotaError, "midnight in Korea"),
        (GATEWAY.format("HTTP_ERROR", "04"), AnswerError, "HTTP_ERROR"),
        (SERVICE.format(99, "120개월을 초과", ""), AnswerError, "120개월을 초과"),
        (SERVICE.format(99, "x", "<body/>"), AnswerError, "code 99"),
        (SERVICE.format("99", "x", "<body><totalCount>0</totalCount></body>"), AnswerError, "99"),
        (
            SERVICE.format(22, "LIMITED_NUMBER_OF_SERVICE_REQUESTS_EXCEEDS_ERROR", ""),
            QuotaError,
            "today",
        ),
        (SERVICE.format("00", "ok", "<body/>"), AnswerError, "no items"),
        (
            SERVICE.format("00", "ok", "<body><items/><totalCount>3</totalCount></body>"),
            AnswerError,
            "0 of 3 rows",
        ),
        ("Unauthorized", AccessError, "Unauthorized"),
        ("API token quota exceeded", QuotaError, "today"),
        ('{"response":{"header":{"resultCode":"04","resultMsg":"HTTP ERROR"}}}', AnswerError, "04"),
        ('{"error":"true"}', AnswerError, "error"),
        ("<response/>", AnswerError, "result code"),
        ("Unexpected errors", AnswerError, "Unexpected"),
    ],
)
@pytest.mark.parametrize("parser", [flash, sums])
def test_what_the_gateway_says_becomes_a_named_error(
    parser: Parser, body: str, kind: type[SourceError], words: str
) -> None:
    with pytest.raises(kind, match=words):
        parser(body.encode())


def test_the_quota_example_of_the_gateway() -> None:
    with pytest.raises(QuotaError):
        flash(data("kcs_gateway_quota_error.xml"))


def test_an_empty_result_is_no_error() -> None:
    assert flash(SERVICE.format("00", "ok", "<body><items/></body>").encode()).empty
    assert exports(data("ecos_nodata_http200.json")).empty
    assert kosis.read_chips(data("kosis_error_http200.json")).empty


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("INFO-100", AccessError),
        ("ERROR-301", AnswerError),
        ("ERROR-602", QuotaError),
        ("ERROR-500", AnswerError),
    ],
)
def test_what_ecos_says_with_status_200(code: str, kind: type[SourceError]) -> None:
    with pytest.raises(kind):
        exports(json.dumps({"RESULT": {"CODE": code, "MESSAGE": "인증키"}}).encode())


@pytest.mark.parametrize(
    ("code", "kind"), [("10", AccessError), ("20", AnswerError), ("42", QuotaError)]
)
def test_what_kosis_says_with_status_200(code: str, kind: type[SourceError]) -> None:
    with pytest.raises(kind):
        kosis.read_chips(json.dumps({"err": code, "errMsg": "필수요청변수"}).encode())


@pytest.mark.parametrize(
    ("parser", "body"),
    [
        (exports, ECOS.replace(b'list_total_count":2', b'list_total_count":3')),
        (exports, ECOS.replace("천불".encode(), "달러".encode())),
        (exports, ECOS.replace(b'"T002"', b'"T004"')),
        (exports, ECOS.replace(b'"202402"', b'"2024Q1"')),
        (exports, ECOS.replace(b'"202402"', b'"202401"')),
        (kosis.read_chips, data("kosis_statisticsParameterData.json")),
        (kosis.read_chips, CHIPS.replace(b'"M"', b'"A"')),
        (taiwan.read_revenue, REVENUE.replace(b"2408", b"2409")),
        (taiwan.read_revenue, REVENUE.replace(b"2330", b"2408")),
        (taiwan.read_revenue, REVENUE.replace(b"11504", b"202604")),
        (bis.read_rate, data("bis_ws_eer.csv").replace(b",KR,2024-02", b",JP,2024-02")),
        (bis.read_rate, data("bis_ws_eer.csv").replace(b"2024-02", b"2024-01")),
        (bis.read_rate, data("bis_ws_eer.csv").replace(b"OBS_VALUE", b"VALUE")),
        (bis.read_rate, data("bis_ws_eer.csv").replace(b"EER_TYPE", b"FREQ")),
        (oecd.read_shares, SHARES.replace(b"120.5", b"about 120")),
        (fed.read_production, PRODUCTION.replace(b"G3344", b"G3345")),
        (fed.read_production, PRODUCTION.replace(b"102.1 102.2", b"102.1 102.2 9")),
        (census.read_orders, packed("M3-mf.csv", M3.replace("val", "value"))),
        (census.read_orders, packed("other.csv", M3)),
        (filings, FILINGS.replace(b"115/4", b"115/3")),
        (filings, FILINGS.replace(b"2408", b"2409")),
        (filings, FILINGS.replace("當月".encode(), "本月".encode())),
        (page, SITE.replace(b'"count": 2', b'"count": 3')),
        (page, SITE.replace(b'"count": 2', b'"totalCount": "3"')),
        (page, SITE.replace(b"itemUsdAmt10", b"itemUsdAmt11")),
        (page, SITE.replace(b'"priodMon"', b'"itemUsdAmt11": "5", "priodMon"')),
        (page, SITE.replace(b"01~10", b"01~15")),
        (flash, FLASH.replace(b"itemUsdAmt10", b"itemAmt")),
        (flash, FLASH.replace(b"780,000", b"7x0,000")),
        (new_york_fed.read_pressure, data("data_gpr_export.xls")),
        (eia.read_months, data("gscpi_data.xlsx")),
        (cpb.read_trade, PINK),
    ],
)
def test_other_forms_are_refused(parser: Parser, body: bytes) -> None:
    with pytest.raises(AnswerError):
        parser(body)


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "xxxxxxxxxx"><!ENTITY c "&b;&b;&b;">]>'
    b"<response>&c;</response>"
)
READER = b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'


@pytest.mark.parametrize("body", [BOMB, READER, b"\xef\xbb\xbf" + BOMB, b"<!doctype a><a/>"])
def test_entities_are_not_read(body: bytes) -> None:
    with pytest.raises(AnswerError, match="entities"):
        read_xml(body, "x")


def test_a_swollen_zip_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tradeshock.features.fetching.sheets.MOST_BYTES", 1_000_000)
    body = packed("M3-mf.csv", "0" * 2_000_000)
    assert len(body) < 10_000
    with pytest.raises(AnswerError, match="unpacks to"):
        read_packed(body, "x", "M3-mf.csv")
    with pytest.raises(AnswerError, match="unpacks to"):
        read_sheet(body, "x", "Sheet1")


def test_links_of_pages_are_found() -> None:
    page = (
        b'<a href="https://thedocs.worldbank.org/a/9c/CMO-Historical-Data-Monthly.xlsx?x=1&amp;y">'
    )
    assert world_bank.workbook_link(page).endswith("Monthly.xlsx?x=1&y")
    with pytest.raises(AnswerError, match="no longer names"):
        world_bank.workbook_link(b"<a href='/other.xlsx'>")
    base = "https://www.cpb.nl/en/wtm"
    page = b'<a href="/system/files/cpbmedia/CPB-World-Trade-Monitor-september-2026.XLSX">'
    assert cpb.workbook_link(page, base) == (
        "https://www.cpb.nl/system/files/cpbmedia/CPB-World-Trade-Monitor-september-2026.XLSX"
    )
    sitemap = (
        b"<url><loc>https://www.cpb.nl/en/world-trade-monitor-december-2025</loc></url>"
        b"<url><loc>https://www.cpb.nl/en/world-trade-monitor-august-2026</loc></url>"
        b"<url><loc>https://www.cpb.nl/en/world-trade-monitor-june-2026</loc></url>"
    )
    assert cpb.page_link(sitemap) == "https://www.cpb.nl/en/world-trade-monitor-august-2026"
    assert len(links(sitemap, "x")) == 3


@given(value=st.integers(-(10**12), 10**12))
def test_numbers_with_commas_and_blanks_are_read(value: int) -> None:
    assert amount(f"  {value:,} ", "x") == amount(value, "x") == value


@given(text=st.text(max_size=30))
def test_a_cell_is_a_number_missing_or_refused(text: str) -> None:
    try:
        value = amount(text, "x")
    except AnswerError:
        return
    assert value is None or abs(value) < float("inf")


@given(when=st.dates(pd.Timestamp("1950-01-01").date(), pd.Timestamp("2049-12-31").date()))
def test_months_and_days_are_read_back(when: "pd.Timestamp") -> None:
    expected = pd.Period(when, freq="M")
    for form in ("%Y%m", "%Y-%m", "%Y.%m", "%YM%m", "%Ym%m", "%Y-%m-01"):
        assert month(when.strftime(form)) == expected
    for form in ("%d-%b-%y", "%d-%B-%Y", "%d %b %Y", "%Y%m%d"):
        assert day(when.strftime(form)) == pd.Timestamp(when)
    assert month(when) == expected


@given(text=st.text(max_size=12))
def test_no_text_breaks_the_reading_of_times(text: str) -> None:
    assert month(text) is None or isinstance(month(text), pd.Period)
    assert day(text) is None or isinstance(day(text), pd.Timestamp)


@settings(max_examples=40)
@given(
    values=st.lists(st.floats(0.1, 1e6), min_size=1, max_size=24),
    start=st.integers(0, 600),
)
def test_csv_figures_survive_the_way(values: list[float], start: int) -> None:
    months = [str(pd.Period(ordinal=start + i, freq="M")) for i in range(len(values))]
    head = "FREQ,EER_TYPE,EER_BASKET,REF_AREA,TIME_PERIOD,OBS_VALUE\n"
    rows = "".join(f"M,R,B,KR,{m},{v!r}\n" for m, v in zip(months, values, strict=True))
    table = bis.read_rate((head + rows).encode())
    assert table["value"].tolist() == values
    assert [str(m) for m in table["month"]] == months


def damaged(body: bytes, generator: random.Random) -> bytes:
    """Body with some of its bytes changed, doubled, moved or cut."""
    made = bytearray(body)
    for _ in range(generator.randint(1, 6)):
        at = generator.randrange(len(made) + 1)
        to = min(len(made), at + generator.randint(1, 40))
        match generator.randrange(6):
            case 0:
                made[at:to] = generator.randbytes(to - at)
            case 1:
                del made[at:to]
            case 2:
                made[at:at] = made[at:to]
            case 3:
                made[at:at] = generator.choice(NASTY)
            case 4:
                del made[at + len(made) // 2 :]
            case _:
                if at < len(made):
                    made[at] = generator.choice(b"0123456789<>\"',.-\x00\xff \n")
    return bytes(made)


def repacked(body: bytes, generator: random.Random) -> bytes:
    """Zip whose files are damaged inside, with sums that are right again."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(made, "w") as new:
        names = old.namelist()
        chosen = generator.choice(names)
        for name in names:
            inside = old.read(name)
            new.writestr(name, damaged(inside, generator) if name == chosen else inside)
    return made.getvalue()


def test_damaged_answers_let_only_named_errors_out() -> None:
    # Seeded; continuous integration runs it for longer.
    seconds = float(os.environ.get("TRADESHOCK_FUZZ_SECONDS", "2"))
    generator = random.Random(os.environ.get("TRADESHOCK_FUZZ_SEED", "14"))
    end = time.monotonic() + seconds
    outcomes: Counter[str] = Counter()
    messages: set[str] = set()
    rounds = 0
    names = sorted(GOOD)
    while rounds < 2 * len(names) or time.monotonic() < end:
        name = names[rounds % len(names)]
        parser, body = GOOD[name]
        rounds += 1
        inside = body.startswith(b"PK") and generator.random() < 0.7
        bad = repacked(body, generator) if inside else damaged(body, generator)
        try:
            table = parser(bad)
        except SourceError as error:
            messages.add(str(error))
            outcomes["refused"] += 1
            continue
        except BaseException as error:
            error.add_note(f"{name}: {bad!r}")
            raise
        outcomes["read"] += 1
        assert not np.isinf(table.select_dtypes("number").to_numpy()).any()
    assert min(outcomes["refused"], outcomes["read"]) > 0
    assert [m for m in messages if len(m) > 600 or "\n" in m] == []
