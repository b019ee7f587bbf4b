"""Marks of tests that need what not every environment has."""

from importlib.util import find_spec

import pytest

lightgbm = pytest.mark.skipif(find_spec("lightgbm") is None, reason="needs LightGBM")
