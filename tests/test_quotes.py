"""Market prices as quoted: a month earlier on the day of the export total, and nothing else."""

import numpy as np
import pandas as pd
import pytest

from tradeshock.features import Panel, as_quoted
from tradeshock.features.errors import PanelError

QUOTED = {"usdkrw", "usdjpy", "usdcny", "usdtwd", "brent", "dubai", "copper"}


def test_quotes_are_known_when_the_month_is_over(panel: Panel) -> None:
    quoted = as_quoted(panel)
    pd.testing.assert_frame_equal(quoted.values, panel.values)
    before, first = quoted.as_of("2026-04-30"), quoted.as_of("2026-05-01")
    for id in panel.values.columns:
        printed = panel.as_of("2026-05-01")
        if id in QUOTED:
            assert before.last_month(id) == pd.Period("2026-03")
            assert first.last_month(id) == pd.Period("2026-04")
            assert printed.last_month(id) == pd.Period("2026-03")
        else:
            pd.testing.assert_series_equal(first.values[id], printed.values[id])


def test_after_all_is_printed_both_are_the_same(panel: Panel) -> None:
    # The first count of a month comes on its 11th, after all prices of the month before.
    for day in ("2026-05-15", "2024-10-11"):
        quoted, printed = as_quoted(panel).as_of(day).values, panel.as_of(day).values
        np.testing.assert_array_equal(quoted.to_numpy(), printed.to_numpy())


def test_what_a_market_quotes_is_never_revised_nor_seasonal(panel: Panel) -> None:
    found = {id for id in panel.values.columns if panel.catalog[id].quoted}
    assert found == QUOTED
    assert {panel.catalog[id].adjustment for id in found} == {"-"}
    assert not any(panel.catalog[id].revised for id in found)


def test_a_panel_that_was_cut_has_lost_its_quotes(panel: Panel) -> None:
    with pytest.raises(
        PanelError, match=r"2026-05-01 lacks the last quotes of usdkrw.* before it is"
    ):
        as_quoted(panel.as_of("2026-05-01"))
    as_quoted(panel.as_of("2026-05-15"))
