"""The nowcast bridge: what it may see, and what it makes of it."""

import numpy as np
import pandas as pd
import pytest

from tradeshock.features.panel.panel import Panel
from tradeshock.models.adjustment import huber_regression, moving_edges
from tradeshock.models.nowcast.bridge import FlashBridge
from tradeshock.models.nowcast.ratio import ratio_nowcast
from tradeshock.models.nowcast.readings import counted_months, readings
from tradeshock.models.nowcast.share import share_nowcast
from tradeshock.models.nowcast.surprises import bridge_weights
from tradeshock.models.pools.combination import Combination
from tradeshock.models.record.record import Record
from tradeshock.models.record.rows import forecast_rows
from tradeshock.models.systems.bvar import BayesianVAR
from tradeshock.models.univariate.autoregression import AutoRegression
from tradeshock.models.univariate.random_walk import RandomWalk

CHIPS = "exports_semiconductors"
CARRIER = BayesianVAR(series=("exports_total", "us_ip", "usdkrw"), lags=3)


@pytest.fixture(scope="module")
def panel(panel: Panel) -> Panel:
    """The embedded figures without daily quotes, which panels made here have not."""
    return panel.with_quotes(None)


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


def test_weights_are_robust_and_shrunk_as_if_twelve_months_had_said_so():
    """Many months at once, against one regression each with the prior written out."""
    rng = np.random.default_rng(0)
    table = rng.normal(0.0, 0.05, (40, 5)).cumsum(axis=1)
    table[:, 3] = rng.uniform(0.3, 0.7, 40)
    ends = [9, 17, 40]
    together = bridge_weights([table[:end] for end in ends], table[[9, 17, 39], 3])
    for weights, end, counted in zip(together, ends, table[[9, 17, 39], 3], strict=True):
        x, y = table[:end, 1:3] - table[:end, :1], table[:end, 4] - table[:end, 0]
        rows = np.vstack([x, np.sqrt(12.0 * np.mean(x**2)) * np.eye(2)])
        discount = np.r_[0.5 ** (np.arange(end)[::-1] / 60.0), 1.0, 1.0]
        alone = huber_regression(rows, np.r_[y - x.sum(axis=1) * counted / 2, 0.0, 0.0], discount)
        np.testing.assert_allclose(weights, counted / 2 + alone, rtol=1e-10)


def test_past_errors_are_spread_by_the_kernel_of_a_small_sample(panel):
    """Of 100 errors of one size the draws keep that size and add half of it times 100^-0.2."""
    bridge = FlashBridge(CARRIER, n_draws=4000).fit(panel.as_of("2026-04-21"))
    size = 0.02
    bridge.errors_ = np.tile([size, -size], 50)
    draws = np.log(bridge.forecast(1).draws()[:, 0]) - bridge.nowcast_
    expected = size**2 * (1.0 + (0.5 * 100**-0.2) ** 2)
    assert np.mean(draws**2) == pytest.approx(expected, rel=0.015)
    assert len(np.unique(draws.round(12))) > 3900


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


def test_readings_are_those_of_each_month_by_itself(panel):
    """All months at once, and one after the other from the panel of its own day."""
    target, parts = "exports_total", ("exports_semiconductors",)
    known = panel.as_of("2026-04-21")
    for state in ("after_10d", "after_20d"):
        months = counted_months(known, target, state)
        assert (str(months[0]), len(months)) == ("2017-01", 112)
        together = readings(known, target, state, parts, months)
        for row in (0, 5, 60, len(months) - 1):
            (day,) = panel.origins(months[row], months[row], state)
            cut = panel.as_of(day)
            share = share_nowcast(cut, target, state, parts)
            ratio = ratio_nowcast(cut, target, state)
            assert ratio.index[-1] == months[row]
            np.testing.assert_allclose(
                together[row], (ratio.iloc[-1], np.nan if share is None else share), rtol=1e-12
            )


def test_bridges_on_several_carriers_read_the_counts_once(panel, monkeypatch):
    from tradeshock.models.nowcast import bridge

    read = []
    monkeypatch.setattr(bridge, "readings", lambda *given: read.append(given) or readings(*given))
    members = [FlashBridge(RandomWalk()), FlashBridge(AutoRegression()), FlashBridge(CARRIER)]
    Combination(members, n_draws=20).fit(panel.as_of("2026-04-21")).forecast(2)
    assert len(read) == 1


def test_what_was_expected_comes_from_the_record_where_there_is_one(panel, monkeypatch):
    days = panel.origins("2017-01", "2026-04", "after_20d")
    replayed = RandomWalk(n_draws=50).replay(panel, "exports_total", days, 1)
    record = Record(forecast_rows(list(replayed), panel))
    known = panel.as_of("2026-04-21")
    alone = FlashBridge(RandomWalk(), n_draws=50).fit(known).nowcast_
    monkeypatch.setattr(RandomWalk, "replay", None)
    bridge = FlashBridge(RandomWalk(), n_draws=50).fit(known, record=record)
    assert bridge.nowcast_ == pytest.approx(alone, rel=1e-12)


def test_a_target_that_is_its_own_part_warns_of_nothing(panel):
    # Warnings are errors here.
    assert share_nowcast(panel.as_of("2026-04-21"), CHIPS, "after_20d", (CHIPS,)) is None
