"""All sources against a server on this machine that plays every publisher from the snapshot."""

import io
import itertools
import json
import os
import re
import socket
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, quote, unquote, urlsplit
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from tradeshock.features import Panel
from tradeshock.features.fetching.client import Client
from tradeshock.features.fetching.keys import Keys
from tradeshock.features.fetching.source import Source
from tradeshock.features.publishers import census, customs, ecos, kosis, world_bank
from tradeshock.features.sources.doctor import COLUMNS, doctor
from tradeshock.features.sources.gather import Outcome, gather
from tradeshock.features.sources.registry import all_sources
from tradeshock.features.vintages.live import live_panel
from tradeshock.features.vintages.store import Store
from tradeshock.forecast.cli.data_commands.doctor import doctor as command
from tradeshock.forecast.cli.main import main

NOW = datetime(2026, 11, 25, 3, tzinfo=UTC)
LAST = pd.Period("2026-10", freq="M")
SECRETS = {
    "DATA_GO_KR_API_KEY": "feedc0de" * 8,
    "ECOS_API_KEY": "ECOSKEY0123456789ABC",
    "KOSIS_API_KEY": "b0sis+Key/0123456789==",
}
# What comes without a key, with one exception each for shared series.
KEYLESS = {source.name for source in all_sources() if source.needs_key is None}


Content = str | float | pd.Timestamp | None


def workbook(sheets: dict[str, list[list[Content]]]) -> bytes:
    """Smallest .xlsx of cells."""
    made = io.BytesIO()
    names = "".join(
        f'<sheet name="{escape(name)}" sheetId="{i}" r:id="r{i}"/>'
        for i, name in enumerate(sheets, start=1)
    )
    rels = "".join(
        f'<Relationship Id="r{i}" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        f'relationships/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i in range(1, len(sheets) + 1)
    )
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    office = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
    package = 'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"'
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        root = (
            f'<Relationships {package}><Relationship Id="r1" Type="http://schemas.openxmlformats'
            '.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>'
            "</Relationships>"
        )
        packed.writestr("_rels/.rels", root)
        packed.writestr(
            "xl/workbook.xml", f"<workbook {space} {office}><sheets>{names}</sheets></workbook>"
        )
        packed.writestr(
            "xl/_rels/workbook.xml.rels", f"<Relationships {package}>{rels}</Relationships>"
        )
        for i, rows in enumerate(sheets.values(), start=1):
            body = "".join(f"<row>{''.join(map(cell, row))}</row>" for row in rows)
            packed.writestr(
                f"xl/worksheets/sheet{i}.xml",
                f"<worksheet {space}><sheetData>{body}</sheetData></worksheet>",
            )
    return made.getvalue()


def cell(content: Content) -> str:
    if content is None:
        return "<c/>"
    if isinstance(content, str):
        return f'<c t="inlineStr"><is><t>{escape(content)}</t></is></c>'
    if isinstance(content, pd.Timestamp):
        return f'<c t="d"><v>{content.isoformat()}</v></c>'
    return f"<c><v>{content!r}</v></c>"


def months_of(table: pd.DataFrame, name: str) -> list[tuple[pd.Period, float]]:
    column = table[name].dropna()
    return [(m, float(v)) for m, v in zip(column.index, column, strict=True)]


