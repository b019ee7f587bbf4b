"""What is read off the paths: all of it agrees, and with the published months."""

from __future__ import annotations

import numpy as np
import numpy.testing as npt
import pandas as pd
import pytest
from hypothesis import given, strategies as st

from tradeshock.features import Panel
from tradeshock.features.errors import ModelError
from tradeshock.models import VAR, BayesianVAR, Conditions, Model, RandomWalk, Recalibration
from tradeshock.models.paths import QUANTILES, ForecastPaths, quantiles_by_step


def history(last="2024-04", months=40, series=("exports",)):
    index = pd.period_range(end=last, periods=months, freq="M", name="month")
    rng = np.random.default_rng(4)
    return pd.DataFrame(100.0 + rng.random((months, len(series))), index, series)


def paths_of(values, last="2024-04", series=("exports",), **fields):
    values = np.asarray(values, dtype=float)
    index = pd.period_range(pd.Period(last, "M") + 1, periods=values.shape[1], freq="M")
    return ForecastPaths(
        **{
            "values": values,
            "index": index.rename("month"),
            "series": series,
            "history": history(last, series=series),
            "origin": pd.Period(last, "M").to_timestamp("M").normalize(),
            "state": "after_total",
            "seed": 0,
            "model": "Test",
            **fields,
        }
    )


def random_paths(steps=24, draws=50, series=("exports",), last="2024-04"):
    rng = np.random.default_rng(8)
    return paths_of(100.0 + rng.random((draws, steps, len(series))), last, series)


def test_summaries_are_those_of_the_draws():
    paths = random_paths(series=("exports", "won"))
    values = paths.values
    npt.assert_allclose(paths.mean(), values[:, :, 0].mean(axis=0))
    npt.assert_allclose(paths.median("won"), np.median(values[:, :, 1], axis=0))
    table = paths.quantile()
    assert list(table.columns) == list(QUANTILES)
    assert table.index.equals(paths.index)
    assert (table.diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)
    npt.assert_array_equal(table[0.5], paths.median())
    npt.assert_array_equal(paths.quantile(0.9).iloc[:, 0], table[0.9])
    npt.assert_array_equal(paths.quantile(1).iloc[:, 0], values[:, :, 0].max(axis=0))
    npt.assert_array_equal(paths.quantile(np.array([0.1, 0.9])), table[[0.1, 0.9]])


def test_frame_holds_every_draw():
    paths = random_paths(steps=3, draws=4, series=("exports", "won"))
    frame = paths.to_frame()
    assert list(frame.columns) == ["draw", "month", "series", "value"]
    assert len(frame) == 4 * 3 * 2
    for row in frame.sample(8, random_state=1).itertuples():
        step, column = paths.index.get_loc(row.month), paths.series.index(row.series)
        assert row.value == paths.values[row.draw, step, column]


def test_yoy_uses_published_months_first_and_paths_after_a_year():
    paths = random_paths(steps=24)
    growth = paths.yoy()
    assert growth.columns.equals(paths.index)
    values = paths.draws()
    base = paths.history["exports"].to_numpy()[-12:]
    npt.assert_allclose(growth.to_numpy()[:, :12], 100 * (values[:, :12] / base - 1))
    npt.assert_allclose(growth.to_numpy()[:, 12:], 100 * (values[:, 12:] / values[:, :12] - 1))


def test_yoy_leaves_out_months_without_a_base():
    paths = random_paths(steps=16)
    young = paths_of(paths.values, history=paths.history.iloc[-5:])
    assert list(young.yoy().columns.astype(str)) == [
        "2024-12",
        "2025-01",
        "2025-02",
        "2025-03",
        "2025-04",
        "2025-05",
        "2025-06",
        "2025-07",
        "2025-08",
    ]


