"""Figures that came out since a day."""

import pandas as pd
import pytest

from tradeshock.features import Panel
from tradeshock.forecast.report.new_figures import released_since


def test_figures_that_came_out_between(panel: Panel) -> None:
    known = panel.as_of("2026-05-15")
    table = released_since(known, "2026-05-01")
    assert "exports_total" not in table.index
    assert table["released"].between("2026-05-02", "2026-05-15").all()
    chips = table.loc["exports_semiconductors"]
    figures = known.series("exports_semiconductors")
    assert chips["month"] == pd.Period("2026-04")
    assert chips["value"] == figures.iloc[-1]
    assert chips["yoy"] == pytest.approx(100 * (figures.iloc[-1] / figures.iloc[-13] - 1))
    assert chips["yoy_before"] == pytest.approx(100 * (figures.iloc[-2] / figures.iloc[-14] - 1))
    pressure = table.loc["gscpi"]
    index = known.series("gscpi")
    assert not pressure["relative"]
    assert pressure["yoy"] == pytest.approx(index.iloc[-1] - index.iloc[-13])
    assert table["moved"].dropna().is_monotonic_decreasing


def test_nothing_came_out_on_the_same_day(panel: Panel) -> None:
    assert released_since(panel.as_of("2026-05-15"), "2026-05-15").empty
