"""An answer: what one source said at one moment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from tradeshock.features.errors import PanelError

# A part of the names of exported files.
SOURCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


@dataclass(frozen=True)
class Answer:
    """What one source said at one moment.

    Parameters
    ----------
    source : str
        Who said it, such as "fed_h10"; "user" for what was typed. Letters, digits,
        "_", "." and "-".
    fetched : datetime
        When it was fetched, with its time zone; kept in UTC, to the second.
    figures : DataFrame
        Columns series (an id of the catalog), month (monthly periods) or day (timestamps, for daily
        quotes), and value in the catalog's unit. A value that was withdrawn is NaN.
    raw_hash : str
        SHA-256 of the bytes that were fetched, hexadecimal; empty where there were none.
    note : str
        What a person should know of it: an address without its key, the name of a sheet.

    Raises
    ------
    PanelError
        If the time has no zone, the source has no such name, a column is missing, a value is
        infinite or no number, or a figure has two values.
    """

    source: str
    fetched: datetime
    figures: pd.DataFrame
    raw_hash: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if self.fetched.tzinfo is None:
            raise PanelError(
                f"the answer of {self.source} was fetched at {self.fetched}, which has no time "
                "zone; give datetime.now(UTC)"
            )
        object.__setattr__(self, "fetched", self.fetched.astimezone(UTC).replace(microsecond=0))
        if not SOURCE.fullmatch(self.source):
            raise PanelError(f"got {self.source!r} as a source; name it like 'fed_h10'")
        object.__setattr__(self, "note", " ".join(self.note.split()))
        object.__setattr__(self, "figures", self._tidy())

    @property
    def quoted(self) -> bool:
        """Whether the figures are quotes of days, not figures of months."""
        return "day" in self.figures

    def _tidy(self) -> pd.DataFrame:
        """Figures in order of series and time, with their types."""
        when = "day" if "day" in self.figures else "month"
        if missing := [name for name in ("series", when, "value") if name not in self.figures]:
            raise PanelError(
                f"the answer of {self.source} lacks the columns {missing}; it needs series, month "
                "(or day) and value"
            )
        ids = self.figures["series"].unique()
        if odd_ids := [id for id in ids if not (isinstance(id, str) and id and id.isprintable())]:
            raise PanelError(
                f"the answer of {self.source} has a series {odd_ids[0]!r}; give an id that prints"
            )
        times = self.figures[when]
        rows = pd.DataFrame(
            {
                "series": self.figures["series"].to_numpy(dtype=object),
                when: pd.PeriodIndex(times, freq="M")
                if when == "month"
                else pd.DatetimeIndex(times).as_unit("s").normalize(),
                "value": self.figures["value"].to_numpy(dtype=np.float64),
            }
        )
        odd = np.isinf(rows["value"]) | rows.duplicated(["series", when], keep=False)
        if odd.any():
            row = rows[odd.to_numpy()].iloc[0]
            raise PanelError(
                f"the answer of {self.source} says that {row['series']} of {row[when]} is "
                f"{row['value']:g}, which is no number, or not the only one; give one finite value"
            )
        return rows.sort_values(["series", when], ignore_index=True)
