"""Forecast paths as arrays that a file can hold without pickles."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from tradeshock.features.panel.validation import months_of
from tradeshock.models.paths import ForecastPaths


def paths_to_arrays(forecasts: Sequence[ForecastPaths]) -> dict[str, Any]:
    """Forecasts of equal draws, steps and number of series as arrays."""
    histories = [paths.history for paths in forecasts]
    facts = [
        {
            "series": paths.series,
            "origin": str(paths.origin.date()),
            "state": paths.state,
            "seed": paths.seed,
            "model": paths.model,
            "notes": paths.notes,
        }
        for paths in forecasts
    ]
    return {
        "values": np.stack([paths.values for paths in forecasts]),
        "first": np.array([paths.index[0].ordinal for paths in forecasts]),
        "history": np.concatenate([history.to_numpy(dtype=float) for history in histories]),
        "began": np.array([history.index[0].ordinal for history in histories]),
        "length": np.array([len(history) for history in histories]),
        "facts": np.array(json.dumps(facts)),
    }


def paths_from_arrays(arrays: Mapping[str, Any]) -> Iterator[ForecastPaths]:
    """Forecasts of the arrays that `paths_to_arrays` gave, bit for bit.

    Raises
    ------
    KeyError
        If an array is missing.
    """
    steps = arrays["values"].shape[2]
    ends = np.cumsum(arrays["length"])
    for i, facts in enumerate(json.loads(str(arrays["facts"]))):
        first, began, length = (int(arrays[key][i]) for key in ("first", "began", "length"))
        past = months_of(np.arange(began, began + length)).rename("month")
        history = arrays["history"][ends[i] - length : ends[i]]
        yield ForecastPaths(
            values=arrays["values"][i],
            index=months_of(np.arange(first, first + steps)).rename("month"),
            series=tuple(facts["series"]),
            history=pd.DataFrame(history, past, pd.Index(facts["series"])),
            origin=pd.Timestamp(facts["origin"]),
            state=facts["state"],
            seed=facts["seed"],
            model=facts["model"],
            notes=tuple(facts["notes"]),
        )