class Publishers:
    """What each address answers, from figures to October 2026 that are partly invented."""

    def __init__(self, table: pd.DataFrame) -> None:
        self.table = table
        self.broken: dict[str, tuple[int, bytes]] = {}
        self.asked: list[str] = []
        self.cookies: list[str] = []

    def answer(self, path: str, form: str = "", cookie: str = "") -> tuple[int, bytes]:
        self.asked.append(path)
        self.cookies.append(cookie)
        parts = urlsplit(path)
        host, _, rest = parts.path.lstrip("/").partition("/")
        query = {k: v[0] for k, v in parse_qs(f"{parts.query}&{form}").items()}
        for start, bad in self.broken.items():
            if f"{host}/{rest}".startswith(start):
                return bad
        for pattern, play in PLAYED:
            if match := re.fullmatch(pattern, f"{host}/{rest}"):
                body = play(self, match, query)
                return 200, body.encode() if isinstance(body, str) else body
        return 404, b"<html>not found</html>"

    def rates(self, match: re.Match[str], _: dict[str, str]) -> str:
        name = {"ko": "usdkrw", "ja": "usdjpy", "ch": "usdcny", "ta": "usdtwd"}[match[1]]
        rows = [
            f"<tr><th>{day:%d-%b-%y}</th><td>{value!r}</td></tr>"
            for month, value in months_of(self.table, name)[-60:]
            for day in pd.bdate_range(month.start_time, month.end_time)
        ]
        return f"<html><table>{''.join(rows)}<tr><th>2-Nov-26</th><td>ND</td></tr></table></html>"

    def production(self, *_: object) -> str:
        lines = []
        for code, name in (("B50001", "us_ip"), ("G3344", "us_semiconductor_ip")):
            column = self.table[name].dropna()
            for year, group in column.groupby(column.index.year):
                lines.append(f'"{code}" {year} ' + " ".join(map(repr, map(float, group))))
        return "\n".join(lines) + "\n"

    def orders(self, *_: object) -> bytes:
        rows = months_of(self.table, "us_electronics_orders")
        periods = "".join(f"{i},{m:%b-%Y}\n" for i, (m, _) in enumerate(rows))
        figures = "".join(f"{i},1,1,0,1,1,{v!r}\n" for i, (_, v) in enumerate(rows))
        text = (
            "CATEGORIES\ncat_idx,cat_code,cat_desc\n1,34S,x\nDATA TYPES\ndt_idx,dt_code,dt_desc\n"
            "1,NO,x\nGEO LEVELS\ngeo_idx,geo_code,geo_desc\n1,US,x\nTIME PERIODS\n"
            f"per_idx,per_name\n{periods}DATA\n"
            f"per_idx,cat_idx,dt_idx,et_idx,geo_idx,is_adj,val\n{figures}"
        )
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("M3-mf.csv", text)
        return made.getvalue()

    def countries(self, *_: object) -> bytes:
        known = dict(months_of(self.table, "us_imports_from_kr"))
        rows: list[list[Content]] = [["year", "CTY_CODE", *(f"I{m}" for m in census._MONTHS)]]
        for year in range(2000, 2027):
            months = pd.period_range(f"{year}-01", f"{year}-12", freq="M")
            rows.append([float(year), 5800.0, *(known.get(m, 0.0) for m in months)])
        return workbook({"country": rows})

    def brent(self, match: re.Match[str], _: dict[str, str]) -> bytes:
        rows: list[list[Content]] = [["Back"], ["Sourcekey", "RBRTE"], ["Date", "Brent"]]
        for month, value in months_of(self.table, "brent")[-40:]:
            days = pd.bdate_range(month.start_time, month.end_time)
            shown = days if match[1] == "d" else [month.start_time + pd.Timedelta(days=14)]
            rows.extend([day, value] for day in shown)
        return workbook({"Contents": [["x"]], "Data 1": rows})

    def prices(self, *_: object) -> bytes:
        rows: list[list[Content]] = [["Pink Sheet"], [None, "Crude oil, Dubai", "Copper"]]
        copper = dict(months_of(self.table, "copper"))
        for month, value in months_of(self.table, "dubai"):
            rows.append([f"{month:%YM%m}", value, copper[month]])
        return workbook({"Monthly Prices": rows})

    def sdmx(self, name: str, key: dict[str, str]) -> str:
        head = ",".join((*key, "TIME_PERIOD", "OBS_VALUE"))
        codes = ",".join(key.values())
        rows = [f"{codes},{m},{v!r}" for m, v in months_of(self.table, name)]
        return "\n".join((head, *rows)) + "\n"

    def dated(self, sheet: str, columns: dict[str, str], when: str) -> bytes:
        """Sheet with a column of dates before those of series."""
        rows: list[list[Content]] = [[when, *columns.values()]]
        for month in self.table.index:
            cells = [self.table[name][month] for name in columns]
            if not np.isnan(cells).any():
                rows.append([f"{month}-01", *map(float, cells)])
        return workbook({"About": [["x"]], sheet: rows})

    def uncertainty(self, *_: object) -> bytes:
        rows: list[list[Content]] = [["Year", "Month", "11. Trade policy"]]
        for month, value in months_of(self.table, "epu_us_trade"):
            rows.append([float(month.year), float(month.month), value])
        return workbook({"Indices": [*rows, ["Source: the authors"]]})

    def trade(self, *_: object) -> bytes:
        rows = months_of(self.table, "world_trade_volume")
        header: list[Content] = ["", "", *(f"{m:%Ym%m}" for m, _ in rows)]
        line: list[Content] = ["World", "tgz_w1_qnmi_sn", *(v for _, v in rows)]
        return workbook({"trade_out": [["World trade"], header, line]})

    def revenue(self, *_: object) -> str:
        return json.dumps([self.filing(LAST) | {"資料年月": "11510"}])

    def filings(self, match: re.Match[str], _: dict[str, str]) -> bytes:
        month = pd.Period(f"{int(match[1]) + 1911}-{match[2]}", freq="M")
        record = self.filing(month)
        rows = [f"{record['資料年月']},1101,1,1,1", ",".join(record.values())]
        return "\n".join([",".join(record), *rows]).encode("utf-8-sig")

    def filing(self, month: pd.Period) -> dict[str, str]:
        known = dict(months_of(self.table, "nanya_revenue"))
        names = ("營業收入-當月營收", "營業收入-上月營收", "營業收入-去年當月營收")
        values = [str(known[month - back] * 1000) for back in (0, 1, 12)]
        when = f"{month.year - 1911}/{month.month}"
        return {"資料年月": when, "公司代號": "2408", **dict(zip(names, values, strict=True))}

    def site(self, _: re.Match[str], query: dict[str, str]) -> bytes:
        """The page of customs' statistics: a notice in EUC-KR to who comes without a cookie."""
        if "JSESSIONID=abc" not in self.cookies[-1]:
            return "<html><title>접근이 차단되었습니다</title></html>".encode("euc-kr")
        slots = {
            "ETS_MNK_1050000A E": customs.CustomsItems.slots,
            "ETS_MNK_1050000B E": customs.CustomsCountries.slots,
            "ETS_MNK_1050000A I": customs.CustomsImports.slots,
        }[f"{query['statsKind']} {query['imexTpcd']}"]
        rows = [
            {
                "priodMon": f"{month:%Y%m}",
                "priodDt": window,
                **{f"itemUsdAmt{n:02d}": f" {value * 1000:,.0f}" for n, value in amounts},
            }
            for month, window, amounts in self.windows(slots)
            if query["priodFr"] <= f"{month:%Y%m}" <= query["priodTo"]
        ]
        return json.dumps({"items": rows, "count": len(rows)}).encode()

    def windows(
        self, slots: Sequence[str | None]
    ) -> Iterator[tuple[pd.Period, str, list[tuple[int, float]]]]:
        """Month, window of days, and the amount of each slot; 0 for what is not out."""
        endings = {"01~10": "_first_10_days", "01~20": "_first_20_days"}
        for month in self.table.index:
            for window, ending in (*endings.items(), (f"01~{month.days_in_month}", "")):
                columns = [self.table.get(f"{name}{ending}") for name in slots]
                amounts = [0.0 if c is None or np.isnan(c[month]) else c[month] for c in columns]
                yield month, window, list(enumerate(amounts))

    def ecos(self, match: re.Match[str], _: dict[str, str]) -> str:
        key, rows, table, _, first, last, items = match.groups()
        assert unquote(key) in ("sample", SECRETS["ECOS_API_KEY"])
        if table == ecos.SHARES.table:
            days = pd.bdate_range(f"{first[:6]}01", "2026-11-24")
            values = self.table["share_prices_kr"].ffill()
            newest = float(values.iloc[-1])
            means = [float(values.get(d.to_period("M"), newest)) for d in days]
            found = [(f"{d:%Y%m%d}", 21.5 * mean) for d, mean in zip(days, means, strict=True)]
        else:
            codes = {(c.table, c.items): (n, c.scale) for n, c in ecos.MONTHS.items()}
            name, scale = codes.get((table, items), ("semiconductor_export_price", 1.0))
            # Known figures of chips are in won here; in dollars the index moves in another way.
            others = {"3091AA/D": self.table["usdkrw"] / 1000, "3091AA/C": self.table["brent"]}
            column = self.table[name] / others.get(items, 1.0)
            span = (f"{first[:4]}-{first[4:]}", f"{last[:4]}-{last[4:]}")
            found = [
                (f"{m:%Y%m}", v / scale)
                for m, v in months_of(pd.DataFrame({name: column}), name)
                if span[0] <= str(m) <= span[1]
            ]
        if not found:
            return json.dumps({"RESULT": {"CODE": "INFO-200", "MESSAGE": "no data"}})
        if len(found) > int(rows):
            return json.dumps({"RESULT": {"CODE": "ERROR-301", "MESSAGE": "too many"}})
        first_item, _, second = items.partition("/")
        common = {"STAT_CODE": table, "ITEM_CODE1": first_item, "ITEM_CODE2": second or None}
        common["UNIT_NAME"] = "천불 "
        lines = [{**common, "TIME": t, "DATA_VALUE": repr(v)} for t, v in found]
        return json.dumps({"StatisticSearch": {"list_total_count": len(lines), "row": lines}})

    def kosis(self, _: re.Match[str], query: dict[str, str]) -> str:
        assert query["apiKey"] == SECRETS["KOSIS_API_KEY"]
        codes = {"TBL_ID": query["tblId"], "ITM_ID": query["itmId"], "PRD_SE": query["prdSe"]}
        rows = months_of(self.table, "exports_semiconductors_ict")
        return json.dumps(
            [
                {**codes, "PRD_DE": f"{m:%Y%m}", "DT": repr(v * 1e6)}
                for m, v in rows
                if query["startPrdDe"] <= f"{m:%Y%m}" <= query["endPrdDe"]
            ]
        )

    def counts(self, match: re.Match[str], query: dict[str, str]) -> str:
        assert query["serviceKey"] == SECRETS["DATA_GO_KR_API_KEY"]
        slots = {
            "prlstMmUtPrviExpAcrs": customs.CustomsItems.slots,
            "cntyMmUtPrviExpAcrs": customs.CustomsCountries.slots,
            "prlstMmUtPrviImpAcrs": customs.CustomsImports.slots,
        }[match[1]]
        items = []
        for month, window, amounts in self.windows(slots):
            if not query["strtYymm"] <= f"{month:%Y%m}" <= query["endYymm"]:
                continue
            cells = "".join(
                f"<itemUsdAmt{slot:02d}> {value * 1000:,.0f}</itemUsdAmt{slot:02d}>"
                for slot, value in amounts
            )
            when = f"<priodMon>{month:%m}</priodMon><priodYear>{month:%Y}</priodYear>"
            items.append(f"<item>{cells}<priodDt>{window}</priodDt>{when}</item>")
        return envelope(items)

    def goods(self, _: re.Match[str], query: dict[str, str]) -> str:
        name = next(n for n, code in customs.GOODS.items() if code == query["hsSgn"])
        weights = dict(months_of(self.table, f"weight_{name}"))
        return envelope(
            [
                f"<item><expDlr>{value * 1e6 * share:.0f}</expDlr>"
                f"<expWgt>{weights[month] * 1e3 * share:.0f}</expWgt>"
                f"<year>{month:%Y.%m}</year></item>"
                for month, value in months_of(self.table, f"exports_{name}")
                for share in (0.25, 0.75)
                if query["strtYymm"] <= f"{month:%Y%m}" <= query["endYymm"]
            ]
        )

    def nations(self, _: re.Match[str], query: dict[str, str]) -> str:
        return envelope(
            [
                f"<item><expDlr>{value * 1e5:.0f}</expDlr><expWgt>1</expWgt>"
                f"<year>{month:%Y.%m}</year></item>"
                for month, value in months_of(self.table, "exports_to_asean")
                if query["strtYymm"] <= f"{month:%Y%m}" <= query["endYymm"]
            ]
        )


