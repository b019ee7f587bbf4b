"""News between two days, of any model."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from tradeshock.features.days.reading import Day
from tradeshock.features.errors import PanelError, ShortHistoryError
from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.archive.issued import Issued
from tradeshock.forecast.backtesting.progress import progress_bar
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.news.correction import corrected_by
from tradeshock.forecast.news.pooled import explained, leaves
from tradeshock.forecast.news.question import Question
from tradeshock.forecast.news.result import READ_ANEW, News
from tradeshock.models.base import Model
from tradeshock.models.record.record import Record


def news(
    model: Model | None = None,
    old: Day | MonthlyForecast | Issued | None = None,
    new: Day | MonthlyForecast | None = None,
    panel: Panel | None = None,
    target: str | None = None,
    steps: int = 12,
    record: Record | None = None,
    progress: bool | None = False,
) -> News:
    """Say why a forecast changed between two days.

    The model is fitted on the older day and, with its parameters held, asked again with what came
    out since; a release that is not counted takes the figure that the model expected of it. Of
    what is left, re-estimation is the step to a fit on the newer day.

    Parameters
    ----------
    model : Model, optional
        Default: that of `tradeshock.forecast.monthly_forecast`, or of a forecast that is given.
        Combinations are explained member by member.
    old : day, MonthlyForecast or Issued
        Since when. A forecast that is at hand is not fitted again. From one of an archive the
        change is told as it was issued: what the same day says when it is read anew, by the model
        and the figures of today, is then a row of its own.
    new : day or MonthlyForecast, optional
        Default: the panel's own day. Of a forecast that is at hand model, panel, target, steps
        and record are its own. Judgement and conditions are left out: news is of the model's
        point.
    panel : Panel, optional
        Default: that of a forecast that is given, else the embedded figures of Korea. One that
        knows vintages tells revisions from news.
    target : str, optional
    steps : int
        Months ahead from the newer day.
    record : Record, optional
        Of past forecasts, for combinations. Default: the record that ships with the package,
        where it speaks of these very figures.
    progress : bool, optional
        Whether to show on standard error how far it is; None shows it on terminals.

    Returns
    -------
    News

    Raises
    ------
    PanelError
        If the panel knows nothing of a day or of the target.
    ModelError
        If the older day is not before the newer one, a model is no model or not that of the
        forecast, the target has no growth rates, a wrapper of another kind is asked, or what was
        issued is of another target, was made from other figures, or ends before the newer
        forecast begins.
    """
    asked = Question.read(model, old, new, panel, target, steps, record)
    with (
        threadpool_limits(limits=1),
        progress_bar(2 + leaves(asked.model), progress) as advance,
    ):
        earlier = asked.fitted(asked.old)
        advance("fitted on the older day")
        later = asked.fitted(asked.new)
        advance("fitted on the newer day")
        months = asked.months(later)
        # Weights and corrections are those of a model's last forecast.
        expected = earlier.forecast((months[-1] - earlier.last_).n).median()
        later.forecast((months[-1] - later.last_).n)
        parts = explained(earlier, later, months, advance)
    entry = later.panel_.entry(asked.target)
    made = News(
        target=asked.target,
        title=entry.title or "",
        unit=entry.unit,
        model=later.name,
        old=earlier.panel_.origin,
        new=later.panel_.origin,
        parts=parts,
        year=int(months[0].year),
        published=later.panel_.series(asked.target),
        published_before=earlier.panel_.series(asked.target),
        expected=expected.loc[: later.last_],
        corrected_by=corrected_by(later),
    )
    return made if asked.issued is None else _as_issued(made, asked.issued)


def _as_issued(made: News, issued: Issued) -> News:
    """News told from the medians that were issued."""
    medians = issued.paths.median()
    parts, months = made.parts, made.parts.before.index
    before = pd.Series(np.log(medians.reindex(months).to_numpy(dtype=float)), months)
    contributions = parts.contributions.copy()
    contributions.loc[READ_ANEW] = 100.0 * (parts.before - before)
    return replace(
        made,
        parts=replace(parts, contributions=contributions, before=before),
        expected=medians.reindex(made.expected.index).fillna(made.expected),
        issued=issued.id,
    )


def recent_news(
    forecast: MonthlyForecast,
    before: MonthlyForecast | None = None,
    panel: Panel | None = None,
    progress: bool | None = False,
) -> dict[str, News]:
    """Say why a forecast changed since the previous standard origin, and since a month before.

    Parameters
    ----------
    forecast : MonthlyForecast
        Is not fitted again.
    before : MonthlyForecast, optional
        That of the previous standard origin, where it is at hand.
    panel : Panel, optional
        That knows vintages. Default: what the forecast knows.
    progress : bool, optional
        As in `news`.

    Returns
    -------
    dict of str to News
        "previous" and "month before" (the standard origin of the same state a month earlier),
        both by the forecast's own model; without those of days of which too little is known.
    """
    known, target = forecast.fitted.panel_, forecast.entry.id
    past = known if panel is None else panel
    made: dict[str, News] = {}
    for name, day in comparison_days(known, target).items():
        old: Day | MonthlyForecast = day
        if before is not None and (before.origin, before.model) == (day, forecast.model):
            old = before
        try:
            made[name] = news(old=old, new=forecast, panel=past, progress=progress)
        except (PanelError, ShortHistoryError):
            continue
    return made


def comparison_days(panel: Panel, target: str) -> dict[str, pd.Timestamp]:
    """Days against which a forecast is explained, as far as there are such.

    Parameters
    ----------
    panel : Panel
        Cut at the forecast's origin.
    target : str

    Returns
    -------
    dict of str to Timestamp
        "previous", the standard origin before the last one; "month before", that of the same state
        a month before. They are one where the target has no early counts.
    """
    days: dict[str, pd.Timestamp] = {}
    for name, find in (("previous", _previous), ("month before", _month_before)):
        try:
            days[name] = find(panel, target)
        except PanelError:
            continue
    return days


def _previous(panel: Panel, target: str) -> pd.Timestamp:
    """Standard origin before the last one."""
    now = panel.standard_origin(target)
    return panel.as_of(now - pd.Timedelta(days=1)).standard_origin(target)


def _month_before(panel: Panel, target: str) -> pd.Timestamp:
    """Standard origin of the same state a month before the last one."""
    months = pd.PeriodIndex([panel.last_month(target)])
    return pd.Timestamp(panel.origin_days(months, panel.state(target), target)[0])
