"""Origins taken together have the forecasts that each has by itself."""

import numpy as np
import pandas as pd
import pytest

from tradeshock.features import Panel
from tradeshock.features.errors import ModelError, PanelError, ShortHistoryError
from tradeshock.features.panel.release import ReleaseRule
from tradeshock.models import VAR
from tradeshock.models.base import Model
from tradeshock.models.checks.case import distance
from tradeshock.models.systems import replayed_paths

IDS = ("a", "b", "c")


def ragged(months: int = 130, twin: float | None = None, quiet: int = 0, b_late: int = 2) -> Panel:
    """Three series, b published last unless c nearly repeats it."""
    rng = np.random.default_rng(3)
    growth = 0.02 * rng.standard_normal((months, 3))
    growth[1:] += 0.4 * growth[:-1, ::-1]
    if twin is not None:
        growth[:, 2] = growth[:, 1] + twin * rng.standard_normal(months)
    growth[:quiet, 2] = 0.0
    index = pd.period_range("2008-01", periods=months, freq="M")
    levels = pd.DataFrame(np.exp(6.0 + np.cumsum(growth, axis=0)), index, list(IDS))
    late = {"a": 0, "b": b_late, "c": 1} if twin is None else {"a": 2, "b": 0, "c": 0}
    rules = {id: ReleaseRule(day=20 if late[id] else 28, months_after=late[id]) for id in IDS}
    return Panel.from_frame(levels, rules, "KR")


def gap(model: VAR, panel: Panel, target: str | tuple[str, ...], every: int = 7) -> float:
    last = panel.last_month("b")
    origins = panel.origins(last - 34, last, target="b")[::every]
    together = list(model.replay(panel, target, origins, 9))
    alone = list(Model.replay(model, panel, target, origins, 9))
    for name in ("notes", "origin", "state", "series", "model", "seed"):
        assert [getattr(p, name) for p in together] == [getattr(p, name) for p in alone]
    for one, other in zip(together, alone, strict=True):
        pd.testing.assert_frame_equal(one.history, other.history, check_freq=False)
        pd.testing.assert_index_equal(one.index, other.index)
    return max(distance(one, other) for one, other in zip(together, alone, strict=True))


@pytest.mark.parametrize("innovations", ["bootstrap", "gaussian"])
@pytest.mark.parametrize("lags", [None, 3])
@pytest.mark.parametrize("target", ["b", ("c", "a")])
def test_a_ragged_edge(innovations: str, lags: int | None, target: str | tuple[str, ...]) -> None:
    model = VAR(IDS, lags=lags, max_lags=4, innovations=innovations, n_draws=60)  # type: ignore[arg-type]
    assert gap(model, ragged(), target) < 1e-10


