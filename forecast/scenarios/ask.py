"""Scenarios in one call: by name, by shock, by file, or several side by side."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from os import PathLike
from pathlib import Path

from tradeshock.features.errors import ShockError
from tradeshock.features.panel.panel import Panel
from tradeshock.features.snapshot import panel_or_embedded
from tradeshock.forecast.scenarios.carriers import Carriers
from tradeshock.forecast.scenarios.comparison import Comparison
from tradeshock.forecast.scenarios.library import find_shock, read_shocks
from tradeshock.forecast.scenarios.result import Scenario
from tradeshock.forecast.scenarios.shock import Shock
from tradeshock.models.base import Model
from tradeshock.models.conditions import Conditions

OneShock = Shock | Conditions | str | PathLike[str]
Shocks = OneShock | Iterable[OneShock]


def scenario(
    panel: Panel | None = None,
    shock: Shocks | None = None,
    steps: int = 12,
    model: Model | str | None = None,
    size: float | None = None,
    hard: bool = False,
    target: str | None = None,
) -> Scenario:
    """Forecast exports under a trade shock, beside the same forecast without it.

    Parameters
    ----------
    panel : Panel, optional
        Figures as they stood at the origin. Default: the embedded figures of Korea.
    shock : str, path, Shock, Conditions, or several of them, optional
        Name of a shock of the library, a TOML file with one shock, a shock, or plain conditions.
        Several happen together; their order does not matter. Default: none.
    steps : int
        Months after the target's last published one.
    model : Model or str, optional
        As for `monthly_forecast`.
    size : float, optional
        Another size for a single shock: -0.4 for 40 % below, or a tariff in per cent; 0 is none.
    hard : bool
        Whether all draws take one value. By default each keeps its distance from the median.
    target : str, optional
        Series to forecast. Default: "exports_total", or the panel's only own series.

    Returns
    -------
    Scenario

    Raises
    ------
    ShockError
        If there is no such shock, it makes no sense with these figures, or exports move in
        another direction than it declares.
    """
    shocks = as_shocks(shock, size)
    return Carriers.fit(panel_or_embedded(panel), model, steps, target).run(shocks, hard)


def compare_scenarios(
    panel: Panel | None = None,
    up: Shocks | None = None,
    down: Shocks | None = None,
    steps: int = 12,
    model: Model | str | None = None,
    hard: bool = False,
    target: str | None = None,
) -> Comparison:
    """Forecast a better and a worse case beside the baseline: the table of three paths.

    Parameters
    ----------
    panel : Panel, optional
    up, down : as `shock` of `scenario`
        What raises exports, and what lowers them; several happen together.
    steps, model, hard, target : as for `scenario`

    Returns
    -------
    Comparison

    Raises
    ------
    ShockError
        As for `scenario`, or if neither is given.
    """
    cases = {name: as_shocks(given) for name, given in (("up", up), ("down", down))}
    if not any(cases.values()):
        raise ShockError("got neither up nor down; name at least one shock")
    carriers = Carriers.fit(panel_or_embedded(panel), model, steps, target)
    made = {name: carriers.run(shocks, hard) for name, shocks in cases.items() if shocks}
    return Comparison(carriers.forecast, made)


def as_shocks(
    given: Shocks | None, size: float | None = None, file: str | PathLike[str] | None = None
) -> list[Shock]:
    """Return shocks from names, files, shocks and conditions.

    Parameters
    ----------
    given : as `shock` of `scenario`
    size : float, optional
        Of a single shock.
    file : path, optional
        Where names are looked up before the library.

    Raises
    ------
    ShockError
        If one is none, or a size is given for several.
    """
    if given is None:
        listed: list[OneShock] = []
    elif isinstance(given, Shock | Conditions | str | PathLike):
        listed = [given]
    elif isinstance(given, Iterable):
        listed = list(given)
    else:
        raise ShockError(f"got {type(given).__name__} as a shock; give a name, a Shock or several")
    shocks = [_as_shock(one, n, file) for n, one in enumerate(listed, start=1)]
    if twice := [s.name for s in shocks if [t.name for t in shocks].count(s.name) > 1]:
        raise ShockError(f"the shock {twice[0]} is asked for twice; give it once, at its size")
    if size is None:
        return shocks
    if len(shocks) != 1:
        raise ShockError(f"a size speaks of one shock, got {len(shocks)}", "size")
    resized = shocks[0].resized(size)
    return [] if resized is None else [resized]


def _as_shock(one: OneShock, number: int, file: str | PathLike[str] | None) -> Shock:
    if isinstance(one, Shock):
        return one
    if isinstance(one, Conditions):
        shock = Shock(f"conditions {number}", conditions=one)
        return replace(shock, title="Assumed values")
    if isinstance(one, PathLike) or (isinstance(one, str) and one.endswith(".toml")):
        shocks = list(read_shocks(Path(one)).values())
        if len(shocks) != 1:
            names = ", ".join(shock.name for shock in shocks)
            raise ShockError(f"{one} holds {len(shocks)} shocks: {names}; name one of them")
        return shocks[0]
    if not isinstance(one, str):
        raise ShockError(f"got {type(one).__name__} as a shock; give a name, a Shock or several")
    return find_shock(one, file)
