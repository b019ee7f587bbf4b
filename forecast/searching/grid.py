"""A grid of parameters turned into specifications of a model."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from sklearn.base import clone

from tradeshock.features.errors import BacktestError, ModelError
from tradeshock.models.adapters.borrowing import Borrowing, described
from tradeshock.models.base import Model
from tradeshock.models.naming import hash_of
from tradeshock.models.parameters import check_parameters
from tradeshock.models.pools.wrapper import models_within

Values = Iterable[Any] | Mapping[str, Any]
Grid = Mapping[str, Values] | Sequence[Mapping[str, Values]]
# Characters of a value in a label, which heads columns and legends.
LONGEST = 60
EXAMPLE = "give for instance {'lags': [1, 2, 4]}"


class Specification(NamedTuple):
    """One point of a grid.

    Parameters
    ----------
    parameters : dict of str to value
        As the grid names them, ``carrier__lags`` being the lags of the carrier.
    model : Model
        Not fitted.
    """

    parameters: dict[str, Any]
    model: Model


def specifications(model: Model, grid: Grid) -> dict[str, Specification]:
    """Specifications of a model by label, such as ``"lags=2, sums=0.5"``.

    Parameters
    ----------
    model : Model
        Is not changed; what the grid does not name stays as it is there.
    grid : mapping of parameter to values, or sequence of such mappings
        Every combination of the values of a mapping is one specification, in the order in which
        they are written, the last parameter moving fastest. Values whose own names are long are cut
        in the labels, and may be a mapping themselves, of a short name to each.

    Raises
    ------
    BacktestError
        If the grid is empty or gives a specification twice, a parameter is unknown, or a value is
        refused by the model.
    """
    found: dict[str, Specification] = {}
    labels: dict[str, str] = {}
    for part in _mappings(grid):
        values = {name: _values(name, given, model) for name, given in part.items()}
        for point in product(*values.values()):
            label = ", ".join(f"{name}={at[0]}" for name, at in zip(values, point, strict=True))
            parameters = {name: at[1] for name, at in zip(values, point, strict=True)}
            if label in found:
                raise BacktestError(f"the grid gives {label} twice; give each value once")
            made = _specified(model, parameters, label)
            # One that is tried under two names would count as two tries in the p-values.
            if (same := labels.setdefault(_key(made, label), label)) != label:
                raise BacktestError(f"the grid's {same} and {label} are the same; give it once")
            found[label] = Specification(parameters, made)
    return found


def _key(model: Model, label: str) -> str:
    """Text that two specifications share only if they are the same."""
    try:
        return hash_of(model, model.name)
    except ModelError:
        # What cannot be pickled is tried all the same, one after the other in this process.
        return label


def _mappings(grid: Grid) -> list[Mapping[str, Values]]:
    parts = [grid] if isinstance(grid, Mapping) else grid
    listed = isinstance(parts, Sequence) and not isinstance(parts, str)
    if not listed or not all(isinstance(part, Mapping) for part in parts):
        raise BacktestError(
            f"got {grid!r} as a grid; give a mapping of parameter to values, or a list of such "
            f"mappings: {EXAMPLE}"
        )
    if not parts or not all(parts):
        raise BacktestError(f"the grid {grid!r} names no parameter; {EXAMPLE}")
    if strange := [name for part in parts for name in part if not isinstance(name, str)]:
        raise BacktestError(f"the grid names a parameter {strange[0]!r}, no text; {EXAMPLE}")
    return list(parts)


def _values(name: str, given: Values, model: Model) -> list[tuple[str, Any]]:
    """Values with what each is called."""
    if isinstance(given, Mapping):
        values = [(str(called), value) for called, value in given.items()]
    elif isinstance(given, str) or not isinstance(given, Iterable):
        raise BacktestError(f"{name} is {given!r} in the grid; give its values in a list")
    else:
        # Numbers of arrays as Python's own, which are called as they are typed.
        plain = given.tolist() if isinstance(given, np.ndarray | pd.Index | pd.Series) else given
        borrowed = isinstance(model, Borrowing) and name == model.borrowed
        values = [(_short(_called(value, borrowed)), value) for value in plain]
    if not values:
        raise BacktestError(f"{name} has no values in the grid; give at least one")
    return values


def _called(value: Any, borrowed: bool) -> str:
    """What a value is called; other libraries' estimators need not say their parameters."""
    if isinstance(value, Model):
        return value.name
    return described(value) if borrowed else repr(value)


def _short(called: str) -> str:
    """What a value is called, cut where it is long; a check sum tells it from those cut alike."""
    if len(called) <= LONGEST:
        return called
    return f"{called[: LONGEST - 9]}... {sha256(called.encode()).hexdigest()[:5]}"


def _specified(model: Model, parameters: Mapping[str, Any], label: str) -> Model:
    """Clone of a model with other parameters."""
    made: Model = clone(model)
    # Two specifications must not share a nested model: its parameters may be in the grid too.
    own = {name: clone(value, safe=False) for name, value in parameters.items()}
    known = made.get_params(deep=True)
    for name in parameters:
        if name.partition("__")[0] not in known:
            raise BacktestError(_unknown(model, name, known))
    try:
        made.set_params(**own)
    except (ValueError, AttributeError):
        nested = [name for name in parameters if "__" in name]
        raise BacktestError(_unknown(model, ", ".join(nested), known)) from None
    try:
        for each in models_within(made):
            check_parameters(each)
    except ModelError as error:
        raise BacktestError(f"the grid's {label} cannot be: {error}") from error
    return made


def _unknown(model: Model, name: str, known: Iterable[str]) -> str:
    said = f"{type(model).__name__} has no parameter {name}; it has {', '.join(sorted(known))}"
    if name.startswith("features__") and "features" in known:
        said += "; name blocks by features=FeaturePipeline([(name, block)]) to search in them"
    return said
