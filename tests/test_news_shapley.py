"""Shares of groups where the order matters: what they add up to, their bounds, closed forms."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import combinations
from math import factorial

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from tradeshock.features import Panel
from tradeshock.forecast.news import News, leaf, news
from tradeshock.forecast.news.shapley import additive, shapley
from tradeshock.models import (
    AutoRegression,
    BayesianVAR,
    ExponentialSmoothing,
    GradientBoosting,
    SeasonalARIMA,
)
from tradeshock.models.univariate.base import UnivariateModel

OLD, NEW = "2026-04-21", "2026-05-15"
Floats = npt.NDArray[np.float64]


class Game:
    """Players' own worths, what pairs and triples add, and how often it was asked."""

    def __init__(self, players: int, seed: int, most: int) -> None:
        rng = np.random.default_rng(seed)
        self.players = [f"p{i}" for i in range(players)]
        self.together = {
            group: rng.standard_normal(2)
            for size in range(1, most + 1)
            for group in combinations(self.players, size)
        }
        self.asked = 0

    def __call__(self, coalitions: Sequence[frozenset[str]]) -> list[Floats]:
        self.asked += len(coalitions)
        return [self.worth(coalition) for coalition in coalitions]

    def worth(self, coalition: frozenset[str]) -> Floats:
        inside = [value for group, value in self.together.items() if coalition >= set(group)]
        return np.sum([np.zeros(2), *inside], axis=0)

    def closed_form(self, player: str) -> Floats:
        """Shapley's own formula, over all coalitions without the player."""
        others, n = [p for p in self.players if p != player], len(self.players)
        total = np.zeros(2)
        for size in range(n):
            weight = factorial(size) * factorial(n - size - 1) / factorial(n)
            for group in combinations(others, size):
                gain = self.worth(frozenset((*group, player))) - self.worth(frozenset(group))
                total += weight * gain
        return total


@cache
def boosted() -> News:
    trees = GradientBoosting(n_bags=1, max_iter=20, error_years=1, n_draws=20)
    return news(trees, OLD, NEW, steps=3)


@pytest.mark.parametrize(("players", "most"), [(5, 3), (6, 2), (8, 2), (9, 2)])
def test_shares_are_those_of_the_closed_form(players: int, most: int) -> None:
    # Of more than six players orders are drawn; with their reverses pairs are exact.
    game = Game(players, 1, most)
    shares = shapley(game, game.players)
    for player in game.players:
        np.testing.assert_allclose(shares.values[player], game.closed_form(player), atol=1e-12)


def test_more_than_pairs_of_many_players_add_up_within_bounds() -> None:
    game = Game(8, 2, 4)
    shares, again = (shapley(game, game.players) for _ in range(2))
    every, nobody = (game.worth(frozenset(group)) for group in (game.players, ()))
    np.testing.assert_allclose(sum(shares.values.values()), every - nobody, atol=1e-12)
    assert game.asked < 2**7
    for player, value in shares.values.items():
        np.testing.assert_array_equal(value, again.values[player])
        first = game.worth(frozenset({player})) - nobody
        last = every - game.worth(frozenset(game.players) - {player})
        for bound in (first, last, value):
            assert (shares.low[player] <= bound + 1e-12).all()
            assert (bound <= shares.high[player] + 1e-12).all()


def test_players_that_move_nothing_cost_nothing() -> None:
    game = Game(4, 3, 2)
    idle = [f"idle{i}" for i in range(6)]
    shares = shapley(game, [*game.players, *idle])
    assert not np.any([shares.values[player] for player in idle])
    assert game.asked <= 2 + 2 * 10 + 2**4
    for player in game.players:
        np.testing.assert_allclose(shares.values[player], game.closed_form(player), atol=1e-12)


def test_of_a_linear_model_no_order_matters(monkeypatch: pytest.MonkeyPatch) -> None:
    model = BayesianVAR(("exports_total", "usdtwd", "copper", "us_ip"), overall=0.2, n_draws=20)
    short = news(model, OLD, NEW)
    monkeypatch.setattr(leaf, "additive", shapley)
    counted = news(model, OLD, NEW)
    assert additive is not shapley
    gap = (short.table() - counted.table()).iloc[:, :-1]
    assert gap.abs().max(axis=None) < 1e-9
    low, high = counted.bounds()
    assert (high - low).max(axis=None) < 1e-9


def test_news_of_trees_adds_up_and_keeps_its_bounds() -> None:
    made = boosted()
    table = made.table()
    gap = table.drop(index="sum").sum().iloc[:-1].to_numpy() - made.change.to_numpy()
    assert np.abs(gap).max() < 1e-9
    low, high = made.bounds()
    shown = made.parts.contributions.loc[low.index]
    assert ((low <= shown + 1e-12) & (shown <= high + 1e-12)).all(axis=None)
    assert (high - low).max(axis=None) > 0.01
    detail = made.detail()
    assert (detail["high"] - detail["low"]).max() > 0.0
    # What orders make of a group is shared out, not left over.
    held = made.parts.contributions
    assert held.loc["re-estimation"].abs().max() > 0.0


def test_figures_of_trees_add_up_to_their_groups() -> None:
    made = boosted()
    months = [str(month) for month in made.parts.contributions.columns]
    sums = made.releases().groupby("group")[months].sum()
    groups = made.table().loc[sums.index, months]
    np.testing.assert_allclose(sums.to_numpy(), groups.to_numpy(), atol=1e-9)


@pytest.mark.parametrize("model", [AutoRegression, ExponentialSmoothing, SeasonalARIMA])
def test_points_of_one_series_are_the_middle_of_many_draws(
    model: type[UnivariateModel], panel: Panel
) -> None:
    fitted = model(n_draws=4000).fit(panel.as_of(NEW))
    logs = np.log(fitted.forecast(6).draws())
    noise = 1.25 * logs.std(axis=0) / np.sqrt(len(logs))
    assert (np.abs(fitted.log_points(6) - np.median(logs, axis=0)) < 5 * noise).all()


@pytest.mark.parametrize("model", [AutoRegression, ExponentialSmoothing])
def test_no_row_is_for_what_draws_of_two_days_differ_by(model: type[UnivariateModel]) -> None:
    few, many = (news(model(n_draws=n), OLD, NEW, steps=3).table() for n in (20, 40))
    pd.testing.assert_frame_equal(few.iloc[:, :-1], many.iloc[:, :-1])
    assert few.loc["rest"].abs().iloc[:-1].max() < 1e-9
