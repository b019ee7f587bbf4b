"""The command that says why a forecast changed between two days."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tradeshock.forecast.cli.figures import with_panel
from tradeshock.forecast.cli.options import FOLDER, MODEL, TARGET, say_where

if TYPE_CHECKING:
    import pandas as pd

    from tradeshock.features.days.reading import Day
    from tradeshock.features.panel.panel import Panel
    from tradeshock.forecast.archive.issued import Issued


@click.command()
@click.option(
    "--from",
    "old",
    metavar="DAY",
    help="The older day; with --archive a forecast's id, or so much of its beginning that only "
    "one begins so, such as its day.  [default with --archive: the last one before the newer day]",
)
@click.option("--to", "new", metavar="DAY", help="The newer day.  [default: all figures]")
@click.option(
    "--archive", type=FOLDER, help="Say it of a forecast of this archive, as it was issued."
)
@MODEL
@TARGET
@click.option(
    "--when",
    metavar="MONTH",
    help="Month such as 2026-08, or the year, of which the picture and single figures speak.  "
    "[default: the first month]",
)
@click.option("--out", type=FOLDER, help="Write tables (CSV) and a picture (PNG) there too.")
@with_panel
def news(
    panel: Panel,
    old: str | None,
    new: str | None,
    archive: Path | None,
    model: str | None,
    target: str | None,
    when: str | None,
    out: Path | None,
) -> None:
    """Say why the forecast changed between two days."""
    from tradeshock.features.errors import stale_series_noted
    from tradeshock.forecast.cli.questions.news_output import print_news, write_news
    from tradeshock.forecast.cli.request import learn_past
    from tradeshock.forecast.news import news as explained
    from tradeshock.models.registry import make_model

    if old is None and archive is None:
        raise click.UsageError("say since when: --from DAY, or --archive FOLDER")
    learn_past(panel, target, model)
    since: Day | Issued | None = old
    if archive is not None:
        since = _issued(archive, old, panel, new, target)
    with stale_series_noted():
        # The forecast itself names stale series.
        chosen = None if model is None else make_model(model)
        made = explained(chosen, since, new, panel, target, progress=None)
    print_news(made, when)
    if out is not None:
        say_where(write_news(made, out, when))


def _issued(
    folder: Path, id: str | None, panel: Panel, new: str | None, target: str | None
) -> Issued:
    """The forecast that is named, or the last one of the target before the newer day."""
    from tradeshock.features.days.reading import as_day
    from tradeshock.features.errors import ModelError
    from tradeshock.forecast.archive.archive import Archive
    from tradeshock.forecast.monthly.defaults import target_of

    archive = Archive(folder)
    archive.refuse_empty()
    if id is not None:
        return archive.read(id)
    day: pd.Timestamp = panel.origin if new is None else as_day(new)
    target = target_of(panel, target)
    earlier = [one for one in archive.forecasts(target, panel) if one.paths.origin < day]
    if not earlier:
        raise ModelError(
            f"{folder} has no forecast of {target} from before {day.date()}; `tradeshock archive "
            "list` names all"
        )
    return max(earlier, key=lambda one: (one.paths.origin, one.issued))