@given(st.integers(1, 30), st.integers(1, 12))
def test_totals_agree_with_each_other_and_with_the_months(steps, month):
    last = f"2024-{month:02d}"
    paths = random_paths(steps=steps, draws=6, last=last)
    values, months = paths.with_history()
    assert values.shape == (6, len(months)) == (6, 40 + steps)
    year, quarter, pair = (paths.total(by) for by in ("year", "quarter", "JanFeb"))
    every = pd.DataFrame(values, columns=months)
    for label in year.columns:
        inside = every.loc[:, months.year == label.year]
        assert inside.shape[1] == 12
        npt.assert_allclose(year[label], inside.sum(axis=1), rtol=1e-12)
    for label in quarter.columns:
        inside = every.loc[:, (months.year == label.year) & (months.quarter == label.quarter)]
        assert inside.shape[1] == 3
        npt.assert_allclose(quarter[label], inside.sum(axis=1), rtol=1e-12)
    for label in pair.columns:
        inside = [pd.Period(f"{label.year}-01", "M"), pd.Period(f"{label.year}-02", "M")]
        npt.assert_allclose(pair[label], every[inside].sum(axis=1), rtol=1e-12)
    # whole periods with a month ahead, none left out
    ahead = paths.index
    whole = {m.year for m in ahead if pd.Period(f"{m.year}-12", "M") <= ahead[-1]}
    assert {label.year for label in year.columns} == whole
    assert len(quarter.columns) == len({(m.year, m.quarter) for m in ahead if (m + 0).month}) - (
        ahead[-1].month % 3 != 0
    )
    for label in year.columns:
        quarters = [q for q in quarter.columns if q.year == label.year]
        if len(quarters) == 4:
            npt.assert_allclose(quarter[quarters].sum(axis=1), year[label], rtol=1e-12)


def test_january_and_february_with_january_published():
    paths = random_paths(steps=3, last="2024-01")
    total = paths.total("JanFeb")
    assert list(total.columns.astype(str)) == ["2024"]
    npt.assert_allclose(total["2024"], paths.history["exports"].iloc[-1] + paths.draws()[:, 0])
    assert random_paths(steps=3, last="2024-02").total("JanFeb").shape == (50, 0)


def test_a_year_with_an_unpublished_start_has_no_total():
    paths = random_paths(steps=8)
    young = paths_of(paths.values, history=paths.history.iloc[-3:])
    assert young.total("year").shape == (50, 0)
    assert list(young.total("quarter").columns.astype(str)) == ["2024Q2", "2024Q3", "2024Q4"]


def test_probability_is_the_share_of_draws():
    # three months published at 10, then 0, 1, 2, ... in every month of a draw
    flat = pd.DataFrame({"exports": 10.0}, pd.period_range("2024-01", "2024-03", freq="M"))
    values = np.repeat(np.arange(8.0)[:, None, None], 9, axis=1)
    paths = paths_of(values, last="2024-03", history=flat)
    chance = paths.probability(30.0 + 9 * 4.5)
    assert chance.name == "probability"
    assert chance.tolist() == [3 / 8]
    assert paths.probability(1e9).tolist() == [0.0]
    assert paths.probability(11.0, by="quarter").tolist() == [0.5] * 3


def test_closed_forms():
    # constant growth of 1 % a month: 12.68 % over a year, every quantile the same
    g = 1.01 ** np.arange(1, 25)
    past = 100.0 * 1.01 ** np.arange(-39.0, 1.0)
    index = pd.period_range(end="2024-04", periods=40, freq="M")
    paths = paths_of(
        np.tile(100.0 * g[:, None], (5, 1, 1)), history=pd.DataFrame({"exports": past}, index)
    )
    npt.assert_allclose(paths.yoy(), 100 * (1.01**12 - 1), rtol=1e-12)
    npt.assert_allclose(paths.quantile([0.1, 0.9]), np.column_stack([100 * g, 100 * g]))
    first = 100.0 * 1.01**-3 * (1.01**12 - 1) / 0.01
    npt.assert_allclose(paths.total()["2024"], first, rtol=1e-12)
    npt.assert_allclose(paths.total()["2025"], first * 1.01**12, rtol=1e-12)


def test_add_factors():
    paths = random_paths(steps=3)
    amounts = pd.Series([7.0, -2.0], pd.PeriodIndex(["2024-07", "2024-05"], freq="M"))
    moved = paths.shifted(amounts, "strike")
    npt.assert_allclose(moved.draws() - paths.draws(), np.tile([-2.0, 0.0, 7.0], (50, 1)))
    assert moved.notes == ("strike",)
    assert moved.with_note("more").notes == ("strike", "more")
    assert paths.notes == ()
    both = random_paths(steps=3, series=("exports", "won"))
    won = both.shifted(amounts, "won", series="won")
    npt.assert_array_equal(won.draws(), both.draws())
    npt.assert_allclose(won.draws("won")[:, 2] - both.draws("won")[:, 2], 7.0)


