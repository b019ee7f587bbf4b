"""Values again from the nodes and arrays of a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tradeshock.models.saving.borrowed import made_again
from tradeshock.models.saving.classes import Classes, can_be_kept, is_named_tuple, made_of
from tradeshock.models.saving.encoder import COLLECTIONS, MADE, PLAIN, Node
from tradeshock.models.saving.kinds import KINDS, PLAIN_ARRAYS

_COLLECTIONS = {cls.__name__: cls for cls in COLLECTIONS}


class Decoder:
    """Makes the values of a file's nodes, one after the other.

    Parameters
    ----------
    nodes : sequence of dict
        As `Encoder` wrote them: each after those that it is made of.
    arrays : mapping of str to ndarray
    classes : Classes
        Whose objects are made.
    """

    def __init__(self, nodes: Sequence[Node], arrays: Mapping[str, Any], classes: Classes) -> None:
        self._nodes = nodes
        self._arrays = arrays
        self._classes = classes
        self._values: list[Any] = []

    def get(self, place: Any) -> Any:
        """Value that `Encoder.put` returned this for.

        Raises
        ------
        ValueError
            If there is none; other errors if a node is no such node.
        """
        if place is None or type(place) in PLAIN:
            return place
        if not isinstance(place, dict) or type(at := place.get("at")) is not int or at < 0:
            raise ValueError(f"{place!r} is no value")
        while len(self._values) <= at:
            node = self._nodes[len(self._values)]
            self._values.append(self._made(node, len(self._values)))
        return self._values[at]

    def _earlier(self, place: Any, before: int) -> Any:
        if isinstance(place, dict) and not (type(at := place.get("at")) is int and at < before):
            raise ValueError(f"{place!r} is no earlier value")
        return self.get(place)

    def _made(self, node: Node, row: int) -> Any:
        kind = node["kind"]
        items = [self._earlier(item, row) for item in node.get("items", ())]
        parts = {name: self._earlier(part, row) for name, part in node.get("parts", {}).items()}
        if kind == "dict":
            keys = [self._earlier(key, row) for key in node["keys"]]
            return dict(zip(keys, items, strict=True))
        if kind in _COLLECTIONS:
            return _COLLECTIONS[kind](items)
        if kind == "array":
            return self._arrays[node["name"]]
        if kind == "scalar":
            return _scalar(np.dtype(node["dtype"]), bytes.fromhex(node["bytes"]))
        if kind == "objects":
            array = np.empty(len(items), dtype=object)
            array[:] = items
            return array.reshape(node["shape"])
        if kind in KINDS:
            return KINDS[kind].together(parts)
        cls = self._classes[node["class"]]
        if kind == "named tuple" and is_named_tuple(cls):
            return cls._make(items)  # type: ignore[attr-defined]
        if kind == "object" and not is_named_tuple(cls):
            return made_of(cls, parts)
        if kind == MADE and not can_be_kept(cls):
            return made_again(cls, parts)
        raise ValueError(f"{kind!r} is no kind of value")


def _scalar(dtype: np.dtype[Any], written: bytes) -> Any:
    if dtype.kind not in PLAIN_ARRAYS:
        raise ValueError(f"{dtype} is no type of a number")
    return np.frombuffer(written, dtype=dtype)[0]
