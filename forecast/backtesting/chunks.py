"""Chunks of a backtest, a calendar year of one model's origins each, and where they are kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import joblib
import numpy as np
import pandas as pd
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from tradeshock.features.errors import BacktestError, ModelError
from tradeshock.features.panel.panel import Panel
from tradeshock.features.panel.validation import months_of
from tradeshock.forecast.backtesting.code_version import code_version
from tradeshock.models.base import Model
from tradeshock.models.paths import ForecastPaths
from tradeshock.models.record.files import read_arrays, replacing

FORMAT = 1


@dataclass(frozen=True)
class Chunk:
    """One model's origins of one calendar year.

    Parameters
    ----------
    job : str
        Key of the job that it is part of.
    model : Model
        Not fitted.
    target : tuple of str
    year : int
    origins : tuple of Timestamp
        Ascending.
    steps : int
    refit_every : int
        Origins until parameters are estimated again; the year's first origin always does.
    file : Path, optional
        Where the forecasts are kept.
    """

    job: str
    model: Model
    target: tuple[str, ...]
    year: int
    origins: tuple[pd.Timestamp, ...]
    steps: int
    refit_every: int = 1
    file: Path | None = None

    @property
    def label(self) -> str:
        """Model and year."""
        return f"{self.model.name} {self.year}"

    def run(self, panel: Panel) -> list[ForecastPaths]:
        """Forecast from each origin, with one BLAS thread.

        Raises
        ------
        ModelError
            If the model does not give one forecast for each origin, or as the model raises.
        """
        # Cut, so that the forecasts depend on nothing that the key of the chunk leaves out.
        known = panel.as_of(self.origins[-1])
        target = self.target[0] if len(self.target) == 1 else self.target
        with threadpool_limits(limits=1):
            if self.refit_every == 1:
                replayed = clone(self.model).replay(known, target, list(self.origins), self.steps)
            else:
                replayed = self._updated(known, target)
            forecasts = list(replayed)
        if tuple(paths.origin for paths in forecasts) != self.origins:
            raise ModelError(
                f"{self.model.name}.replay gave {len(forecasts)} forecasts, not one from each of "
                f"{len(self.origins)} origins in their order"
            )
        return forecasts

    def kept_in(self, file: Path) -> Chunk:
        """Return the same chunk with the file in which its forecasts are kept."""
        return replace(self, file=file)

    def _updated(self, panel: Panel, target: str | Sequence[str]) -> Iterator[ForecastPaths]:
        model = clone(self.model)
        for i, origin in enumerate(self.origins):
            known = panel.as_of(origin)
            if i % self.refit_every == 0:
                model = clone(self.model).fit(known, target)
            else:
                model.update(known)
            yield model.forecast(self.steps)


class ChunkStore:
    """A folder of finished chunks: one file of forecasts each, and one of rows (`rows_beside`).

    A file's name says which question it answers (model, parameters, target, steps, origins) and
    from what (the model's code, the panel as it stood at each origin). A changed panel or changed
    code makes a new file, which takes the place of the old answer to the same question.

    Parameters
    ----------
    folder : Path
    panel : Panel
    """

    def __init__(self, folder: Path, panel: Panel) -> None:
        self.folder = folder
        self._panel = panel
        self._fingerprints: dict[pd.Timestamp, str] = {}

    def file(self, chunk: Chunk) -> Path:
        """Return the file that a chunk's forecasts are, or will be, kept in."""
        cls = type(chunk.model)
        parameters = joblib.hash(clone(chunk.model).get_params(deep=False))
        origins = [str(origin.date()) for origin in chunk.origins]
        asked = [cls.__module__, cls.__qualname__, parameters, chunk.target, chunk.steps]
        question = _hash([FORMAT, *asked, chunk.refit_every, origins])
        known = [self._fingerprint(origin) for origin in chunk.origins]
        answer = _hash([code_version(chunk.model), *known])
        return self.folder / f"{cls.__name__}-{chunk.year}-{question}-{answer}.npz"

    def _fingerprint(self, origin: pd.Timestamp) -> str:
        if origin not in self._fingerprints:
            self._fingerprints[origin] = panel_fingerprint(self._panel.as_of(origin))
        return self._fingerprints[origin]


def panel_fingerprint(panel: Panel) -> str:
    """Hash of all that a model can learn from a panel: figures, their days, what they are."""
    digest = hashlib.sha256(panel.fingerprint().encode())
    digest.update(panel.release_dates.astype("datetime64[D]").tobytes())
    for id in panel.values.columns:
        entry = panel.catalog[id]
        traits = (entry.unit, entry.adjustment, entry.nation, entry.window, entry.transform)
        digest.update(repr((entry.id, entry.flash_of, *traits)).encode())
    months = pd.period_range(panel.values.index[0], panel.values.index[-1] + 36, freq="M")
    digest.update(panel.calendar.working_days(months).tobytes())
    return digest.hexdigest()


def rows_beside(file: Path) -> Path:
    """File of what was measured of a chunk; it counts for the forecasts beside it alone."""
    return file.with_suffix(".rows.npz")


def write_forecasts(path: Path, forecasts: Sequence[ForecastPaths]) -> None:
    """Write forecasts of equal shape to an ``.npz`` file, whole or not at all.

    Older answers to the same question are removed, and what was measured of any of them.
    """
    histories = [paths.history for paths in forecasts]
    meta = [
        {
            "series": paths.series,
            "origin": str(paths.origin.date()),
            "state": paths.state,
            "seed": paths.seed,
            "model": paths.model,
            "notes": paths.notes,
        }
        for paths in forecasts
    ]
    arrays: dict[str, Any] = {
        "values": np.stack([paths.values for paths in forecasts]),
        "first": np.array([paths.index[0].ordinal for paths in forecasts]),
        "history": np.concatenate([history.to_numpy(dtype=float) for history in histories]),
        "began": np.array([history.index[0].ordinal for history in histories]),
        "length": np.array([len(history) for history in histories]),
        "meta": np.array(json.dumps(meta)),
    }
    with replacing(path) as file:
        np.savez(file, **arrays)
    question = path.name.rpartition("-")[0]
    for other in path.parent.glob(f"{question}-*.npz"):
        if other != path:
            other.unlink(missing_ok=True)


def read_forecasts(path: Path) -> list[ForecastPaths]:
    """Read what `write_forecasts` wrote, bit for bit.

    Raises
    ------
    BacktestError
        If the file cannot be read.
    """
    try:
        return list(_forecasts(read_arrays(path)))
    except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
        raise BacktestError(
            f"the stored chunk {path} cannot be read ({error}); delete it, and it is computed again"
        ) from error


def _forecasts(arrays: dict[str, Any]) -> Iterator[ForecastPaths]:
    steps = arrays["values"].shape[2]
    ends = np.cumsum(arrays["length"])
    for i, meta in enumerate(json.loads(str(arrays["meta"]))):
        first, began, length = (int(arrays[key][i]) for key in ("first", "began", "length"))
        past = months_of(np.arange(began, began + length)).rename("month")
        history = arrays["history"][ends[i] - length : ends[i]]
        yield ForecastPaths(
            values=arrays["values"][i],
            index=months_of(np.arange(first, first + steps)).rename("month"),
            series=tuple(meta["series"]),
            history=pd.DataFrame(history, past, pd.Index(meta["series"])),
            origin=pd.Timestamp(meta["origin"]),
            state=meta["state"],
            seed=meta["seed"],
            model=meta["model"],
            notes=tuple(meta["notes"]),
        )


def _hash(parts: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:20]
