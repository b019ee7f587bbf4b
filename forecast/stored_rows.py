"""Measured forecasts kept beside their chunk, so that a stored run is not measured again."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import pandas as pd

from tradeshock.features.panel import Panel
from tradeshock.forecast.chunks import Chunk
from tradeshock.forecast.code_version import module_version
from tradeshock.models.atomic import replacing
from tradeshock.models.measure import from_arrays, to_arrays

# Outcomes are of growth over a year, and forecasts of a flash begin some months before its origin.
EARLIER_MONTHS = 24


class StoredRows:
    """Rows of the tidy frame of finished chunks, one file each.

    A file holds what came out, as the panel had it, so it counts only for a panel with the same
    outcomes and for the same code. Nothing is lost with it: it is made again from the forecasts.

    Parameters
    ----------
    panel : Panel
        Holds the outcomes.
    """

    def __init__(self, panel: Panel) -> None:
        self._panel = panel

    def read(self, chunk: Chunk) -> pd.DataFrame | None:
        """Rows of a chunk's forecasts; None if there are none that count."""
        if chunk.file is None:
            return None
        try:
            with np.load(_beside(chunk.file), allow_pickle=False) as file:
                if str(file["basis"]) == self._basis(chunk):
                    return from_arrays({name: file[name] for name in file.files})
        except (OSError, ValueError, KeyError, BadZipFile):
            pass
        return None

    def write(self, chunk: Chunk, rows: pd.DataFrame) -> None:
        """Keep rows; a disk that does not take them only costs time later."""
        if chunk.file is not None:
            with suppress(OSError), replacing(_beside(chunk.file)) as file:
                np.savez(file, basis=np.array(self._basis(chunk)), **to_arrays(rows))  # type: ignore[arg-type]

    def _basis(self, chunk: Chunk) -> str:
        """Hash of the outcomes that a chunk is measured against, and of the code that does it."""
        panel = self._panel
        began, ended = (pd.Period(chunk.origins[i], "M").ordinal for i in (0, -1))
        months = panel.months.asi8
        near = (months >= began - EARLIER_MONTHS) & (months <= ended + chunk.steps)
        digest = hashlib.sha256(module_version("tradeshock.models.measure").encode())
        digest.update(months[near].tobytes())
        for id in chunk.target:
            column = panel.values.columns.get_loc(id)
            digest.update(panel.values[id].to_numpy()[near].tobytes())
            digest.update(panel.release_dates[near, column].tobytes())
        return digest.hexdigest()


def _beside(file: Path) -> Path:
    return file.with_suffix(".rows.npz")
