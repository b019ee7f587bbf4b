"""Publishers of all sources, played on this machine from the snapshot and invented figures."""

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd

from tradeshock.features import Panel
from tradeshock.features.publishers import census, customs, ecos

NOW = datetime(2026, 11, 25, 3, tzinfo=UTC)
LAST = pd.Period("2026-10", freq="M")
SECRETS = {
    "DATA_GO_KR_API_KEY": "feedc0de" * 8,
    "ECOS_API_KEY": "ECOSKEY0123456789ABC",
    "KOSIS_API_KEY": "b0sis+Key/0123456789==",
}

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
        periods = "".join(f"{i},{m.strftime('%b-%Y')}\n" for i, (m, _) in enumerate(rows))
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
            rows.append([f"{month.strftime('%YM%m')}", value, copper[month]])
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
        header: list[Content] = ["", "", *(f"{m.strftime('%Ym%m')}" for m, _ in rows)]
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
                "priodMon": f"{month.strftime('%Y%m')}",
                "priodDt": window,
                **{f"itemUsdAmt{n:02d}": f" {value * 1000:,.0f}" for n, value in amounts},
            }
            for month, window, amounts in self.windows(slots)
            if query["priodFr"] <= f"{month.strftime('%Y%m')}" <= query["priodTo"]
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
                (f"{m.strftime('%Y%m')}", v / scale)
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
                {**codes, "PRD_DE": f"{m.strftime('%Y%m')}", "DT": repr(v * 1e6)}
                for m, v in rows
                if query["startPrdDe"] <= f"{m.strftime('%Y%m')}" <= query["endPrdDe"]
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
            if not query["strtYymm"] <= f"{month.strftime('%Y%m')}" <= query["endYymm"]:
                continue
            cells = "".join(
                f"<itemUsdAmt{slot:02d}> {value * 1000:,.0f}</itemUsdAmt{slot:02d}>"
                for slot, value in amounts
            )
            when = month.strftime("<priodMon>%m</priodMon><priodYear>%Y</priodYear>")
            items.append(f"<item>{cells}<priodDt>{window}</priodDt>{when}</item>")
        return envelope(items)

    def goods(self, _: re.Match[str], query: dict[str, str]) -> str:
        name = next(n for n, code in customs.GOODS.items() if code == query["hsSgn"])
        weights = dict(months_of(self.table, f"weight_{name}"))
        return envelope(
            [
                f"<item><expDlr>{value * 1e6 * share:.0f}</expDlr>"
                f"<expWgt>{weights[month] * 1e3 * share:.0f}</expWgt>"
                f"<year>{month.strftime('%Y.%m')}</year></item>"
                for month, value in months_of(self.table, f"exports_{name}")
                for share in (0.25, 0.75)
                if query["strtYymm"] <= f"{month.strftime('%Y%m')}" <= query["endYymm"]
            ]
        )

    def nations(self, _: re.Match[str], query: dict[str, str]) -> str:
        return envelope(
            [
                f"<item><expDlr>{value * 1e5:.0f}</expDlr><expWgt>1</expWgt>"
                f"<year>{month.strftime('%Y.%m')}</year></item>"
                for month, value in months_of(self.table, "exports_to_asean")
                if query["strtYymm"] <= f"{month.strftime('%Y%m')}" <= query["endYymm"]
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


class DayByDay(Publishers):
    """Publishers that show on each day what is out by then.

    Figures are in `whole`, the days on which they come out in `out`; both may be changed.
    """

    def __init__(self, panel: Panel) -> None:
        super().__init__(continued(panel))
        self.whole = self.table
        dates = {
            str(id): panel.catalog[str(id)].release.dates(pd.PeriodIndex(self.whole.index))
            for id in self.whole
        }
        self.out = pd.DataFrame(dates, self.whole.index)

    def show(self, day: str) -> None:
        self.table = self.whole.where(self.out <= pd.Timestamp(day))

    def revenue(self, *_: object) -> str:
        known = self.table["nanya_revenue"].dropna()
        last = known.index[-1]
        names = ("營業收入-當月營收", "營業收入-上月營收", "營業收入-去年當月營收")
        values = [str(known[last - back] * 1000) for back in (0, 1, 12)]
        when = f"{last.year - 1911}{last.month:02d}"
        record = {"資料年月": when, "公司代號": "2408", **dict(zip(names, values, strict=True))}
        return json.dumps([record])


@contextmanager
def served(publishers: Publishers) -> Iterator[str]:
    """Play publishers on this machine; yields the address."""

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
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    http.server_close()
