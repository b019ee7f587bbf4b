"""The routine of release days: three months played day by day on a server of this machine."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from servers.publishers import SECRETS, DayByDay, served

from tradeshock.features import Panel
from tradeshock.features.days import clock as time
from tradeshock.features.errors import PanelError
from tradeshock.features.vintages import Answer, Store, live_panel
from tradeshock.features.vintages.home import record_path
from tradeshock.forecast.archive import Archive
from tradeshock.forecast.cli.main import main
from tradeshock.forecast.monthly.defaults import default_record
from tradeshock.forecast.routine import ics, last_due, releases

Clock = Callable[[str], None]
TOTAL = "exports_total"
pytestmark = pytest.mark.usefixtures("loopback_only")
DAY_20 = f"{TOTAL}_first_20_days"
# A publisher that is late, and a figure that is revised.
LATE = (DAY_20, pd.Period("2026-07", "M"), pd.Timestamp("2026-07-23"))
REVISED = (TOTAL, pd.Period("2026-05", "M"), pd.Timestamp("2026-07-01"), 1.01)


@pytest.fixture
def publishers(panel: Panel, monkeypatch: pytest.MonkeyPatch) -> Iterator[DayByDay]:
    for name in SECRETS:
        monkeypatch.delenv(name, raising=False)
    played = DayByDay(panel)
    with served(played) as url:
        monkeypatch.setenv("TRADESHOCK_MIRROR", url)
        yield played


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_GO_KR_API_KEY", SECRETS["DATA_GO_KR_API_KEY"])


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(main, ["run", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.mark.slow
def test_three_months_day_by_day(publishers: DayByDay, key: None, clock: Clock, home: Path) -> None:
    def on(day: pd.Timestamp) -> Result:
        clock(f"{day.date()}T01:00:00")
        if day == since:
            publishers.whole.loc[month, id] /= by
        publishers.show(str(day.date()))
        return run(*sources)

    # Those of the target, and two that need no key; all others are asked in the tests below.
    asked = ("customs_items", "customs_countries", "fed_h10", "fed_g17")
    sources = [word for name in asked for word in ("--source", name)]
    id, month, since, by = REVISED
    publishers.whole.loc[month, id] *= by
    publishers.out.loc[LATE[1], LATE[0]] = LATE[2]
    due = releases(live_panel(), TOTAL, "2026-05-21", "2026-08-05")
    assert len(due) == 8
    issued = []
    for release in due:
        result = on(release.day)
        if release.series == LATE[0] and release.month == LATE[1]:
            assert result.exit_code == 75
            assert "Not out yet: first 10 days" not in result.output
            assert "Not out yet: first 20 days of July 2026" in result.output
            result = on(LATE[2])
        assert result.exit_code == 0, result.output
        issued += re.findall(r"^Issued: (\S+) in", result.output, re.MULTILINE)
    # Once more on the last day: nobody is asked, nothing is issued.
    calls = len(publishers.asked)
    assert f"Already issued: {issued[-1]}" in on(due[-1].day).output
    assert len(publishers.asked) == calls

    archive, panel = Archive(home / "archive"), live_panel()
    assert list(archive.contents().index) == sorted(issued)
    states = archive.contents()["state"].value_counts()
    assert states.to_dict() == {"after_20d": 3, "after_total": 3, "after_10d": 2}
    record = default_record(panel, TOTAL)
    assert record is not None
    assert record.frame["origin"].max() == due[-1].day
    # Whole paths have waited for their months: what came out later is scored like the rest.
    first = record.frame[record.frame["origin"] == due[0].day]
    assert (
        first[first["model"] == "Recalibration"]["crps"].notna().tolist()
        == [True] * 3 + [False] * 9
    )
    waiting = list(record_path(TOTAL).with_suffix("").iterdir())
    assert len(waiting) == 8
    _scores_come_out(archive, panel)


def _scores_come_out(archive: Archive, panel: Panel) -> None:
    """Check that each month is scored from each day before it, by the figure that was asked for."""
    latest, first = (archive.scores(panel, actual=which) for which in ("latest", "first"))
    assert len(latest) == len(first) == 3 + 3 * 2 + 3 * 1
    may = latest.xs(REVISED[1], level="month")
    before = first.xs(REVISED[1], level="month")
    assert before["actual"].to_numpy() == pytest.approx(REVISED[3] * may["actual"].to_numpy())
    others = latest.index.get_level_values("month") != REVISED[1]
    # Which figure counted is another; what it was is the same.
    same = [table[others].drop(columns="outcome") for table in (latest, first)]
    pd.testing.assert_frame_equal(*same)
    summary = CliRunner().invoke(main, ["archive", "scores", "--archive", str(archive.folder)])
    assert summary.exit_code == 0, summary.output


@pytest.mark.slow
def test_without_a_key_the_total_of_the_bank_is_enough(
    publishers: DayByDay, clock: Clock, home: Path
) -> None:
    clock("2026-06-01T01:00:00")
    publishers.show("2026-06-01")
    result = run()
    assert result.exit_code == 0, result.output
    assert "Out: May 2026, due since 1 June 2026" in result.output
    assert "DATA_GO_KR_API_KEY: customs_items" in result.output
    assert len(Archive(home / "archive").contents()) == 1
    # Eleven days later the count is due, and nobody here brings it.
    clock("2026-06-11T01:00:00")
    publishers.show("2026-06-11")
    assert "Missing: first 10 days of June 2026" in run().output


def test_as_long_as_nothing_is_out_only_its_publisher_is_asked(
    publishers: DayByDay, key: None, clock: Clock, home: Path
) -> None:
    clock("2026-05-21T00:10:00")
    publishers.show("2026-05-20")
    result = run()
    assert result.exit_code == 75
    assert "Not out yet: first 20 days of May 2026, due since 21 May 2026" in result.output
    hosts = {path.split("/")[1] for path in publishers.asked}
    assert hosts == {"apis.data.go.kr"}
    assert not (home / "archive").exists()


def test_where_nobody_answers_nothing_is_issued(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.setenv("TRADESHOCK_MIRROR", "http://127.0.0.1:9")
    clock("2026-06-01T01:00:00")
    result = run("--seconds", 1)
    assert result.exit_code == 75
    assert "nothing is issued" in result.output or "Not out yet" in result.output
    assert not (home / "archive").exists()


def type_the_total(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Type May's total on 1 June, where nobody answers."""
    monkeypatch.setenv("TRADESHOCK_MIRROR", "http://127.0.0.1:9")
    clock("2026-06-01T01:00:00")
    figures = pd.DataFrame({"series": [TOTAL], "month": ["2026-05"], "value": [80_000.0]})
    Store().append(Answer("user", time.now(), figures))


