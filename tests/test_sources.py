"""All sources against a server on this machine that plays every publisher from the snapshot."""

import io
import itertools
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from servers.publishers import (
    LAST,
    NOW,
    SECRETS,
    WTM,
    Publishers,
    continued,
    envelope,
    served,
    workbook,
)

from tradeshock.features import Panel
from tradeshock.features.fetching.client import Client
from tradeshock.features.fetching.keys import Keys
from tradeshock.features.fetching.source import Source
from tradeshock.features.publishers import kosis, world_bank
from tradeshock.features.sources.doctor import COLUMNS, doctor
from tradeshock.features.sources.gather import Outcome, gather
from tradeshock.features.sources.registry import all_sources
from tradeshock.features.vintages.live import live_panel
from tradeshock.features.vintages.store import Store
from tradeshock.forecast.cli.data_commands.doctor import doctor as command
from tradeshock.forecast.cli.main import main

pytestmark = pytest.mark.usefixtures("loopback_only")
# What comes without a key, with one exception each for shared series.
KEYLESS = {source.name for source in all_sources() if source.needs_key is None}


@pytest.fixture(scope="module")
def figures(panel: Panel) -> pd.DataFrame:
    return continued(panel)


@pytest.fixture(scope="module")
def played(figures: pd.DataFrame) -> Iterator[tuple[str, Publishers]]:
    publishers = Publishers(figures)
    with served(publishers) as url:
        yield url, publishers


@pytest.fixture(autouse=True)
def today(clock: Callable[[str], None]) -> None:
    """Commands ask on the day on which the server's figures are the newest."""
    clock(NOW.replace(tzinfo=None).isoformat())


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