def envelope(items: list[str]) -> str:
    return (
        "<response><header><resultCode>00</resultCode><resultMsg>ok</resultMsg></header><body>"
        f"<items>{''.join(items)}</items><totalCount>{len(items)}</totalCount></body></response>"
    )


Play = Callable[[Publishers, re.Match[str], dict[str, str]], str | bytes]
GPR = {"gpr": "GPR", "gpr_kr": "GPRC_KOR"}
BIS = {"FREQ": "M", "EER_TYPE": "R", "EER_BASKET": "B", "REF_AREA": "KR"}
OECD = {"REF_AREA": "KOR", "FREQ": "M", "MEASURE": "SHARE", "UNIT_MEASURE": "IX"}
LINK = b'<a href="https://thedocs.worldbank.org/x/CMO-Historical-Data-Monthly.xlsx">here</a>'
WTM = b'<a href="/files/CPB-World-Trade-Monitor-October-2026.xlsx">here</a>'
PLAYED: list[tuple[str, Play]] = [
    (r"www\.federalreserve\.gov/releases/h10/hist/dat00_(..)\.htm", Publishers.rates),
    (r"www\.federalreserve\.gov/releases/g17/ipdisk/ip_sa\.txt", Publishers.production),
    (r"www\.census\.gov/econ_getzippedfile/", Publishers.orders),
    (r"www\.census\.gov/foreign-trade/balance/country\.xlsx", Publishers.countries),
    (r"www\.eia\.gov/dnav/pet/hist_xls/RBRTE(.)\.xls", Publishers.brent),
    (r"www\.worldbank\.org/en/research/commodity-markets", lambda *_: LINK),
    (r"thedocs\.worldbank\.org/.*", Publishers.prices),
    (r"stats\.bis\.org/api/v1/data/WS_EER/M\.R\.B\.KR", lambda p, *_: p.sdmx("reer_kr", BIS)),
    (
        r"www\.newyorkfed\.org/.*gscpi_data\.xlsx",
        lambda p, *_: p.dated("GSCPI Monthly Data", {"gscpi": "GSCPI"}, "Date"),
    ),
    (r"www\.matteoiacoviello\.com/.*\.xls", lambda p, *_: p.dated("Sheet1", GPR, "month")),
    (r"www\.policyuncertainty\.com/media/.*", Publishers.uncertainty),
    (r"www\.cpb\.nl/en/worldtrademonitor/latest", lambda *_: WTM),
    (r"www\.cpb\.nl/files/.*\.xlsx", Publishers.trade),
    (r"sdmx\.oecd\.org/.*KOR\.M\.SHARE.*", lambda p, *_: p.sdmx("share_prices_kr", OECD)),
    (r"openapi\.twse\.com\.tw/v1/opendata/t187ap05_L", Publishers.revenue),
    (r"mopsov\.twse\.com\.tw/nas/t21/sii/t21sc03_(\d+)_(\d+)\.csv", Publishers.filings),
    (r"tradedata\.go\.kr/cts/index\.do", lambda *_: "<html>welcome</html>"),
    (r"tradedata\.go\.kr/cts/hmpg/retrieveTentativeValues\.do", Publishers.site),
    (
        r"ecos\.bok\.or\.kr/api/StatisticSearch/([^/]+)/json/kr/1/(\d+)/(\w+)/([MD])/(\d+)/(\d+)/(.+)",
        Publishers.ecos,
    ),
    (r"kosis\.kr/openapi/Param/statisticsParameterData\.do", Publishers.kosis),
    (r"apis\.data\.go\.kr/1220000/(\w+Acrs)/get\w+", Publishers.counts),
    (r"apis\.data\.go\.kr/1220000/(nitemtrade)/getNitemtradeList", Publishers.goods),
    (r"apis\.data\.go\.kr/1220000/(nationtrade)/getNationtradeList", Publishers.nations),
]


