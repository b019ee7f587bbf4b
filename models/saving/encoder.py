"""A fitted model as a list of plain nodes and some arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from tradeshock.features.errors import ModelError
from tradeshock.models.saving.borrowed import all_that_makes
from tradeshock.models.saving.classes import (
    attributes_of,
    can_be_kept,
    is_named_tuple,
    name_of,
)
from tradeshock.models.saving.kinds import PLAIN_ARRAYS, kind_of

PLAIN = (bool, int, float, str)
COLLECTIONS = (list, tuple, set, frozenset)
# Objects of which a file has the arguments of their constructor alone.
MADE = "made"

Node = dict[str, Any]


class Encoder:
    """Turns values into nodes, each after those that it is made of.

    A value that stands in several places is written once, and is one again when it is read.

    Parameters
    ----------
    whose : str
        Name of the model, for messages.

    Attributes
    ----------
    nodes : list of dict
        Plain values: what ``json`` writes.
    arrays : dict of str to ndarray
    classes : dict of str to class
        Those whose objects were written.
    """

    def __init__(self, whose: str) -> None:
        self.nodes: list[Node] = []
        self.arrays: dict[str, np.ndarray[Any, Any]] = {}
        self.classes: dict[str, type] = {}
        self._whose = whose
        self._places: dict[int, int] = {}
        self._entered: set[int] = set()
        # A value that is made while another is taken apart must outlive its id.
        self._alive: list[object] = []

    def put(self, value: Any, where: str) -> Any:
        """Write a value; return it if it is plain, else where its node stands.

        Parameters
        ----------
        value : object
        where : str
            How the model names it, for messages.

        Raises
        ------
        ModelError
            If a file without pickles cannot hold it.
        """
        if value is None or type(value) in PLAIN:
            return value
        if id(value) not in self._places:
            if id(value) in self._entered:
                raise ModelError(f"{self._whose} cannot be saved: its {where} holds itself")
            self._entered.add(id(value))
            node = self._node(value, where)
            self._places[id(value)] = len(self.nodes)
            self._alive.append(value)
            self.nodes.append(node)
        return {"at": self._places[id(value)]}

    def _node(self, value: Any, where: str) -> Node:
        kind = type(value)
        if kind is dict:
            flat = [self.put(key, f"{where} (a key)") for key in value]
            return {"kind": "dict", "keys": flat, "items": self._named(value, where)}
        if kind in COLLECTIONS:
            items = [self.put(item, f"{where}[{i}]") for i, item in enumerate(value)]
            return {"kind": kind.__name__, "items": items}
        if kind is np.ndarray:
            return self._array(value, where)
        if isinstance(value, np.generic) and value.dtype.kind in PLAIN_ARRAYS:
            return {"kind": "scalar", "dtype": value.dtype.str, "bytes": value.tobytes().hex()}
        if (written := kind_of(value)) is not None:
            try:
                parts = written.apart(value)
            except TypeError as error:
                raise self._refused(value, where, str(error)) from error
            return {"kind": kind.__name__, "parts": self._parts(parts, where)}
        return self._object(value, where)

    def _named(self, values: dict[Any, Any], where: str) -> list[Any]:
        return [self.put(value, f"{where}[{key!r}]") for key, value in values.items()]

    def _parts(self, parts: dict[str, Any], where: str) -> Node:
        return {name: self.put(part, f"{where}.{name}") for name, part in parts.items()}

    def _array(self, array: Any, where: str) -> Node:
        if array.dtype.kind in PLAIN_ARRAYS:
            name = f"array_{len(self.arrays)}"
            self.arrays[name] = array
            return {"kind": "array", "name": name}
        if array.dtype.kind != "O":
            raise self._refused(array, where, f"its elements are {array.dtype}")
        items = [self.put(item, f"{where}[{i}]") for i, item in enumerate(array.ravel().tolist())]
        return {"kind": "objects", "shape": list(array.shape), "items": items}

    def _object(self, value: Any, where: str) -> Node:
        cls = type(value)
        made_by = None
        if isinstance(value, type) or not (
            can_be_kept(cls) or (made_by := all_that_makes(value)) is not None
        ):
            raise self._refused(value, where)
        self.classes[name_of(cls)] = cls
        if made_by is not None:
            return {"kind": MADE, "class": name_of(cls), "parts": self._parts(made_by, where)}
        if is_named_tuple(cls):
            items = [self.put(item, f"{where}[{i}]") for i, item in enumerate(value)]
            return {"kind": "named tuple", "class": name_of(cls), "items": items}
        parts = self._parts(attributes_of(value), where)
        return {"kind": "object", "class": name_of(cls), "parts": parts}

    def _refused(self, value: object, where: str, why: str = "") -> ModelError:
        cls = value if isinstance(value, type) else type(value)
        what = f"the class {cls.__qualname__}" if cls is value else f"a {cls.__qualname__}"
        return ModelError(
            f"{self._whose} cannot be saved: its {where} is {what}{why and f' ({why})'}, and a "
            "file without pickles holds numbers, texts, arrays, tables, lists, dicts, dataclasses, "
            "models, and of other libraries what its parameters make again; keep those instead, or "
            "write _stored and _restore, which say what stands for it (see docs/saving-models.md)"
        )
