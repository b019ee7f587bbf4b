"""The page: all its parts, written as one file that needs nothing else."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Self
from warnings import catch_warnings

from markupsafe import Markup, escape

from tradeshock.features.errors import StaleSeriesWarning
from tradeshock.forecast.monthly.defaults import default_record
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.monthly.wording import day_words, published_words, year_sentences
from tradeshock.forecast.report.model_card import model_card
from tradeshock.forecast.report.outlook import fan_chart, months_table, tiles, unit_of, years_table
from tradeshock.forecast.report.revisions import forecast_before, revisions
from tradeshock.forecast.report.standing import standing_scenarios
from tradeshock.forecast.report.status import card_tables, status
from tradeshock.forecast.report.track_record import past_forecasts, track_record
from tradeshock.forecast.report.warning import warning_section
from tradeshock.forecast.version import __version__
from tradeshock.models.record.files import replacing
from tradeshock.models.record.record import Record

FOLDER = Path(__file__).parent
NAME = "report.html"


@dataclass(frozen=True, eq=False)
class Report:
    """A forecast with the forecast before it and the record of past ones.

    Parameters
    ----------
    forecast : MonthlyForecast
    before : MonthlyForecast, optional
        As of the previous standard origin.
        Default: none is shown.
    record : Record, optional
        Past forecasts; what came out after the forecast's origin is not used. Default: the record
        that ships with the package, if it speaks of these figures.
    """

    forecast: MonthlyForecast
    before: MonthlyForecast | None = None
    record: Record | None = None

    @classmethod
    def from_forecast(cls, forecast: MonthlyForecast, record: Record | None = None) -> Self:
        """Report on a forecast, beside the one of the previous standard origin."""
        return cls(forecast, forecast_before(forecast), record)

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
        with catch_warnings(action="ignore", category=StaleSeriesWarning):
            content = self._content()
        return environment.get_template("page.html.jinja").render(content)

    def write(self, folder: str | PathLike[str]) -> Path:
        """Write the page to ``report.html`` in a folder and return its path."""
        path = Path(folder) / NAME
        with replacing(path) as file:
            file.write(self.html().encode("utf-8"))
        return path

    def _content(self) -> dict[str, Any]:
        forecast, unit = self.forecast, unit_of(self.forecast)
        record = self.record
        if record is None:
            record = default_record(forecast.fitted.panel_, forecast.entry.id)
        frame = past_forecasts(forecast, record)
        published = {"Last published": published_words(forecast.last, unit)}
        if forecast.flash is not None:
            published["Early count"] = published_words(forecast.flash, unit)
        card = model_card(forecast, frame)
        return {
            "version": __version__,
            "style": (FOLDER / "style.css").read_text(encoding="utf-8"),
            "forecast": forecast,
            "day": day_words(forecast.origin),
            "published": published,
            "tiles": tiles(forecast),
            "fan": fan_chart(forecast),
            "months": months_table(forecast),
            "years": years_table(forecast),
            "year_sentences": year_sentences(forecast, unit),
            "standing": standing_scenarios(forecast),
            "warning": warning_section(forecast, self.record),
            "moves": revisions(forecast, self.before),
            "judged": track_record(forecast, frame),
            "status": status(forecast),
            "card": card,
            "card_tables": card_tables(card),
            "files": {
                "forecast.csv": _embedded(forecast.to_csv(), "text/csv"),
                "forecast.json": _embedded(forecast.to_json() + "\n", "application/json"),
            },
        }


def _breakable(text: str) -> Markup:
    """Text whose names of models may be broken between their words."""
    return Markup(re.sub(r"(?<=[a-z0-9])(?=[A-Z(])", "<wbr>", escape(text)))


def _embedded(text: str, kind: str) -> str:
    """File as an address that needs no network."""
    return f"data:{kind};base64,{base64.b64encode(text.encode()).decode()}"
