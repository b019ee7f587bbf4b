"""A trade shock: named moves of series and tariffs, with what is expected of it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

from tradeshock.features.errors import ModelError, ShockError
from tradeshock.forecast.exposure.tariff import TariffHit
from tradeshock.forecast.scenarios.move import Move
from tradeshock.models.conditions import Conditions

Carrier = Literal["chips", "macro", "exposure"]
Expected = Literal["down", "up", "either"]
TURNED: dict[Expected, Expected] = {"down": "up", "up": "down", "either": "either"}
# "{0}" is the size of the first move or tariff, "{0:+}" the same with a plus in front where it is
# above zero, "{0:-}" its negative: of a won that is stronger by what the dollar costs less.
SIZE = re.compile(r"\{(\d+)(?::([+-]))?\}")


@dataclass(frozen=True)
class Shock:
    """A trade shock.

    Parameters
    ----------
    name : str
        By which it is asked for.
    moves : sequence of Move
        What series do.
    hits : sequence of TariffHit
        Tariffs on parts of the exports; only with the carrier "exposure".
    carrier : {"chips", "macro", "exposure"}
        What turns moves into exports: the system of chips and the rest, the forecasting model's
        own systems, or arithmetic of shares.
    title : str
        In words. ``{0}`` in it is the size of the first move or tariff, in per cent if it is one or
        a share, ``{1}`` that of the second; ``{0:+}`` has its sign, ``{0:-}`` is the negative.
    expected : {"down", "up", "either"}
        What exports must do over the horizon; another sign stops with a `ShockError`.
    resembles : str
        Episode that it is like.
    source : str
        Where its sizes are from.
    starts : int
        Month of the forecast in which tariffs begin.
    front_loading : float
        Share of a month's exports, of those that are hit, shipped in the month before the tariffs
        begin instead of in the month in which they do.
    elsewhere : float
        Effect outside the hit exports as a share of the loss there: positive where it spreads
        (parts for others' exports, rivals diverted to third markets), negative where lost sales
        are made good on third markets.
    conditions : Conditions, optional
        Assumed values besides, as they are.

    Raises
    ------
    ShockError
        Naming the field, if it makes no sense.
    """

    name: str
    moves: tuple[Move, ...] = ()
    hits: tuple[TariffHit, ...] = ()
    carrier: Carrier = "macro"
    title: str = ""
    expected: Expected = "either"
    resembles: str = ""
    source: str = ""
    starts: int = 1
    front_loading: float = 0.0
    elsewhere: float = 0.0
    conditions: Conditions | None = None
    _given_title: str = field(default="", init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "moves", _all_of(Move, self.moves, "moves"))
        object.__setattr__(self, "hits", _all_of(TariffHit, self.hits, "hits"))
        if not isinstance(self.name, str) or not self.name:
            raise ShockError(f"got name={self.name!r}, expected a name", "name")
        for name, kinds in (("carrier", Carrier), ("expected", Expected)):
            given = getattr(self, name)
            if not isinstance(given, str) or given not in get_args(kinds):
                raise ShockError(
                    f"got {name}={given!r} in the shock {self.name}, expected one "
                    f"of {', '.join(get_args(kinds))}",
                    name,
                )
        if not (self.moves or self.hits or self.conditions is not None):
            raise ShockError(f"the shock {self.name} has no moves and no hits", "moves")
        self._check_tariffs()
        self._check_carrier()
        if not isinstance(self.title, str):
            raise ShockError(
                f"got title={self.title!r} in the shock {self.name}, expected text", "title"
            )
        object.__setattr__(self, "_given_title", self.title)
        object.__setattr__(self, "title", written_title(self.title, self._sizes))

    @property
    def _sizes(self) -> list[tuple[float | None, bool]]:
        """Sizes of moves, or else of tariffs, and whether they are shares."""
        if self.moves:
            return [(move.size, move.by == "share") for move in self.moves]
        return [(hit.rate, False) for hit in self.hits]

    def _check_tariffs(self) -> None:
        if not isinstance(self.starts, int) or isinstance(self.starts, bool) or self.starts < 1:
            raise ShockError(
                f"got starts={self.starts!r} in the shock {self.name}, expected the number of a "
                "month, 1 for the first",
                "starts",
            )
        for name, low, high in (("front_loading", 0.0, 1.0), ("elsewhere", -1.0, 5.0)):
            value = getattr(self, name)
            if not isinstance(value, int | float) or not low <= value <= high:
                raise ShockError(
                    f"got {name}={value!r} in the shock {self.name}, expected a share from "
                    f"{low:g} to {high:g}",
                    name,
                )

    def _check_carrier(self) -> None:
        if self.hits and self.carrier != "exposure":
            raise ShockError(
                f"the shock {self.name} has tariffs and the carrier {self.carrier}; a system reads "
                'fewer exports to a nation as a recession there: tariffs take carrier="exposure"',
                "carrier",
            )
        for move in self.moves if self.carrier == "exposure" else ():
            if move.against != "baseline" or move.by != "share" or move.like is not None:
                raise ShockError(
                    f"the shock {self.name} moves {move.series} by arithmetic, which takes shares "
                    'against the baseline: to or path, against="baseline", by="share"',
                    "against",
                )

    @property
    def series(self) -> tuple[str, ...]:
        """Series that it moves or gives values of; not those that tariffs hit."""
        given = () if self.conditions is None else self.conditions.series
        return (*(move.series for move in self.moves), *given)

    @property
    def size(self) -> float | None:
        """Headline: the first move's largest change, or the first tariff in per cent."""
        if self.moves:
            return self.moves[0].size
        return self.hits[0].rate if self.hits else None

    @property
    def text(self) -> str:
        """What is assumed, in words."""
        parts = [move.text for move in self.moves]
        for hit in self.hits:
            share = "" if hit.share_hit == 1.0 else f" on {100 * hit.share_hit:.0f} % of it"
            parts.append(f"{hit.part}: tariff of {hit.rate:g} %{share}")
        if self.conditions is not None and len(self.conditions):
            parts.append(self.conditions.text)
        return "; ".join(parts)

    def resized(self, size: float) -> Shock | None:
        """Return the shock at another size; None for size 0, which is no shock.

        Parameters
        ----------
        size : float
            Replaces the headline size; all moves are scaled by the same factor, shares in logs.
            Of the other sign it turns what is expected around. The title says it.

        Raises
        ------
        ShockError
            If the shock repeats past figures or holds plain conditions, which have no size, or a
            tariff is given as a share.
        """
        number = isinstance(size, int | float) and not isinstance(size, bool)
        if not number or not math.isfinite(size):
            raise ShockError(f"got size={size!r}, expected a number such as -0.3", "size")
        if size == 0.0:
            return None
        factor = self._factor(float(size))
        expected = self.expected if factor > 0.0 else TURNED[self.expected]
        try:
            hits = tuple(replace(hit, rate=hit.rate * factor) for hit in self.hits)
        except ModelError as error:
            raise ShockError(f"size {size:g} of the shock {self.name}: {error}", "size") from error
        moves = tuple(move.scaled(factor) for move in self.moves)
        title = self._given_title
        if title and factor != 1.0 and not SIZE.search(title):
            title += f", at {self._size_text(float(size))}"
        made = replace(self, title=title, moves=moves, hits=hits, expected=expected)
        # A third size is said in place of the second.
        object.__setattr__(made, "_given_title", self._given_title)
        return made

    def _size_text(self, size: float) -> str:
        """Another headline size in words."""
        is_share = bool(self.moves) and self.moves[0].by == "share"
        unit = "" if self.moves and not is_share else " %"
        return f"{size_text(size, is_share, sign=bool(self.moves))}{unit}"

    def _factor(self, size: float) -> float:
        own = self.size
        if own is None or own == 0.0 or (self.conditions is not None and len(self.conditions)):
            raise ShockError(
                f"the shock {self.name} has no size that could be changed: it repeats past figures "
                "or gives values; leave size out, or write it with to or path",
                "size",
            )
        if not self.moves and abs(size) < 1.0:
            raise ShockError(
                f"got size={size:g} for the shock {self.name}, whose size is a tariff in per cent: "
                f"that is {size:g} %; give {100.0 * size:g} if you mean {100.0 * size:g} %, and "
                "write tariffs below 1 % in a file of your own",
                "size",
            )
        if not self.moves or self.moves[0].by == "amount":
            return size / own
        if size <= -1.0:
            raise ShockError(
                f"got size={size:g} for the shock {self.name}; sizes are shares, -0.3 for 30 % "
                "below, and cannot pass -1",
                "size",
            )
        return math.log1p(size) / math.log1p(own)


def _all_of(kind: type, given: object, field: str) -> tuple[object, ...]:
    listed = tuple(given) if isinstance(given, list | tuple) else (given,)
    if wrong := [item for item in listed if not isinstance(item, kind)]:
        raise ShockError(f"got {wrong[0]!r} in {field}, expected {kind.__name__}", field)
    return listed


def size_text(size: float, is_share: bool, sign: bool = False) -> str:
    """Size without its unit: shares and tariffs in per cent, amounts as they are.

    Parameters
    ----------
    size : float
    is_share : bool
        Whether it is written as a share, -0.3 for 30 % below.
    sign : bool
        Whether a plus is written too.
    """
    return f"{100.0 * size if is_share else size:{'+' if sign else ''}.6g}"


def written_title(title: str, sizes: Sequence[tuple[float | None, bool]]) -> str:
    """Return a title with the sizes that it names.

    Parameters
    ----------
    title : str
        Such as "US tariff of {0} % on cars".
    sizes : sequence of pairs
        Of each move, or of each tariff: its size, None where it repeats past figures, and whether
        it is a share.

    Raises
    ------
    ShockError
        If there is no such size.
    """

    def written(found: re.Match[str]) -> str:
        place = int(found[1])
        size, is_share = sizes[place] if place < len(sizes) else (None, False)
        if size is None:
            raise ShockError(
                f"the title {title!r} names the size {found[0]}, which the shock does not have; "
                "{0} is that of its first move or tariff",
                "title",
            )
        return size_text(-size if found[2] == "-" else size, is_share, sign=found[2] == "+")

    return SIZE.sub(written, title)
