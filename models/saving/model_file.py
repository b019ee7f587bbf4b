"""The file of a model: what is written, and what is demanded of it when it is read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from os import PathLike
from typing import Any, TypeVar

import numpy as np

from tradeshock.features.errors import ModelError, StoredFileError
from tradeshock.models.record.files import Schema, StoredArrays, read_arrays, write_arrays
from tradeshock.models.saving.classes import Classes, attributes_of, made_of, name_of
from tradeshock.models.saving.decoder import Decoder
from tradeshock.models.saving.encoder import Encoder
from tradeshock.models.saving.versions import code_of, difference, versions_of

M = TypeVar("M")

SCHEMA = Schema("model", 1)
# What a fit takes: with the parameters all that a model needs to learn again.
LESSON = ("panel_", "target_", "record_")


def write_model(model: Any, path: str | PathLike[str]) -> dict[str, type]:
    """Write a model (see `Saved.save`).

    Returns
    -------
    dict of str to class
        Classes whose objects are in the file, by name: what `load_model` has to trust.
    """
    encoder, kept = Encoder(model.name), attributes_of(model)
    parameters = model.get_params(deep=False)
    fitted = "panel_" in kept
    # In this order: who learns again reads no further than what a fit takes.
    places = {"parameters": encoder.put(parameters, "parameters")}
    places["lesson"] = [encoder.put(kept.get(name), name) for name in LESSON]
    attributes = {name: encoder.put(value, name) for name, value in kept.items()}
    about = {
        "name": model.name,
        "class": name_of(type(model)),
        "fitted": fitted,
        "code": code_of(model),
        "versions": versions_of(model),
        "fingerprint": model.panel_.fingerprint() if fitted else None,
        **places,
        "attributes": attributes,
        "nodes": encoder.nodes,
    }
    about["digest"] = check_sum(about, encoder.arrays)
    write_arrays(path, SCHEMA, encoder.arrays, about, compressed=True)
    return {name_of(type(model)): type(model), **encoder.classes}


def read_model(
    base: type[M], path: str | PathLike[str], trusted: Mapping[str, type], refit: bool
) -> M:
    """Read a model (see `tradeshock.models.load_model`).

    Parameters
    ----------
    base : type
        What the class of the model has to derive from.
    path : str or path
    trusted : mapping of str to class
        By `name_of`, besides the package's own.
    refit : bool

    Raises
    ------
    MissingFileError
        If there is no such file.
    StoredFileError
        If it is damaged, was changed, or is no model of this version's.
    ModelError
        If a class is not trusted, something is not installed, or the code is another.
    """
    stored = read_arrays(path, SCHEMA)
    try:
        model, lesson = _read(base, stored, Classes(trusted), refit)
    except (ModelError, StoredFileError) as error:
        raise type(error)(f"{path} cannot be loaded: {error}") from error
    except Exception as error:  # what was changed raises nearly anything
        raise StoredFileError(
            f"{path} is damaged ({type(error).__name__}: {error}); save the model again"
        ) from error
    read: M = model if lesson is None else model.fit(*lesson)
    return read


def _read(
    base: type, stored: StoredArrays, classes: Classes, refit: bool
) -> tuple[Any, list[Any] | None]:
    """Return a model and what it is still to be fitted to."""
    about = stored.about
    digest = about.pop("digest", None)
    if digest != check_sum(about, stored.arrays):
        raise StoredFileError(
            "it is not as it was saved, for its check sum differs; save the model again"
        )
    cls: Any = classes[about["class"]]
    if not issubclass(cls, base):
        raise StoredFileError(f"it holds a {cls.__qualname__}, which is no model")
    decoder = Decoder(about["nodes"], stored.arrays, classes)
    parameters = decoder.get(about["parameters"])
    if strange := sorted(set(parameters) ^ set(cls._get_param_names())):
        raise StoredFileError(
            f"a {cls.__qualname__} in it has other parameters than here ({', '.join(strange)}); "
            "load it with the code that saved it"
        )
    new = cls(**parameters)
    if not about["fitted"]:
        return new, None
    lesson = [decoder.get(place) for place in about["lesson"]]
    if refit:
        return new, lesson
    if other := difference(new, about["versions"], about["code"]):
        raise ModelError(
            f"it was saved {other}, so what it has learned may mean something else; fit the "
            "same parameters to the same figures again: load_model(path, refit=True)"
        )
    attributes = {name: decoder.get(place) for name, place in about["attributes"].items()}
    model = made_of(cls, attributes)
    if model.panel_.fingerprint() != about["fingerprint"]:
        raise StoredFileError(
            "its figures or their holidays are others than when it was saved; fit the same "
            "parameters to them again: load_model(path, refit=True)"
        )
    return model, None


def check_sum(about: Mapping[str, Any], arrays: Mapping[str, Any]) -> str:
    """Hash of all that is in a file."""
    digest = hashlib.sha256(json.dumps(about, sort_keys=True).encode())
    for name, array in sorted(arrays.items()):
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