def continued(panel: Panel) -> pd.DataFrame:
    """Figures of the snapshot, and invented ones to October 2026: a year ago and more.

    So much more that invented counts of 20 days are above the real ones of 10 days in May.
    """
    table = panel.values.reindex(pd.period_range(panel.values.index[0], LAST, freq="M"))
    for name in table:
        last = table[name].last_valid_index()
        growth = 1.0 if panel.catalog[str(name)].transform == "level" else 1.6
        for month in pd.period_range(last + 1, LAST, freq="M"):
            table.loc[month, name] = table.loc[month - 12, name] * growth
    return table


@pytest.fixture(scope="module")
def figures(panel: Panel) -> pd.DataFrame:
    return continued(panel)


@pytest.fixture(scope="module")
def played(figures: pd.DataFrame) -> Iterator[tuple[str, Publishers]]:
    publishers = Publishers(figures)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.send(*publishers.answer(self.path, form, self.headers.get("Cookie", "")))

        def do_GET(self) -> None:
            self.send(*publishers.answer(self.path))

        def send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            if self.path.endswith("/index.do"):
                self.send_header("Set-Cookie", "JSESSIONID=abc; Path=/; HttpOnly")
                self.send_header("Set-Cookie", "other=1; Path=/")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=http.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{http.server_port}", publishers
    http.shutdown()
    http.server_close()


@pytest.fixture(autouse=True)
def today(clock: Callable[[str], None]) -> None:
    """Commands ask on the day on which the server's figures are the newest."""
    clock(NOW.replace(tzinfo=None).isoformat())


@pytest.fixture(autouse=True)
def only_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test of this file reaches another machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: tuple[str, int]) -> None:
        assert address[0] in ("127.0.0.1", "::1"), f"{address} is not this machine"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


def ask(url: str, keys: Keys | None = None) -> Client:
    return Client(keys, mirror=url, deadline=20.0, pause=0.01, now=lambda: NOW)


def by_source(outcomes: list[Outcome]) -> dict[str, list[Outcome]]:
    return {
        source.name: [o for o in outcomes if o.source.name == source.name]
        for source in all_sources()
    }


def test_sources_bring_series_of_the_catalog_and_all_but_none(panel: Panel) -> None:
    brought = {name for source in all_sources() for name in source.series}
    assert brought == set(panel.values.columns)
    names = [source.name for source in all_sources()]
    assert len(set(names)) == len(names)


def test_without_a_key_every_keyless_series_comes(
    played: tuple[str, Publishers], panel: Panel, figures: pd.DataFrame
) -> None:
    url, _ = played
    outcomes = by_source(list(gather(all_sources(), ask(url), panel)))
    for source in all_sources():
        got = outcomes[source.name]
        if source.name not in KEYLESS:
            assert [str(o.error).startswith(f"no {source.needs_key} is set") for o in got] == [True]
            continue
        assert [o.error for o in got] == [None] * len(got), source.name
        assert got
        monthly = [o.passed.answer for o in got if o.passed and not o.passed.answer.quoted]
        assert {s for a in monthly for s in a.figures["series"]} == set(source.series)
        for answer in monthly:
            for row in answer.figures.itertuples():
                assert row.value == pytest.approx(figures[row.series][row.month], rel=1e-9)
        for name in source.series:
            brought = {m for a in monthly for m in a.figures["month"][a.figures["series"] == name]}
            known = panel.values[name].dropna().index
            assert set(pd.period_range(known[0], LAST, freq="M")) == brought | set(known), name
    all_passed = [o.passed for got in outcomes.values() for o in got if o.passed]
    quoted = {passed.answer.source for passed in all_passed if passed.answer.quoted}
    assert quoted == {"fed_h10", "eia_spot"}


def test_the_currency_of_chip_prices_is_the_one_that_agrees(
    played: tuple[str, Publishers], panel: Panel
) -> None:
    chosen = [s for s in all_sources() if s.name == "ecos_chip_price"]
    (outcome,) = gather(chosen, ask(played[0]), panel)
    assert outcome.passed is not None
    assert "3091AA/W" in outcome.passed.answer.note
    url, publishers = played
    publishers.broken = {"ecos.bok.or.kr": (200, b'{"RESULT":{"CODE":"INFO-100"}}')}
    try:
        (outcome,) = gather(chosen, ask(url), panel)
    finally:
        publishers.broken = {}
    assert "does not know the key" in str(outcome.error)


def test_with_keys_all_series_come_and_no_key_is_written(
    played: tuple[str, Publishers], panel: Panel, tmp_path: Path
) -> None:
    url, publishers = played
    publishers.asked.clear()
    sources = [
        source for source in all_sources() if source.needs_key or source.name.startswith("ecos")
    ]
    outcomes = list(gather(sources, ask(url, Keys(SECRETS)), panel))
    assert [str(o.error) for o in outcomes if o.error] == []
    answers = [o.passed.answer for o in outcomes if o.passed]
    assert {s for a in answers for s in a.figures["series"]} >= {
        name for source in sources for name in source.series
    }
    (shares,) = [a for a in answers if a.source == "ecos_shares"]
    assert shares.figures["value"].iloc[0] < 400
    for number, answer in enumerate(answers):
        (tmp_path / f"{number}.txt").write_text(f"{answer!r}\n{answer.note}\n{answer.raw_hash}")
        answer.figures.to_csv(tmp_path / f"{number}.csv")
    written = "".join(path.read_text() for path in tmp_path.iterdir())
    assert "{key}" in written
    assert all(key not in written for key in SECRETS.values())
    assert any(SECRETS["ECOS_API_KEY"] in path for path in publishers.asked)


