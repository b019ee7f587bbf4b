"""Past forecasts, what came out later, and the day on which that was known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from functools import cached_property
from os import PathLike
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.days.reading import Day, as_day
from tradeshock.features.errors import MissingFileError, ModelError, StoredFileError
from tradeshock.features.panel.panel import Panel
from tradeshock.models.findings import Findings
from tradeshock.models.record.figures_key import figures_keys, newest_agreeing
from tradeshock.models.record.files import Schema, read_arrays, remove_drafts, write_arrays
from tradeshock.models.record.later_outcomes import (
    OUTCOME_COLUMNS,
    cleared_rows,
    filled_rows,
)
from tradeshock.models.record.places import place_of
from tradeshock.models.record.planes import from_planes, to_planes
from tradeshock.models.record.rows import (
    COLUMNS,
    QUANTILE_COLUMNS,
    empty_frame,
    from_arrays,
    to_arrays,
    with_new_columns,
)

Array = npt.NDArray[np.float64]
Key = tuple[str, str, str]
Keys = frozenset[str]
# Target, state and origin.
Occasion = tuple[str, str, pd.Timestamp]

SCHEMA = Schema("record", 2)
# All floats in their own order.
FIRST_SCHEMA = Schema("record", 1)
KEYS = ("model", "target", "state", "origin", "step")
# Hardly two values of these are alike.
NOISY_COLUMNS = ("mean", *QUANTILE_COLUMNS, "crps", "logscore")


class Record:
    """Forecasts from many past origins with what came out later and when it did.

    The one source of combination weights, residual vectors and interval calibration.

    Parameters
    ----------
    frame : DataFrame, optional
        Rows as `tradeshock.models.record.rows.forecast_rows` makes them; those of quantity "level"
        are kept. None: an empty record.
    figures : mapping of (target, state, origin) to frozenset of str, optional
        Fingerprints of the figures that forecasts were made from (see `with_figures`).

    Raises
    ------
    ModelError
        If columns are missing, or a forecast is there twice.

    Notes
    -----
    Parameters chosen for a whole year from what was known in January are kept in ``findings``,
    under the day of the cut that they were chosen from; all cuts of one record share them.

    An error counts only from the day on which its outcome came out, so at step h the newest one
    lags h months. ``record.as_of(origin)`` cuts the record there; it costs nothing, because the
    rows are shared.
    """

    def __init__(
        self, frame: pd.DataFrame | None = None, figures: Mapping[Occasion, Keys] | None = None
    ) -> None:
        if frame is None:
            frame = empty_frame()
        frame = with_new_columns(frame)
        if missing := [name for name in COLUMNS if name not in frame.columns]:
            raise ModelError(
                f"a record needs the columns {missing}; make its rows with "
                "tradeshock.models.record.rows.forecast_rows(forecasts, panel)"
            )
        rows = frame.loc[frame["quantity"] == "level", list(COLUMNS)].reset_index(drop=True)
        twice = rows.duplicated(list(KEYS))
        if twice.any():
            row = rows[twice].iloc[0]
            raise ModelError(
                f"the forecast of {row['target']} by {row['model']} for step {row['step']} from "
                f"{row['origin'].date()} is there twice; put records together with Record.concat"
            )
        self._rows = rows
        self._figures = dict(figures or {})
        # Made once, shared by all cuts.
        self.findings = Findings(rows)
        self._origin: pd.Timestamp | None = None

    def as_of(self, origin: Day) -> Record:
        """Return the record as it stood at the end of a day.

        Forecasts from later origins are gone, and outcomes that came out later are missing.
        """
        day = as_day(origin)
        cut = copy(self)
        # Made once, shared by all cuts.
        cut._blocks = self._blocks
        cut._origin = day if self._origin is None else min(day, self._origin)
        return cut

    @property
    def origin(self) -> pd.Timestamp | None:
        """Day at whose end the record stands; None if it was not cut."""
        return self._origin

    # -- of which figures it speaks -------------------------------------------------------------

    def with_figures(self, *panels: Panel) -> Record:
        """Return the record with fingerprints, for each origin, of the figures it was made from.

        Of the target's own figures, and in a flash state of its early count, as they stood at the
        origin. They are kept with the record by `save` and `concat`.

        Parameters
        ----------
        *panels : Panel
            The one whose past was forecast, and others of which the record speaks as well: the
            same figures with the vintages that are known of them.
        """
        figures: dict[Occasion, Keys] = {}
        for (target, state), rows in self._rows.groupby(["target", "state"], sort=False):
            origins = list(pd.DatetimeIndex(rows["origin"].unique()))
            for panel in panels:
                found = figures_keys(panel, str(target), str(state), origins) or {}
                for day, key in found.items():
                    occasion = (str(target), str(state), day)
                    figures[occasion] = figures.get(occasion, Keys()) | {key}
        signed = copy(self)
        signed._figures = figures
        return signed

    def made_from(self, panel: Panel, target: str) -> Record:
        """Return the part of the record that speaks of a target of this panel.

        Names do not count: in another unit, of another nation or after a revision the same name
        stands for other figures, and the record's errors and intervals are not theirs.

        Parameters
        ----------
        panel : Panel
        target : str

        Returns
        -------
        Record
            Forecasts of the target, in each state up to the newest origin at which the panel's
            figures are those that `with_figures` saw. Empty if there is none.
        """
        keys: dict[str, dict[pd.Timestamp, Keys]] = {}
        for (name, state, origin), found in self._figures.items():
            if name == target:
                keys.setdefault(state, {})[origin] = found
        last = {
            state: newest_agreeing(panel, target, state, known) for state, known in keys.items()
        }
        kept = self._rows["target"] == target
        kept &= self._rows["origin"] <= pd.to_datetime(self._rows["state"].map(last))
        return self._with_rows(None if kept.all() else self._rows[kept])

    def with_outcomes(self, panel: Panel) -> Record:
        """Return the record with what has come out since it was made.

        Outcomes are first prints. The scores of those forecasts stay NaN, because they are taken
        from whole paths; weights and intervals learn from quantiles and outcomes alone.

        Parameters
        ----------
        panel : Panel
            Holds the outcomes.
        """
        return self._with_rows(filled_rows(self._rows, panel))

    def without_other_outcomes(self, panel: Panel, target: str) -> Record:
        """Return the record without outcomes and scores of a target that are not the panel's.

        A file of own figures has no vintages: its last version alone says what came.

        Parameters
        ----------
        panel : Panel
            Holds the outcomes, first prints as for `with_outcomes`.
        target : str
        """
        return self._with_rows(cleared_rows(self._rows, panel, target))

    def _with_rows(self, rows: pd.DataFrame | None) -> Record:
        if rows is None:
            return self
        changed = Record(rows, self._figures)
        changed._origin = self._origin
        return changed

    # -- what is in it ------------------------------------------------------------------------

    def __len__(self) -> int:
        return int(self._kept().sum())

    def __repr__(self) -> str:
        cut = "" if self._origin is None else f" as of {self._origin.date()}"
        return f"Record{cut}: {len(self)} rows, models {self.models}"

    @property
    def models(self) -> list[str]:
        """Names of the models, sorted."""
        return sorted(set(self._rows.loc[self._kept(), "model"]))

    @property
    def frame(self) -> pd.DataFrame:
        """Rows of the record, outcomes and scores NaN where they were not known."""
        rows = self._rows[self._kept()].reset_index(drop=True)
        if self._origin is not None:
            unknown = ~(rows["known_on"] <= self._origin)
            rows.loc[unknown, list(OUTCOME_COLUMNS)] = np.nan
            rows.loc[unknown, "known_on"] = pd.NaT
        return rows

    def errors(self, model: str, target: str, state: str) -> pd.DataFrame:
        """Errors of a model's medians, ``100 * log(actual / q50)``.

        Returns
        -------
        DataFrame, origins by steps
            NaN where the outcome was not known. Empty if the record has no such forecasts.
        """
        ratio = self.matrix("actual", model, target, state)
        ratio /= self.matrix("q50", model, target, state)
        return ratio.apply(np.log) * 100.0

    def matrix(self, column: str, model: str, target: str, state: str) -> pd.DataFrame:
        """One column of the tidy frame, origins by steps.

        Parameters
        ----------
        column : str
            A score, ``actual``, ``mean``, a quantile, ``scale``, ``last_yoy``, or ``month``: its
            ordinal.
        model, target, state : str

        Returns
        -------
        DataFrame, origins by steps
            NaN where not known. Empty if the record has no such forecasts.
        """
        origins, columns = self.arrays([column], model, target, state)
        table = columns[column]
        return pd.DataFrame(table, origins, pd.RangeIndex(1, table.shape[1] + 1, name="step"))

    def arrays(
        self, columns: Sequence[str], model: str, target: str, state: str
    ) -> tuple[pd.DatetimeIndex, dict[str, Array]]:
        """Several columns as `matrix` gives them, without labels.

        Returns
        -------
        origins : DatetimeIndex
        columns : dict of str to ndarray, origins by steps
        """
        block = self._blocks.get((model, target, state))
        if block is None:
            empty = pd.DatetimeIndex([], dtype="datetime64[ns]", name="origin")
            return empty, {column: np.empty((0, 0)) for column in columns}
        if self._origin is None:
            return block.index, {column: block.column(column).copy() for column in columns}
        day = self._origin.to_datetime64()
        rows = int(np.searchsorted(block.origins, day, side="right"))
        unknown = ~(block.known_on[:rows] <= day)
        found = {column: block.column(column)[:rows].copy() for column in columns}
        for column in found.keys() & OUTCOME_COLUMNS:
            found[column][unknown] = np.nan
        return block.index[:rows], found

    def known_on(self, model: str, target: str, state: str) -> npt.NDArray[np.datetime64]:
        """Days on which outcomes came out, origins by steps; NaT where not yet."""
        block = self._blocks[model, target, state]
        if self._origin is None:
            return block.known_on.copy()
        day = self._origin.to_datetime64()
        days = block.known_on[: int(np.searchsorted(block.origins, day, side="right"))].copy()
        days[~(days <= day)] = np.datetime64("NaT")
        return days

    def _kept(self) -> pd.Series[bool]:
        if self._origin is None:
            return pd.Series(True, self._rows.index)
        return self._rows["origin"] <= self._origin

    @cached_property
    def _blocks(self) -> dict[Key, _Block]:
        groups = self._rows.groupby(["model", "target", "state"], sort=False)
        return {(str(m), str(t), str(s)): _Block(rows) for (m, t, s), rows in groups}

    # -- together, to disk and back ---------------------------------------------------------------

    @classmethod
    def concat(cls, records: Iterable[Record]) -> Self:
        """Put records together; where they have the same forecast, the last one's row stays."""
        filled = [record for record in records if len(record)]
        if not filled:
            return cls()
        rows = pd.concat([record.frame for record in filled], ignore_index=True)
        figures = {occasion: keys for r in filled for occasion, keys in r._figures.items()}
        return cls(rows.drop_duplicates(list(KEYS), keep="last"), figures)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the record to an ``.npz`` file, whole or not at all."""
        figures = [
            [*occasion[:2], str(occasion[2].date()), key]
            for occasion, keys in sorted(self._figures.items())
            for key in sorted(keys)
        ]
        arrays = to_arrays(self.frame)
        # Not the others: what repeats is smaller as it is.
        arrays |= {name: to_planes(arrays[name]) for name in NOISY_COLUMNS}
        place = place_of(path)
        remove_drafts(place.parent)
        write_arrays(place, SCHEMA, arrays, {"figures": figures}, compressed=True)

    @classmethod
    def load(cls, path: str | PathLike[str]) -> Self:
        """Read what `save` wrote, bit for bit.

        Raises
        ------
        MissingFileError
            If there is no such file: a FileNotFoundError too.
        ModelError
            If the file is damaged or no record.
        """
        try:
            stored = read_arrays(path, SCHEMA, FIRST_SCHEMA)
        except MissingFileError:
            raise
        except StoredFileError as error:
            raise ModelError(f"no record can be read: {error}") from error
        figures: dict[Occasion, Keys] = {}
        try:
            for target, state, day, key in stored.about["figures"]:
                occasion = (target, state, pd.Timestamp(day))
                figures[occasion] = figures.get(occasion, Keys()) | {key}
            arrays = {name: from_planes(array) for name, array in stored.arrays.items()}
            return cls(from_arrays(arrays), figures)
        except (KeyError, ValueError, TypeError) as error:
            raise ModelError(f"no record can be read: {path} is damaged ({error!r})") from error

    def _stored(self) -> dict[str, Any]:
        """What the file of a model keeps of the record: all of it, and where it was cut."""
        rows = to_arrays(self._rows)
        return {"rows": rows, "figures": self._figures, "origin": self._origin}

    def _restore(self, stored: Mapping[str, Any]) -> None:
        """Take what `_stored` gave."""
        vars(self).update(vars(Record(from_arrays(stored["rows"]), stored["figures"])))
        self._origin = stored["origin"]


class _Block:
    """Forecasts of one model, target and state, origins by steps."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self.origins, row = np.unique(rows["origin"].to_numpy(), return_inverse=True)
        self.index = pd.DatetimeIndex(self.origins, name="origin")
        self._shape = (len(self.origins), int(rows["step"].max()))
        self._place = (row, rows["step"].to_numpy() - 1)
        self._rows = rows
        # Made once, shared by all cuts.
        self.findings = Findings(rows)
        self._columns: dict[str, Array] = {}
        self.known_on = np.full(self._shape, np.datetime64("NaT"), dtype="datetime64[ns]")
        self.known_on[self._place] = rows["known_on"].to_numpy()

    def column(self, name: str) -> Array:
        """Values of a column, NaN where there is no forecast."""
        if name not in self._columns:
            table = np.full(self._shape, np.nan)
            values = self._rows[name]
            if name == "month":
                values = pd.Series(pd.PeriodIndex(values, freq="M").asi8)
            table[self._place] = values.to_numpy(dtype=float)
            self._columns[name] = table
        return self._columns[name]
