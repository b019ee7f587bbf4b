"""Hierarchies: reconciliation by independent formulas, coupling, sums in every draw."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy.linalg import inv
from scipy.optimize import minimize
from scipy.stats import spearmanr

from tradeshock.features import Panel
from tradeshock.features.errors import ModelError, PanelError
from tradeshock.forecast.hierarchy import (
    coherent,
    hierarchy_forecast,
    joint_errors,
    past_errors,
    reconciled,
    shrunk_covariance,
    with_remainder,
)
from tradeshock.forecast.hierarchy.copula import coupled
from tradeshock.models import BayesianVAR, ForecastPaths, RandomWalk

Floats = npt.NDArray[np.float64]
PARTS = ("exports_to_us", "exports_to_china", "exports_to_eu")
NODES = ("exports_total", *PARTS, "remainder")
STEPS = 6
WALK = RandomWalk(n_draws=300)
ONE_TOTAL = np.array([[1.0, -1.0, -1.0, -1.0]])
# A total with two parts, and the same total with two others.
TWO_WAYS = np.array([[1.0, -1.0, -1.0, 0.0, 0.0], [1.0, 0.0, 0.0, -1.0, -1.0]])


@pytest.fixture(scope="module")
def split(panel: Panel) -> Panel:
    return with_remainder(panel, PARTS)


@pytest.fixture(scope="module")
def errors(split: Panel) -> Floats:
    days = [pd.Timestamp(f"{year}-{month:02}-20") for year in range(2012, 2026) for month in (3, 9)]
    return past_errors([WALK] * len(NODES), split, NODES, days, STEPS)


@pytest.fixture(scope="module")
def nodes(split: Panel) -> list[ForecastPaths]:
    return [WALK.fit(split, node).forecast(STEPS) for node in NODES]


def random_covariance(n: int) -> Floats:
    root = np.random.default_rng(n).normal(size=(n, n))
    covariance: Floats = 0.01 * (root @ root.T + np.eye(n))
    return covariance


# -- covariance -------------------------------------------------------------------------------


def test_shrinkage_is_that_of_schaefer_and_strimmer(errors: Floats) -> None:
    past = errors[np.isfinite(errors).all(axis=(1, 2)), 2]
    n, p = past.shape
    scale = np.sqrt((past**2).mean(axis=0))
    standard = past / scale
    above = below = 0.0
    correlations = np.eye(p)
    for i in range(p):
        for j in range(p):
            if i != j:
                products = standard[:, i] * standard[:, j]
                correlations[i, j] = products.mean()
                above += products.var() / (n - 1)
                below += correlations[i, j] ** 2
    share = min(1.0, above / below)
    assert 0.0 < share < 1.0
    shrunk = np.where(np.eye(p) == 1.0, 1.0, (1.0 - share) * correlations)
    made = shrunk_covariance(past)
    np.testing.assert_allclose(made, np.outer(scale, scale) * shrunk, rtol=1e-12)
    np.testing.assert_allclose(np.diag(made), (past**2).mean(axis=0), rtol=1e-12)
    assert np.linalg.eigvalsh(made).min() > 0.0


def test_series_without_common_moves_are_left_apart() -> None:
    signs = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    np.testing.assert_array_equal(shrunk_covariance(signs), np.eye(2))


# -- reconciliation ---------------------------------------------------------------------------


def test_a_small_gap_is_closed_as_generalised_least_squares_does() -> None:
    parts = np.array([30.0, 50.0, 20.0])
    summing = np.vstack([np.ones(3), np.eye(3)])
    covariance = random_covariance(4)
    differences = []
    for gap in (1e-2, 1e-3):
        base = np.r_[parts.sum() + gap, parts]
        W = np.diag(base) @ covariance @ np.diag(base)
        # Wickramasuriya, Athanasopoulos and Hyndman (2019), equation 8.
        closed = summing @ inv(summing.T @ inv(W) @ summing) @ summing.T @ inv(W) @ base
        made = reconciled(base[None], covariance, ONE_TOTAL)[0]
        differences.append(np.abs(made - closed).max())
        assert np.abs(made - base).max() > gap / 20.0
    # Both differ by the curvature of the logarithm alone: the square of the gap.
    assert differences[0] < 1e-4
    assert differences[1] < differences[0] / 50.0


def test_two_equal_parts_share_what_the_total_leaves_them() -> None:
    # Errors of the total have no variance: it stays, and the parts move alike.
    covariance = np.diag([0.0, 0.04, 0.04])
    made = reconciled(np.array([[100.0, 60.0, 60.0]]), covariance, np.array([[1.0, -1.0, -1.0]]))
    np.testing.assert_allclose(made, [[100.0, 50.0, 50.0]], rtol=1e-13)


@pytest.mark.parametrize("constraints", [ONE_TOTAL, TWO_WAYS], ids=["one way", "two ways"])
def test_a_large_gap_is_closed_by_the_least_move(constraints: Floats) -> None:
    n = constraints.shape[1]
    covariance = random_covariance(n)
    base = np.array([[80.0, 70.0, 40.0, 25.0, 66.0][:n], [100.0, 20.0, 30.0, 10.0, 45.0][:n]])
    made = reconciled(base, covariance, constraints)
    precision = inv(covariance)
    for start, found in zip(base, made, strict=True):
        best = minimize(
            lambda e: e @ precision @ e,
            np.log(found / start) + 0.01,
            method="SLSQP",
            constraints={"type": "eq", "fun": lambda e, y=start: constraints @ (y * np.exp(e))},
            options={"ftol": 1e-14, "maxiter": 500},
        )
        np.testing.assert_allclose(np.log(found / start), best.x, atol=2e-6)


def test_what_adds_up_stays() -> None:
    base = np.array([[100.0, 30.0, 50.0, 20.0]])
    np.testing.assert_array_equal(reconciled(base, random_covariance(4), ONE_TOTAL), base)


def test_far_draws_stay_positive_and_add_up() -> None:
    # As a system on ten years of chips draws them: a linear projection makes the total negative.
    base = np.array([[70e3, 1.3e6, 900.0, 20e3], [70e3, 10.0, 20.0, 30.0]])
    scale = np.array([0.2, 0.6, 0.4, 0.1])
    covariance = np.outer(scale, scale) * (0.5 + 0.5 * np.eye(4))
    made = reconciled(base, covariance, ONE_TOTAL)
    assert (made > 0.0).all()
    np.testing.assert_allclose(made @ ONE_TOTAL[0], 0.0, atol=1e-9)


def test_errors_that_never_vary_are_refused() -> None:
    with pytest.raises(ModelError, match="do not vary"):
        reconciled(np.array([[100.0, 30.0, 50.0, 21.0]]), np.zeros((4, 4)), ONE_TOTAL)


# -- coupling ---------------------------------------------------------------------------------


def test_coupling_keeps_each_distribution_and_takes_the_ranks_of_errors(errors: Floats) -> None:
    past = errors[np.isfinite(errors).all(axis=(1, 2))]
    rng = np.random.default_rng(1)
    draws = rng.normal(size=(100 * len(past), STEPS, len(NODES)))
    made = coupled(draws, past, rng)
    np.testing.assert_array_equal(np.sort(made, axis=0), np.sort(draws, axis=0))
    flat, wanted = made.reshape(len(made), -1), past.reshape(len(past), -1)
    np.testing.assert_allclose(spearmanr(flat)[0], spearmanr(wanted)[0], atol=0.02)


# -- coherent paths ---------------------------------------------------------------------------


def test_every_draw_adds_up(nodes: list[ForecastPaths], errors: Floats) -> None:
    made = coherent(nodes, errors)
    assert made.series == NODES
    assert made.values.shape == (300, STEPS, len(NODES))
    total, parts = made.values[:, :, 0], made.values[:, :, 1:]
    np.testing.assert_allclose(parts.sum(axis=2), total, rtol=0, atol=1e-9)
    assert (parts > 0.0).all()
    assert list(made.history.columns) == list(NODES)
    assert made.model == "Hierarchy(RandomWalk)"
    yearly = sum(made.total("year", id).to_numpy() for id in NODES[1:])
    np.testing.assert_allclose(yearly, made.total("year"), rtol=1e-3)
    again = coherent(nodes, errors)
    np.testing.assert_array_equal(made.values, again.values)


def test_two_ways_of_splitting_share_one_total(panel: Panel) -> None:
    ways = {"chips": ["exports_semiconductors"], "places": ["exports_to_us", "exports_to_china"]}
    ids = ["exports_total"]
    for way, parts in ways.items():
        panel = with_remainder(panel, parts, id=f"rest_{way}")
        ids += [*parts, f"rest_{way}"]
    days = [pd.Timestamp(f"{year}-{month:02}-20") for year in range(2020, 2026) for month in (3, 9)]
    past = past_errors([WALK] * len(ids), panel, ids, days, 3)
    made = coherent(
        [WALK.fit(panel, id).forecast(3) for id in ids], past, groups=[ids[1:3], ids[3:]]
    )
    for parts in (ids[1:3], ids[3:]):
        sums = sum(made.draws(id) for id in parts)
        np.testing.assert_allclose(sums, made.draws(), rtol=0, atol=1e-9)


def test_coupled_sums_are_wider_than_independent_ones(
    nodes: list[ForecastPaths], errors: Floats
) -> None:
    past = errors[np.isfinite(errors).all(axis=(1, 2))]
    rng = np.random.default_rng(2)
    draws = np.stack([node.draws() for node in nodes], axis=2)
    apart = np.stack([rng.permuted(draws[:, :, j], axis=0) for j in range(len(NODES))], axis=2)
    widths = []
    for joint in (apart, coupled(draws, past, rng)):
        low, high = np.quantile(joint[:, -1, 1:].sum(axis=1), (0.1, 0.9))
        widths.append(high - low)
    assert widths[1] > 1.1 * widths[0]


def test_nodes_that_do_not_fit_together_are_refused(
    nodes: list[ForecastPaths], errors: Floats
) -> None:
    fewer = replace(nodes[1], values=nodes[1].values[:50])
    below = replace(nodes[1], values=-nodes[1].values)
    later = replace(nodes[1], index=nodes[1].index + 40)
    for wrong, words in (
        ([nodes[0]], "at least one part"),
        ([nodes[0], nodes[0]], "forecast twice"),
        ([nodes[0], fewer, *nodes[2:]], "same n_draws"),
        ([nodes[0], below, *nodes[2:]], "not all above zero"),
        ([nodes[0], later, *nodes[2:]], "no month is forecast for all"),
    ):
        with pytest.raises(ModelError, match=words):
            coherent(wrong, errors)
    with pytest.raises(ModelError, match="must hold each of"):
        coherent(nodes, errors, groups=[["exports_to_us"]])
    with pytest.raises(ModelError, match="expected origins by at least 6 steps by 5 nodes"):
        coherent(nodes, errors[:, :2])
    with pytest.raises(ModelError, match="only 7 past origins have errors"):
        coherent(nodes, errors[:7])
    with pytest.raises(ModelError, match="no array of numbers"):
        coherent(nodes, "errors")


# -- nodes ------------------------------------------------------------------------------------


def test_the_remainder_is_what_parts_leave(split: Panel) -> None:
    names = ["exports_total", *PARTS, "remainder"]
    figures = split.values.loc["2005-01":"2024-08", names]  # type: ignore[misc]
    np.testing.assert_allclose(figures[names[1:]].sum(axis=1), figures["exports_total"])
    assert split.last_month("remainder") == split.last_month("exports_to_us")
    # It is out with its parts, on day 15, not with the total.
    assert str(split.as_of("2026-05-01").last_month("remainder")) == "2026-03"
    with pytest.raises(PanelError, match="must leave a remainder"):
        with_remainder(split, [*NODES[1:]], id="nothing")


def test_past_errors_are_logs_of_outcomes_over_medians(split: Panel) -> None:
    days = [pd.Timestamp("2024-03-20"), pd.Timestamp("2026-02-20")]
    made = past_errors([WALK] * 2, split, ["exports_total", "exports_to_us"], days, STEPS)
    # Two steps more, for parts that are out later than their total.
    single = WALK.fit(split.as_of(days[0]), "exports_to_us").forecast(STEPS + 2).median()
    actual = split.values.loc[single.index, "exports_to_us"].to_numpy()
    np.testing.assert_allclose(made[0, :, 1], np.log(actual / single.to_numpy())[:STEPS])
    # Of the second day only February to April have come out.
    assert np.isfinite(made[1]).all(axis=1).tolist() == [True, True, True, False, False, False]


def test_steps_are_counted_from_the_first_month_that_no_node_had(split: Panel) -> None:
    day = split.as_of("2024-03-01")
    forecasts = [WALK.fit(day, node).forecast(5) for node in NODES[:2]]
    assert forecasts[0].index[0] == forecasts[1].index[1]
    made = joint_errors(forecasts, split, 4)
    actual = split.values.loc["2024-03", "exports_to_us"]
    assert made[0, 1] == pytest.approx(np.log(actual / forecasts[1].median()["2024-03"]))


def test_a_hierarchy_in_one_call_knows_nothing_later(panel: Panel) -> None:
    later = panel.release_dates > np.datetime64("2024-05-01")
    other = Panel(panel.values * np.where(later, 1.3, 1.0), panel.catalog, "KR", panel.origin)
    made, again = (
        hierarchy_forecast(p.as_of("2024-05-01"), PARTS, WALK, steps=4, past=20)
        for p in (panel, other)
    )
    np.testing.assert_array_equal(made.values, again.values)
    # On day 1 the total has one month more than its parts.
    assert (str(made.index[0]), str(made.index[-1])) == ("2024-05", "2024-08")
    assert made.series == NODES
    np.testing.assert_allclose(made.values[:, :, 1:].sum(axis=2), made.draws(), atol=1e-9)
    assert made.notes[0] == "4 parts reconciled with their total; 20 past origins couple them"


def test_the_total_hardly_moves(panel: Panel) -> None:
    alone = WALK.fit(panel).forecast(6).median()
    made = hierarchy_forecast(panel, PARTS, WALK, steps=6, past=30)
    np.testing.assert_allclose(made.median(), alone, rtol=0.01)


def test_past_days_are_those_on_which_the_model_has_its_months(panel: Panel) -> None:
    # 74 months of chips, of which a Bayesian VAR needs 60.
    early = panel.as_of("2022-03-20")
    made = hierarchy_forecast(early, ["exports_semiconductors"], BayesianVAR(n_draws=40), steps=1)
    assert made.notes[0] == "2 parts reconciled with their total; 14 past origins couple them"


def test_ten_destinations_with_short_histories(panel: Panel) -> None:
    made = hierarchy_forecast(panel, "destination", steps=3)
    assert made.model == "Hierarchy(RandomWalk)"
    assert len(made.series) == 12
    np.testing.assert_allclose(made.values[:, :, 1:].sum(axis=2), made.draws(), atol=1e-9)
    assert "exports_to_asean is left out: it ends in 2023-09" in made.notes


def test_the_total_stays_what_its_own_forecast_says_or_moves_with_its_parts(
    nodes: list[ForecastPaths], errors: Floats
) -> None:
    own = np.sort(nodes[0].draws()[:, -STEPS:], axis=0)
    kept, moved = (coherent(nodes, errors, keep_total=k) for k in (True, False))
    np.testing.assert_allclose(np.sort(kept.draws(), axis=0), own, rtol=1e-9)
    assert np.abs(np.log(np.sort(moved.draws(), axis=0) / own)).max() > 0.005
    # Then parts move less than where they alone have to.
    ids = kept.series[1:]
    away = [
        sum(
            np.abs(np.log(made.median(id) / nodes[i].median()[-STEPS:])).sum()
            for i, id in enumerate(ids, 1)
        )
        for made in (kept, moved)
    ]
    assert away[1] < away[0]
