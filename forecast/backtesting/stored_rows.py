"""Measured forecasts kept beside their chunk, so that a stored run is not measured again."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

import pandas as pd

from tradeshock.features.errors import StoredFileError
from tradeshock.forecast.backtesting.chunks import Chunk
from tradeshock.forecast.backtesting.store import ChunkStore
from tradeshock.models.record.code_version import module_version
from tradeshock.models.record.files import Schema, read_arrays, write_arrays
from tradeshock.models.record.rows import from_arrays, to_arrays

SCHEMA = Schema("rows", 1)


class StoredRows:
    """Rows of the tidy frame of finished chunks, one file each.

    A file holds what came out, as the panel had it, so it counts only for a panel with the same
    outcomes and for the same code. Nothing is lost with it: it is made again from the forecasts.
    New forecasts of a chunk remove its rows (`ChunkStore.write`).

    Parameters
    ----------
    store : ChunkStore
        Whose panel holds the outcomes.
    actual : {"latest", "first"}
        Which figures count as outcomes.
    """

    def __init__(self, store: ChunkStore, actual: str = "latest") -> None:
        self._store = store
        self._actual = actual
        self._version = module_version("tradeshock.models.record.rows")

    def read(self, chunk: Chunk) -> pd.DataFrame | None:
        """Rows of a chunk's forecasts; None if there are none that count."""
        try:
            stored = read_arrays(self._file(chunk), SCHEMA)
            same = stored.about == self._basis(chunk)
            return from_arrays(stored.arrays) if same else None
        except (OSError, StoredFileError, KeyError, ValueError):
            # Not there, or damaged: they are made again.
            return None

    def write(self, chunk: Chunk, rows: pd.DataFrame) -> None:
        """Keep rows; a disk that does not take them only costs time later."""
        with suppress(OSError):
            write_arrays(self._file(chunk), SCHEMA, to_arrays(rows), self._basis(chunk))

    def _file(self, chunk: Chunk) -> Path:
        return self._store.file(chunk).with_suffix(".rows.npz")

    def _basis(self, chunk: Chunk) -> dict[str, str]:
        """The forecasts that were measured, the outcomes, and the code that measures."""
        panel = self._store.panel
        months = panel.months.asi8
        near = months <= pd.Period(chunk.origins[-1], "M").ordinal + chunk.steps
        outcomes = hashlib.sha256(months[near].tobytes())
        for id in chunk.target:
            column = panel.values.columns.get_loc(id)
            outcomes.update(panel.values[id].to_numpy()[near].tobytes())
            outcomes.update(panel.release_dates[near, column].tobytes())
        return {
            "forecasts": self._store.file(chunk).name,
            "outcomes": outcomes.hexdigest(),
            "code": self._version,
            "actual": self._actual,
        }
