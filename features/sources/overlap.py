"""The gate of every answer: figures are compared with those known of the same months.

Growth is never looked at: a record month is news, another unit is not. Ratios of the same months
in both tell the two apart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from tradeshock.features.errors import OverlapError
from tradeshock.features.panel.catalog import Series
from tradeshock.features.panel.panel import Panel
from tradeshock.features.sources.parts import refuse_more_than_total
from tradeshock.features.sources.resemblance import MONTHS, WANTED, Resemblance
from tradeshock.features.vintages.answer import Answer

# What the same month may differ by: where figures are revised, and where they are not.
REVISED, FINAL = 0.05, 0.002
# Median of the ratios for which figures are in the same unit and base.
SAME = 0.02
# Share of months that must agree: the last ones may be revised by more.
AGREEING = 0.75
# An answer must have a third of its months in common, or as many as are wanted.
FEW = 3
# New figures beyond this multiple of the known months' median are in another unit.
BEYOND = 20.0
# For series around zero: correlation with what is known.
ALIKE = 0.9
# Another series fits better where its distance is this much smaller.
BETTER = 0.5


@dataclass(frozen=True)
class Passed:
    """Answer that may be kept, and series in it that were rebased with their whole history."""

    answer: Answer
    rebased: tuple[str, ...] = ()


def check(answer: Answer, known: Panel) -> Passed:
    """Pass an answer that agrees with what is known, or refuse it as a whole.

    Parameters
    ----------
    answer : Answer
        Months, or quotes of days, which are compared by the means of whole months.
    known : Panel
        Newest figures of before.

    Returns
    -------
    Passed
        The answer. Quotes of an index are brought to the base of the known months.

    Raises
    ------
    OverlapError
        With what differs, by how much, and what that looks like.
    """
    fresh = _wide(answer)
    figures = known.values
    foreign = [str(name) for name in fresh if name not in figures]
    if foreign:
        raise OverlapError(f"{answer.source}: nothing is known of {foreign}; it cannot be checked")
    alike = Resemblance(fresh, figures)
    ratios: dict[str, float] = {}
    for name in map(str, fresh.columns):
        entry = known.catalog[name]
        ratio = _compare(fresh, name, figures, entry, answer, alike)
        if ratio is not None:
            ratios[name] = ratio
    if not answer.quoted:
        refuse_more_than_total(fresh, figures, answer.source)
        return Passed(answer, tuple(ratios))
    scale = answer.figures["series"].map(ratios).astype(float).fillna(1.0)
    table = answer.figures.assign(value=answer.figures["value"] / scale)
    return Passed(replace(answer, figures=table) if ratios else answer, tuple(ratios))


def _compare(
    fresh: pd.DataFrame,
    name: str,
    figures: pd.DataFrame,
    entry: Series,
    answer: Answer,
    alike: Resemblance,
) -> float | None:
    """Ratio of a new base to the old one; None where the base is the same."""
    new, old = fresh[name].dropna(), figures[name].dropna()
    recent = old.tail(MONTHS)
    common = new.index.intersection(recent.index)
    if len(common) < max(1, min(WANTED, len(new) // FEW)):
        raise OverlapError(
            f"{answer.source}: {name} has {len(common)} of the last {MONTHS} known months (to "
            f"{old.index[-1]}); ask for earlier months, so that they can be compared"
        )
    if entry.transform == "level":
        _refuse_unlike(new[common], recent[common], name, answer.source)
        return None
    _refuse_sign(new, name, answer.source)
    ratio = new[common] / recent[common]
    center = float(ratio.median())
    allowed = REVISED if entry.revised else FINAL
    agreeing = float((np.abs(ratio / center - 1) <= allowed).mean())
    if agreeing < AGREEING:
        other, away = alike.closest(name, (str(o) for o in figures if o != name))
        looks = f", such as {other}" if away <= SAME else ""
        raise OverlapError(
            f"{answer.source}: {name} agrees with what is known in {agreeing:.0%} of "
            f"{len(common)} months only; it is another series{looks}"
        )
    _refuse_better_match(fresh, name, alike, answer.source)
    rebased = abs(center - 1) > max(SAME if entry.revised else FINAL, FINAL)
    if rebased:
        _refuse_unit(new, old, center, entry, answer)
    _refuse_beyond(new / center, recent, name, answer.source)
    return center if rebased else None


def _refuse_unit(
    new: pd.Series, old: pd.Series, center: float, entry: Series, answer: Answer
) -> None:
    """Refuse a constant ratio that is not a new base of a whole history."""
    power = round(np.log10(center))
    thousandfold = abs(center / 10.0**power - 1) < SAME and abs(power) >= 2
    if "=100" not in entry.unit.replace(" ", "") or (thousandfold and not answer.quoted):
        raise OverlapError(
            f"{answer.source}: {entry.id} is {center:.6g} times what is known in every month; "
            f"its unit has changed and is not {entry.unit} any more"
        )
    if not answer.quoted and len(lost := old.index.difference(new.index)):
        raise OverlapError(
            f"{answer.source}: {entry.id} has a new base ({center:.6g} times the old one), but "
            f"{len(lost)} known months, {lost[0]} among them, did not come with it"
        )


def _refuse_beyond(new: pd.Series, recent: pd.Series, name: str, who: str) -> None:
    """Refuse new months of another size: a unit can change within an answer."""
    median = float(recent.median())
    size = new[new.index > recent.index[-1]] / median
    odd = size[(size > BEYOND) | (size < 1 / BEYOND)]
    if len(odd):
        raise OverlapError(
            f"{who}: {name} of {odd.index[0]} is {odd.iloc[0]:.3g} times the median of the last "
            f"{len(recent)} known months; its unit has changed, or the month is not out yet"
        )


def _refuse_sign(new: pd.Series, name: str, who: str) -> None:
    if (new < 0).any():
        raise OverlapError(f"{who}: {name} of {new.index[(new < 0).to_numpy()][-1]} is below zero")


def _refuse_unlike(new: pd.Series, old: pd.Series, name: str, who: str) -> None:
    """Refuse a series around zero that moves or spreads in another way."""
    spread = float(old.std())
    slope = float(new.std()) / spread if spread > 0 and len(new) > 2 else 1.0
    with np.errstate(invalid="ignore", divide="ignore"):
        alike = float(np.corrcoef(new, old)[0, 1]) if len(new) > 2 else 1.0
    away = float((new - old).abs().median())
    if not (alike >= ALIKE and 0.5 <= slope <= 2.0 and away <= max(spread, 1e-12)):
        raise OverlapError(
            f"{who}: {name} correlates with what is known by {alike:.2f} and spreads {slope:.3g} "
            "times as much; it is another series or in another unit"
        )


def _refuse_better_match(fresh: pd.DataFrame, name: str, alike: Resemblance, who: str) -> None:
    """Refuse a slot that fits the history of another slot better than its own."""
    if fresh.shape[1] == 1:
        return
    own = alike.distances(name, [name])[name]
    best, distance = alike.closest(name, (str(other) for other in fresh if other != name))
    if distance < BETTER * own:
        raise OverlapError(
            f"{who}: {name} is closer to what is known of {best} than to its own past; the order "
            "of the answer has changed"
        )


def _wide(answer: Answer) -> pd.DataFrame:
    """Months by series; of quotes the means, without the last month, which may be running."""
    table = answer.figures.dropna(subset="value")
    if not answer.quoted:
        return table.pivot(index="month", columns="series", values="value")
    months = table["day"].dt.to_period("M")
    means = table["value"].groupby([months, table["series"]]).mean().unstack()
    means.index = pd.PeriodIndex(means.index, freq="M")
    return means.iloc[:-1]
