"""Days and months are read in ISO alone: what could be another day is refused."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from tradeshock.features import Panel, ReleaseRule, TradeCalendar
from tradeshock.features.days.reading import as_day, as_days, as_month, as_months
from tradeshock.features.errors import PanelError, TradeshockError
from tradeshock.forecast.cli.main import main

GUESSES = ["01/06/2022", "3.4.2026", "2022", "2022Q2", "2022-06", "June 2022", "20220601", "now",
           "2022-6-1", "2022-06-31", "2022-06-01T09:00", ""]  # fmt: skip


@pytest.mark.parametrize("text", GUESSES)
def test_text_that_is_no_iso_day_is_refused_at_every_door(panel: Panel, text: str) -> None:
    for door in (as_day, panel.as_of, panel.calendar.as_of, TradeCalendar("US").is_working_day):
        with pytest.raises(PanelError, match="is no day; write it as '2026-05-15'"):
            door(text)
    with pytest.raises(PanelError, match="is no day"):
        as_days(["2022-06-01", text])


@pytest.mark.parametrize("text", ["01/06/2022", "2022Q2", "2022"])
def test_as_of_on_the_command_line_is_a_day(text: str) -> None:
    run = CliRunner().invoke(main, ["data", "--as-of", text])
    assert run.exit_code == 2
    assert f"{text!r} is no day; write it as '2026-05-15'" in run.stderr


@pytest.mark.parametrize("odd", [20220601, 2022.5, True, None, pd.NaT, np.datetime64("NaT"),
                                 np.datetime64("2022"), np.datetime64("2022-06"),
                                 pd.Period("2022-06", "M")])  # fmt: skip
def test_what_is_no_day_of_another_type(odd: object) -> None:
    with pytest.raises(PanelError, match="is no day"):
        as_day(odd)  # type: ignore[arg-type]


def test_days_in_every_form_that_names_one() -> None:
    first = pd.Timestamp("2022-06-01")
    same = ["2022-06-01", first, first.date(), datetime.datetime(2022, 6, 1, 9, 30),
            np.datetime64("2022-06-01"), np.datetime64("2022-06-01T09:00"),
            first.tz_localize("America/New_York")]  # fmt: skip
    assert {as_day(day) for day in same} == {first}
    assert list(as_days(same)) == [first] * len(same)


def test_months_in_every_form_that_names_one() -> None:
    june = pd.Period("2022-06", "M")
    same = ["2022-06", june, pd.Timestamp("2022-06-30"), datetime.date(2022, 6, 1),
            np.datetime64("2022-06"), np.datetime64("2022-06-17")]  # fmt: skip
    assert {as_month(month) for month in same} == {june}


@pytest.mark.parametrize(
    "odd",
    ["2022", "2022Q2", "2022-06-01", "06/2022", "2022-13", 202206, None, pd.NaT,
     pd.Period("2022", "Y"), pd.Period("2022Q2"), np.datetime64("2022")],
)  # fmt: skip
def test_what_is_no_month(panel: Panel, odd: object) -> None:
    with pytest.raises(PanelError, match="is no month; write it as '2026-06'"):
        as_month(odd)  # type: ignore[arg-type]
    with pytest.raises(TradeshockError, match="is no month"):
        panel.origins(odd, "2022-12")  # type: ignore[arg-type]


def test_months_from_one_to_another() -> None:
    assert as_months("2022-11", pd.Period("2023-01", "M")).astype(str).tolist() == [
        "2022-11", "2022-12", "2023-01"
    ]  # fmt: skip
    with pytest.raises(PanelError, match="earlier one first"):
        as_months("2022-02", "2022-01")


# -- stamps in the index of a table -----------------------------------------------------------

SEOUL = pd.date_range("2020-01-01", periods=3, freq="MS", tz="Asia/Seoul")


def panel_from(index: pd.Index) -> Panel:
    return Panel.from_frame(pd.DataFrame({"x": [1.0, 2.0, 3.0]}, index), ReleaseRule(day=1))


@pytest.mark.parametrize(
    "index",
    [
        SEOUL.tz_convert("UTC"),
        pd.Index(SEOUL.tz_convert("UTC").astype(str)),
        pd.Index(list(SEOUL.tz_convert("UTC").to_pydatetime()), dtype=object),
        SEOUL.tz_convert("UTC").tz_localize(None),
        pd.date_range("2020-01-01 09:00", periods=3, freq="MS"),
    ],
    ids=["stamps", "text", "objects", "zone dropped", "nine o'clock"],
)
def test_a_month_start_of_seoul_in_utc_is_no_month(index: pd.Index) -> None:
    with pytest.raises(PanelError, match=r"is not midnight.*which month it stands for"):
        panel_from(index)


@pytest.mark.parametrize(
    "index",
    [SEOUL, pd.Index(SEOUL.astype(str)), pd.period_range("2020-01", periods=3, freq="M"),
     pd.period_range("2020-01", periods=3, freq="M").to_timestamp(how="end")],
    ids=["own zone", "own zone as text", "periods", "last moment"],
)  # fmt: skip
def test_midnight_in_its_own_zone_is_a_month(index: pd.Index) -> None:
    assert panel_from(index).months.astype(str).tolist() == ["2020-01", "2020-02", "2020-03"]


def test_mixed_zones_are_refused() -> None:
    index = pd.Index(["2020-01-01T00:00+09:00", "2020-02-01T00:00+01:00", "2020-03-01T00:00Z"])
    with pytest.raises(PanelError, match="mixes time zones"):
        panel_from(index)