@pytest.mark.parametrize("target", ["b", ("c", "a")])
def test_paths_of_a_month_at_a_time(
    target: str | tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Months published after a wanted one move it, however few are made in one product."""
    monkeypatch.setattr(replayed_paths, "_CELLS_AT_ONCE", 1)
    monkeypatch.setattr(replayed_paths, "_FEWEST_MONTHS", 1)
    assert gap(VAR(IDS, lags=2, n_draws=40), ragged(b_late=5), target) < 1e-10


@pytest.mark.parametrize("lags", [None, 2])
@pytest.mark.parametrize("window", [60, 105])
def test_rolling_windows(lags: int | None, window: int) -> None:
    """The longer one is not full at the first origins."""
    model = VAR(IDS, lags=lags, max_lags=3, window=window, n_draws=40)
    assert gap(model, ragged(), ("b", "c")) < 1e-9
    assert point_gap(model, ragged(), ("b", "c")) < 1e-9


def known(panel: Panel) -> Panel:
    last = panel.last_month("b")
    return panel.as_of(panel.origins(last, last, target="b")[0])


def test_a_window_is_the_panel_without_what_came_before() -> None:
    panel = known(ragged())
    rolling = VAR(IDS, lags=1, calendar=False, window=60).fit(panel, "b")
    ends = min(panel.last_month(id) for id in IDS)
    later = panel.values[ends - 60 :]  # type: ignore[misc]
    cut = Panel(later, panel.catalog, panel.calendar, panel.origin)
    alone = VAR(IDS, lags=1, calendar=False).fit(cut, "b")
    np.testing.assert_allclose(rolling.points(6), alone.points(6), rtol=1e-10)
    longer = VAR(IDS, lags=1, calendar=False, window=61).fit(panel, "b")
    assert (longer.points(6) != rolling.points(6)).all()


def test_windows_that_make_no_sense() -> None:
    panel = known(ragged())
    with pytest.raises(ModelError, match="got window=10, but 3 series with 4 lags need"):
        VAR(IDS, lags=4, window=10).fit(panel, "b")
    with pytest.raises(ModelError, match="got window=0"):
        VAR(IDS, window=0).fit(panel, "b")


def test_explosive_systems_say_so_in_a_replay() -> None:
    """Growth that grows: roots beyond 1, which the replay has to find."""
    index = pd.period_range("2008-01", periods=90, freq="M")
    rng = np.random.default_rng(0)
    growth = 1e-4 * 1.08 ** np.arange(90)[:, None] + 1e-5 * rng.standard_normal((90, 2))
    table = pd.DataFrame(np.exp(6.0 + np.cumsum(growth, axis=0)), index, ["a", "b"])
    panel = Panel.from_frame(table, ReleaseRule(day=1))
    model = VAR(["a", "b"], lags=1, calendar=False, n_draws=20)
    assert gap(model, panel, "b") < 1e-8
    (paths,) = model.replay(panel, "b", [panel.origin], 2)
    assert "the system is explosive: largest root 1.0" in paths.notes[0]


def test_one_origin() -> None:
    assert gap(VAR(IDS, n_draws=20, calendar=False), ragged(), "a", every=100) < 1e-10


def test_published_figures_that_nearly_repeat_each_other() -> None:
    """The batched correction does not trust them; each origin is conditioned by itself."""
    model = VAR(IDS, lags=1, calendar=False, n_draws=40)
    assert gap(model, ragged(twin=1e-6), "b") == 0.0
    assert gap(model, ragged(twin=1e-3), "b") < 1e-9


def test_a_series_that_does_not_move_at_first() -> None:
    """Constant in the first origin's window: it stops as it does alone."""
    model, panel = VAR(IDS, lags=1, calendar=False, n_draws=20), ragged(quiet=110)
    last = panel.last_month("b")
    origins = panel.origins(last - 34, last, target="b")
    for replay in (model.replay, lambda *given: Model.replay(model, *given)):
        with pytest.raises(ValueError, match="got c constant in growth"):
            list(replay(panel, "a", origins, 3))
    assert gap(model, ragged(quiet=90), "a") < 1e-9


def test_a_subclass_keeps_its_own_fit() -> None:
    class Drifting(VAR):
        def drift(self, months: pd.PeriodIndex) -> np.ndarray:
            return super().drift(months) + 0.01

    assert gap(Drifting(IDS, lags=1, n_draws=20), ragged(), "a") == 0.0


def panels_cut(model: VAR, panel: Panel, monkeypatch: pytest.MonkeyPatch) -> int:
    """How many panels a replay of paths and one of points cut."""
    cut, as_of = [], Panel.as_of

    def counted(self: Panel, origin: pd.Timestamp) -> Panel:
        cut.append(origin)
        return as_of(self, origin)

    last = panel.last_month("b")
    origins = panel.origins(last - 5, last, target="b")
    with monkeypatch.context() as patched:
        patched.setattr(Panel, "as_of", counted)
        list(model.replay(panel, "b", origins, 2))
        model.replay_points(panel, "b", origins, 2)
    return len(cut)


def test_a_subclass_that_changes_no_method_is_replayed_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Renamed(VAR):
        """Other figures of the class, and a method of its own."""

        minimum_months = 40

        def extra(self) -> int:
            return 1

    panel = ragged()
    for model in (VAR(IDS, lags=1, n_draws=20), Renamed(IDS, lags=1, n_draws=20)):
        assert panels_cut(model, panel, monkeypatch) == 0
    assert gap(Renamed(IDS, lags=1, n_draws=20), panel, "a") < 1e-10


@pytest.mark.parametrize("hook", ["drift", "_learn", "_notes", "past", "forecast"])
def test_a_subclass_that_overrides_a_hook_is_asked_at_every_origin(
    hook: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = type("Changed", (VAR,), {hook: getattr(VAR, hook)})
    assert panels_cut(changed(IDS, lags=1, n_draws=20), ragged(), monkeypatch) == 12


def point_gap(model: VAR, panel: Panel, target: str | tuple[str, ...], every: int = 7) -> float:
    last = panel.last_month("b")
    origins = panel.origins(last - 34, last, target="b")[::every]
    alone = np.array([model.fit(panel.as_of(day), target).points(9) for day in origins])
    return float(np.abs(model.replay_points(panel, target, origins, 9) / alone - 1.0).max())


@pytest.mark.parametrize("lags", [None, 3])
@pytest.mark.parametrize("calendar", [True, False])
@pytest.mark.parametrize("target", ["b", ("c", "a"), ("a", "b", "c")])
def test_points_of_a_ragged_edge(
    lags: int | None, calendar: bool, target: str | tuple[str, ...]
) -> None:
    assert point_gap(VAR(IDS, lags=lags, max_lags=4, calendar=calendar), ragged(), target) < 1e-10


def test_origins_that_the_pass_cannot_take() -> None:
    """Published cells that repeat each other; a series that does not move at first."""
    assert point_gap(VAR(IDS, lags=1, calendar=False), ragged(twin=1e-6), "b") < 1e-9
    assert point_gap(VAR(IDS, lags=1, calendar=False), ragged(quiet=90), "a") < 1e-9
    panel = ragged()
    origins = panel.origins("2011-04", "2011-06", target="a")
    with pytest.raises(ShortHistoryError, match="series needs"):
        VAR(IDS, lags=12).replay_points(panel, "a", origins, 2)


def test_points_are_the_median_of_many_paths(panel: Panel) -> None:
    model = VAR(lags=2, innovations="gaussian", n_draws=20_000).fit(panel.as_of("2019-07-01"))
    paths = model.forecast(6)
    np.testing.assert_allclose(model.points(6)[:, 0], paths.median(), rtol=2e-3)


def test_a_series_that_ends_is_left_out_from_its_day_on(panel: Panel) -> None:
    """The Bank for International Settlements' index stops in 2024-09 in the snapshot."""
    model = VAR(("exports_total", "usdkrw", "reer_kr"), lags=1)
    origins = panel.origins("2024-06", "2025-03")
    with pytest.warns(UserWarning, match="reer_kr is left out"):
        fast = model.replay_points(panel, "exports_total", origins, 3)
    for origin, points in zip(origins[::3], fast[::3], strict=True):
        known = panel.as_of(origin)
        ids = [id for id in model.series if not known.is_stale(id)]
        alone = VAR(ids, lags=1).fit(known).points(3)
        np.testing.assert_allclose(points, alone, rtol=1e-10)


def test_a_point_replay_refuses_what_a_fit_refuses(panel: Panel) -> None:
    origins = panel.origins("2019-01", "2019-02")
    for model, targets, complaint in (
        (VAR(lags=1), ["exports_total"] * 2, "each once"),
        (VAR(lags=1), [], "at least one series"),
        (
            VAR(("exports_total", "exports_total_first_10_days"), lags=1),
            "exports_total",
            "count of",
        ),
        (VAR(lags=2, window=23, calendar=False), "exports_total", "window=23, but 7 series"),
    ):
        with pytest.raises(ModelError, match=complaint):
            model.replay_points(panel, targets, origins, 2)
        with pytest.raises(ModelError, match=complaint):
            model.fit(panel.as_of(origins[0]), targets)
    with pytest.raises(PanelError, match="cannot tell what is known on 2019-02-01"):
        VAR(lags=1).replay_points(panel.as_of("2019-01-15"), "exports_total", origins, 2)


def test_days_of_any_kind_are_origins(panel: Panel) -> None:
    days = ["2019-01-01", pd.Timestamp("2019-01-01", tz="Asia/Seoul")]
    points = VAR(lags=1).replay_points(panel, "exports_total", days, 2)  # type: ignore[arg-type]
    np.testing.assert_array_equal(points[0], points[1])
    assert VAR(lags=1).replay_points(panel, "exports_total", [], 2).shape == (0, 2, 1)


def test_the_calendar_is_asked_for_no_more_than_an_origin_needs(panel: Panel) -> None:
    origins = panel.origins("2015-01", "2015-01")
    far = VAR(lags=1).replay_points(panel, "exports_total", origins, 130)
    alone = VAR(lags=1).fit(panel.as_of(origins[0])).points(130)
    np.testing.assert_allclose(far[0], alone, rtol=1e-9)


@pytest.mark.parametrize("innovations", ["bootstrap", "gaussian"])
def test_draws_spread_as_innovations_do_whose_freedom_is_spent(innovations: str) -> None:
    """Residuals of 122 months and 31 regressors have a quarter less variance."""
    panel = known(ragged())
    model = VAR(IDS, lags=6, n_draws=40_000, innovations=innovations).fit(panel, "a")  # type: ignore[arg-type]
    months = model.levels_.ahead(model.last_ + 1, None)
    first = model.draws(months, np.random.default_rng(0))[:, 0]
    spread = np.sqrt(np.diag(model.sigma_u_))
    np.testing.assert_allclose(
        np.cov(first.T) / spread / spread[:, None],
        model.sigma_u_ / spread / spread[:, None],
        atol=0.03,
    )
