"""Answers as rows of arrays, as they are kept and compared."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from tradeshock.features.days.clock import korean_day
from tradeshock.features.errors import StoredFileError
from tradeshock.features.vintages.answer import Answer

Numbers = npt.NDArray[np.int16]
Periods = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
# Series, period and value of a row, in bytes.
ROW = 14


@dataclass(frozen=True, eq=False)
class Kept:
    """What a store keeps of an answer: the figures that were not known before.

    Parameters
    ----------
    source : str
    seen : int
        Seconds since 1970, UTC.
    daily : bool
        Whether periods are days.
    covered : ndarray of int16
        Numbers of all series that the answer spoke of, also of those without anything new.
    series : ndarray of int16
        Number of each row's series.
    periods : ndarray of int32
        Months or days, counted from 1970.
    values : ndarray of float64
        NaN where a figure was withdrawn.
    raw_hash, note : str
        As in the answer.
    """

    source: str
    seen: int
    daily: bool
    covered: Numbers
    series: Numbers
    periods: Periods
    values: Floats
    raw_hash: str = ""
    note: str = ""

    @classmethod
    def from_answer(cls, answer: Answer, numbers: Mapping[str, int]) -> Kept:
        """All of an answer, given the number of each of its series."""
        rows = answer.figures
        codes, ids = pd.factorize(rows["series"])
        known = np.array([numbers[id] for id in ids], dtype=np.int16)
        times = rows.iloc[:, 1]
        periods = (
            times.to_numpy().astype("datetime64[D]").astype(np.int64)
            if answer.quoted
            else pd.PeriodIndex(times).asi8
        )
        return cls(
            answer.source,
            int(answer.fetched.timestamp()),
            answer.quoted,
            np.unique(known),
            known[codes],
            periods.astype(np.int32),
            rows["value"].to_numpy(),
            answer.raw_hash,
            answer.note,
        )

    @property
    def day(self) -> np.datetime64:
        """Day in Korea on which the answer was seen."""
        return korean_day(self.seen)

    @property
    def keys(self) -> npt.NDArray[np.int64]:
        """One number a figure: its series, whether it is of a day, and its period."""
        series = self.series.astype(np.int64) * 2 + self.daily
        return (series << 32) + (self.periods.astype(np.int64) + (1 << 31))

    def only(self, rows: npt.NDArray[np.bool_]) -> Kept:
        """Some of the figures; what was covered stays."""
        return replace(
            self, series=self.series[rows], periods=self.periods[rows], values=self.values[rows]
        )

    def covering(self, series: Numbers) -> Kept:
        """The same figures of an answer that spoke of these series."""
        return replace(self, covered=np.unique(series))

    def renumbered(self, names: Mapping[int, str], numbers: Mapping[str, int]) -> Kept:
        """With the numbers of another store."""
        new = np.zeros(max(names, default=0) + 1, dtype=np.int16)
        for number, id in names.items():
            new[number] = numbers[id]
        return replace(self, covered=np.sort(new[self.covered]), series=new[self.series])

    def pack(self) -> bytes:
        """Figures as a compressed blob: column by column, each byte of a row with its like."""
        order = np.lexsort((self.periods, self.series))
        periods = np.diff(self.periods[order], prepend=np.int32(0)).astype("<i4")
        columns = (self.series[order].astype("<i2"), periods, self.values[order].astype("<f8"))
        planes = [c.view(np.uint8).reshape(len(c), c.itemsize).T.tobytes() for c in columns]
        return zlib.compress(b"".join(planes), 9)

    @staticmethod
    def unpack(blob: bytes) -> tuple[Numbers, Periods, Floats]:
        """Figures of a blob: series, periods, values.

        Raises
        ------
        StoredFileError
            If it is none.
        """
        try:
            plain = zlib.decompress(blob)
        except zlib.error as error:
            raise StoredFileError(str(error)) from error
        if len(plain) % ROW:
            raise StoredFileError(f"{len(plain)} bytes are no rows of {ROW}")
        n, planes = len(plain) // ROW, np.frombuffer(plain, dtype=np.uint8)
        parts = np.split(planes, [2 * n, 6 * n])
        series, periods, values = (
            np.ascontiguousarray(part.reshape(size, n).T).view(dtype).reshape(n)
            for part, dtype, size in zip(parts, ("<i2", "<i4", "<f8"), (2, 4, 8), strict=True)
        )
        return series.astype(np.int16), np.cumsum(periods, dtype=np.int32), values.astype(float)

    def sha256(self, names: Mapping[int, str]) -> bytes:
        """Hash by which two stores know the same answer, whatever numbers they give to series."""
        ids = [names[number] for number in self.series.tolist()]
        order = np.lexsort((self.periods, np.array(ids, dtype=object).astype(str)))
        head = [self.source, str(self.seen), str(int(self.daily))]
        covered = sorted(names[number] for number in self.covered.tolist())
        digest = hashlib.sha256("\n".join([*head, "", *covered, ""]).encode())
        digest.update("\n".join(ids[i] for i in order.tolist()).encode())
        digest.update(self.periods[order].astype("<i4").tobytes())
        # One NaN and one zero: both have more than one pattern of bits.
        values = np.where(np.isnan(self.values), np.nan, self.values + 0.0)
        digest.update(values[order].astype("<f8").tobytes())
        return digest.digest()
