"""Forecasts that reach further ahead than the record that they learn from."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


def covered(steps: int, *recorded: int) -> int:
    """Number of steps that can be learnt from a record.

    Parameters
    ----------
    steps : int
        Months ahead of the forecast.
    *recorded : int
        Steps that the record has of each model.

    Returns
    -------
    int
        The least of them; 0 where the record has the first step alone of a longer forecast, for
        that is kept for nowcasts and says nothing of later months.
    """
    least = min(steps, *recorded)
    return least if least > 1 or steps == 1 else 0


def carried_on(learnt: Floats, steps: int) -> Floats:
    """Rows of the steps that are wanted, the last one repeated for those that were not learnt.

    Parameters
    ----------
    learnt : ndarray, steps of the record by anything
    steps : int
        Number of rows wanted.
    """
    missing = max(steps - len(learnt), 0)
    return np.concatenate([learnt[:steps], np.repeat(learnt[-1:], missing, axis=0)])
