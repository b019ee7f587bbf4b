"""Messages that name arguments of Python, in the words of the command line."""

from __future__ import annotations

import ast
import re
import shlex

from tradeshock.forecast.cli.figures import HOW_TO_READ, OWN_FIGURES, option_of

# Where messages name an argument, the option that stands for it.
OPTIONS = {name: f"--{option_of(name)}" for name in (*OWN_FIGURES, *HOW_TO_READ)} | {
    "model": "--model",
    "steps": "--steps",
    "target": "--target",
    "by": "--part",
}
# Lists that are one option with commas; others are the option, given several times.
WITH_COMMAS = frozenset(("header", "names"))
# What stands for [...], where the message has no value of its own.
METAVARS = {"series": "COLUMN", "by": "SERIES"}
_TEXT = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
_ARGUMENT = re.compile(
    rf"\b(?P<name>{'|'.join(sorted(OPTIONS, key=len, reverse=True))})="
    rf"(?P<value>{_TEXT}|\[(?:{_TEXT}|[^\]'\"])*\]|\((?:{_TEXT}|[^)'\"])*\)|-?\d+(?:\.\d+)?|None)"
)
# What names no argument and its value, but can be done in Python alone.
PHRASES = {
    "(argument or field of the entry)": "(or a field of its entry in --catalog FILE)",
    "(append)": "(--add FILE)",
    " (holidays.list_supported_countries())": "",
    "or None for a calendar on which every weekday works": "or leave --calendar out: then every "
    "weekday works",
    "release=ReleaseRule.after(days=40)": "--release-after 40",
    "(decimal, thousands)": "(--decimal, --thousands)",
    "by `columns`, or --column NAME=SERIES": "by --column NAME=SERIES",
    "see panel.values.columns": "which `tradeshock data` lists",
    "add it with Panel.with_series": "give it as a column of --csv FILE",
}


def in_options(message: str) -> str:
    """Message in which arguments are options: ``holes=['2024-09']`` is ``--hole 2024-09``."""
    for python, option in PHRASES.items():
        message = message.replace(python, option)
    return " ".join(_ARGUMENT.sub(_as_option, message).split())


def _as_option(found: re.Match[str]) -> str:
    name, option = found["name"], OPTIONS[found["name"]]
    try:
        value = ast.literal_eval(found["value"])
    except (SyntaxError, ValueError):
        return found[0]
    if value is None:
        return f"no {option}"
    texts = [_word(name, one) for one in (value if isinstance(value, list | tuple) else [value])]
    if name in WITH_COMMAS:
        return f"{option} {shlex.quote(','.join(texts))}"
    return " ".join(f"{option} {shlex.quote(text)}" for text in texts)


def _word(name: str, value: object) -> str:
    return METAVARS.get(name, "...") if value is ... else str(value)
