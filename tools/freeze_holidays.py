"""Write holidays.csv and festivals.csv in features/snapshot/.

Public holidays of Korea, the United States and Taiwan, and the dates of holidays that move with the
moon.

Dates come from the `holidays` library, run once by a maintainer; the days on which they became
known are set here, from the press and the official gazette.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import holidays
from holidays.calendars import _ChineseLunisolar, _IslamicLunar

YEARS = range(1950, 2036)
FOLDER = Path(__file__).parents[1] / "features" / "snapshot"
SUBSTITUTE = "Alternative holiday for "
ELECTION = "Presidential Election Day"

# Day of the holiday: day on which it was announced.
ANNOUNCED = {
    "2002-07-01": "2002-06-25",  # after the football World Cup
    "2015-08-14": "2015-08-04",
    "2016-05-06": "2016-04-28",
    "2017-05-09": "2017-03-15",  # snap election
    "2017-10-02": "2017-09-05",
    "2020-08-17": "2020-07-21",
    "2023-10-02": "2023-09-05",
    "2024-10-01": "2024-09-03",
    "2025-01-27": "2025-01-14",
    "2025-06-03": "2025-04-08",  # snap election
}

# Name of the holiday: day of the decree that gives it a substitute.
SUBSTITUTE_SINCE = {
    "Korean New Year": "2013-11-05",
    "Chuseok": "2013-11-05",
    "Children's Day": "2013-11-05",
    "Independence Movement Day": "2021-07-07",
    "Liberation Day": "2021-07-07",
    "National Foundation Day": "2021-07-07",
    "Hangul Day": "2021-07-07",
    "Buddha's Birthday": "2023-05-04",
    "Christmas Day": "2023-05-04",
    # Reported by 30 April 2026; the decree's own day was not to be found.
    "Constitution Day": "2026-04-30",
    "Labor Day": "2026-04-30",
}

# Holidays that were expected until the day on which that ended.
CANCELLED = [
    ("2006-04-05", "Tree Planting Day", "2005-06-30"),
    ("2007-04-05", "Tree Planting Day", "2005-06-30"),
    ("2008-07-17", "Constitution Day", "2005-06-30"),
    # The presidents were removed from office on these days, and the snap elections reset the term.
    ("2017-12-20", ELECTION, "2017-03-10"),
    ("2027-03-03", ELECTION, "2025-04-04"),
]


def korea() -> list[tuple[str, str, str, str]]:
    """Rows of (day, name, announced, cancelled)."""
    found = holidays.country_holidays("KR", years=YEARS, language="en_US")
    rows = [(d.isoformat(), name) for d, names in found.items() for name in names.split("; ")]
    # Until 2025 the first of May (before 1994 the tenth of March) was a day off for employees
    # though not for offices, so the library has it among the days on which banks are shut.
    banks = holidays.country_holidays("KR", years=YEARS, language="en_US", categories=("bank",))
    rows += [(d.isoformat(), name) for d, name in banks.items()]
    missing = set(ANNOUNCED) - {day for day, _ in rows}
    if missing:
        raise SystemExit(f"the holidays library {holidays.__version__} lacks {sorted(missing)}")
    known = [(day, name, korea_announced(day, name), "") for day, name in rows]
    return known + [(day, name, "", cancelled) for day, name, cancelled in CANCELLED]


def korea_announced(day: str, name: str) -> str:
    """Day on which a Korean holiday became known; empty where it always was."""
    if day in ANNOUNCED:
        return ANNOUNCED[day]
    if name.startswith(SUBSTITUTE) and day >= "2013":
        return SUBSTITUTE_SINCE[name.removeprefix(SUBSTITUTE)]
    if name == "Hangul Day" and day >= "2013":
        return "2012-12-28"
    if name == "Constitution Day" and day >= "2026":
        return "2026-01-29"
    if name == ELECTION and day >= "2018":
        return "2017-03-15" if day < "2025" else "2025-04-08"
    return ""


def united_states() -> list[tuple[str, str, str, str]]:
    """Rows of (day, name, announced, cancelled)."""
    found = holidays.country_holidays("US", years=YEARS)
    rows = [(d.isoformat(), name) for d, names in found.items() for name in names.split("; ")]
    return [(day, name, "2021-06-17" if "Juneteenth" in name else "", "") for day, name in rows]


def taiwan() -> list[tuple[str, str, str, str, str]]:
    """Rows of (day, name, announced, cancelled, worked), days off that were worked among them."""
    found = holidays.country_holidays("TW", years=YEARS, language="en_US")
    rows = [(d.isoformat(), name) for d, names in found.items() for name in names.split("; ")]
    # Every other Saturday was a working day until 2000; later ones made up for others.
    first = date(found.start_year, 1, 1)
    days = (first + timedelta(n) for n in range((date(YEARS[-1], 12, 31) - first).days + 1))
    saturdays = [d for d in days if d.weekday() == 5 and d not in found and not found.is_weekend(d)]
    worked = {*saturdays, *found.weekend_workdays}
    made_up = [(d.isoformat(), "Working day", "", "", "yes") for d in sorted(worked)]
    return [(day, name, "", "", "") for day, name in rows] + made_up


def festivals() -> list[tuple[str, str]]:
    """Rows of (festival, day)."""
    chinese, islamic = _ChineseLunisolar(), _IslamicLunar()
    vietnam = holidays.country_holidays("VN", years=YEARS, language="en_US")
    rows = [("tet", day) for day, name in vietnam.items() if name == "Lunar New Year"]
    for year in YEARS:
        rows.append(("lunar_new_year", chinese.lunar_new_year_date(year)[0]))
        rows.append(("mid_autumn", chinese.mid_autumn_date(year)[0]))
        rows += [("eid_al_fitr", day) for day, _ in islamic.eid_al_fitr_dates(year)]
        rows += [("eid_al_adha", day) for day, _ in islamic.eid_al_adha_dates(year)]
    # Korea's as its table of holidays has them: from the years on in which they were ones.
    korean = {"Korean New Year": "seollal", "Folk Day": "seollal", "Chuseok": "chuseok"}
    kept = [(name, day.isoformat()) for name, day in rows if day.year in YEARS]
    return sorted({*kept, *((korean[name], day) for day, name, _, _ in korea() if name in korean)})


def main() -> None:
    """Write both tables, in order of nation or festival and day."""
    rows = [("KR", *row, "") for row in korea()] + [("US", *row, "") for row in united_states()]
    rows += [("TW", *row) for row in taiwan()]
    header = ("nation", "date", "name", "announced", "cancelled", "worked")
    write("holidays.csv", header, sorted(rows))
    write("festivals.csv", ("festival", "date"), festivals())


def write(name: str, header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """Write one table."""
    with (FOLDER / name).open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
