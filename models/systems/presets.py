"""The Bayesian VAR with orders and imports of the United States."""

from __future__ import annotations

from tradeshock.models.systems.bvar import BayesianVAR


class TradeBayesianVAR(BayesianVAR):
    """`BayesianVAR` on US imports from Korea and electronics orders instead of Asian currencies.

    A second reading of the same months: its errors differ enough from those of the default system
    to be worth averaging. Parameters and attributes as `BayesianVAR`.
    """

    default_series = (
        "exports_total",
        "us_imports_from_kr",
        "us_ip",
        "us_electronics_orders",
        "usdkrw",
        "brent",
        "copper",
        "us_semiconductor_ip",
    )
