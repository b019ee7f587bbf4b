"""The nowcast bridge: what it may see, and what it makes of it."""

import numpy as np
import pandas as pd
import pytest

from tradeshock.features.panel.panel import Panel
from tradeshock.models.adjustment import moving_edges
from tradeshock.models.nowcast.bridge import FlashBridge
from tradeshock.models.nowcast.share import share_nowcast
from tradeshock.models.systems.bvar import BayesianVAR

CARRIER = BayesianVAR(series=("exports_total", "us_ip", "usdkrw"), lags=3)


def _changed(panel: Panel, id: str, month: str, factor: float) -> Panel:
    values = panel.values.copy()
    values.loc[pd.Period(month, "M"), id] *= factor
    return Panel(values, panel.catalog, panel.calendar, panel.origin)


def _bridge(panel: Panel, origin: str) -> FlashBridge:
    return FlashBridge(CARRIER, n_draws=200).fit(panel.as_of(origin))


@pytest.fixture(scope="module")
def april(panel):
    return _bridge(panel, "2026-04-21")


def test_the_count_of_20_days_moves_the_month(panel, april):
    lower = _bridge(_changed(panel, "exports_total_first_20_days", "2026-04", 0.9), "2026-04-21")
    move = lower.nowcast_ - april.nowcast_
    assert -0.12 < move < -0.05


def test_the_full_month_is_not_known_on_the_21st(panel, april):
    other = _bridge(_changed(panel, "exports_total", "2026-04", 1.5), "2026-04-21")
    np.testing.assert_array_equal(other.forecast(3).values, april.forecast(3).values)


def test_step_one_is_the_nowcast_and_later_steps_follow(april):
    paths = april.forecast(4)
    assert np.log(paths.median().iloc[0]) == pytest.approx(april.nowcast_, abs=1e-6)
    logs = np.log(paths.draws())
    assert np.corrcoef(logs[:, 0], logs[:, 1])[0, 1] > 0.3
    assert logs[:, 0].std() < 0.8 * logs[:, 1].std()


def test_the_nowcast_is_near_what_came(panel, april):
    came = panel.values.at["2026-04", "exports_total"]
    assert np.exp(april.nowcast_) == pytest.approx(came, rel=0.08)


def test_after_the_total_the_carrier_speaks(panel):
    cut = panel.as_of("2026-05-01")
    bridge = FlashBridge(CARRIER, n_draws=200).fit(cut).forecast(3)
    carrier = BayesianVAR(**{**CARRIER.get_params(), "n_draws": 200}).fit(cut).forecast(3)
    np.testing.assert_array_equal(bridge.values, carrier.values)


def test_before_there_are_enough_counts_the_carrier_speaks(panel):
    assert _bridge(panel, "2017-06-21").nowcast_ is None


def test_shares_by_hand_on_a_month_with_constant_shares(panel):
    values = panel.values.copy()
    months = pd.PeriodIndex(values.index)
    early = panel.calendar.working_days(months, "first_20_days")
    whole = panel.calendar.working_days(months, "month")
    flash = values["exports_total_first_20_days"]
    exact = (flash * whole / early * 1.1).where(flash.notna(), values["exports_total"])
    values["exports_total"] = exact.where(values["exports_total"].notna())
    made = Panel(values, panel.catalog, panel.calendar, panel.origin).as_of("2026-04-21")
    got = share_nowcast(made, "exports_total", "after_20d", ())
    assert got == pytest.approx(np.log(exact["2026-04"]), abs=1e-3)


def _with_rush(panel: Panel, size: float, origin: str) -> float:
    """Nowcast where the days before holidays carry more than others."""
    values = panel.values.copy()
    months = pd.PeriodIndex(values.index)
    early = panel.calendar.working_days(months, "first_20_days")
    whole = panel.calendar.working_days(months, "month")
    counted = moving_edges(months, panel.calendar, "first_20_days")
    ahead = moving_edges(months, panel.calendar, "month") - counted
    noise = 0.03 * np.random.default_rng(1).standard_normal(len(months))
    flash = values["exports_total_first_20_days"]
    made = flash * whole / early * np.exp(size * ahead.sum(axis=1) + noise)
    values["exports_total"] = made.where(flash.notna(), values["exports_total"]).where(
        values["exports_total"].notna()
    )
    known = Panel(values, panel.catalog, panel.calendar, panel.origin).as_of(origin)
    nowcast = share_nowcast(known, "exports_total", "after_20d", ())
    assert nowcast is not None
    return nowcast


def test_a_rush_before_a_holiday_that_is_still_to_come(panel):
    """The week before Chuseok came after the count in 2020 and 2023, before it in 2022."""
    learned = {
        year: _with_rush(panel, 0.06, f"{year}-09-21") - _with_rush(panel, 0.0, f"{year}-09-21")
        for year in (2022, 2023)
    }
    assert 0.02 < learned[2023] < 0.06
    assert learned[2022] < 0.8 * learned[2023]
