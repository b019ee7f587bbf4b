"""Why the interval is this wide: what members draw, what was learned, what was missed of late."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tradeshock.forecast.interpretation.layers import Layer, layers_of
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.models.base import Model
from tradeshock.models.pools.recalibration import LEVEL_80, Recalibration
from tradeshock.models.pools.recent_misses import STEPS, sizes_by_month

MISS_COLUMNS = (*(f"step_{step}" for step in range(1, STEPS + 1)), "size", "weight")


def interval_width(asked: Model | MonthlyForecast, steps: int = 12) -> pd.DataFrame:
    """Return why the 80 % interval of each month is as wide as it is.

    Parameters
    ----------
    asked : Model or MonthlyForecast
        Fitted.
    steps : int
        Months ahead of a model; a forecast has its own.

    Returns
    -------
    DataFrame
        Index month. drawn, width as members draw it (of a combination the weighted mean of theirs,
        see `weights`), 100 log points; learned, factor that `Recalibration` has learned from all
        past misses: slowly, over years, and with ``across_steps=True`` beyond step 1 within months
        as well; recent, factor of the last months' misses (see `recent_misses`), at least 1;
        recalibrated, the product of the three, 100 log points; rest, what interpolation between two
        draws and two levels adds; judgement, of a forecast with one; width, the sum of the last
        three, which is ``100 log(high80 / low80)``; low and high, the interval's ends against the
        median, per cent.
        Without `Recalibration` both factors are 1.
    """
    return width_of(layers_of(asked, steps), asked)


def recent_misses(asked: Model | MonthlyForecast, steps: int = 12) -> pd.DataFrame:
    """Return the misses of past months that widen the intervals today.

    Parameters
    ----------
    asked, steps
        See `interval_width`.

    Returns
    -------
    DataFrame
        Index month, one row a month that is out, newest last. step_1, step_2 and step_3: outcome
        less the median that was forecast so many months ahead in the same state, 100 log points;
        size, their mean square against what is expected, in halves of the 80 % interval; weight of
        the month. ``sqrt(sum(weight * size) + 1 - sum(weight))``, at least 1 and at most 3, is
        ``Recalibration.recent_``. No rows without `Recalibration`, without recent misses
        (``half_life=None``), or without a record.
    """
    return misses_of(layers_of(asked, steps))


# -- of layers --------------------------------------------------------------------------------


def width_of(root: Layer, asked: Model | MonthlyForecast) -> pd.DataFrame:
    """See `interval_width`."""
    table = pd.DataFrame(index=root.paths.index.rename("month"))
    model = root.model
    if isinstance(model, Recalibration):
        table["drawn"] = 100.0 * root.inside[0].log_widths
        table["learned"] = model.learned_[:, LEVEL_80]
        table["recent"] = model.factors_[:, LEVEL_80] / model.learned_[:, LEVEL_80]
    else:
        table["drawn"] = 100.0 * root.log_widths
        table["learned"] = table["recent"] = 1.0
    table["recalibrated"] = table["drawn"] * table["learned"] * table["recent"]
    ends = root.paths.quantile([0.1, 0.5, 0.9]).set_axis(["low", "median", "high"], axis=1)
    made = 100.0 * np.log(ends["high"] / ends["low"])
    if isinstance(asked, MonthlyForecast):
        ends = asked.paths.quantile([0.1, 0.5, 0.9]).set_axis(ends.columns, axis=1)
    width = 100.0 * np.log(ends["high"] / ends["low"])
    table["rest"] = made - table["recalibrated"]
    table["judgement"] = width - made
    table["width"] = width
    for name in ("low", "high"):
        table[name] = 100.0 * (ends[name] / ends["median"] - 1.0)
    return table


def misses_of(root: Layer) -> pd.DataFrame:
    """See `recent_misses`."""
    model = root.model
    past = None
    if isinstance(model, Recalibration) and model.half_life is not None:
        past = model.past_misses(len(root.paths.index))
    if past is None or not isinstance(model, Recalibration) or model.half_life is None:
        months = pd.PeriodIndex([], freq="M", name="month")
        return pd.DataFrame(columns=list(MISS_COLUMNS), index=months, dtype=float)
    sizes = sizes_by_month(past.distance[:, :, LEVEL_80])
    decay = 0.5 ** (1.0 / model.half_life)
    rows = []
    for age, (place, size) in enumerate(reversed(sizes)):
        # Step h of the month was forecast h - 1 origins before that of its step 1.
        gaps = [
            100.0 * past.gap[place - h, h] if h < past.gap.shape[1] and place >= h else np.nan
            for h in range(STEPS)
        ]
        rows.append([*gaps, size, (1.0 - decay) * decay**age])
    # Month of step 1 of the origins in question.
    panel, target = model.fitted_on_, model.target_[0]
    days = [past.origins[place] for place, _ in reversed(sizes)]
    months = panel.months[panel.last_known([target], days)[:, 0]] + 1
    table = pd.DataFrame(rows, pd.PeriodIndex(months, name="month"), list(MISS_COLUMNS))
    return table.iloc[::-1]
