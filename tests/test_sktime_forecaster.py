"""Our models as forecasters of sktime, by sktime's own suite and against the models themselves."""

import importlib
import sys

import numpy as np
import pandas as pd
import pytest

from tradeshock.features import Panel
from tradeshock.features.errors import ConditionError, ModelError, PanelError
from tradeshock.features.panel.release import ReleaseRule
from tradeshock.models import VAR, Conditions, Model, RandomWalk
from tradeshock.models.registry import make_model

ADAPTER = "tradeshock.forecast.adapters.sktime"
AHEAD = [1, 2, 3, 6]


def test_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, ADAPTER, raising=False)
    for name in ("sktime", "sktime.forecasting", "sktime.forecasting.base"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ModelError, match=r"needs sktime: pip install 'tradeshock\[sktime\]'"):
        importlib.import_module(ADAPTER)


@pytest.fixture
def made():
    pytest.importorskip("sktime", reason="needs tradeshock[sktime]")
    return importlib.import_module(ADAPTER).TradeshockForecaster


@pytest.fixture
def exports(panel: Panel) -> pd.Series:
    return panel.as_of("2026-05-01").series("exports_total")


def as_panel(table: pd.Series | pd.DataFrame, nation: str | None) -> Panel:
    return Panel.from_frame(table, ReleaseRule(day=1), nation, unit="units")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::UserWarning")
def test_passes_the_suite_of_sktime(made) -> None:
    from sktime.utils.estimator_checks import check_estimator

    results = check_estimator(made, raise_exceptions=False, verbose=False)
    assert {name: why for name, why in results.items() if why != "PASSED"} == {}
    assert len(results) > 700


def test_is_the_model_itself(made, exports: pd.Series) -> None:
    paths = RandomWalk().fit(as_panel(exports, "KR")).forecast(6)
    forecaster = made("RandomWalk", nation="KR").fit(exports)
    draws = paths.draws()[:, [0, 1, 2, 5]]
    point = forecaster.predict(AHEAD)
    np.testing.assert_array_equal(point, np.median(draws, axis=0))
    assert list(point.index.astype(str)) == ["2026-05", "2026-06", "2026-07", "2026-10"]
    assert point.name == "exports_total"
    quantiles = forecaster.predict_quantiles(AHEAD, alpha=[0.1, 0.9])
    np.testing.assert_array_equal(quantiles, np.quantile(draws, [0.1, 0.9], axis=0).T)
    interval = forecaster.predict_interval(AHEAD, coverage=0.8)
    np.testing.assert_allclose(interval, quantiles, rtol=1e-12)
    np.testing.assert_allclose(
        forecaster.predict_var(AHEAD).to_numpy()[:, 0], draws.var(axis=0, ddof=1)
    )


def test_working_days_are_those_of_the_nation(made, exports: pd.Series) -> None:
    korea, none = (made("RandomWalk", nation=n).fit(exports).predict([5]) for n in ("KR", None))
    assert abs(korea.iloc[0] / none.iloc[0] - 1.0) > 0.005


def test_series_beside_the_target_become_conditions(made, panel: Panel) -> None:
    table = panel.as_of("2026-05-01").values[["exports_total", "usdkrw", "brent"]]
    table = table.loc["2000-01":"2026-03"]
    ahead = table.iloc[-3:, 1:].set_axis(pd.period_range("2026-04", periods=3, freq="M")) * 1.1
    model = VAR(series=["y", "usdkrw", "brent"], lags=2)
    forecaster = made(model, nation="KR").fit(
        table["exports_total"].rename("y"), X=table[["usdkrw", "brent"]]
    )
    fitted = model.fit(as_panel(table.rename(columns={"exports_total": "y"}), "KR"), "y")
    conditions = Conditions({id: ahead[id].to_dict() for id in ("usdkrw", "brent")})
    expected = np.median(fitted.forecast(3, conditions).draws(), axis=0)
    np.testing.assert_allclose(forecaster.predict([1, 2, 3], X=ahead), expected, rtol=1e-12)
    free = np.median(fitted.forecast(3).draws(), axis=0)
    assert np.abs(expected / free - 1.0).max() > 0.005