@pytest.mark.slow
@pytest.mark.usefixtures("without_pictures")
def test_typed_figures_are_enough(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path
) -> None:
    type_the_total(clock, monkeypatch)
    out = tmp_path / "page"
    result = run("--seconds", 1, "--source", "fed_h10", "--out", out, "--threshold", 900)
    assert result.exit_code == 0, result.output
    assert "Out: May 2026" in result.output
    assert "more than 900 bn USD" in result.output
    assert (out / "report.html").is_file()
    archive = Archive(home / "archive")
    assert (len(archive.contents()), len(list(out.iterdir()))) == (1, 7)

    # What a desk asks for is issued beside it, once.
    desk = ("--model", "RandomWalk", "--steps", 6)
    desk += ("--adjust", "2026-06=+1200", "--note", "carriers")
    first = run(*desk, "--seconds", 1, "--source", "fed_h10")
    assert "+1,200" in first.output
    assert "carriers" in first.output
    issued = archive.read(re.findall(r"^Issued: (\S+) in", first.output, re.MULTILINE)[0])
    assert (issued.paths.model, len(issued.paths.index)) == ("RandomWalk", 6)
    assert f"Already issued: {issued.id}" in run(*desk, "--seconds", 1).output
    for other in (("--adjust", "2026-06=+900"), ("--adjust", "2026-07=+1"), ("--steps", 7)):
        assert "\nIssued: " in run(*desk[:-4], *other, "--seconds", 1).output
    assert f"Already issued: {issued.id}" in run(*desk, "--seconds", 1).output


