"""What has been found from one panel or record, so that many origins share it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, TypeVar

Source = TypeVar("Source")
Found = TypeVar("Found")


class Findings(Generic[Source]):
    """What follows from one source and a key, found once.

    All that use it look at cuts (`as_of`) of the same source, so the source is part of every key.
    The key holds the rest of what the value depends on: for a model's parameters on 1 January the
    class and arguments of the model, target, series in use and that day. Nothing else may go in:
    a value that depends on the origin at which it was looked for would make an origin's forecast
    depend on which other origins came first.

    It is made by `Model.fit` or a replay, handed on as an argument, and gone when they end.

    Parameters
    ----------
    source : Panel or Record
        Of which the origins are cuts.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self._found: dict[Hashable, Any] = {}

    def find(self, key: Hashable, make: Callable[[], Found]) -> Found:
        """Return what is kept under a key, made now if nothing is."""
        if key not in self._found:
            self._found[key] = make()
        found: Found = self._found[key]
        return found

    def find_each(
        self, keys: Sequence[Hashable], make: Callable[[list[int]], Sequence[Found]]
    ) -> list[Found]:
        """Return what is kept under many keys; what is missing is made together.

        Parameters
        ----------
        keys : sequence of hashable
        make : callable
            Takes the positions of the keys that are missing and returns their values in order.
        """
        missing = [i for i, key in enumerate(keys) if key not in self._found]
        if missing:
            made = {keys[i]: value for i, value in zip(missing, make(missing), strict=True)}
            self._found.update(made)
        return [self._found[key] for key in keys]