def test_what_is_assumed_has_to_be_of_the_months_that_are_asked_for(made, panel: Panel) -> None:
    table = panel.values[["exports_total", "usdkrw"]].loc["2000-01":"2026-03"]
    model = VAR(series=["exports_total", "usdkrw"], lags=2)
    forecaster = made(model, nation="KR").fit(table["exports_total"], X=table[["usdkrw"]])
    for first, months, lacking in (
        ("2030-01", 2, "2026-04, 2026-05"),
        ("2026-04", 1, "2026-05"),
    ):
        ahead = pd.DataFrame({"usdkrw": 1500.0}, pd.period_range(first, periods=months, freq="M"))
        with pytest.raises(ConditionError, match=f"none of {lacking}, for which a forecast is"):
            forecaster.predict([1, 2], X=ahead)
    longer = pd.DataFrame({"usdkrw": 1500.0}, pd.period_range("2026-03", "2026-12", freq="M"))
    np.testing.assert_array_equal(
        forecaster.predict([2], X=longer), forecaster.predict([1, 2], X=longer).iloc[1:]
    )


def test_figures_below_zero_go_to_models_of_levels(made, exports: pd.Series) -> None:
    changes = exports.diff(12).iloc[12:]
    with pytest.raises(ModelError, match="take model='VAR' or BayesianVAR, which forecast it in"):
        made("RandomWalk", nation="KR").fit(changes)
    for name in ("VAR", "BayesianVAR"):
        assert np.isfinite(made(name, nation="KR").fit(changes).predict([1, 2])).all()


@pytest.mark.parametrize("hold", [False, True])
def test_an_update_fits_again_or_holds(made, exports: pd.Series, hold: bool) -> None:
    forecaster = made("RandomWalk", nation="KR").fit(exports.iloc[:-6])
    forecaster.update(exports.iloc[-6:], update_params=not hold)
    model = RandomWalk().fit(as_panel(exports.iloc[:-6], "KR"))
    model.update(as_panel(exports, "KR"), freeze=hold)
    np.testing.assert_array_equal(
        forecaster.predict(AHEAD), np.median(model.forecast(6).draws()[:, [0, 1, 2, 5]], axis=0)
    )


def test_a_revised_figure_in_an_update_takes_the_place_of_the_first(made, exports) -> None:
    revised = exports.copy()
    revised.iloc[-2] *= 1.1
    forecaster = made("RandomWalk", nation="KR").fit(exports.iloc[:-1])
    forecaster.update(revised.iloc[-2:])
    expected = RandomWalk().fit(as_panel(revised, "KR")).forecast(2).draws()
    np.testing.assert_array_equal(forecaster.predict([1, 2]), np.median(expected, axis=0))


@pytest.mark.parametrize(("fitted", "updated"), [("exports_total", None), (None, "exports_total")])
def test_an_update_is_of_the_target_whatever_it_is_called(made, exports, fitted, updated) -> None:
    forecaster = made("RandomWalk", nation="KR").fit(exports.iloc[:-12].rename(fitted))
    forecaster.update(exports.iloc[-12:].rename(updated))
    expected = made("RandomWalk", nation="KR").fit(exports.rename(fitted)).predict([1, 2])
    pd.testing.assert_series_equal(forecaster.predict([1, 2]), expected)