@pytest.mark.slow
@pytest.mark.usefixtures("without_pictures")
def test_a_page_that_fails_is_made_by_the_next_run(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path
) -> None:
    type_the_total(clock, monkeypatch)
    page = tmp_path / "page" / "report.html"
    ask = ("--model", "RandomWalk", "--steps", 3, "--seconds", 1, "--source", "fed_h10")
    # A folder stands where the page shall.
    page.mkdir(parents=True)
    failed = run(*ask, "--out", page.parent)
    assert failed.exit_code == 2
    assert "ssued: " not in failed.output
    assert not (home / "archive").exists()

    page.rmdir()
    made = run(*ask, "--out", page.parent)
    assert made.exit_code == 0, made.output
    assert page.is_file()
    assert made.output.index("Written: ") < made.output.index("\nIssued: ")

    # Issued, and asked for again: where the page is, and where one of an older day is.
    assert "Written: " not in run(*ask, "--out", page.parent).output
    older = tmp_path / "older"
    older.mkdir()
    for name, text in (("report.html", "old"), ("forecast.json", '{"origin": "2026-05-01"}')):
        (older / name).write_text(text, encoding="utf-8")
    again = run(*ask, "--out", older).output
    assert again.index("Written: ") < again.index("Already issued: ")
    assert (older / "report.html").read_text(encoding="utf-8") == page.read_text(encoding="utf-8")
    assert len(Archive(home / "archive").contents()) == 1


@pytest.mark.parametrize(
    "wrong", [("--adjust", "June=5"), ("--assume", "usdkrw=1"), ("--poll", "48")]
)
def test_a_request_that_does_not_read_is_refused_before_anybody_is_asked(
    wrong: tuple[str, str], publishers: DayByDay, key: None, clock: Clock
) -> None:
    clock("2026-05-21T00:10:00")
    publishers.show("2026-05-20")
    result = run(*wrong)
    assert result.exit_code == 2
    assert wrong[1] in result.output
    assert not publishers.asked


def test_the_calendar_is_listed_and_written(clock: Clock, tmp_path: Path) -> None:
    clock("2026-11-25T03:00:00")
    path = tmp_path / "days.ics"
    result = run("--calendar", "--ics", path)
    lines = result.output.splitlines()
    assert lines[:2] == [
        "2026-12-01 Tue  November 2026",
        "2026-12-11 Fri  first 10 days of December 2026",
    ]
    text = path.read_bytes().decode()
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    days = re.findall(r"DTSTART;VALUE=DATE:(\d+)\r", text)
    assert days == [line[:10].replace("-", "") for line in lines if line[:4].isdigit()]
    assert "SUMMARY:Exports\\, first 10 days of the month: December 2026" in text


def test_long_lines_of_a_calendar_are_folded(panel: Panel) -> None:
    text = ics(panel, releases(panel, "exports_semiconductors", "2026-06-01", "2026-06-30"))
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert text.count("BEGIN:VEVENT") == text.count("END:VEVENT") == 3


@pytest.mark.parametrize(
    ("day", "what"),
    [
        ("2026-06-01", "May 2026"),
        ("2026-06-10", "May 2026"),
        ("2026-06-11", "first 10 days of June 2026"),
        ("2026-06-21", "first 10 days of June 2026"),
        ("2026-06-22", "first 20 days of June 2026"),
    ],
)
def test_what_is_due_on_a_day(day: str, what: str, panel: Panel) -> None:
    assert last_due(panel, TOTAL, day).what == what


def test_nothing_is_due_before_all_time(panel: Panel) -> None:
    assert last_due(panel, TOTAL, "2020-01-01").what == "December 2019"
    with pytest.raises(PanelError, match="has no series 'exports'"):
        last_due(panel, "exports", "2026-06-01")


@pytest.mark.parametrize("options", [("--target", "exports_us"), ("--csv", "us.csv")])
def test_own_figures_are_sent_to_the_forecast(options: tuple[str, str]) -> None:
    refused = run(*options)
    assert refused.exit_code == 2
    assert "let a scheduler call `tradeshock forecast --csv FILE" in refused.stderr
    assert "--ics" not in refused.stderr
    assert "exports_to_us" not in refused.stderr
    assert "For your own, let a scheduler call" in " ".join(run("--help").stdout.split())


def test_another_option_that_is_not_there_is_refused_as_ever() -> None:
    assert "No such option '--icl'" in run("--icl", "x").stderr
