"""Tables as JSON, the same for every result."""

import json

import numpy as np
import pandas as pd
import pytest

from tradeshock.forecast.json_text import json_text, plain_rows, plain_values


def test_months_are_text_and_nothing_is_null():
    table = pd.DataFrame(
        {"level": [1.5, np.nan, np.inf], "n": [1, 2, 3], "light": ["red", None, "Ä"]},
        index=pd.period_range("2026-05", periods=3, freq="M", name="month"),
    )
    rows = json.loads(json_text({"months": plain_rows(table)}))["months"]
    assert rows == [
        {"month": "2026-05", "level": 1.5, "n": 1, "light": "red"},
        {"month": "2026-06", "level": None, "n": 2, "light": None},
        {"month": "2026-07", "level": None, "n": 3, "light": "Ä"},
    ]


def test_single_values_are_plain_too():
    values = {"month": pd.Period("2026-05"), 2026: -np.inf, "day": pd.NaT, "none": pd.NA}
    assert plain_values(values) == {"month": "2026-05", "2026": None, "day": None, "none": None}


def test_a_number_that_is_not_finite_is_never_written():
    with pytest.raises(ValueError, match="JSON"):
        json_text({"level": np.inf})
