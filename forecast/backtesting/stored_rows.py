"""Measured forecasts kept beside their chunk, so that a stored run is not measured again."""

from __future__ import annotations

import hashlib
from contextlib import suppress

import numpy as np
import pandas as pd

from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.backtesting.chunks import Chunk, rows_beside
from tradeshock.forecast.backtesting.code_version import module_version
from tradeshock.models.record.files import read_arrays, replacing
from tradeshock.models.record.rows import from_arrays, to_arrays


class StoredRows:
    """Rows of the tidy frame of finished chunks, one file each.

    A file holds what came out, as the panel had it, so it counts only for a panel with the same
    outcomes and for the same code. Nothing is lost with it: it is made again from the forecasts.
    New forecasts of a chunk remove its rows (`write_forecasts`).

    Parameters
    ----------
    panel : Panel
        Holds the outcomes.
    """

    def __init__(self, panel: Panel) -> None:
        self._panel = panel

    def read(self, chunk: Chunk) -> pd.DataFrame | None:
        """Rows of a chunk's forecasts; None if there are none that count."""
        if chunk.file is None or not (path := rows_beside(chunk.file)).is_file():
            return None
        basis = self._basis(chunk)
        try:
            arrays = read_arrays(path)
            return from_arrays(arrays) if str(arrays["basis"]) == basis else None
        except Exception:  # noqa: BLE001  # damaged files raise anything; rows are made again
            return None

    def write(self, chunk: Chunk, rows: pd.DataFrame) -> None:
        """Keep rows; a disk that does not take them only costs time later."""
        if chunk.file is not None:
            with suppress(OSError), replacing(rows_beside(chunk.file)) as file:
                np.savez(file, basis=np.array(self._basis(chunk)), **to_arrays(rows))  # type: ignore[arg-type]

    def _basis(self, chunk: Chunk) -> str:
        """Hash of the outcomes that a chunk is measured against, and of the code that does it."""
        panel = self._panel
        months = panel.months.asi8
        near = months <= pd.Period(chunk.origins[-1], "M").ordinal + chunk.steps
        digest = hashlib.sha256(module_version("tradeshock.models.record.rows").encode())
        digest.update(months[near].tobytes())
        for id in chunk.target:
            column = panel.values.columns.get_loc(id)
            digest.update(panel.values[id].to_numpy()[near].tobytes())
            digest.update(panel.release_dates[near, column].tobytes())
        return digest.hexdigest()
