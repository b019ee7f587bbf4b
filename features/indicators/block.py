"""What every feature block is: a transformer from a panel to named columns."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.errors import PanelError
from tradeshock.features.indicators.changes import change, year_on_year
from tradeshock.features.indicators.origin_rows import Floats, OriginRows, over_segments, table_of
from tradeshock.features.panel.panel import Panel


def has_parameters(value: object) -> bool:
    """Whether something, no class, has parameters that can be read and set."""
    return not isinstance(value, type) and hasattr(value, "get_params")


class Parameters:
    """Parameters as scikit-learn knows them, without importing it: clone and search work.

    Those of something inside, such as a block of a pipeline, are ``name__parameter``.
    """

    @classmethod
    def _parameter_names(cls) -> list[str]:
        return list(inspect.signature(cls).parameters)

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Arguments of the constructor by name, and with `deep` those of what is inside."""
        params = {name: getattr(self, name) for name in self._parameter_names()}
        if deep:
            for name, part in self._inside().items():
                params |= {f"{name}__{key}": value for key, value in part.get_params().items()}
        return params

    def set_params(self, **params: Any) -> Self:
        """Set arguments of the constructor, or ``name__parameter`` of what is inside.

        Raises
        ------
        ValueError
            If there is no such argument.
        """
        # Its own first: what is inside may be new.
        for name, value in sorted(params.items(), key=lambda given: "__" in given[0]):
            outer, _, inner = name.partition("__")
            if name in self._parameter_names():
                setattr(self, name, value)
            elif inner and outer in (inside := self._inside()):
                inside[outer].set_params(**{inner: value})
            else:
                known = [*self._parameter_names(), *(f"{part}__..." for part in self._inside())]
                raise ValueError(f"{type(self).__name__} has no parameter {name!r}; it has {known}")
        return self

    def _inside(self) -> dict[str, Any]:
        """What has parameters of its own, by name."""
        held = {name: getattr(self, name) for name in self._parameter_names()}
        return {name: value for name, value in held.items() if has_parameters(value)}

    def __repr__(self) -> str:
        defaults = inspect.signature(type(self)).parameters
        given = [
            f"{name}={value!r}"
            for name, value in self.get_params(deep=False).items()
            if value != defaults[name].default
        ]
        return f"{type(self).__name__}({', '.join(given)})"


