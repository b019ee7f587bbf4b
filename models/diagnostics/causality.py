"""Which series help to predict which."""

from __future__ import annotations

import pandas as pd

from tradeshock.models.diagnostics.summary import statsmodels_fit
from tradeshock.models.systems.var import VAR

__all__ = ["granger_causality"]


def granger_causality(model: VAR) -> pd.DataFrame:
    """Test whether the lags of one series help to predict another (Granger 1969).

    Parameters
    ----------
    model : VAR
        Fitted.

    Returns
    -------
    DataFrame
        A row for each ordered pair, and one with all others as causing: caused, causing,
        statistic (F), df_num, df_denom, p_value of no causality.

    Raises
    ------
    ModelError
        If it is no fitted `VAR`, or was updated without learning again.
    """
    fitted, series = statsmodels_fit(model), model.series_
    rows = []
    for caused in series:
        others = [id for id in series if id != caused]
        groups = [(id, [id]) for id in others]
        if len(others) > 1:
            groups.append(("all others", others))
        for name, causing in groups:
            test = fitted.test_causality(caused, causing, kind="f")
            rows.append((caused, name, test.test_statistic, *test.df, test.pvalue))
    columns = ["caused", "causing", "statistic", "df_num", "df_denom", "p_value"]
    return pd.DataFrame(rows, columns=columns)
