"""Months that came out on one side of their forecasts beyond chance, said in a sentence."""

from __future__ import annotations

import numpy as np

from tradeshock.features.panel.validation import months_of
from tradeshock.models.record.record import Record

# So many months in a row outside the middle half of what was forecast, on one side: by chance in
# 2 * 0.25 ** 3, three of a hundred.
MONTHS = 3
# What is off by less, in parts of the outcome, is off by rounding alone.
ROUNDING = 1e-12


def regime_note(record: Record, model: str, target: str, state: str) -> str | None:
    """Sentence on recent months whose forecasts of step 1 were all missed on one side.

    Parameters
    ----------
    record : Record
        As of the origin.
    model, target, state : str

    Returns
    -------
    str or None
        None unless the last three outcomes lie outside the 50 % interval on the same side.
    """
    origins, table = record.arrays(("month", "actual", "q25", "q50", "q75"), model, target, state)
    if not len(origins):
        return None
    first = {name: values[:, 0] for name, values in table.items()}
    out = np.flatnonzero(~np.isnan(first["actual"]))[-MONTHS:]
    actual = first["actual"][out]
    above = (actual > first["q75"][out] * (1.0 + ROUNDING)).all()
    below = (actual < first["q25"][out] * (1.0 - ROUNDING)).all()
    if len(out) < MONTHS or not (above or below):
        return None
    missed = 100.0 * (actual / first["q50"][out] - 1.0)
    sizes = ", ".join(f"{size:+.1f}" for size in missed)
    months = months_of(first["month"][out].astype(np.int64))
    side = "above" if above else "below"
    return (
        f"regime: {target} came out {side} what was forecast for step 1 in each of {months[0]} to "
        f"{months[-1]} ({sizes} %), which happens by chance in 3 of 100 months; the forecast "
        "assumes that such misses fade, and widens its intervals while they last"
    )