@pytest.mark.parametrize(
    ("start", "bad", "source", "state"),
    [
        ("www.cpb.nl", (404, b""), "cpb_wtm", "no answer"),
        ("stats.bis.org", (200, b"<html><title>Busy</title></html>"), "bis_eer", "unreadable"),
        ("openapi.twse.com.tw", (403, b""), "twse_revenue", "no access"),
        ("sdmx.oecd.org", (429, b""), "oecd_shares", "used up"),
        ("www.eia.gov/dnav/pet/hist_xls/RBRTEd", (404, b""), "eia_spot", "in part: no answer"),
    ],
)
def test_one_source_that_fails_is_named_and_the_rest_come(
    played: tuple[str, Publishers],
    panel: Panel,
    start: str,
    bad: tuple[int, bytes],
    source: str,
    state: str,
) -> None:
    url, publishers = played
    chosen = [s for s in all_sources() if s.name in (source, "fed_g17")]
    publishers.broken = {start: bad}
    try:
        table = doctor(chosen, ask(url), panel).set_index("source")
    finally:
        publishers.broken = {}
    assert table["state"].to_dict() == {source: state, "fed_g17": "good"}
    assert table["advice"][source]
    assert table["to"]["fed_g17"] == "2026-10"


def test_the_page_that_moved_is_found_through_the_sitemap(
    played: tuple[str, Publishers], panel: Panel
) -> None:
    url, publishers = played
    sitemap = b"<loc>https://www.cpb.nl/en/world-trade-monitor-october-2026</loc>"
    publishers.broken = {
        "www.cpb.nl/en/worldtrademonitor/latest": (404, b""),
        "www.cpb.nl/sitemap.xml": (200, sitemap),
        "www.cpb.nl/en/world-trade-monitor-october-2026": (200, WTM),
    }
    try:
        (outcome,) = gather([s for s in all_sources() if s.name == "cpb_wtm"], ask(url), panel)
    finally:
        publishers.broken = {}
    assert outcome.error is None


def test_a_quota_of_one_service_leaves_the_others(
    played: tuple[str, Publishers], panel: Panel
) -> None:
    url, publishers = played
    quota = (
        Path(__file__).parent / "data" / "sources" / "kcs_gateway_quota_error.xml"
    ).read_bytes()
    publishers.broken = {"apis.data.go.kr/1220000/prlstMmUtPrviExpAcrs": (429, quota)}
    chosen = [s for s in all_sources() if s.name in ("customs_items", "customs_asean")]
    try:
        table = doctor(chosen, ask(url, Keys(SECRETS)), panel)
    finally:
        publishers.broken = {}
    assert table["state"].tolist() == ["used up", "good"]
    assert "midnight in Korea" in table["advice"][0]


def test_empty_figures_of_a_known_series_are_an_alarm(
    played: tuple[str, Publishers], panel: Panel
) -> None:
    url, publishers = played
    publishers.broken = {"kosis.kr": (200, b'{"err":"30","errMsg":"x"}')}
    chosen = [s for s in all_sources() if s.name == "kosis_ict"]
    try:
        table = doctor(chosen, ask(url, Keys(SECRETS)), panel)
    finally:
        publishers.broken = {}
    assert table["state"].tolist() == ["unreadable"]
    assert "codes may have been replaced" in table["advice"][0]


def test_moved_slots_of_customs_are_refused(played: tuple[str, Publishers], panel: Panel) -> None:
    url, publishers = played
    table = publishers.table
    publishers.table = table.rename(
        columns={"exports_to_us": "exports_to_china", "exports_to_china": "exports_to_us"}
    )
    chosen = [s for s in all_sources() if s.name == "customs_countries"]
    try:
        (outcome,) = gather(chosen, ask(url, Keys(SECRETS)), panel)
    finally:
        publishers.table = table
    assert outcome.passed is None
    assert "customs_countries: exports_to_" in str(outcome.error)


def test_the_table_of_the_doctor_reads_as_help(
    played: tuple[str, Publishers], panel: Panel
) -> None:
    chosen = [s for s in all_sources() if s.name in ("fed_g17", "kosis_ict")]
    table = doctor(chosen, ask(played[0]), panel)
    assert tuple(table.columns) == COLUMNS
    assert table["key"].tolist() == ["not needed", "missing"]
    assert table["state"].tolist() == ["good", "no key"]
    assert "get one at kosis.kr/openapi" in table["advice"][1]