@pytest.mark.parametrize("months", [slice(-9, -5), slice(0, 24)])
def test_older_months_in_an_update_leave_the_last_one_where_it_was(made, exports, months) -> None:
    known = exports.iloc[24:]
    forecaster = made("RandomWalk", nation="KR").fit(known)
    older = exports.iloc[months] * 1.001
    forecaster.update(older)
    whole = older.combine_first(known).rename(exports.name)
    expected = made("RandomWalk", nation="KR").fit(whole).predict([1, 2])
    pd.testing.assert_series_equal(forecaster.predict([1, 2]), expected)
    # Those of its own that sktime counts from the last month do so still.
    assert list(forecaster.cutoff) == [exports.index[-1]]


def test_a_column_that_the_fit_had_not_is_refused_in_an_update(made, panel: Panel) -> None:
    table = panel.values[["exports_total", "usdkrw"]].loc["2005-01":"2026-03"]
    y, X = table["exports_total"], table[["usdkrw"]]
    forecaster = made("RandomWalk", nation="KR").fit(y.iloc[:-2], X=X.iloc[:-2])
    with pytest.raises(PanelError, match=r"^X has a column 'won', which it had not at the fit; th"):
        forecaster.update(y.iloc[-2:], X=X.iloc[-2:].rename(columns={"usdkrw": "won"}))


@pytest.mark.parametrize("model", [None, RandomWalk])
def test_what_is_no_model_is_refused(made, exports: pd.Series, model: object) -> None:
    with pytest.raises(ModelError, match=r"^got model=.*; give a model or the name of one$"):
        made(model).fit(exports)


@pytest.mark.parametrize("hold", [False, True])
def test_an_update_without_the_other_series_leaves_them_in_logs(
    made, panel: Panel, hold: bool
) -> None:
    table = panel.values[["exports_total", "usdkrw"]].loc["2005-01":"2026-03"]
    y, X = table["exports_total"], table[["usdkrw"]]
    forecaster = made("BayesianVAR", nation="KR").fit(y.iloc[:-1], X=X.iloc[:-1])
    forecaster.update(y.iloc[-1:], update_params=not hold)
    table.iloc[-1, 1] = np.nan
    model = make_model("BayesianVAR").fit(as_panel(table.iloc[:-1], "KR"), "exports_total")
    model.update(as_panel(table, "KR"), freeze=hold)
    expected = np.median(model.forecast(2).draws(), axis=0)
    np.testing.assert_allclose(forecaster.predict([1, 2]), expected, rtol=1e-12)
    assert np.abs(np.log(expected / y.iloc[-1])).max() < 0.5


def test_a_target_that_ends_before_the_other_series_is_in_logs(made, panel: Panel) -> None:
    table = panel.values[["exports_total", "usdkrw"]].loc["2005-01":"2026-03"]
    forecaster = made("BayesianVAR", nation="KR")
    forecaster.fit(table["exports_total"].iloc[:-3], X=table[["usdkrw"]])
    table.iloc[-3:, 0] = np.nan
    fitted = make_model("BayesianVAR").fit(as_panel(table, "KR"), "exports_total")
    expected = np.median(fitted.forecast(2).draws(), axis=0)
    np.testing.assert_allclose(forecaster.predict([1, 2]), expected, rtol=1e-12)


def test_a_series_that_falls_below_zero_in_an_update_is_refused(made, panel: Panel) -> None:
    table = panel.values[["exports_total", "usdkrw"]].loc["2005-01":"2026-03"]
    y, X = table["exports_total"], table[["usdkrw"]]
    forecaster = made(VAR(series=["exports_total", "usdkrw"], lags=2), nation="KR")
    forecaster.fit(y.iloc[:-1], X=X.iloc[:-1])
    with pytest.raises(PanelError, match=r"usdkrw has a figure of zero or below, .* or fit again"):
        forecaster.update(y.iloc[-1:], X=-X.iloc[-1:])


class Refusing(RandomWalk):
    """Refuses what it has taken half of."""

    def _refresh(self) -> None:
        raise ModelError("not these")


