"""A folder of finished chunks, each in a file that says which question it answers."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd
from sklearn.base import clone

from tradeshock.features.errors import BacktestError, StoredFileError
from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.backtesting.chunks import Chunk
from tradeshock.models.naming import hash_of
from tradeshock.models.paths import ForecastPaths
from tradeshock.models.record.code_version import code_version
from tradeshock.models.record.files import Schema, read_arrays, remove_drafts, write_arrays
from tradeshock.models.record.places import expanded
from tradeshock.models.record.stored_paths import paths_from_arrays, paths_to_arrays

SCHEMA = Schema("forecasts", 2)
LOG = logging.getLogger(__name__)


class ChunkStore:
    """A folder of finished chunks.

    A file's name says which question it answers (model, parameters, target, steps, origins) and
    from what (the model's code, the panel as it stood at each origin); so does its content, which
    is compared when it is read. A changed panel or changed code makes a new file, which takes the
    place of the old answer to the same question.

    Parameters
    ----------
    folder : str or path
        Made when something is stored. Unfinished files of killed runs are removed from it.
    panel : Panel

    Raises
    ------
    BacktestError
        If it names no folder, or there is a file where the folder should be.
    """

    def __init__(self, folder: str | PathLike[str], panel: Panel) -> None:
        if not isinstance(folder, str | PathLike) or not str(folder):
            raise BacktestError(f"got {folder!r} as the store; give a folder such as 'runs'")
        self.folder = expanded(folder)
        _refuse_no_folder(self.folder)
        self.panel = panel
        self._fingerprints: dict[pd.Timestamp, str] = {}
        self._versions: dict[str, str] = {}
        self._claims: dict[tuple[object, ...], dict[str, Any]] = {}
        remove_drafts(self.folder)

    def file(self, chunk: Chunk) -> Path:
        """Return the file that a chunk's forecasts are, or will be, kept in."""
        claims = dict(self._claims_of(chunk))
        answer = _hash([claims.pop("code"), claims.pop("figures")])
        question = _hash([SCHEMA.version, claims])
        return self.folder / f"{type(chunk.model).__name__}-{chunk.year}-{question}-{answer}.npz"

    def holds(self, chunk: Chunk) -> bool:
        """Whether there is a file of a chunk's forecasts."""
        return self.file(chunk).is_file()

    def read(self, chunk: Chunk) -> list[ForecastPaths]:
        """Return a chunk's forecasts, bit for bit.

        Raises
        ------
        BacktestError
            If the file cannot be read, or holds what another chunk gave.
        """
        path, claims = self.file(chunk), self._claims_of(chunk)
        try:
            stored = read_arrays(path, SCHEMA)
            forecasts = list(paths_from_arrays(stored.arrays))
        except (OSError, StoredFileError, KeyError, IndexError, ValueError) as error:
            raise BacktestError(
                f"the stored chunk {path} cannot be read ({error}); delete it, and it is computed "
                "again"
            ) from error
        for name, claim in claims.items():
            if stored.about.get(name) != claim:
                raise BacktestError(
                    f"the stored chunk {path} is of another {name} ({stored.about.get(name)!r}) "
                    f"than its name says ({claim!r}); delete it, and it is computed again"
                )
        return forecasts

    def write(self, chunk: Chunk, forecasts: Sequence[ForecastPaths]) -> None:
        """Keep a chunk's forecasts, whole or not at all.

        Older answers to the same question are removed, and what was measured of any of them.
        """
        path = self.file(chunk)
        write_arrays(path, SCHEMA, paths_to_arrays(forecasts), self._claims_of(chunk))
        LOG.debug("written: %s", path)
        question = path.name.rpartition("-")[0]
        for other in path.parent.glob(f"{question}-*.npz"):
            if other != path:
                other.unlink(missing_ok=True)

    # -- inside -------------------------------------------------------------------------------

    def _claims_of(self, chunk: Chunk) -> dict[str, Any]:
        """All that a chunk's forecasts follow from, as plain values."""
        key = (chunk.key, chunk.target, chunk.origins, chunk.steps, chunk.refit_every)
        if key not in self._claims:
            cls = type(chunk.model)
            parameters = clone(chunk.model).get_params(deep=False)
            self._claims[key] = {
                "model": chunk.model.name,
                "class": f"{cls.__module__}.{cls.__qualname__}",
                "parameters": hash_of(parameters, cls.__name__),
                "target": list(chunk.target),
                "steps": chunk.steps,
                "refit_every": chunk.refit_every,
                "origins": [str(origin.date()) for origin in chunk.origins],
                "code": self._version(chunk),
                "figures": _hash([self._fingerprint(origin) for origin in chunk.origins]),
            }
        return self._claims[key]

    def _version(self, chunk: Chunk) -> str:
        if chunk.key not in self._versions:
            self._versions[chunk.key] = code_version(chunk.model)
        return self._versions[chunk.key]

    def _fingerprint(self, origin: pd.Timestamp) -> str:
        if origin not in self._fingerprints:
            self._fingerprints[origin] = self.panel.as_of(origin).fingerprint()
        return self._fingerprints[origin]


def _refuse_no_folder(folder: Path) -> None:
    """Refuse a path that no folder can be made at, before anything is computed for it."""
    there = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not there.is_dir():
        raise BacktestError(
            f"the store {folder} cannot be made, for {there} is a file and no folder; give the "
            "path of a folder"
        )


def _hash(parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:20]
