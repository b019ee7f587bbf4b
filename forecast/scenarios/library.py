"""The library of shocks, and files of a user's own in the same form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from os import PathLike
from pathlib import Path
from typing import Any, NoReturn

from tradeshock.features.errors import ModelError, ShockError
from tradeshock.features.files.toml import read_toml
from tradeshock.forecast.exposure.tariff import TariffHit, TariffResponse
from tradeshock.forecast.scenarios.move import Move
from tradeshock.forecast.scenarios.shock import Shock
from tradeshock.forecast.scenarios.where import line_of

SHIPPED = Path(__file__).parent / "shocks.toml"
SHOCK_KEYS = {field.name for field in fields(Shock) if field.init} - {"name", "conditions"}
MOVE_KEYS = {field.name for field in fields(Move)}
RESPONSE_KEYS = ("elasticity", "pass_through", "first_month")
HIT_KEYS = {field.name for field in fields(TariffHit)} - {"part"} | {"of", *RESPONSE_KEYS}


def read_shocks(path: str | PathLike[str] | None = None) -> dict[str, Shock]:
    """Read shocks from a TOML file.

    Parameters
    ----------
    path : path, optional
        Default: the library that ships with the package.

    Returns
    -------
    dict of str to Shock
        By name, in the order of the file.

    Raises
    ------
    ShockError
        With file, line and key, if the file is not there, does not read, or a shock makes no
        sense.
    """
    file = SHIPPED if path is None else Path(path)
    tables, text = read_toml(file, ShockError, "a file of shocks")
    if not tables:
        raise ShockError(f"{file} holds no shock; write a table such as [my_shock] with moves")
    reader = _Reader(file, text)
    return {name: reader.shock(name, table) for name, table in tables.items()}


def find_shock(name: str, path: str | PathLike[str] | None = None) -> Shock:
    """Return a shock by its name: a user's own before that of the library.

    Raises
    ------
    ShockError
        If there is none; the names that there are stand in the message.
    """
    known = read_shocks() | (read_shocks(path) if path is not None else {})
    if name not in known:
        raise ShockError(f"there is no shock {name!r}; there are {', '.join(known)}")
    return known[name]


class _Reader:
    """Turns tables of one file into shocks; errors say on which line."""

    def __init__(self, file: Path, text: str) -> None:
        self.file, self.text = file, text

    def shock(self, name: str, table: Any) -> Shock:
        if not isinstance(table, Mapping):
            self._stop(f"{name} is no table; write [{name}] above the shock's keys", name)
        self._known(table, SHOCK_KEYS, name)
        given = dict(table)
        given["moves"] = self._elements(name, "moves", given, MOVE_KEYS, lambda keys: Move(**keys))
        given["hits"] = self._elements(name, "hits", given, HIT_KEYS, _hit)
        for key in ("title", "resembles", "source"):
            if not isinstance(given.get(key, ""), str):
                self._stop(f"got {given[key]!r}, expected text", name, key)
        try:
            return Shock(name, **given)
        except ShockError as error:
            self._stop(str(error), name, error.field, cause=error)

    def _elements(
        self, name: str, part: str, table: Mapping[str, Any], known: set[str], make: Any
    ) -> tuple[Any, ...]:
        listed = table.get(part, [])
        if not isinstance(listed, list) or not all(isinstance(one, Mapping) for one in listed):
            self._stop(f"got {listed!r}, expected tables such as [[{name}.{part}]]", name, part)
        made = []
        for number, keys in enumerate(listed):
            self._known(keys, known, name, part, number)
            try:
                made.append(make(dict(keys)))
            except (ShockError, ModelError, TypeError) as error:
                key = getattr(error, "field", "") or _named_in(str(error), known)
                self._stop(str(error), name, key, part, number, error)
        return tuple(made)

    def _known(
        self, keys: Mapping[str, Any], known: set[str], name: str, part: str = "", number: int = 0
    ) -> None:
        for key in keys:
            if key not in known:
                expected = ", ".join(sorted(known))
                self._stop(f"unknown key; expected one of {expected}", name, key, part, number)

    def _stop(
        self,
        message: str,
        name: str,
        key: str = "",
        part: str = "",
        number: int = 0,
        cause: Exception | None = None,
    ) -> NoReturn:
        line = line_of(self.text, name, key, part, number)
        place = ".".join(filter(None, (name, part, key)))
        raise ShockError(f"{self.file}, line {line}, {place}: {message}", key) from cause


def _hit(keys: dict[str, Any]) -> TariffHit:
    """Tariff from the keys of a file; a response is named, or given by its numbers."""
    if "of" not in keys or "rate" not in keys:
        raise ShockError("a hit needs of (id of a part) and rate (per cent)", "of")
    own = {key: keys.pop(key) for key in RESPONSE_KEYS if key in keys}
    if own:
        if lacking := [key for key in RESPONSE_KEYS if key not in own]:
            raise ShockError(f"a response of one's own needs {lacking[0]} too", next(iter(own)))
        keys["response"] = TariffResponse(**own, source=keys.get("source", ""))
    return TariffHit(part=keys.pop("of"), **keys)


def _named_in(message: str, known: set[str]) -> str:
    """Key that a message names, such as "got rate='a'"."""
    return next((key for key in sorted(known) if f"{key}=" in message), "")
