"""Whether a scenario has the sign that its shocks declare."""

from __future__ import annotations

import numpy as np

from tradeshock.features.errors import ShockError
from tradeshock.forecast.scenarios.result import Scenario

WORDS = {"down": "lower", "up": "raise"}
# Per cent. An early count holds the first month, so that a shock may leave it where it is.
NEGLIGIBLE = 0.05
DID = {"down": "raises", "up": "lowers"}


def refuse_wrong_sign(made: Scenario) -> None:
    """Demand that exports over the horizon move as all shocks declare.

    A stack of shocks that pull in different directions declares nothing. Neither does a forecast
    that ends with the months in which shipments were only moved in time.

    Raises
    ------
    ShockError
        With the change that came out, and what to do.
    """
    expected = {shock.expected for shock in made.shocks}
    if len(expected) != 1 or expected <= {"either"}:
        return
    if any(s.hits and len(made.paths.index) <= s.starts for s in made.shocks):
        return
    (sign,) = expected
    base, under = (np.median(p.draws(), axis=0).sum() for p in (made.forecast.paths, made.paths))
    change = 100.0 * (under / base - 1.0)
    if abs(change) < NEGLIGIBLE or (change > 0.0) == (sign == "up"):
        return
    carriers = ", ".join(sorted({shock.carrier for shock in made.shocks}))
    raise ShockError(
        f"{made.name} is expected to {WORDS[sign]} exports, but {DID[sign]} them by "
        f"{abs(change):.1f} % over {len(made.paths.index)} months: by the carrier {carriers}, past "
        "figures read the move as something else; use another carrier or another series, or "
        'declare expected = "either" to see it all the same'
    )
