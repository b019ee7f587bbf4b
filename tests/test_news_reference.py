"""News against statsmodels' own, of the same parameters and the same figures."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.statespace.mlemodel import MLEModel

from tradeshock.features import Panel, load_panel
from tradeshock.forecast.news import News, group_of, news
from tradeshock.models import BayesianVAR, DynamicFactor

OLD, NEW = "2026-04-21", "2026-05-15"
SYSTEM = ("exports_total", "usdtwd", "share_prices_kr", "copper", "us_ip")
FACTOR = ("exports_total", "us_ip", "usdkrw", "brent", "copper", "gscpi")
KINDS = [False, True]


def vintage_panel(vintages: bool) -> Panel:
    """The embedded figures, as they are now or as they were on each day."""
    return load_panel(vintages=vintages)


def system() -> BayesianVAR:
    return BayesianVAR(SYSTEM, overall=0.2, n_draws=20)


def factor() -> DynamicFactor:
    return DynamicFactor(FACTOR, maxiter=20, n_draws=20)


@cache
def of_system(vintages: bool) -> News:
    return news(system(), OLD, NEW, vintage_panel(vintages))


@cache
def of_factor(vintages: bool) -> News:
    return news(factor(), OLD, NEW, vintage_panel(vintages))


class VectorAutoregression(MLEModel):  # type: ignore[misc]
    """A vector autoregression of known coefficients as a state space of statsmodels."""

    def __init__(self, endog: Any, law: Any, **options: Any) -> None:
        self.law = law
        coefs, drift, covariance = law
        lags, n, _ = coefs.shape
        super().__init__(endog, k_states=n * lags, k_posdef=n, **options)
        self.ssm.initialize_approximate_diffuse(1e4)
        self["design", :, :n] = np.eye(n)
        self["transition", :n, :] = np.hstack(list(coefs))
        self["transition", n:, :-n] = np.eye(n * (lags - 1))
        self["selection", :n, :] = np.eye(n)
        self["state_intercept", :n, 0] = drift
        self["state_cov"] = covariance
        self._init_keys.append("law")

    def update(self, params: Any, **options: Any) -> None:
        """Nothing is estimated."""

    @property
    def start_params(self) -> Any:
        return np.zeros(0)


def centred(model: BayesianVAR, panel: Panel) -> pd.DataFrame:
    """Last months of a system's centred levels, its effects held, as a panel has them."""
    held = system().fit(model.panel_).update(panel, freeze=True)
    assert isinstance(held, BayesianVAR)
    return (held.levels_.frame - model.centre_).iloc[-12:]


def statsmodels_news(model: BayesianVAR, panel: Panel, months: pd.PeriodIndex) -> Any:
    """News of the target's (log) level by statsmodels, and what its revisions moved."""
    law = (model.coefs_, model.posterior_.mean[0], model.covariance_)
    after = centred(model, panel)
    before = centred(model, model.panel_).reindex(after.index)
    results = [VectorAutoregression(data, law).smooth([]) for data in (before, after)]
    return results[1].news(
        results[0],
        comparison_type="previous",
        start=str(months[0]),
        end=str(months[-1]),
        impacted_variable=SYSTEM[0],
    )


def by_group(made: Any, months: pd.PeriodIndex, catalog: Any) -> pd.DataFrame:
    """statsmodels' impacts of releases, groups by months, 100 log points."""
    details = made.details_by_update.reset_index()
    details["group"] = [group_of(id, SYSTEM[0], catalog) for id in details["updated variable"]]
    table = details.pivot_table("impact", "group", "impact date", "sum")
    return 100.0 * table.set_axis(pd.PeriodIndex(table.columns, freq="M"), axis=1)[months]


@pytest.mark.parametrize("vintages", KINDS)
def test_news_of_a_system_is_that_of_statsmodels(vintages: bool) -> None:
    panel = vintage_panel(vintages)
    months = pd.PeriodIndex(of_system(vintages).parts.contributions.columns)
    model = system().fit(panel.as_of(OLD))
    theirs = statsmodels_news(model, panel.as_of(NEW), months)
    expected = by_group(theirs, months, panel.catalog)
    ours = of_system(vintages).parts.contributions
    assert len(expected) == 4
    np.testing.assert_allclose(ours.loc[expected.index], expected, atol=1e-6)
    revised = 100.0 * theirs.impacts["impact of revisions"].to_numpy()
    np.testing.assert_allclose(ours.loc["revisions"], revised, atol=1e-6)
    assert (np.abs(revised).max() > 0.05) == vintages


@pytest.mark.parametrize("vintages", KINDS)
def test_news_of_a_factor_model_is_that_of_statsmodels(vintages: bool) -> None:
    panel = vintage_panel(vintages)
    old = factor().fit(panel.as_of(OLD))
    before = old.result_
    held = old.update(panel.as_of(NEW), freeze=True)
    assert isinstance(held, DynamicFactor)
    months = pd.PeriodIndex(of_factor(vintages).parts.contributions.columns)
    theirs = held.result_.news(
        before,
        comparison_type="previous",
        start="2026-01",
        end=str(months[-1]),
        impacted_variable=FACTOR[0],
    )
    # Of growth, in per cent; what a release says of a month's growth stays in later levels.
    details = theirs.details_by_update.reset_index()
    details["group"] = [
        group_of(id, FACTOR[0], panel.catalog) for id in details["updated variable"]
    ]
    table = details.pivot_table("impact", "group", "impact date", "sum").cumsum(axis=1)
    table = table.set_axis(pd.PeriodIndex(table.columns, freq="M"), axis=1)[months]
    ours = of_factor(vintages).parts.contributions
    assert len(table) >= 4
    np.testing.assert_allclose(ours.loc[table.index], table, atol=1e-6)
    revised = theirs.impacts["impact of revisions"].cumsum().to_numpy()[-len(months) :]
    np.testing.assert_allclose(ours.loc["revisions"], revised, atol=1e-6)
    assert (np.abs(revised).max() > 0.05) == vintages
    assert of_factor(vintages).table().loc["rest"].abs().iloc[:-1].max() < 1e-9
    moved = of_factor(vintages).change - ours.loc["re-estimation"]
    assert np.abs(moved - ours.drop(index="re-estimation").sum()).max() < 1e-9
