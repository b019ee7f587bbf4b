"""What a tariff does to the exports that it hits: arithmetic with a stated elasticity."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from tradeshock.features.errors import ModelError


def number_in(name: str, value: object, low: float, high: float) -> None:
    """Refuse what is no number from `low` to `high`."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not low <= value <= high:  # type: ignore[operator]
        raise ModelError(f"got {name}={value!r}, expected a number from {low:g} to {high:g}")


@dataclass(frozen=True)
class TariffResponse:
    """How the value of exports answers to a tariff on them.

    Of a tariff that makes the price at the border ``1 + rate`` times as large, buyers see the
    share `pass_through` (in logs), and buy less by `elasticity` times that; the rest is taken off
    the exporter's price. In logs, the value of exports moves by

    ``-(elasticity * pass_through + 1 - pass_through) * log((1 + rate) / (1 + rate_before))``.

    Parameters
    ----------
    elasticity : float
        Fall of the quantity in per cent when the buyer's price rises by 1 %, after twelve months.
    pass_through : float
        Share of the tariff that the buyer's price takes, 0 to 1.
    first_month : float
        Share of the twelve-month effect (in logs) that the first month shows, 0 to 1.
    source : str
        Where the numbers are from.

    Raises
    ------
    ModelError
        If a number is out of its range, or no source is given.
    """

    elasticity: float
    pass_through: float
    first_month: float
    source: str

    def __post_init__(self) -> None:
        number_in("elasticity", self.elasticity, 0.0, 100.0)
        number_in("pass_through", self.pass_through, 0.0, 1.0)
        number_in("first_month", self.first_month, 0.0, 1.0)
        if not isinstance(self.source, str) or not self.source.strip():
            raise ModelError(
                f"got source={self.source!r}; say where the elasticity and the pass-through of a "
                "tariff are from"
            )

    @property
    def value_elasticity(self) -> float:
        """Fall of the exports' value in per cent when the price at the border rises by 1 %."""
        return self.elasticity * self.pass_through + 1.0 - self.pass_through

    def effect(self, rate: float, rate_before: float = 0.0) -> tuple[float, float]:
        """Effect on the exports that are hit, in per cent: first month, and after twelve months.

        Parameters
        ----------
        rate, rate_before : float
            The tariff and what it was before, in per cent of the price.
        """
        move = np.log((100.0 + rate) / (100.0 + rate_before))
        whole = -self.value_elasticity * move
        return (
            float(100.0 * np.expm1(self.first_month * whole)),
            float(100.0 * np.expm1(whole)),
        )


# The first month's share is one episode's: exports to the US in April 2025 were 1.7 % below a
# forecast of 1 April, of 12.8 % in a year by the study below.
FIRST_MONTH = 0.13
RESPONSES: Mapping[str, TariffResponse] = {
    "ibk_2025": TariffResponse(
        0.614,
        1.0,
        FIRST_MONTH,
        "IBK 2025: 25 % on Korea lowers exports to the US by 12.8 %, read as full pass-through; "
        "first month: exports to the US in April 2025",
    ),
    "boehm_2023": TariffResponse(
        0.76,
        1.0,
        FIRST_MONTH,
        "Boehm, Levchenko and Pandalai-Nayar (2023): elasticity of 0.76 of trade without the "
        "tariff in the year after; "
        "first month: exports to the US in April 2025",
    ),
    "smart": TariffResponse(
        1.5,
        1.0,
        FIRST_MONTH,
        "WITS SMART's defaults: elasticity of substitution of 1.5, full pass-through; first "
        "month: exports to the US in April 2025",
    ),
}
"""How exports answer a tariff, each with its source, by the name that ``Tariff`` takes as response.

"ibk_2025" is a study of the tariffs of 2025, "boehm_2023" an estimate from past tariffs, "smart"
what a calculator of trade policy assumes. Where elasticities differ, so do answers: compare them.
"""


@dataclass(frozen=True)
class TariffHit:
    """A tariff on a part of the exports, or on a share of that part.

    Parameters
    ----------
    part : str
        Id of a series: an item, or a destination.
    rate : float
        Tariff in per cent of the price.
    share_hit : float
        Share of the part that pays it, 0 to 1: for an item the share that goes to the nation
        that taxes it, which no series of the catalog holds.
    response : TariffResponse or str
        How the exports answer, or one of `RESPONSES`.
    rate_before : float
        Tariff that was paid before, in per cent.
    source : str
        Where `share_hit` is from; must be given where it is not 1.

    Raises
    ------
    ModelError
        If a number is out of its range or a source is missing.
    """

    part: str
    rate: float
    share_hit: float = 1.0
    response: TariffResponse | str = "ibk_2025"
    rate_before: float = 0.0
    source: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.part, str):
            raise ModelError(f"got part={self.part!r}, expected the id of a series")
        number_in("rate", self.rate, 0.0, 1000.0)
        number_in("rate_before", self.rate_before, 0.0, 1000.0)
        number_in("share_hit", self.share_hit, 0.0, 1.0)
        if self.share_hit != 1.0 and not (isinstance(self.source, str) and self.source.strip()):
            raise ModelError(
                f"the share {self.share_hit} of {self.part} that a tariff hits has no source; say "
                "where it is from (source=..., on the command line --source)"
            )
        known = isinstance(self.response, str) and self.response in RESPONSES
        if not known and not isinstance(self.response, TariffResponse):
            raise ModelError(
                f"got response={self.response!r}, expected a TariffResponse or one of "
                f"{list(RESPONSES)}"
            )

    @property
    def resolved(self) -> TariffResponse:
        """The response itself."""
        if isinstance(self.response, TariffResponse):
            return self.response
        return RESPONSES[self.response]


def parse_tariffs(
    texts: Iterable[str], response: TariffResponse | str, source: str
) -> list[TariffHit]:
    """Read tariffs such as "exports_to_us=15" or "exports_passenger_cars=25@0.51".

    Parameters
    ----------
    texts : iterable of str
        Series, rate in per cent and, after @, the share of the series that is hit.
    response : TariffResponse or str
        Of all of them.
    source : str
        Where the shares are from.

    Raises
    ------
    ModelError
        If a text is not of that form, or as `TariffHit`.
    """
    hits = []
    for text in texts:
        part, equals, amounts = text.partition("=")
        rate, at, share = amounts.partition("@")
        try:
            numbers = float(rate), float(share) if at else 1.0
        except ValueError:
            equals = ""
        if not equals or not part:
            raise ModelError(
                f"{text!r} is no tariff; write it as exports_to_us=15, or with the share that is "
                "hit as exports_passenger_cars=25@0.51"
            )
        hits.append(TariffHit(part.strip(), *numbers, response=response, source=source))
    return hits