@pytest.mark.parametrize("remember", [False, True])
@pytest.mark.parametrize("model", [VAR(series=["exports_total", "usdkrw"], lags=2), Refusing()])
def test_a_refused_update_leaves_the_forecaster_as_it_was(
    made, panel: Panel, model: Model, remember: bool
) -> None:
    table = panel.values[["exports_total", "usdkrw"]].loc["2005-01":"2026-03"]
    y, X = table["exports_total"], table[["usdkrw"]]
    forecaster = made(model, nation="KR").set_config(remember_data=remember)
    forecaster.fit(y.iloc[:-3], X=X.iloc[:-3])
    before = forecaster.predict([1, 2])
    # Figures that the panel refuses, and figures that the model does.
    new = -X.iloc[-3:-1] if isinstance(model, VAR) else X.iloc[-3:-1]
    with pytest.raises((PanelError, ModelError), match=r"zero or below|not these"):
        forecaster.update(y.iloc[-3:-1], X=new, update_params=False)
    assert list(forecaster.cutoff) == [pd.Period("2025-12", "M")]
    assert forecaster._y is None or len(forecaster._y) == len(y) - 3
    pd.testing.assert_series_equal(forecaster.predict([1, 2]), before)
    if isinstance(model, VAR):
        # What is right goes on from there.
        forecaster.update(y.iloc[-3:], X=X.iloc[-3:], update_params=False)
        assert list(forecaster.cutoff) == [pd.Period("2026-03", "M")]


@pytest.mark.parametrize("model", ["VAR", "BayesianVAR"])
def test_columns_that_a_system_does_not_read_are_refused_with_one_sentence(
    made, panel: Panel, model: str
) -> None:
    table = panel.values[["exports_total", "usdkrw", "brent"]].loc["2000-01":"2026-03"]
    table = table.rename(columns={"brent": "oil"})
    y, X = table["exports_total"], table[["usdkrw", "oil"]]
    sentences = []
    with pytest.raises(
        ConditionError, match=r"X has a column 'oil', which this \w+ does"
    ) as caught:
        made(model, nation="KR").fit(y, X=X)
    sentences.append(str(caught.value))
    ahead = X.iloc[-2:].set_axis(pd.period_range("2026-04", periods=2, freq="M"))
    forecaster = made(model, nation="KR").fit(y, X=X[["usdkrw"]])
    with pytest.raises(ConditionError) as caught:
        forecaster.predict([1, 2], X=ahead)
    sentences.append(str(caught.value))
    assert sentences[0] == sentences[1]
    assert f"{model}(series=['exports_total', 'usdkrw', 'oil'])" in sentences[0]


def test_models_that_leave_other_series_aside_do_so_in_fit_and_in_predict(
    made, panel: Panel
) -> None:
    table = panel.values[["exports_total", "brent"]].loc["2000-01":"2026-03"]
    X = table[["brent"]].rename(columns={"brent": "oil"})
    ahead = X.iloc[-2:].set_axis(pd.period_range("2026-04", periods=2, freq="M"))
    forecaster = made("RandomWalk", nation="KR")
    with_oil = forecaster.fit(table["exports_total"], X=X).predict([1, 2], X=ahead)
    alone = forecaster.fit(table["exports_total"]).predict([1, 2])
    pd.testing.assert_series_equal(with_oil, alone)


@pytest.mark.parametrize("name", ["exports_total", None])
def test_a_column_that_is_called_as_the_target_is_to_be_renamed(
    made, exports: pd.Series, name: str | None
) -> None:
    X = exports.to_frame(name or "y")
    with pytest.raises(
        PanelError, match=r"X has a column '\w+', as y is called; rename the column"
    ):
        made("VAR", nation="KR").fit(exports.rename(name), X=X)


OF_DAYS = ["D", "MS", "ME", "QS", "YE", "2D", "15min"]


