"""The page: the answers to a reader's questions in order, as one file that needs nothing else."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any, Self

from markupsafe import Markup, escape

from tradeshock.features.errors import TradeshockError, stale_series_noted
from tradeshock.features.panel.panel import Panel
from tradeshock.forecast.archive.archive import Archive
from tradeshock.forecast.json_text import json_text, plain_rows
from tradeshock.forecast.monthly.defaults import default_record
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.monthly.views import MonthlyViews
from tradeshock.forecast.report.elements import Block, Facts, Heading, Paragraph, Section
from tradeshock.forecast.report.sections.certainty import certainty
from tradeshock.forecast.report.sections.changes import Change, changes_of, why_changed
from tradeshock.forecast.report.sections.inside import inside
from tradeshock.forecast.report.sections.issued import issued
from tradeshock.forecast.report.sections.model_card import ModelCard, model_card
from tradeshock.forecast.report.sections.outlook import known, outlook, tiles, title_of
from tradeshock.forecast.report.sections.standing import standing_scenarios
from tradeshock.forecast.report.sections.status import card_tables, status
from tradeshock.forecast.report.sections.summary import summary
from tradeshock.forecast.report.sections.track_record import past_forecasts, track_record
from tradeshock.forecast.report.sections.views import two_views
from tradeshock.forecast.report.sections.warning import warning_for, what_to_watch
from tradeshock.forecast.report.words import Words, words_in
from tradeshock.forecast.version import __version__
from tradeshock.forecast.warning.result import EarlyWarning
from tradeshock.models.record.files import replacing
from tradeshock.models.record.places import expanded
from tradeshock.models.record.record import Record

FOLDER = Path(__file__).parent
NAME = "report.html"


@dataclass(frozen=True, eq=False)
class Report:
    """A forecast with why it changed, what to watch and the record of past ones.

    Parameters
    ----------
    forecast : MonthlyForecast
    changes : tuple of Change
        Since older days. Default: none is shown; `from_forecast` finds them.
    record : Record, optional
        Past forecasts; what came out after the forecast's origin is not used. Default: the record
        that ships with the package, if it speaks of these figures.
    archive : Archive, optional
        Forecasts as they were issued, shown beside what came.
    language : {"en", "ko"}
        Of the page. Models, notes of exceptions and what users write stay as they are.

    Raises
    ------
    ModelError
        If the page does not speak the language.
    """

    forecast: MonthlyForecast
    changes: tuple[Change, ...] = ()
    record: Record | None = None
    archive: Archive | None = None
    language: str = "en"

    def __post_init__(self) -> None:
        words_in(self.language)

    @classmethod
    def from_forecast(
        cls,
        forecast: MonthlyForecast,
        record: Record | None = None,
        archive: Archive | None = None,
        language: str = "en",
        panel: Panel | None = None,
        progress: Callable[[str], None] | None = None,
    ) -> Self:
        """Report on a forecast, with its changes since the last standard origin and last month.

        Parameters
        ----------
        forecast, record, archive, language
            As of the class.
        panel : Panel, optional
            Figures that are not cut at the origin: they know what was revised since. Default:
            those that the model was fitted on.
        progress : callable, optional
            Is given a line before each step that takes seconds.
        """
        words_in(language)
        return cls(forecast, changes_of(forecast, panel, progress), record, archive, language)

    def html(self) -> str:
        """Return the page: HTML with its style, pictures and figures inside, no scripts."""
        from jinja2 import Environment, FileSystemLoader, StrictUndefined

        environment = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters["breakable"] = _breakable
        # A note of the forecast says which series are old.
        with stale_series_noted():
            content = self._content()
        return environment.get_template("page.html.jinja").render(content)

    def write(self, folder: str | PathLike[str]) -> Path:
        """Write the page to ``report.html`` in a folder and return its path."""
        path = expanded(folder) / NAME
        with replacing(path) as file:
            file.write(self.html().encode("utf-8"))
        return path

    def to_json(self) -> str:
        """Return the figures of the first questions as JSON.

        The forecast as `MonthlyForecast.to_json` has it, both views, the changes with what caused
        them, and the early warning; null where there is no number.
        """
        return self._json

    @cached_property
    def _json(self) -> str:
        warning = self._warning
        content = {
            "forecast": json.loads(self.forecast.to_json()),
            "views": plain_rows(self._views.table()),
            "changes": [_change(change) for change in self.changes],
            "warning": warning
            and {"months": plain_rows(warning.table()), "next": plain_rows(warning.next())},
        }
        return json_text(content)

    @property
    def words(self) -> Words:
        """Words of the page's language."""
        return words_in(self.language)

    @cached_property
    def _warning(self) -> EarlyWarning | None:
        return warning_for(self.forecast, self.record)

    @cached_property
    def _views(self) -> MonthlyViews:
        return self.forecast.views()

    def _content(self) -> dict[str, Any]:
        forecast, words = self.forecast, self.words
        return {
            "version": __version__,
            "style": (FOLDER / "style.css").read_text(encoding="utf-8"),
            "words": words,
            "forecast": forecast,
            "title": title_of(forecast, words),
            "known": known(forecast, words),
            "day": words.day(forecast.origin),
            "summary": summary(forecast, self.changes, self._warning, words),
            "tiles": tiles(forecast, words),
            "sections": self._sections(words),
            "glossary": words.glossary(),
            "files": {
                "forecast.csv": _embedded(forecast.to_csv(), "text/csv"),
                "views.csv": _embedded(self._views.to_csv(), "text/csv"),
                "forecast.json": _embedded(forecast.to_json() + "\n", "application/json"),
                "report.json": _embedded(self.to_json() + "\n", "application/json"),
            },
        }

    def _sections(self, words: Words) -> list[Section]:
        """Sections in the order of a reader's questions; those with nothing in them left out."""
        forecast, record = self.forecast, self.record
        if record is None:
            record = default_record(forecast.fitted.panel_, forecast.entry.id)
        frame = past_forecasts(forecast, record)
        warning = self._warning
        card = model_card(forecast, frame, words)
        # What the page is for; the other sections are tried one by one.
        what = [*outlook(forecast, words), *two_views(forecast, self._views, words)]
        tried: dict[str, list[Callable[[], list[Block]]]] = {
            "what": [lambda: what],
            "how-sure": [lambda: certainty(forecast, frame, words)],
            "why-changed": [lambda: why_changed(forecast, self.changes, words)],
            "what-if": [lambda: standing_scenarios(forecast, words)],
            "what-to-watch": [lambda: [] if warning is None else what_to_watch(warning, words)],
            "trust": [
                lambda: track_record(forecast, frame, words),
                lambda: issued(forecast, self.archive, words),
            ],
            "inside": [lambda: inside(forecast, words)],
            "data": [lambda: status(forecast, words), lambda: _card(card, words)],
        }
        shown = {
            name: [block for make in parts for block in _shown(make, words)]
            for name, parts in tried.items()
        }
        return [
            Section(name, words(f"sections.{name.replace('-', '_')}"), blocks)
            for name, blocks in shown.items()
            if blocks
        ]