class Block(Parameters):
    """Columns made from some series of a panel, one row a standard origin.

    A subclass has a parameter `series` and writes `_columns`. Series of the subclass's default that
    a panel does not have are left out; so are, with a warning that names them, those that are older
    than their release rule allows.

    Parameters
    ----------
    series : str or sequence of str
        Ids of the series that are used where the panel has them.

    Attributes
    ----------
    series_ : tuple of str
        Those that the panel had.
    target_ : str
        Series whose releases define the rows.

    Raises
    ------
    PanelError
        On fit, if other series than the default ones are named and the panel's catalog does not
        know one of them.
    """

    series: str | Iterable[str] = ()

    def _columns(self, known: OriginRows, series: tuple[str, ...]) -> dict[str, Floats]:
        """Columns by name, arrays of one value a row of `known` (see `table_of`)."""
        raise NotImplementedError

    def _series_of(self, panel: Panel) -> tuple[str, ...]:
        """Those of its series that a panel has."""
        named = ids_of(self)
        # Its author's own ids may be of another nation's panel; the user's are of this one.
        for id in () if self._is_usual(named) else named:
            if id not in panel.catalog:
                panel.entry(id)
        return tuple(id for id in named if id in panel)

    def _is_usual(self, named: tuple[str, ...]) -> bool:
        """Whether these series are those of the class."""
        parameter = inspect.signature(type(self)).parameters.get("series")
        if parameter is None:
            return True
        default = parameter.default
        return named == (tuple(default) if isinstance(default, list | tuple) else (default,))

    def inputs(self, panel: Panel, target: str = "exports_total") -> tuple[str, ...]:
        """Series of the panel whose figures the columns are made of."""
        return self._series_of(panel)

    def fit(self, panel: Panel, target: str = "exports_total") -> Self:
        """Store which series there are; nothing is learnt from figures.

        Warns
        -----
        StaleSeriesWarning
            If a series is more than three months older than its release rule allows.
        """
        self.fit_transform(panel, target)
        return self

    def transform(self, panel: Panel, state: str | None = None) -> pd.DataFrame:
        """Return what was known at every standard origin up to the panel's.

        Parameters
        ----------
        panel : Panel
        state : str, optional
            Which of the target's releases are out. Default: the panel's own state.

        Returns
        -------
        DataFrame, months of step 1 by columns
            NaN where something was not known. A row does not depend on later figures.
        """
        if not hasattr(self, "series_"):
            raise PanelError(f"this {type(self).__name__} is not fitted; call fit(panel) first")
        return self._table(panel, state or panel.state(self.target_))

    def _table(self, panel: Panel, state: str) -> pd.DataFrame:
        def build(plain: Panel) -> pd.DataFrame:
            known = OriginRows.read(plain, self.target_, state)
            columns = self._columns(known, self.series_)
            return table_of(columns, known.months, type(self).__name__)

        return over_segments(panel, self.target_, state, build)

    def fit_transform(self, panel: Panel, target: str = "exports_total") -> pd.DataFrame:
        """Fit and transform in one go."""
        self.target_ = target
        self.series_ = self._series_of(panel)
        known = OriginRows.read(panel, target)
        known.warn_of_stale(self.series_)
        table = self._table(panel, known.state)
        self.names_ = [str(name) for name in table.columns]
        return table

    def get_feature_names_out(
        self, input_features: Iterable[str] | None = None
    ) -> npt.NDArray[np.object_]:
        """Names of the columns; the argument is not used, as in scikit-learn's own."""
        if not hasattr(self, "names_"):
            raise PanelError(f"this {type(self).__name__} is not fitted; call fit(panel) first")
        return np.array(self.names_, dtype=object)


def ids_of(block: Block) -> tuple[str, ...]:
    """Ids that a block's parameter `series` names, one or several.

    Raises
    ------
    PanelError
        If it is something else.
    """
    given: Any = block.series
    named = (given,) if isinstance(given, str) else given
    ids = tuple(named) if isinstance(named, Iterable) else (named,)
    if not all(isinstance(id, str) for id in ids):
        raise PanelError(
            f"series of {type(block).__name__} is {given!r}; give ids of series of the panel, such "
            "as ['usdkrw', 'brent']"
        )
    return ids


def values_of(known: OriginRows, id: str) -> Floats:
    """Figures of a series, one a month of the panel."""
    return known.panel.figures([id])[:, 0]


def movement(known: OriginRows, id: str, months: Iterable[int] = (1, 3, 12)) -> dict[str, Floats]:
    """How a series has moved lately, in columns that its kind allows.

    Not seasonally adjusted: growth over a year of the last month and of the last three together,
    and how much the latter has changed in one and in three months. Otherwise growth (or, for
    series that are stationary as they are, change) over some months.
    """
    x = values_of(known, id)
    entry = known.panel.catalog[id]
    if entry.transform == "log" and entry.adjustment == "NSA":
        quarter = year_on_year(x, 3)
        columns = {
            "yoy": year_on_year(x),
            "yoy_3": quarter,
            "yoy_3_change_1": change(quarter, 1),
            "yoy_3_change_3": change(quarter, 3),
        }
    else:
        level = np.log(x) if entry.transform == "log" else x
        columns = {f"growth_{k}": change(level, k) for k in months}
    rows = known.positions(id)
    return {f"{id}_{name}": np.where(rows >= 0, c[rows], np.nan) for name, c in columns.items()}


def running_growth(known: OriginRows, id: str) -> dict[str, Floats]:
    """Growth of the running month over the last, as daily quotes say by the day of each row.

    The mean of the month if no later quote differs from the last one, against the last published
    mean; no column where the panel has no quotes of the series.
    """
    quotes = known.panel.quotes
    if quotes is None or id not in quotes:
        return {}
    last = known.last(id, values_of(known, id))
    expected = quotes.expected(id, known.origins)
    return {f"{id}_running": np.log(expected / last)}