def test_the_command_asks_and_says_what_to_do(
    played: tuple[str, Publishers], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TRADESHOCK_MIRROR", played[0])
    monkeypatch.setenv("TRADESHOCK_HOME", str(tmp_path))
    for name in SECRETS:
        monkeypatch.delenv(name, raising=False)
    run = CliRunner().invoke(command, ["--source", "fed_g17", "--source", "kosis_ict"])
    assert run.exit_code == 0, run.output
    assert "1 of 2 sources are good; nothing was stored" in run.output
    assert "KOSIS_API_KEY" in run.output
    nothing = CliRunner().invoke(command, ["--source", "kosis_ict"])
    assert nothing.exit_code == 3
    unknown = CliRunner().invoke(command, ["--source", "nobody"])
    assert unknown.exit_code == 2
    assert "there are fed_h10" in unknown.output


def test_codes_of_korean_tables_stand_in_one_place() -> None:
    root = Path(__file__).parents[1] / "features"
    texts = {p.name: p.read_text(encoding="utf-8") for p in root.rglob("*.py")}
    for code in (kosis.TABLE["itmId"], "901Y118", "402Y016", "802Y001", "8542321010"):
        assert sum(text.count(code) for text in texts.values()) <= 2
        assert len([name for name, text in texts.items() if code in text]) == 1


def test_an_update_keeps_what_agrees_and_names_the_rest(
    played: tuple[str, Publishers], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url, publishers = played
    monkeypatch.setenv("TRADESHOCK_MIRROR", url)
    monkeypatch.setenv("TRADESHOCK_HOME", str(tmp_path))
    for name in SECRETS:
        monkeypatch.delenv(name, raising=False)
    before = live_panel()
    publishers.broken = {"www.cpb.nl": (404, b"")}
    asked = ["data", "update", "--source", "fed_g17", "--source", "cpb_wtm"]
    try:
        run = CliRunner().invoke(main, [*asked, "--source", "kosis_ict"])
        nothing = CliRunner().invoke(main, ["data", "update", "--source", "cpb_wtm"])
    finally:
        publishers.broken = {}
    assert run.exit_code == 0, run.output
    assert "1 of 3 answers kept" in run.output
    assert "KOSIS_API_KEY" in run.output
    after = live_panel()
    assert after.last_month("us_ip") > before.last_month("us_ip")
    assert after.last_month("world_trade_volume") == before.last_month("world_trade_volume")
    for day in ("2012-05-01", "2026-04-15"):
        assert after.as_of(day).fingerprint() == before.as_of(day).fingerprint()
    assert nothing.exit_code == 3
    again = CliRunner().invoke(main, ["data", "update", "--source", "fed_g17"])
    assert "0 new and 0 revised" in again.output


# -- the memory maker's back months -------------------------------------------------------------


def only(name: str) -> list[Source]:
    return [source for source in all_sources(unofficial=True) if source.name == name]


def test_back_months_come_from_the_filing_system(
    played: tuple[str, Publishers], panel: Panel
) -> None:
    url, publishers = played
    publishers.asked.clear()
    newest, earlier = gather(only("twse_revenue"), ask(url), panel)
    assert newest.passed is not None
    assert earlier.passed is not None
    pages = [path.rpartition("t21sc03_")[2] for path in publishers.asked[1:]]
    # Each page has its month and the one before: July and May come with August and June.
    assert pages == ["115_8.csv", "115_6.csv"]
    months = set(map(str, earlier.passed.answer.figures["month"]))
    assert months == {f"2026-0{n}" for n in (5, 6, 7, 8)} | {"2025-06", "2025-08"}


@pytest.mark.parametrize("bad", [(403, b""), (200, "查無資料".encode()), (200, b"<html>")])
def test_the_newest_month_is_kept_where_the_filing_system_is_shut(
    played: tuple[str, Publishers], panel: Panel, bad: tuple[int, bytes]
) -> None:
    url, publishers = played
    publishers.broken = {"mopsov.twse.com.tw": bad}
    try:
        newest, earlier = gather(only("twse_revenue"), ask(url), panel)
    finally:
        publishers.broken = {}
    assert newest.passed is not None
    assert str(newest.passed.answer.figures["month"].max()) == "2026-10"
    assert earlier.error is not None


def test_a_filing_of_another_month_is_refused(played: tuple[str, Publishers], panel: Panel) -> None:
    url, publishers = played
    record = publishers.filing(LAST)
    page = "\n".join((",".join(record), ",".join(record.values()))).encode()
    publishers.broken = {"mopsov.twse.com.tw": (200, page)}
    try:
        _, earlier = gather(only("twse_revenue"), ask(url), panel)
    finally:
        publishers.broken = {}
    assert "filings of 2026-10 as those of 2026-08" in str(earlier.error)


# -- ten rows a call ----------------------------------------------------------------------------


def test_without_a_key_the_newest_months_are_asked_first(
    played: tuple[str, Publishers], panel: Panel
) -> None:
    url, publishers = played
    publishers.asked.clear()
    list(gather(only("ecos"), ask(url), panel))
    spans = [path.split("/M/")[1][:13] for path in publishers.asked if "T002" in path]
    assert spans == ["202602/202611", "202505/202601"]


def test_the_newest_months_are_kept_where_earlier_ones_are_refused(
    played: tuple[str, Publishers], panel: Panel
) -> None:
    url, publishers = played
    earlier = "ecos.bok.or.kr/api/StatisticSearch/sample/json/kr/1/10/901Y118/M/202505"
    refusal = {"RESULT": {"CODE": "ERROR-602", "MESSAGE": "too many calls"}}
    publishers.broken = {earlier: (200, json.dumps(refusal).encode())}
    try:
        total, imports, price, cut = gather(only("ecos"), ask(url), panel)
    finally:
        publishers.broken = {}
    assert total.passed is not None
    months = total.passed.answer.figures["month"].astype(str)
    assert (months.iloc[0], months.iloc[-1]) == ("2026-02", "2026-10")
    # One known month is too little to compare with.
    assert "ask for earlier months" in str(imports.error)
    assert price.passed is not None
    assert re.match("exports_total has come from 2026-02 on only: .*ERROR-602", str(cut.error))


# -- the page of customs' statistics ------------------------------------------------------------

SITE_WITHOUT = "https://www.worldbank.org/en/research/commodity-markets"
PAGE = "tradedata.go.kr/cts/hmpg/retrieveTentativeValues.do"
BLOCKED = "<html><title>접근이 차단되었습니다</title></html>".encode("euc-kr")


def test_the_page_of_customs_brings_its_series_without_a_key(
    played: tuple[str, Publishers], panel: Panel, figures: pd.DataFrame
) -> None:
    url, publishers = played
    publishers.asked.clear()
    outcomes = list(gather(only("customs_site"), ask(url), panel))
    assert [o.error for o in outcomes] == [None] * 3
    answers = [o.passed.answer for o in outcomes if o.passed]
    brought = {name for answer in answers for name in answer.figures["series"]}
    assert brought == set(only("customs_site")[0].series)
    assert len(brought) == 44
    for answer in answers:
        for row in answer.figures.itertuples():
            assert row.value == pytest.approx(figures[row.series][row.month], abs=1e-3)
        assert answer.figures["month"].max() == LAST
    assert [path.rpartition("/")[2] for path in publishers.asked] == [
        "index.do",
        *3 * ["retrieveTentativeValues.do"],
    ]
    assert publishers.cookies == publishers.cookies[:-3] + 3 * ["JSESSIONID=abc; other=1"]


@pytest.mark.parametrize(
    ("bad", "state", "words"),
    [
        ((200, BLOCKED), "no access", "접근이 차단되었습니다"),
        ((403, b""), "no access", "refuses"),
        ((200, b'{"error":"true","message":"no session"}'), "unreadable", "no session"),
        ((200, b'{"items":[],"count":93}'), "unreadable", "0 of 93 rows"),
        ((200, b'{"items":[{"priodMon":"202610"}]}'), "unreadable", "without slots"),
        ((200, b'{"items":[]}'), "unreadable", "no figure"),
        ((503, b"busy"), "no answer", "503"),
        ((302, b""), "no answer", "302"),
    ],
)
def test_the_first_refusal_of_the_page_ends_the_calls(
    played: tuple[str, Publishers],
    panel: Panel,
    bad: tuple[int, bytes],
    state: str,
    words: str,
) -> None:
    url, publishers = played
    publishers.broken = {PAGE: bad}
    publishers.asked.clear()
    try:
        table = doctor(only("customs_site"), ask(url), panel)
    finally:
        publishers.broken = {}
    assert table["state"].tolist() == [state]
    assert words in table["advice"][0]
    assert len([path for path in publishers.asked if PAGE in path]) == 1


def test_no_cookie_means_no_figures_and_a_sentence(
    played: tuple[str, Publishers], panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tradeshock.features.publishers.customs_site.ENTRANCE", SITE_WITHOUT)
    (outcome,) = gather(only("customs_site"), ask(played[0]), panel)
    assert "does not serve this network" in str(outcome.error)
    assert "tradeshock data keys" in str(outcome.error)


def test_the_page_is_asked_only_where_the_user_wants_it(
    played: tuple[str, Publishers], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, publishers = played
    monkeypatch.setenv("TRADESHOCK_MIRROR", url)
    assert "customs_site" not in {source.name for source in all_sources()}
    shut = CliRunner().invoke(main, ["data", "update", "--source", "customs_site"])
    assert shut.exit_code == 2
    assert "say --unofficial" in shut.output
    publishers.broken = {PAGE: (200, BLOCKED)}
    asking = ["data", "update", "--unofficial", "--source", "customs_site", "--source", "fed_g17"]
    try:
        run = CliRunner().invoke(main, asking)
    finally:
        publishers.broken = {}
    assert run.exit_code == 0, run.output
    assert "1 of 2 answers kept" in run.output
    assert "does not serve this network" in " ".join(run.output.split())


# -- an update from an empty home, and where it goes --------------------------------------------

WATCHED = """
import json, sys
places, programs = [], []

def watch(event, args):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        places.append(str(args[1][0]))
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        places.append(str(args[0]))
    elif event == "subprocess.Popen":
        programs.append([str(part) for part in args[1]])

sys.addaudithook(watch)
from click.testing import CliRunner
from tradeshock.forecast.cli.main import main

run = CliRunner().invoke(main, sys.argv[1:])
print(json.dumps([run.exit_code, run.output, places, programs]))
"""


def watched(*arguments: str) -> tuple[str, set[str], list[list[str]]]:
    """Output of a command in a process of its own, hosts it spoke to, programs it started."""
    command = [sys.executable, "-c", WATCHED, *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert run.returncode == 0, run.stderr
    code, output, places, programs = json.loads(run.stdout)
    assert code == 0, output
    return output, set(places), programs


@pytest.mark.slow
def test_an_update_goes_to_its_mirror_alone_and_brings_all_that_needs_no_key(
    played: tuple[str, Publishers], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, publishers = played
    publishers.asked.clear()
    monkeypatch.setenv("TRADESHOCK_MIRROR", url)
    for name in SECRETS:
        monkeypatch.delenv(name, raising=False)
    output, places, programs = watched("data", "update", "--unofficial")
    assert places == {"127.0.0.1"}
    # Workbooks are read in a process of their own, which imports nothing that could go out.
    assert {Path(program[2]).name for program in programs} == {"sheet_reader.py"}
    assert len({path.split("/")[1] for path in publishers.asked}) > 12
    live = live_panel()
    keyed = {"exports_to_asean", "exports_semiconductors_ict"}
    keyed |= {id for source in only("customs_goods") for id in source.series}
    behind = {str(id) for id in live.values if live.last_month(str(id)) < LAST}
    assert behind == keyed
    assert "KOSIS_API_KEY" in output
    # Commands that compute go nowhere.
    _, places, programs = watched("forecast", "--model", "RandomWalk")
    assert (places, programs) == (set(), [])


# -- what the doctor says and packs --------------------------------------------------------------


def invoked(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["data", *arguments])


@pytest.fixture
def mirror(played: tuple[str, Publishers], monkeypatch: pytest.MonkeyPatch) -> Iterator[Publishers]:
    """Commands ask the server of this file, and no key is set."""
    url, publishers = played
    monkeypatch.setenv("TRADESHOCK_MIRROR", url)
    for name in SECRETS:
        monkeypatch.delenv(name, raising=False)
    yield publishers
    publishers.broken = {}


def test_sources_without_their_key_are_named_once_a_key(mirror: Publishers) -> None:
    named = ("fed_g17", "customs_items", "customs_goods", "kosis_ict")
    options = [part for name in named for part in ("--source", name)]
    for run in (invoked("doctor", *options), invoked("update", *options)):
        assert run.exit_code == 0
        assert run.output.count("Not asked, as there is no key") == 1
        assert "DATA_GO_KR_API_KEY: customs_items, customs_goods (41 series)" in run.output
        assert "KOSIS_API_KEY: kosis_ict (1 series)" in run.output
        assert "www.data.go.kr" not in run.output
    assert "--unofficial" in run.output
    assert not [path for path in mirror.asked if path.startswith("/apis.data.go.kr")]


def test_the_doctor_says_what_is_wrong_below_its_line(mirror: Publishers) -> None:
    mirror.broken = {"stats.bis.org": (200, b"<html><title>Busy</title></html>")}
    run = invoked("doctor", "--source", "bis_eer", "--source", "fed_g17")
    good, bad, advice = run.output.splitlines()[:3]
    assert good.split()[:4] == ["fed_g17", "good", "to", "2026-10"]
    assert good.endswith("2 series of the Federal Reserve Board")
    assert bad.split()[:2] == ["bis_eer", "unreadable"]
    assert advice.startswith("    the Bank for International Settlements sent a page (Busy)")
    assert "1 of 2 sources are good; nothing was stored." in run.output
    assert not Store().exists()


def test_the_doctor_says_that_nobody_answered(mirror: Publishers) -> None:
    mirror.broken = {"www.": (404, b"")}
    options = ("--source", "gpr", "--source", "fed_g17", "--source", "kosis_ict")
    run = invoked("doctor", *options)
    assert run.exit_code == 3
    assert "Nobody answered: there may be no network" in run.output
    assert "tradeshock data template" in run.output


def test_the_bundle_has_all_answers_and_no_key(
    mirror: Publishers, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, key in SECRETS.items():
        monkeypatch.setenv(name, key)
    # A publisher that repeats a key in its words, in several ways of writing it.
    forms = {form for key in SECRETS.values() for form in (key, quote(key, safe=""), key.upper())}
    echo = "<html><title>wrong key</title>" + " ".join(sorted(forms)) + "</html>"
    mirror.broken = {"kosis.kr": (200, echo.encode()), "ecos.bok.or.kr": (403, echo.encode())}
    file = tmp_path / "bundle.zip"
    named = ("fed_g17", "kosis_ict", "ecos", "ecos_shares", "customs_imports")
    options = [part for name in named for part in ("--source", name)]
    run = invoked("doctor", "--bundle", str(file), *options)
    assert run.exit_code == 0, run.output
    with zipfile.ZipFile(file) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    written = b"\n".join([file.read_bytes(), run.output.encode(), *files.values()])
    assert [form for form in forms if form.encode() in written] == []
    assert b"***" in files["answers/02-ecos.bok.or.kr"]
    assert b"{key}" in files["answers.csv"]
    findings = pd.read_csv(io.BytesIO(files["findings.csv"])).set_index("source")
    assert findings["state"]["customs_imports"] == "good"
    assert findings["state"]["kosis_ict"] == "unreadable"
    answers = pd.read_csv(io.BytesIO(files["answers.csv"]))
    assert set(answers["file"]) == {name for name in files if name.startswith("answers/")}
    assert set(answers["status"]) == {200, 403}
    assert files["versions.txt"].decode().startswith("tradeshock ")
    again = invoked("doctor", "--bundle", str(file), "--source", "fed_g17")
    assert again.exit_code == 2
    assert "is there already" in again.stderr


# -- what publishers say instead of figures ------------------------------------------------------

REFUSAL = (
    "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg><returnAuthMsg>{}"
    "</returnAuthMsg><returnReasonCode>{}</returnReasonCode></cmmMsgHeader>"
    "</OpenAPI_ServiceResponse>"
)
IMPORTS = "apis.data.go.kr/1220000/prlstMmUtPrviImpAcrs"


@pytest.mark.parametrize(
    ("start", "bad", "source", "state", "words"),
    [
        (
            IMPORTS,
            (403, REFUSAL.format("SERVICE_KEY_IS_NOT_REGISTERED_ERROR", 30)),
            "customs_imports",
            "no access",
            "for prlstMmUtPrviImpAcrs",
        ),
        (
            IMPORTS,
            (401, REFUSAL.format("SERVICE_KEY_IS_NULL", 20)),
            "customs_imports",
            "no access",
            "DATA_GO_KR_API_KEY",
        ),
        (IMPORTS, (401, "Unauthorized"), "customs_imports", "no access", "Unauthorized"),
        (IMPORTS, (400, "INVALID_REQUEST"), "customs_imports", "unreadable", "INVALID_REQUEST"),
        (IMPORTS, (200, envelope([])), "customs_imports", "unreadable", "no figure"),
        ("www.census.gov", (204, ""), "census_trade", "unreadable", "empty answer"),
        ("www.census.gov", (200, "<html>Invalid Key"), "census_m3", "unreadable", "a page"),
        ("www.federalreserve.gov", (403, "<html>Denied"), "fed_h10", "no access", "refuses"),
        ("sdmx.oecd.org", (429, "<html>Slow down"), "oecd_shares", "used up", "later"),
        ("sdmx.oecd.org", (413, ""), "oecd_shares", "no answer", "413"),
        ("kosis.kr", (200, "<html><title>점검"), "kosis_ict", "unreadable", "a page"),
    ],
)
def test_what_is_said_instead_of_figures_is_named_and_nothing_is_stored(
    mirror: Publishers,
    monkeypatch: pytest.MonkeyPatch,
    panel: Panel,
    start: str,
    bad: tuple[int, str],
    source: str,
    state: str,
    words: str,
) -> None:
    for name, key in SECRETS.items():
        monkeypatch.setenv(name, key)
    mirror.broken = {start: (bad[0], bad[1].encode())}
    url = os.environ["TRADESHOCK_MIRROR"]
    (row,) = doctor(only(source), ask(url, Keys(SECRETS)), panel).itertuples()
    assert row.state == state
    assert words in row.advice
    update = invoked("update", "--source", source)
    assert update.exit_code == 3
    assert "0 of 1 answers kept" in update.output
    assert not Store().exists()


def test_long_spans_are_asked_in_windows_that_the_services_take(
    played: tuple[str, Publishers], panel: Panel
) -> None:
    url, publishers = played
    for name, since, most in (
        ("customs_imports", "2001-01", 120),
        ("customs_goods", "2024-01", 12),
    ):
        publishers.asked.clear()
        outcomes = gather(only(name), ask(url, Keys(SECRETS)), panel, pd.Period(since, "M"))
        assert [str(o.error) for o in outcomes if o.error] == []
        spans: dict[str, list[tuple[pd.Period, pd.Period]]] = {}
        for path in publishers.asked:
            query = {k: v[0] for k, v in parse_qs(urlsplit(path).query).items()}
            first, last = (
                pd.Period(f"{query[k][:4]}-{query[k][4:]}", "M") for k in ("strtYymm", "endYymm")
            )
            assert (last - first).n < most
            spans.setdefault(query.get("hsSgn", ""), []).append((first, last))
            # Its envelope of errors has HTTP status 200 where JSON is asked for.
            assert "_type" not in query
        for windows in spans.values():
            assert len(windows) > 1
            assert all(a[1] + 1 == b[0] for a, b in itertools.pairwise(windows))


def test_columns_that_moved_are_found_by_their_names() -> None:
    moved = workbook(
        {
            "Description": [["x"]],
            "Monthly Prices": [
                ["World Bank Commodity Price Data"],
                [None, "COPPER **", "Coal", "Crude oil, Dubai**"],
                ["2026M01", 9000.0, 1.0, 70.5],
            ],
        }
    )
    table = world_bank.read_prices(moved).set_index("series")["value"]
    assert table.to_dict() == {"copper": 9000.0, "dubai": 70.5}
