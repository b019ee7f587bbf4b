"""Fits that have not converged say so; warnings that are not of statsmodels pass."""

from __future__ import annotations

import warnings

import pytest

from tradeshock.features import Panel
from tradeshock.models import DynamicFactor, ExponentialSmoothing, SeasonalARIMA
from tradeshock.models.convergence import quiet_fit

SMALL = ("exports_total", "us_ip", "usdkrw", "brent")


def test_rounds_of_em_are_enough_by_default_and_said_where_not(panel: Panel) -> None:
    known = panel.as_of("2019-06-01")
    early = DynamicFactor(series=SMALL, maxiter=2, n_draws=10).fit(known)
    assert early.forecast(1).notes == ("the fit has not converged: EM stopped after 2 rounds",)
    assert DynamicFactor(series=SMALL, n_draws=10).fit(known).forecast(1).notes == ()


@pytest.mark.parametrize("model", [SeasonalARIMA, ExponentialSmoothing])
def test_an_optimiser_that_stopped_early_is_said(
    panel: Panel, model: type[SeasonalARIMA | ExponentialSmoothing]
) -> None:
    fitted = model(n_draws=10).fit(panel)
    assert fitted.converged_
    assert fitted.forecast(1).notes == ()
    fitted.converged_ = False
    assert fitted.forecast(1).notes == ("the fit has not converged: its optimiser stopped early",)


def test_only_statsmodels_is_silenced() -> None:
    with pytest.warns(UserWarning, match="mine"), quiet_fit():
        warnings.warn("mine", UserWarning, stacklevel=1)