@pytest.mark.parametrize(
    "index",
    [
        *(pd.date_range("2020-01-01", periods=90, freq=freq) for freq in OF_DAYS),
        pd.period_range("2000Q1", periods=90, freq="Q"),
        pd.period_range("2020-01-01", periods=90, freq="2D"),
        pd.RangeIndex(90),
    ],
    ids=[*OF_DAYS, "quarters", "spans of two days", "numbers"],
)
def test_other_frequencies_are_refused_or_counted(made, exports: pd.Series, index) -> None:
    series = pd.Series(exports.to_numpy()[-90:], index)
    if getattr(index, "freqstr", "") not in ("MS", "ME"):
        with pytest.raises(PanelError, match=r'periods="counted"|only months are taken'):
            made("RandomWalk").fit(series)
    counted = made("RandomWalk", periods="counted").fit(series).predict([1, 2])
    months = pd.Series(series.to_numpy(), pd.period_range("2000-01", periods=90, freq="M"))
    expected = RandomWalk().fit(as_panel(months.rename("y"), None), "y").forecast(2)
    np.testing.assert_array_equal(counted, np.median(expected.draws(), axis=0))
    assert counted.index[0] > index[-1]
    forecaster = made("RandomWalk", periods="counted").fit(series.iloc[:-2])
    updated = forecaster.update(series.iloc[-2:]).predict([1, 2])
    np.testing.assert_array_equal(updated, counted)


@pytest.mark.parametrize("freq", OF_DAYS)
def test_an_index_that_does_not_say_its_frequency_is_counted(made, exports, freq: str) -> None:
    index = pd.date_range("2020-01-01", periods=90, freq=freq)
    series, forecaster = pd.Series(exports.to_numpy()[-90:], index), made(periods="counted")
    expected = forecaster.fit(series).predict([1, 2]).to_numpy()
    silent = series.set_axis(pd.DatetimeIndex(list(index)))
    np.testing.assert_array_equal(forecaster.fit(silent).predict([1, 2]), expected)


@pytest.mark.parametrize("freq", OF_DAYS)
def test_a_counted_index_with_a_gap_is_refused(made, exports: pd.Series, freq: str) -> None:
    index = pd.date_range("2020-01-01", periods=90, freq=freq)
    series = pd.Series(exports.to_numpy()[-90:], index)
    with pytest.raises(PanelError, match=r"has no frequency; give one without gaps"):
        made("RandomWalk", periods="counted").fit(series.drop(index[40]))
    forecaster = made("RandomWalk", periods="counted").fit(series.iloc[:80])
    before = forecaster.predict([1])
    with pytest.raises(PanelError, match="skips 1 month"):
        forecaster.update(series.iloc[81:])
    with pytest.raises(PanelError, match=r"is none of the days .* of the frequency of the fit"):
        forecaster.update(series.iloc[80:].set_axis(index[80:] + pd.Timedelta(minutes=1)))
    pd.testing.assert_series_equal(forecaster.predict([1]), before)


def test_a_gap_that_was_refused_moves_no_month(made, exports: pd.Series) -> None:
    forecaster = made("RandomWalk", nation="KR").fit(exports.iloc[:-3])
    before = forecaster.predict([1])
    assert before.index[0] == exports.index[-3]
    with pytest.raises(PanelError, match="skips 1 month"):
        forecaster.update(exports.iloc[-2:])
    pd.testing.assert_series_equal(forecaster.predict([1]), before)


def test_what_makes_no_sense_is_refused(made, exports: pd.Series) -> None:
    with pytest.raises(ModelError, match=r"got periods='weeks', expected"):
        made("RandomWalk", periods="weeks").fit(exports)
    with pytest.raises(ModelError, match="no model 'Oracle'"):
        made("Oracle").fit(exports)
    with pytest.raises(PanelError, match="skips 1 month, first 2020-01"):
        made("RandomWalk").fit(exports.drop(pd.Period("2020-01", "M")))
    with pytest.raises(NotImplementedError, match="in-sample"):
        made("RandomWalk").fit(exports).predict([0, 1])
