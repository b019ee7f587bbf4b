"""A forecast as it was issued: its paths, all that was printed of it, and what it stood on."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from tradeshock.features.errors import BacktestError, StoredFileError
from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.monthly.facts import forecast_card
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.monthly.printed import PrintedForecast
from tradeshock.models.paths import ForecastPaths
from tradeshock.models.record.code_version import code_version
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
    code : str
        Version of the model's code and of the libraries that it imports
        (`tradeshock.models.record.code_version`); empty where the model has no source file.
    card : dict of str to str
        Facts in words: model, parameters, seed, data, versions of libraries.
    printed : PrintedForecast or None
        What `tradeshock forecast` printed.
    nation : str or None
        ISO code of the nation whose figures these are; None where it was not known.

    Notes
    -----
    Files of schema 1 have neither code nor card nor what was printed, older ones no nation.
    """

    id: str
    issued: pd.Timestamp
    paths: ForecastPaths
    csv: str
    json: str
    figures: str
    version: str
    code: str = ""
    card: dict[str, str] = field(default_factory=dict)
    printed: PrintedForecast | None = None
    nation: str | None = None

    @property
    def judgement(self) -> dict[str, Any] | None:
        """Amounts by month, in the target's unit, and their reason; None without any."""
        content: dict[str, Any] | None = json.loads(self.json)["judgement"]
        return content

    @property
    def conditions(self) -> list[dict[str, Any]]:
        """What was assumed, one mapping a cell, as `MonthlyForecast.to_json` has it.

        Of values that differ from draw to draw the median; the draws are in the paths.
        """
        content: list[dict[str, Any]] = json.loads(self.json)["conditions"]
        return content

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
            # As of the day: vintages that come later do not make other figures of these.
            figures=panel.as_of(forecast.origin).fingerprint(),
            version=version,
            code=_code(forecast),
            card=forecast_card(forecast),
            printed=PrintedForecast.from_forecast(forecast),
            nation=forecast.entry.nation,
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
            "code": self.code,
            "card": self.card,
            "printed": self.printed and self.printed.to_plain(),
            "nation": self.nation,
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
            if printed := about.pop("printed", None):
                about["printed"] = PrintedForecast.from_plain(printed)
            (paths,) = paths_from_arrays(stored.arrays)
            return cls(issued=issued, paths=paths, **about)
        except (KeyError, TypeError, ValueError) as error:
            raise StoredFileError(f"a forecast of the archive is incomplete ({error})") from error


def _code(forecast: MonthlyForecast) -> str:
    try:
        return code_version(forecast.fitted)
    except BacktestError:
        # A class that was typed into a prompt.
        return ""
