"""Names that a shell completes: models, series, shocks, and forecasts of the archive.

Read from plain files and without anything heavy, because a person waits for each.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from tradeshock.features.files.toml import toml_text

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

Complete = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]

# Of `find_models`, which imports them all: seconds. A test compares.
BUILT_IN = (
    "AutoRegression",
    "BayesianVAR",
    "BiasCorrection",
    "Combination",
    "DirectRidge",
    "DynamicFactor",
    "ExponentialSmoothing",
    "FlashBridge",
    "FlashRatio",
    "GradientBoosting",
    "LightGBMBoosting",
    "LinearPool",
    "OwnHistory",
    "RandomWalk",
    "Recalibration",
    "SeasonalARIMA",
    "SeasonalNaive",
    "TradeBayesianVAR",
    "VAR",
)


def _completing(names: Callable[[click.Context], Iterable[tuple[str, str]]]) -> Complete:
    """Complete names with what they stand for, capitals or not; none where they cannot be read."""

    def complete(context: click.Context, _: click.Parameter, typed: str) -> list[CompletionItem]:
        try:
            found = sorted(set(names(context)))
        except (OSError, ValueError):
            return []
        start = typed.casefold()
        return [
            CompletionItem(name, help=what)
            for name, what in found
            if name.casefold().startswith(start)
        ]

    return complete


def _models(_: click.Context) -> Iterator[tuple[str, str]]:
    # Not at the top: it takes a fifth of what ``tradeshock --help`` takes.
    from importlib.metadata import entry_points

    yield from ((name, "") for name in BUILT_IN)
    yield from ((point.name, point.value) for point in entry_points(group="tradeshock.models"))


def _series(context: click.Context) -> Iterator[tuple[str, str]]:
    catalog: Any = _given(context, "catalog")
    if catalog is None and _given(context, "csv") is not None:
        # Names of a user's own columns need the file to be read as it was meant.
        return
    # Not by the name of the room, which imports pandas.
    file = _shipped("tradeshock.features") / "snapshot" / "catalog.toml"
    text = file.read_text(encoding="utf-8") if catalog is None else toml_text(Path(catalog))
    yield from _titles(tomllib.loads(text))


def _shocks(context: click.Context) -> Iterator[tuple[str, str]]:
    file = _shipped("tradeshock.forecast") / "scenarios" / "shocks.toml"
    yield from _titles(tomllib.loads(file.read_text(encoding="utf-8")))
    own = _given(context, "file")
    if own is not None:
        yield from _titles(tomllib.loads(toml_text(Path(own))))


def _issued(context: click.Context) -> Iterator[tuple[str, str]]:
    from tradeshock.features.vintages.home import archive_path

    given = _given(context, "archive")
    folder = archive_path() if given is None else Path(given)
    yield from ((file.stem, "") for file in folder.glob("[0-9]*.npz"))


def _titles(tables: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, table in tables.items():
        if isinstance(table, dict):
            yield name, str(table.get("title", ""))


def _shipped(package: str) -> Traversable:
    """Folder of a package, wherever it is kept."""
    from importlib.resources import files

    return files(package)


def _given(context: click.Context, name: str) -> Any:
    """What was typed for a parameter, or else what a desk's file says of it."""
    value = context.params.get(name)
    return (context.default_map or {}).get(name) if value is None else value


model_names = _completing(_models)
series_names = _completing(_series)
shock_names = _completing(_shocks)
issued_ids = _completing(_issued)
