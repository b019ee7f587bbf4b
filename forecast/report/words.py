"""Words of the page in the reader's language: one file, `words.toml`, holds them all."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from tradeshock.features.errors import ModelError
from tradeshock.features.panel.catalog import Series

FILE = Path(__file__).parent / "words.toml"
LANGUAGES = ("en", "ko")
# Tables of the file that are not templates in both languages.
NAMES = "names"
_TERM = re.compile(r"\[\[(\w+)\|([^]]+)\]\]")
_HANGUL = re.compile("[\uac00-\ud7a3]")


@dataclass(frozen=True, eq=False)
class Words:
    """Templates in one language, and names from elsewhere in it.

    Parameters
    ----------
    language : {"en", "ko"}
    texts : mapping of str to str
        Templates by key, such as "months.caption". ``{name}`` takes a value, and
        ``[[term|words]]`` marks a term of the glossary.
    names : mapping of str to str
        What other rooms call things, English patterns to the language's; none in English.
    """

    language: str
    texts: Mapping[str, str]
    names: Mapping[str, str]
    _patterns: tuple[tuple[re.Pattern[str], str], ...] = field(default=(), repr=False)

    def __call__(self, key: str, **values: object) -> Markup:
        """Return a text for the page: terms are links to the glossary, values are escaped."""
        linked = _TERM.sub(self._link, str(escape(self.texts[key])))
        return Markup(linked).format(**values)

    def plain(self, key: str, **values: object) -> str:
        """Return a text without links, for pictures and for those who have it read out."""
        return _TERM.sub(r"\2", self.texts[key]).format(**values)

    def _link(self, found: re.Match[str]) -> str:
        meaning = escape(self.texts[f"glossary.{found[1]}.meaning"])
        return f'<a class="term" href="#term-{found[1]}" title="{meaning}">{found[2]}</a>'

    def glossary(self) -> list[tuple[str, str, str]]:
        """Key, name and meaning of each term, by name."""
        keys = dict.fromkeys(key.split(".")[1] for key in self.texts if key.startswith("glossary."))
        terms = [
            (key, self.texts[f"glossary.{key}.name"], self.texts[f"glossary.{key}.meaning"])
            for key in keys
            if key not in ("title", "lead")
        ]
        return sorted(terms, key=lambda term: term[1].casefold())

    # -- days and months ----------------------------------------------------------------------

    def month(self, month: pd.Period, short: bool = False) -> str:
        """Month as people write it."""
        return self._dated("short_month" if short else "month", month.year, month.month)

    def day(self, day: pd.Timestamp, short: bool = False) -> str:
        """Day as people write it; a dash where there is none."""
        if pd.isna(day):
            return "–"
        return self._dated("short_day" if short else "day", day.year, day.month, day.day)

    def _dated(self, form: str, year: int, month: int, day: int = 1) -> str:
        name = self.texts["dates.names"].split()[month - 1]
        parts = {"year": year, "month": month, "day": day, "name": name, "short": name[:3]}
        return self.texts[f"dates.{form}"].format(**parts)

    # -- names --------------------------------------------------------------------------------

    def name(self, text: str) -> str:
        """Name of another room in this language; as it is where the file has none."""
        if not self.names:
            return text
        flat = " ".join(text.split())
        if flat in self.names:
            return self.names[flat]
        for pattern, template in self._patterns:
            if found := pattern.fullmatch(flat):
                return template.format(**{k: self.name(v) for k, v in found.groupdict().items()})
        return self._dates_in(flat) if re.search("[A-Z]", flat) else text

    def _dates_in(self, text: str) -> str:
        """Text with its English days and months in this language."""
        english = words_in("en").texts["dates.names"].split()
        names = "|".join([*english, *(name[:3] for name in english)])

        def dated(found: re.Match[str]) -> str:
            month = next(i for i, name in enumerate(english, 1) if name.startswith(found[2][:3]))
            if found[1]:
                return self._dated("day", int(found[3]), month, int(found[1]))
            if found[3]:
                return self._dated("short_month", int(found[3]), month)
            return self.texts["dates.names"].split()[month - 1]

        return re.sub(rf"(?:\b(\d{{1,2}}) )?\b({names})\b(?: (\d{{4}}))?", dated, text)

    def title(self, entry: Series) -> str:
        """What a series is called."""
        title = entry.title or entry.id
        if not self.names:
            return title
        for name in (self.name(title), *entry.names):
            if name != title and _HANGUL.search(name):
                return name
        return title

    def unit(self, unit: str) -> str:
        """Unit of a series."""
        return self.name(unit)

    def foreign(self, text: str) -> Markup:
        """Text that there is in English only, marked as such on a page in another language."""
        if self.language == "en":
            return escape(text)
        return Markup('<span lang="en">{}</span>').format(text)

    # -- numbers ------------------------------------------------------------------------------

    def chance(self, share: float) -> str:
        """Per cent, without the certainty that a thousand paths cannot give."""
        if share > 0.99:
            return self.plain("numbers.nearly_sure")
        if share < 0.01:
            return self.plain("numbers.hardly")
        return self.plain("numbers.chance", share=f"{100 * share:.0f}")

    def listed(self, items: Iterable[object]) -> str:
        """Items as people list them."""
        words = [str(item) for item in items]
        if len(words) < 2:
            return "".join(words)
        return self.plain("numbers.listed", first=", ".join(words[:-1]), last=words[-1])


@cache
def words_in(language: str) -> Words:
    """Words of one language.

    Raises
    ------
    ModelError
        If the page does not speak it.
    """
    if language not in LANGUAGES:
        raise ModelError(
            f"got language={language!r}; the report speaks {' and '.join(LANGUAGES)}: "
            'Report(..., language="ko")'
        )
    tables = tomllib.loads(FILE.read_text(encoding="utf-8"))
    names: dict[str, str] = tables.pop(NAMES) if language == "ko" else {}
    tables.pop(NAMES, None)
    texts = dict(_flat(tables, language))
    patterns = tuple((_pattern(en), ko) for en, ko in names.items() if "{" in en)
    return Words(language, texts, names, patterns)


def _flat(tables: Mapping[str, Any], language: str, above: str = "") -> Iterable[tuple[str, str]]:
    for key, value in tables.items():
        if language in value:
            yield f"{above}{key}", value[language]
        else:
            yield from _flat(value, language, f"{above}{key}.")


def _pattern(template: str) -> re.Pattern[str]:
    """Regular expression of a template, a group for each of its values."""
    parts = [
        re.escape(text) + (f"(?P<{name}>.+?)" if name else "")
        for text, name, _, _ in Formatter().parse(template)
    ]
    return re.compile("".join(parts))