def _shown(make: Callable[[], list[Block]], words: Words) -> list[Block]:
    """Blocks, or a line that says why there are none: one old series must not cost the page."""
    try:
        return make()
    except TradeshockError as error:
        return [Paragraph(words("sections.failed", reason=words.foreign(str(error))))]


def _card(card: ModelCard, words: Words) -> list[Block]:
    facts: list[tuple[str, str | Sequence[str]]] = [
        *card.facts.items(),
        (words("card.failures"), card.failures),
    ]
    return [Heading("card", words("card.title")), Facts(facts), *card_tables(card, words)]


def _change(change: Change) -> dict[str, Any]:
    """What the page says of one change, as plain values."""
    made = change.made
    about: Mapping[str, Any] = {"name": change.name, "since": change.since.date().isoformat()}
    if made is None:
        return {**about, "reason": change.reason}
    table = made.table()
    return {
        **about,
        "until": made.new.date().isoformat(),
        "rows": {
            str(row): dict(zip(map(str, table), figures, strict=True))
            for row, figures in zip(table.index, table.to_numpy().tolist(), strict=True)
        },
        "expected": {str(month): float(value) for month, value in made.expected.items()},
    }


def _breakable(text: str) -> Markup:
    """Text whose names of models may be broken between their words."""
    if isinstance(text, Markup):
        return text
    return Markup(re.sub(r"(?<=[a-z0-9])(?=[A-Z(])", "<wbr>", escape(text)))


def _embedded(text: str, media: str) -> str:
    """File as an address that needs no network."""
    return f"data:{media};base64,{base64.b64encode(text.encode()).decode()}"
