"""Market prices as quoted: a month earlier on the day of the export total, and nothing else."""

import numpy as np
import pandas as pd
import pytest

from tradeshock.features import Panel, as_quoted, load_panel
from tradeshock.features.days.quotes import Quotes
from tradeshock.features.errors import PanelError
from tradeshock.features.indicators import ExchangeRates
from tradeshock.models import BayesianVAR

QUOTED = {
    "usdkrw",
    "usdjpy",
    "usdcny",
    "usdtwd",
    "brent",
    "dubai",
    "copper",
    "share_prices_kr",
}


@pytest.fixture(scope="module")
def panel() -> Panel:
    """The embedded figures by their publishers' calendars."""
    return load_panel(quoted=False)


@pytest.fixture(scope="module")
def daily() -> Panel:
    return load_panel()


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
    # (Share prices are printed in the middle of the month.)
    for day in ("2026-05-15", "2024-10-11"):
        quoted, printed = (
            p.as_of(day).values.drop(columns="share_prices_kr") for p in (as_quoted(panel), panel)
        )
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


def test_the_embedded_figures_are_read_as_quoted(panel: Panel, daily: Panel) -> None:
    assert panel.quotes is None
    for day in ("2026-05-01", "2020-03-01"):
        known = as_quoted(panel).as_of(day).values
        np.testing.assert_array_equal(daily.as_of(day).values.to_numpy(), known.to_numpy())


def test_months_means_of_the_quotes_are_the_published_ones(daily: Panel) -> None:
    means = daily.quotes.table.groupby(pd.PeriodIndex(daily.quotes.table.index, freq="M")).mean()
    for id, apart in (("usdkrw", 1e-4), ("brent", 3e-3)):
        published = daily.series(id)
        found = means[id].reindex(published.index).to_numpy()
        assert np.nanmax(np.abs(found / published.to_numpy() - 1.0)) < apart


def test_a_running_month_is_what_was_quoted_before_the_day(daily: Panel) -> None:
    table = daily.quotes.table["usdkrw"].dropna()
    seen = table["2026-03-01":"2026-03-20"]
    month = daily.quotes.running("usdkrw", "2026-03-21")
    assert month.month == pd.Period("2026-03")
    assert month.so_far == pytest.approx(seen.mean(), rel=1e-12)
    assert month.last == seen.iloc[-1]
    rest = np.busday_count("2026-03-01", "2026-04-01") - len(seen)
    whole = (seen.sum() + rest * seen.iloc[-1]) / (rest + len(seen))
    assert month.expected == pytest.approx(whole, rel=1e-12)
    # A later quote changes nothing, and one of the day itself is not known yet.
    later = daily.quotes.table.copy()
    later.loc["2026-03-21":] *= 2.0
    assert Quotes(later).running("usdkrw", "2026-03-21") == month
    assert daily.quotes.running("usdkrw", "2026-03-01") is None


def test_the_deviation_of_a_running_month_is_that_of_a_random_walk() -> None:
    rng, days = np.random.default_rng(0), pd.bdate_range("2024-01-01", "2025-07-10")
    walk = 100.0 * np.exp(0.01 * rng.standard_normal(len(days)).cumsum())
    quotes = Quotes(pd.DataFrame({"x": walk}, days))
    month = quotes.running("x", "2025-07-11")
    known, n = 8, np.busday_count("2025-07-01", "2025-08-01")
    ahead = month.last * np.exp(0.01 * rng.standard_normal((20_000, n - known)).cumsum(axis=1))
    means = (month.so_far * known + ahead.sum(axis=1)) / n
    assert month.sd == pytest.approx(np.log(means).std(), rel=0.1)
    assert np.log(means).mean() == pytest.approx(np.log(month.expected), abs=0.001)


def test_what_was_quoted_this_month_is_a_feature(daily: Panel) -> None:
    known = daily.as_of("2026-04-21")
    row = ExchangeRates().fit_transform(known).iloc[-1]
    expected = known.quotes.running("usdkrw", known.origin).expected
    grown = np.log(expected / known.series("usdkrw").iloc[-1])
    assert row["usdkrw_running"] == pytest.approx(grown, rel=1e-12)
    first = ExchangeRates().fit_transform(daily.as_of("2026-05-01"))
    assert first["usdkrw_running"].isna().all()


def test_a_bayesian_var_takes_the_running_month_as_an_observation(daily: Panel) -> None:
    known = daily.as_of("2026-04-21")
    won = BayesianVAR(n_draws=400).fit(known).forecast(2, drivers=True).draws("usdkrw")[:, 0]
    said = known.quotes.running("usdkrw", known.origin)
    assert np.median(won) == pytest.approx(said.expected, rel=said.sd)
    assert 0.3 * said.sd < np.log(won).std() < 1.7 * said.sd


def test_other_quotes_are_other_figures(daily: Panel) -> None:
    known = daily.as_of("2026-04-21")
    other = daily.as_of("2026-04-21")
    table = other.quotes.table.copy()
    table.iloc[-1] *= 1.01
    other.quotes = Quotes(table)
    assert other.fingerprint() != known.fingerprint()
    other.quotes = Quotes(daily.quotes.table)
    assert other.fingerprint() == known.fingerprint()


@pytest.mark.parametrize(("change", "message"), [(-1.0, "not positive"), (None, "in order")])
def test_quotes_that_cannot_be_are_refused(
    daily: Panel, change: float | None, message: str
) -> None:
    table = daily.quotes.table.iloc[-5:]
    with pytest.raises(PanelError, match=message):
        Quotes(table.iloc[::-1] if change is None else table * change)
