"""Exposure of a total: table of shares and growth, concentration, and what tariffs put at risk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from tradeshock.features.errors import ModelError, PanelError
from tradeshock.features.panel.panel import Panel
from tradeshock.features.shown import HeadlineOverTable
from tradeshock.forecast.exposure.partition import REMAINDER, Partition, partition
from tradeshock.forecast.exposure.tariff import TariffHit
from tradeshock.forecast.json_text import json_text, plain_rows


@dataclass(frozen=True, eq=False, repr=False)
class Exposure(HeadlineOverTable):
    """What a total is made of; made by `exposure`.

    Parameters
    ----------
    parts : Partition
        Amounts by part, now and a year before.
    titles : Series
        Title of each part.
    unit : str
    origin : Timestamp
        Day on which this is what was published.
    """

    parts: Partition
    titles: pd.Series
    unit: str
    origin: pd.Timestamp

    @property
    def _headline(self) -> str:
        return self.headline

    @property
    def headline(self) -> str:
        """Of what, over which months, and as of which day."""
        first, last = self.parts.months[0], self.parts.months[-1]
        return f"{self.parts.target}, {first} to {last}, as of {self.origin.date()}"

    @property
    def notes(self) -> tuple[str, ...]:
        """Parts left out and months that are estimates."""
        return self.parts.notes

    def shares(self) -> pd.Series:
        """Shares of the total by part, which add up to 1; the remainder is the last row."""
        return self.parts.shares

    def table(self) -> pd.DataFrame:
        """Shares, growth and contributions by part, largest first, then remainder and total.

        Returns
        -------
        DataFrame
            By part: amount (in the total's unit), share, share_before (per cent of the total in
            these months and a year before), growth (per cent over a year before), contribution
            (percentage points of the total's growth; parts and remainder add up to the total's).
        """
        now, before = self.parts.amounts, self.parts.before
        named = now.drop(REMAINDER).sort_values(ascending=False, kind="stable").index
        now, before = (
            pd.concat([amounts[[*named, REMAINDER]], pd.Series({"total": amounts.sum()})])
            for amounts in (now, before)
        )
        table = pd.DataFrame(
            {
                "amount": now,
                "share": 100.0 * now / now["total"],
                "share_before": 100.0 * before / before["total"],
                "growth": 100.0 * (now / before - 1.0).where(before > 0.0),
                "contribution": 100.0 * (now - before) / before["total"],
            }
        )
        return table.rename_axis("part")

    def concentration(self) -> pd.DataFrame:
        """Herfindahl-Hirschman index: the sum of squared shares, from 0 to 1.

        The remainder's parts are unknown. The index is at least that of the named parts, as if
        the remainder were of parts without end, and at most what it is with the remainder as one
        part.

        Returns
        -------
        DataFrame
            Rows "now" and "year_before"; columns hhi_low, hhi_high, named (share of the named
            parts, 0 to 1).
        """
        rows = {}
        for name, amounts in (("now", self.parts.amounts), ("year_before", self.parts.before)):
            shares = amounts / amounts.sum()
            squares = float((shares.drop(REMAINDER) ** 2).sum())
            rest = float(shares[REMAINDER])
            rows[name] = (squares, squares + rest**2, 1.0 - rest)
        return pd.DataFrame.from_dict(
            rows, orient="index", columns=["hhi_low", "hhi_high", "named"]
        ).rename_axis("period")

    def at_risk(self, hits: TariffHit | Iterable[TariffHit]) -> pd.DataFrame:
        """Effects of tariffs on the total: arithmetic of shares and stated responses.

        Neither retaliation nor third markets, front-loading or other goods are counted.

        Parameters
        ----------
        hits : TariffHit or iterable of TariffHit
            Tariffs on parts of this exposure, each part once.

        Returns
        -------
        DataFrame
            By part, and in the last row "all" their sum: share_at_risk (per cent of the total),
            first_month_per_point, twelve_months_per_point (per cent of the total for the first
            point of the tariff), first_month, twelve_months (per cent of the total for the whole
            tariff), amount (of the twelve-month effect on a year's exports, in the total's unit),
            source.

        Raises
        ------
        ModelError
            If a hit is none, none is given, or one names what is not a part here or stands twice.
        """
        several = list(hits) if isinstance(hits, Iterable) else []
        listed = [hits] if isinstance(hits, TariffHit) else several
        known = list(self.parts.amounts.index)
        if not listed or not all(isinstance(hit, TariffHit) for hit in listed):
            raise ModelError(f"got {hits!r}, expected one or more TariffHit")
        names = [hit.part for hit in listed]
        if unknown := [name for name in names if name not in known]:
            raise ModelError(f"{unknown[0]!r} is no part here; choose among {known}")
        if twice := [name for name in names if names.count(name) > 1]:
            raise ModelError(f"{twice[0]} is hit twice; give one tariff a part")
        shares, total = self.shares(), float(self.parts.amounts.sum())
        yearly = total * 12.0 / len(self.parts.months)
        rows = pd.DataFrame([_risk(hit, float(shares[hit.part]), yearly) for hit in listed])
        # Shares of the total, so effects add up.
        figures = rows.select_dtypes("number").columns
        rows.loc[len(rows)] = {"part": "all", **rows[figures].sum(), "source": ""}
        return rows.set_index("part")

    def to_json(self, hits: Iterable[TariffHit] = ()) -> str:
        """Return everything as JSON: parts, concentration, tariffs and notes.

        Numbers are those of `table`, `concentration` and `at_risk`; null where there is none.
        """
        listed = list(hits)
        table = self.table()
        table.insert(0, "title", self.titles.reindex(table.index))
        content = {
            "target": self.parts.target,
            "unit": self.unit,
            "origin": self.origin.date().isoformat(),
            "months": [str(month) for month in self.parts.months],
            "parts": plain_rows(table),
            "concentration": plain_rows(self.concentration()),
            "tariffs": plain_rows(self.at_risk(listed)) if listed else [],
            "notes": list(self.notes),
        }
        return json_text(content)


def exposure(
    panel: Panel,
    by: str | Sequence[str] = "item",
    target: str = "exports_total",
    months: int = 12,
) -> Exposure:
    """Split a total by item or destination: shares, growth, contributions.

    Parameters
    ----------
    panel : Panel
        As of the day on which the question is asked.
    by : {"item", "destination"} or sequence of str
        A group of the catalog, of which the panel's series are taken, or ids of parts that do not
        overlap: of services, regions, or another nation's exports.
    target : str
        Id of the total.
    months : int
        How many of the last months that all parts have; growth is over the same months a year
        before.

    Returns
    -------
    Exposure

    Raises
    ------
    PanelError
        If the panel has no such parts, or they are no amounts, in another unit than the total, or
        together more than the total.
    """
    if not isinstance(panel, Panel):
        raise PanelError(f"got {type(panel).__name__}, expected a Panel")
    parts = partition(panel, by, target, months)
    named = {id: panel.entry(id).title or id for id in (*parts.amounts.index[:-1], target)}
    titles = pd.Series({**named, REMAINDER: "Remainder"}, name="title").rename_axis("part")
    return Exposure(parts, titles, panel.entry(target).unit, panel.origin)


def _risk(hit: TariffHit, share: float, yearly: float) -> dict[str, object]:
    """Row of `Exposure.at_risk`."""
    response = hit.resolved
    hit_share = share * hit.share_hit
    first_point, last_point = response.effect(hit.rate_before + 1.0, hit.rate_before)
    first, last = response.effect(hit.rate, hit.rate_before)
    return {
        "part": hit.part,
        "share_at_risk": 100.0 * hit_share,
        "first_month_per_point": hit_share * first_point,
        "twelve_months_per_point": hit_share * last_point,
        "first_month": hit_share * first,
        "twelve_months": hit_share * last,
        "amount": yearly * hit_share * last / 100.0,
        "source": "; ".join(text for text in (hit.source, response.source) if text),
    }