@pytest.mark.parametrize(
    ("months", "amounts", "message"),
    [
        (["2024-04"], [1.0], "cannot adjust 2024-04: the forecast runs from 2024-05 to 2024-07"),
        (["2024-05", "2024-05"], [1.0, 2.0], "one finite amount a month"),
        (["2024-05"], [np.nan], "one finite amount a month"),
    ],
)
def test_add_factors_that_are_refused(months, amounts, message):
    with pytest.raises(ModelError, match=message):
        random_paths(steps=3).shifted(pd.Series(amounts, pd.PeriodIndex(months, freq="M")), "")


def test_what_is_no_forecast_is_refused():
    with pytest.raises(ModelError, match=r"shape \(4, 3, 2\); expected draws x 3 steps x 1 ser"):
        paths_of(np.ones((4, 3, 2)))
    with pytest.raises(ModelError, match=r"not finite, first at step 2 \(2024-06\)"):
        paths_of([[[1.0], [np.nan], [1.0]]])
    with pytest.raises(ModelError, match="Test gave no paths; n_draws must be at least 1"):
        paths_of(np.ones((0, 3, 1)))


@pytest.mark.parametrize("reader", ["draws", "mean", "median", "yoy", "with_history", "total"])
def test_series_that_are_not_forecast(reader):
    paths = random_paths(steps=3)
    with pytest.raises(ModelError, match=r"no series 'won'; it has \['exports'\]"):
        getattr(paths, reader)(series="won")


def test_periods_that_there_are_not():
    with pytest.raises(ModelError, match="cannot total by 'decade'; choose one of"):
        random_paths(steps=3).total("decade")


@pytest.mark.parametrize("cls", [VAR, BayesianVAR])
def test_paths_of_a_system_carry_its_drivers(panel: Panel, cls: type[VAR | BayesianVAR]) -> None:
    model = cls(("exports_total", "us_ip", "usdkrw"), n_draws=40).fit(panel)
    assumed = Conditions({"usdkrw": {"2026-07": 1600.0}})
    alone = model.forecast(4, assumed)
    whole = model.forecast(4, assumed, drivers=True)
    assert alone.drivers == ()
    assert whole.series == ("exports_total", "us_ip", "usdkrw")
    assert whole.drivers == ("us_ip", "usdkrw")
    np.testing.assert_array_equal(whole.draws(), alone.draws())
    np.testing.assert_allclose(whole.draws("usdkrw")[:, 2], 1600.0, rtol=1e-9)
    won = panel.series("usdkrw")
    pd.testing.assert_series_equal(whole.history["usdkrw"].dropna(), won, check_freq=False)
    # what is out of the months ahead stands in every path
    for month in won.index[won.index >= whole.index[0]]:
        at = whole.index.get_loc(month)
        np.testing.assert_allclose(whole.draws("usdkrw")[:, at], won[month], rtol=1e-9)


def test_months_between_a_late_driver_and_the_first_step_are_in_neither(panel: Panel) -> None:
    model = BayesianVAR(("exports_total", "us_ip"), n_draws=40).fit(panel)
    paths = model.forecast(12, drivers=True)
    assert (panel.last_month("us_ip"), paths.index[0]) == (
        pd.Period("2026-03", "M"),
        pd.Period("2026-05", "M"),
    )
    values, months = paths.with_history("us_ip")
    pd.testing.assert_index_equal(months, panel.series("us_ip").index.append(paths.index))
    np.testing.assert_array_equal(values[:, -12:], paths.draws("us_ip"))
    # No total without April 2026, and no growth over it.
    assert list(paths.total("year").columns.astype(str)) == ["2026"]
    assert paths.total("year", "us_ip").empty
    assert list(paths.total("quarter", "us_ip").columns.astype(str)) == [
        "2026Q3",
        "2026Q4",
        "2027Q1",
    ]
    pd.testing.assert_index_equal(paths.yoy("us_ip").columns, paths.index[:-1])


@pytest.mark.parametrize("model", [RandomWalk(), Recalibration(RandomWalk())])
def test_models_without_drivers_say_so(panel: Panel, model: Model) -> None:
    with pytest.raises(ModelError, match="forecasts no drivers beside its target"):
        model.fit(panel).forecast(2, drivers=True)


@pytest.mark.parametrize("draws", [1, 2, 7, 60, 1000])
def test_quantiles_are_those_of_numpy(draws: int) -> None:
    values = np.exp(np.random.default_rng(draws).standard_normal((draws, 5)))
    levels = np.array([0.0, *QUANTILES, 0.123, 1.0])
    np.testing.assert_array_equal(
        quantiles_by_step(values, levels), np.quantile(values, levels, axis=0).T
    )
    with pytest.raises(ModelError, match="from 0 to 1"):
        quantiles_by_step(values, np.array([25.0]))
