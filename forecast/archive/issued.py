"""A forecast as it was issued: its paths, and everything that was printed of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import pandas as pd

from tradeshock.features.errors import StoredFileError
from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.models.paths import ForecastPaths
from tradeshock.models.record.files import StoredArrays
from tradeshock.models.record.stored_paths import paths_from_arrays, paths_to_arrays

DIGITS = 8


@dataclass(frozen=True, eq=False)
class Issued:
    """One forecast of the archive.

    Parameters
    ----------
    id : str
        Day of the origin and the beginning of a hash of all that was said.
    issued : Timestamp
        When it was put into the archive, UTC.
    paths : ForecastPaths
        Bit for bit those of the forecast, judgement and conditions included.
    csv, json : str
        What `MonthlyForecast.to_csv` and `to_json` said, to the last character.
    figures : str
        Fingerprint of the figures that were known.
    version : str
        Of the package.
    """

    id: str
    issued: pd.Timestamp
    paths: ForecastPaths
    csv: str
    json: str
    figures: str
    version: str

    @classmethod
    def from_forecast(cls, forecast: MonthlyForecast, version: str) -> Issued:
        """Take down a forecast that is issued now."""
        csv, json = forecast.to_csv(), forecast.to_json()
        panel: Panel = forecast.fitted.panel_
        said = csv.encode() + json.encode() + forecast.paths.values.tobytes()
        digest = hashlib.sha256(said).hexdigest()[:DIGITS]
        return cls(
            id=f"{forecast.origin.date()}-{digest}",
            issued=pd.Timestamp.now("UTC").floor("s"),
            paths=forecast.paths,
            csv=csv,
            json=json,
            figures=panel.fingerprint(),
            version=version,
        )

    def to_stored(self) -> StoredArrays:
        """Return arrays and plain values that a file can hold."""
        about = {
            "id": self.id,
            "issued": self.issued.isoformat(),
            "csv": self.csv,
            "json": self.json,
            "figures": self.figures,
            "version": self.version,
        }
        return StoredArrays(about, paths_to_arrays([self.paths]))

    @classmethod
    def from_stored(cls, stored: StoredArrays) -> Issued:
        """Read what `to_stored` gave.

        Raises
        ------
        StoredFileError
            If something is missing.
        """
        about: dict[str, Any] = dict(stored.about)
        try:
            issued = pd.Timestamp(about.pop("issued"))
            (paths,) = paths_from_arrays(stored.arrays)
            return cls(issued=issued, paths=paths, **about)
        except (KeyError, TypeError, ValueError) as error:
            raise StoredFileError(f"a forecast of the archive is incomplete ({error})") from error
