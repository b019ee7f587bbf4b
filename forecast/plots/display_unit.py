"""In which unit people read a series: billions where its millions have five digits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar, Self

MOST_DIGITS = 15


@dataclass(frozen=True)
class DisplayUnit:
    """Unit, divisor and decimals for tables and charts.

    Parameters
    ----------
    name : str
        Unit to print, such as "bn USD".
    divisor : float
        What a figure in the series' own unit is divided by.
    decimals : int
        Decimals that leave three significant digits.
    """

    name: str
    divisor: float
    decimals: int

    # Koreans count in hundreds of millions.
    KOREAN: ClassVar[str] = "백만 달러"

    @classmethod
    def choose(cls, unit: str, level: float) -> Self:
        """Choose for a series of this unit whose figures are around this level.

        Examples
        --------
        >>> DisplayUnit.choose("mn USD", 85_867.0)
        DisplayUnit(name='bn USD', divisor=1000.0, decimals=1)
        >>> DisplayUnit.choose("백만 달러", 85_867.0)
        DisplayUnit(name='억 달러', divisor=100.0, decimals=1)
        >>> DisplayUnit.choose("per USD", 1_391.5).text(1_391.5)
        '1,392'
        """
        if unit == cls.KOREAN and abs(level) >= 100.0:
            return cls("억 달러", 100.0, 1)
        in_billions = unit.startswith("mn ") and abs(level) >= 1000.0
        divisor = 1000.0 if in_billions else 1.0
        size = abs(level) / divisor
        digits = math.floor(math.log10(size)) + 1 if size > 0 else 1
        name = "bn " + unit.removeprefix("mn ") if in_billions else unit
        return cls(name, divisor, max(0, 3 - digits))

    def text(self, value: float, sign: bool = False) -> str:
        """Write a figure that is given in the series' own unit, without the unit's name.

        Sizes that nobody writes out, of more than fifteen digits, stand as powers of ten.
        """
        shown, plus = value / self.divisor, "+" if sign else ""
        if self.decimals > MOST_DIGITS or abs(shown) >= 10.0**MOST_DIGITS:
            return f"{shown:{plus}z.3g}"
        return f"{shown:{plus}z,.{self.decimals}f}"
