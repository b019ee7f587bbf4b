"""Write features/snapshot/holidays.csv: public holidays of Korea and the United States.

Dates come from the `holidays` library, run once by a maintainer; the days on which they became
known are set here, from the press and the official gazette.
"""

from __future__ import annotations

import csv
from pathlib import Path

import holidays

YEARS = range(1985, 2036)
TARGET = Path(__file__).parents[1] / "features" / "snapshot" / "holidays.csv"
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


def main() -> None:
    """Write the table, in order of nation and day."""
    rows = [("KR", *row) for row in korea()] + [("US", *row) for row in united_states()]
    with TARGET.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["nation", "date", "name", "announced", "cancelled"])
        writer.writerows(sorted(rows))


if __name__ == "__main__":
    main()
