"""A forecast in sentences, the same for the terminal and for the page."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.monthly.last_figure import LastFigure
from tradeshock.forecast.plots.display_unit import DisplayUnit
from tradeshock.models.paths import chance_words


def day_words(day: pd.Timestamp) -> str:
    """Day as people write it, such as 15 May 2026."""
    return f"{day.day} {day:%B %Y}"


def month_words(month: pd.Period, short: bool = False) -> str:
    """Month as people write it, such as May 2026."""
    return month.strftime("%b %Y" if short else "%B %Y")


def published_words(published: LastFigure, unit: DisplayUnit) -> str:
    """Month, figure and growth on a year before, in all and, if known, a working day."""
    growth = ""
    if np.isfinite(published.yoy):
        growth = f", {published.yoy:+z.1f} % on a year before"
    if np.isfinite(published.yoy_daily):
        growth += f" ({published.yoy_daily:+z.1f} % a working day)"
    return f"{published.what}: {unit.text(published.value)} {unit.name}{growth}"


def year_sentences(forecast: MonthlyForecast, unit: DisplayUnit) -> list[str]:
    """One sentence for each calendar year that the forecast completes; none where none adds up."""
    if not forecast.entry.is_flow:
        return []
    sentences = []
    table = forecast.year_total()
    for year, (_, row) in zip(pd.PeriodIndex(table.index).year, table.iterrows(), strict=True):
        sentence = (
            f"{year}: {unit.text(row['median'])} {unit.name} "
            f"(80 % interval {unit.text(row['low80'])} to {unit.text(row['high80'])}), "
            f"{row['growth_median']:+z.1f} % on {year - 1} "
            f"({row['growth_low80']:+z.1f} to {row['growth_high80']:+z.1f}); "
            f"{row['published_months']:.0f} of 12 months published."
        )
        if forecast.threshold is not None:
            sentence += (
                f" Chance of more than {unit.limit(forecast.threshold)} {unit.name}: "
                f"{chance_words(row['chance'])}."
            )
        sentences.append(sentence)
    needed = 13 - forecast.paths.index[0].month
    return sentences or [f"No calendar year is complete; it takes {needed} steps to December."]
