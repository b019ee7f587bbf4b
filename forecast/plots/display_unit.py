"""In which unit people read a series: billions where its millions have five digits."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import ClassVar, Self

# What is written of a number whose digits nobody has chosen, such as a mark on an axis.
SIGNIFICANT = 10
# Of a figure that is written out.
MOST_DIGITS = 15
# A unit that counts in multiples of another, such as "100 mn JPY", but no index ("2020=100").
MULTIPLE = re.compile(r"\d[\d,. ]* (?!=)")


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
        >>> DisplayUnit.choose("100 mn JPY", 109_814.0).name
        'x 100 mn JPY'
        """
        if unit == cls.KOREAN and abs(level) >= 100.0:
            return cls("억 달러", 100.0, 1)
        in_billions = unit.startswith("mn ") and abs(level) >= 1000.0
        divisor = 1000.0 if in_billions else 1.0
        size = abs(level) / divisor
        digits = math.floor(math.log10(size)) + 1 if size > 0 else 1
        name = "bn " + unit.removeprefix("mn ") if in_billions else unit
        # "109,814 100 mn JPY" would read as one number.
        name = f"x {name}" if MULTIPLE.match(name) else name
        return cls(name, divisor, max(0, 3 - digits))

    def text(self, value: float, sign: bool = False) -> str:
        """Write a figure that is given in the series' own unit, without the unit's name.

        Sizes that nobody writes out, of more than fifteen digits, stand as powers of ten.
        """
        shown, plus = value / self.divisor, "+" if sign else ""
        if self.decimals > MOST_DIGITS or abs(shown) >= 10.0**MOST_DIGITS:
            return f"{shown:{plus}z.3g}"
        return f"{shown:{plus}z,.{self.decimals}f}"

    def limit(self, value: float) -> str:
        """Write a figure that somebody chose, such as a threshold, as it was chosen."""
        return plain_number(value / self.divisor)


def plain_number(value: float) -> str:
    """Write a number as people do, without exponents and zeros that say nothing.

    Sizes that nobody writes out, of more than fifteen digits, stand as powers of ten.

    Examples
    --------
    >>> plain_number(1e6), plain_number(900.0), plain_number(-0.25), plain_number(1234567.0)
    ('1,000,000', '900', '-0.25', '1,234,567')
    """
    digits = math.floor(math.log10(abs(value))) + 1 if value else 1
    if abs(digits) > MOST_DIGITS:
        return f"{value:.3g}"
    text = f"{value:z,.{max(0, SIGNIFICANT - digits)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
