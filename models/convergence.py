"""What an optimiser of statsmodels says of a fit: kept as a fact, not as a stream of warnings."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

STATSMODELS = r"statsmodels\."
OPTIMISER = r"scipy\.optimize\."


@contextmanager
def quiet_fit() -> Iterator[None]:
    """Silence what statsmodels and its optimiser warn of while it fits; warnings of others pass.

    Starts at the edge of the admissible region are harmless, and so are differences of the infinite
    likelihood of a level that never moves. Whether the fit has converged is asked of its result and
    said in a note.
    """
    from statsmodels.tools.sm_exceptions import ModelWarning

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=ModelWarning)
        warnings.filterwarnings("ignore", module=STATSMODELS)
        warnings.filterwarnings("ignore", category=RuntimeWarning, module=OPTIMISER)
        yield


def convergence_notes(converged: bool, how: str = "its optimiser stopped early") -> tuple[str, ...]:
    """Note of a fit that has not converged; none of one that has."""
    return () if converged else (f"the fit has not converged: {how}",)
