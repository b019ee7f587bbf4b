"""Set-up shared by all tests."""

import os
from typing import TYPE_CHECKING

# Before NumPy is imported: many BLAS threads on small matrices cost more than they save.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import matplotlib
import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from tradeshock.features import Panel

matplotlib.use("Agg")

# The same examples on every run, and no deadline: a busy machine is not a failure.
settings.register_profile("tradeshock", deadline=None, derandomize=True, database=None)
settings.load_profile("tradeshock")


@pytest.fixture(scope="session")
def panel() -> "Panel":
    """Return the embedded snapshot."""
    from tradeshock.features import load_panel

    return load_panel()
