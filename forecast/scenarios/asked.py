"""Whom a scenario asked, and for what."""

from __future__ import annotations

from typing import NamedTuple

from tradeshock.forecast.scenarios.split import Split
from tradeshock.models.base import Model
from tradeshock.models.conditions import Conditions


class Asked(NamedTuple):
    """What was asked of whom.

    Parameters
    ----------
    model : Model
        The forecasting model.
    split : Split or None
        System of chips and the rest, where there is one.
    macro : Conditions
        What the model was asked to meet.
    joint : Conditions or None
        What the system of chips and the rest was asked to meet.
    """

    model: Model
    split: Split | None
    macro: Conditions
    joint: Conditions | None
