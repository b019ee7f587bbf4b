"""Screening: the points of the slow path, and scores that can be checked by hand."""

import numpy as np
import pandas as pd
import pytest

from tradeshock.features import Panel
from tradeshock.features.errors import BacktestError, ModelError, PanelError, ScoreError
from tradeshock.forecast import backtest, screen
from tradeshock.forecast.backtesting.screening import Screening
from tradeshock.models import VAR, ExponentialSmoothing, RandomWalk


def test_a_screen_has_the_errors_of_a_backtest(panel: Panel) -> None:
    origins = panel.origins("2018-01", "2019-06", "after_20d") + panel.origins("2026-04", "2026-05")
    models = {"walk": RandomWalk(n_draws=200), "smooth": ExponentialSmoothing(n_draws=200)}
    screened = screen(models, panel, origins=origins, steps=3)
    assert repr(screened) == "Screening: 2 models from 20 origins"
    frame = backtest(models, panel, origins=origins, steps=3, n_jobs=1).frame
    level = frame[frame["quantity"] == "level"].reset_index(drop=True)
    keys = ["model", "target", "origin", "state", "month", "step"]
    pd.testing.assert_frame_equal(
        screened.frame[keys].astype({"model": object, "target": object, "state": object}),
        level[keys].astype({"model": object, "target": object, "state": object}),
    )
    np.testing.assert_allclose(screened.frame["point"], level["q50"], rtol=1e-12)
    np.testing.assert_array_equal(screened.frame["actual"], level["actual"])
    ours = screened.scores(reference="walk")
    known = level.dropna(subset="actual")
    errors = 100.0 * np.log(known["actual"] / known["q50"])
    rmse = (errors**2).groupby([known["model"], known["step"]], sort=False).mean() ** 0.5
    np.testing.assert_allclose(ours["rmse"], rmse, rtol=1e-12)
    np.testing.assert_allclose(
        ours["rmse_ratio"], (rmse / np.tile(rmse.loc["walk"], 2)), rtol=1e-12
    )
    assert ours["n"].tolist() == [19, 18, 18] * 2
    pooled = screened.scores(["state", "model"])
    assert pooled["n"].sum() == len(known)


def test_several_targets_are_not_pooled(panel: Panel) -> None:
    origins = panel.origins("2019-01", "2019-06")
    both = ("exports_total", "us_imports_from_kr")
    screened = screen(VAR(lags=1), panel, both, origins, 4)
    table = screened.scores()
    assert table[["target", "step"]].drop_duplicates().shape == (8, 2)
    first = screened.frame[screened.frame["target"] == "exports_total"]
    np.testing.assert_array_equal(
        first["point"].to_numpy().reshape(6, 4),
        VAR(lags=1).replay_points(panel, both, origins, 4)[:, :, 0],
    )


def test_the_walk_is_the_reference_if_it_is_there(panel: Panel) -> None:
    origins = panel.origins("2019-01", "2019-03")
    table = screen([RandomWalk(n_draws=50), VAR(lags=1)], panel, origins=origins, steps=2).scores()
    walk = table["model"] == "RandomWalk"
    np.testing.assert_array_equal(table.loc[walk, "rmse_ratio"], 1.0)
    assert "rmse_ratio" not in screen(VAR(lags=1), panel, origins=origins, steps=2).scores()


def test_bad_input(panel: Panel) -> None:
    origins = panel.origins("2019-01", "2019-02")
    with pytest.raises(BacktestError, match="two models are called 'VAR'"):
        screen([VAR(), VAR(n_draws=5)], panel, origins=origins)
    with pytest.raises(BacktestError, match="no origins"):
        screen(VAR(), panel, origins=[])
    with pytest.raises(BacktestError, match=r"steps is 1\.5"):
        screen(VAR(), panel, origins=origins, steps=1.5)  # type: ignore[arg-type]
    for targets in ([], ["exports_total"] * 2):
        with pytest.raises(PanelError, match="name at least one series of the panel, each once"):
            screen(VAR(), panel, targets, origins)
    screened = screen(VAR(lags=1), panel, origins=origins, steps=1)
    assert len(screened.scores(["model", "model"])) == 1
    with pytest.raises(ScoreError, match=r"cannot group by \['window'\]"):
        screened.scores(["window"])
    with pytest.raises(ScoreError, match="reference 'AR'"):
        screened.scores(reference="AR")
    with pytest.raises(ScoreError, match="no outcome is out yet"):
        screen(VAR(lags=1), panel, origins=panel.origins("2026-05", "2026-05"), steps=1).scores()


class Sinking(RandomWalk):
    def points(self, steps: int) -> np.ndarray:
        return -super().points(steps)

    def replay_points(self, *given: object) -> np.ndarray:
        return -super().replay_points(*given)  # type: ignore[arg-type]


def test_negative_points_are_refused(panel: Panel) -> None:
    with pytest.raises(ModelError, match=r"Sinking gave -.* origin 2019-01-01"):
        screen(Sinking(n_draws=10), panel, origins=panel.origins("2019-01", "2019-01"))


def test_scores_of_any_frame_are_those_of_pandas(panel: Panel) -> None:
    origins = panel.origins("2019-11", "2020-04", "after_20d") + panel.origins("2026-03", "2026-05")
    screened = screen({"walk": RandomWalk(n_draws=20), "var": VAR(lags=1)}, panel, origins=origins)
    for by in (["state", "model"], ["month"], ["model", "target", "step"], []):
        table = screened.scores(by)
        keys = [*(["target"] if "target" not in by else []), *by]
        rows = screened.frame.dropna(subset="error")
        expected = rows.groupby(keys, observed=True)["error"].agg(
            n="count",
            rmse=lambda e: (e**2).mean() ** 0.5,
            mae=lambda e: e.abs().mean(),
            bias="mean",
        )
        pd.testing.assert_frame_equal(
            table, expected.reset_index(), check_categorical=False, check_dtype=False
        )


def test_a_reference_without_errors_has_no_ratio(panel: Panel) -> None:
    frame = screen(
        {"walk": RandomWalk(n_draws=20)}, panel, origins=panel.origins("2019-01", "2019-03")
    ).frame
    perfect = Screening(pd.concat([frame, frame.assign(model="oracle", error=0.0)]))
    table = perfect.scores(reference="oracle")
    assert np.isinf(table.loc[table["model"] == "walk", "rmse_ratio"]).all()
    assert table.loc[table["model"] == "oracle", "rmse_ratio"].isna().all()
    with pytest.raises(ScoreError, match="'walk' are there twice"):
        Screening(pd.concat([frame, frame])).scores(reference="walk")
