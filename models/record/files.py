"""Files of arrays: whole or absent, of a named and numbered schema, and never pickled.

Records, stored forecasts and what was measured of them are all such files. Beside its arrays a
file holds one text, ``about``: its schema, the names of its arrays, and what the writer says of the
content. Damage is found by the check sums of the ``.npz`` format, a zip archive, and those names.
"""

from __future__ import annotations

import json
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

import numpy as np

from tradeshock.features.errors import MissingFileError, StoredFileError, UnwritableFileError
from tradeshock.models.record.places import path_of_file, place_of, unwritable

ABOUT = "about"
# With which every zip archive begins, so also one that was cut short.
ZIP_START = b"PK"
# No file takes so long to write: a draft that is older was left by a run that was killed.
OLDEST_DRAFT_SECONDS = 3600.0


@dataclass(frozen=True)
class Schema:
    """What a file is and how its content is laid out.

    Parameters
    ----------
    name : str
    version : int
        One more whenever the names, shapes or meaning of its arrays change.
    """

    name: str
    version: int


@dataclass(frozen=True, eq=False)
class StoredArrays:
    """Content of a file.

    Parameters
    ----------
    about : dict
        What the writer says of it: plain values.
    arrays : dict of str to ndarray
    """

    about: dict[str, Any]
    arrays: dict[str, Any]


def write_arrays(
    path: str | PathLike[str],
    schema: Schema,
    arrays: Mapping[str, Any],
    about: Mapping[str, Any] | None = None,
    *,
    compressed: bool = False,
) -> None:
    """Write arrays to an ``.npz`` file, whole or not at all, whenever the writer is killed.

    Parameters
    ----------
    path : str or path
        Its folder is made if there is none.
    schema : Schema
    arrays : mapping of str to ndarray
        None of objects.
    about : mapping of str to plain values, optional
    compressed : bool
    """
    header = {
        "schema": schema.name,
        "version": schema.version,
        "content": dict(about or {}),
        # An archive whose list of parts is damaged still reads, without some of them.
        "arrays": sorted(arrays),
    }
    save = np.savez_compressed if compressed else np.savez
    with replacing(path) as file:
        save(file, allow_pickle=False, **{ABOUT: np.array(json.dumps(header))}, **arrays)


def read_arrays(path: str | PathLike[str], schema: Schema, *older: Schema) -> StoredArrays:
    """Read what `write_arrays` wrote, bit for bit.

    Parameters
    ----------
    path : str or path
    schema : Schema
    *older : Schema
        That are read as well.

    Raises
    ------
    MissingFileError
        If there is no such file: a StoredFileError that is a FileNotFoundError too.
    StoredFileError
        If it is damaged, of another schema or version, or no regular file.
    """
    path = path_of_file(path)
    _refuse_what_is_no_file(path, schema)
    try:
        opened = path.open("rb")
    except (FileNotFoundError, NotADirectoryError) as error:
        raise MissingFileError(f"there is no file {path}; give the path of one") from error
    except OSError as error:
        raise _unreadable(path, error) from error
    try:
        # Never by `np.load`, which advises who brings another file to unpickle it.
        with opened:
            _refuse_other_formats(opened, path, schema)
            with zipfile.ZipFile(opened) as archive:
                arrays = {
                    part.removesuffix(".npy"): _array(archive, part) for part in archive.namelist()
                }
            header = json.loads(str(arrays.pop(ABOUT))) if ABOUT in arrays else {}
            version = (header.get("schema"), header.get("version"))
            content = header.get("content", {})
            # Files of older versions do not say.
            if lost := sorted(set(header.get("arrays", arrays)) ^ set(arrays)):
                raise zipfile.BadZipFile(f"its parts {', '.join(lost)} are not as they were")
    except StoredFileError:
        raise
    except Exception as error:  # damaged files raise nearly anything
        raise StoredFileError(f"{path} is damaged ({error})") from error
    if version not in [(one.name, one.version) for one in (schema, *older)]:
        raise StoredFileError(f"{path} {_otherwise(version, schema)}")
    return StoredArrays(content, arrays)


def _refuse_what_is_no_file(path: Path, schema: Schema) -> None:
    """Refuse folders, and what would be waited for until somebody writes to it, such as a pipe."""
    try:
        is_folder, is_other = path.is_dir(), path.exists() and not path.is_file()
    except OSError as error:
        raise _unreadable(path, error) from error
    if is_folder:
        raise StoredFileError(f"{path} is a folder and no {schema.name} file; give a file in it")
    if is_other:
        raise StoredFileError(
            f"{path} is no regular file and no {schema.name} file; give the path of one"
        )


def _unreadable(path: Path, error: OSError) -> StoredFileError:
    reason = error.strerror or str(error)
    return StoredFileError(f"{path} cannot be read: {reason}; give another path")


def _refuse_other_formats(opened: BinaryIO, path: Path, schema: Schema) -> None:
    """Refuse a file that never was an archive of arrays, such as a pickle."""
    start = opened.read(len(ZIP_START))
    opened.seek(0)
    if start and start != ZIP_START:
        raise StoredFileError(
            f"{path} is no {schema.name} file: it is damaged from its first byte on, or was "
            "written by something else, such as pickle or joblib"
        )


def _array(archive: zipfile.ZipFile, name: str) -> Any:
    if not name.endswith(".npy"):
        raise zipfile.BadZipFile(f"it has a part {name!r} that is no array")
    with archive.open(name) as part:
        array = np.lib.format.read_array(part, allow_pickle=False)
        # The check sum is compared at the end of a part, which a wrong shape does not reach.
        if part.read(1):
            raise zipfile.BadZipFile(f"its part {name!r} is longer than its array")
    return array


def _otherwise(version: tuple[Any, Any], schema: Schema) -> str:
    """What a file of another schema or version is."""
    if version[0] is None:
        return f"is an .npz file that tradeshock did not write; it holds no {schema.name}"
    if version[0] != schema.name:
        return f"holds {_one(version[0])}, and {_one(schema.name)} was expected"
    newer = isinstance(version[1], int) and version[1] > schema.version
    hint = "; a newer tradeshock wrote it: pip install --upgrade tradeshock" if newer else ""
    return (
        f"holds {_one(schema.name)} in format {version[1]}, and this tradeshock reads format "
        f"{schema.version}{hint}"
    )


def _one(what: str) -> str:
    """What is in a file, with its article."""
    return what if what.endswith("s") else f"{'an' if what[0] in 'aeiou' else 'a'} {what}"


def remove_drafts(folder: Path) -> None:
    """Remove unfinished files that killed runs have left in a folder, an hour ago or earlier."""
    for draft in folder.glob(".*.npz." + "[0-9a-f]" * 32):
        try:
            if time.time() - draft.stat().st_mtime > OLDEST_DRAFT_SECONDS:
                draft.unlink()
        except OSError:
            # Another run was quicker, or it is not ours to remove.
            continue


@contextmanager
def replacing(path: str | PathLike[str]) -> Iterator[BinaryIO]:
    """Open a file that takes the place of `path` once it is complete.

    Raises
    ------
    UnwritableFileError
        If no file can be written there (see `place_of`), or not to its end: an OSError too.
    """
    place = place_of(path)
    # In the same folder, because only within one file system is the replacement atomic; with a
    # name of its own, because two writers may meet.
    draft = place.with_name(f".{place.name}.{uuid4().hex}")
    try:
        file = draft.open("xb")
    except OSError as error:
        raise unwritable(path, error) from error
    try:
        with file:
            yield file
        draft.replace(place)
    except OSError as error:
        # What the writer reads meanwhile has a name of its own.
        ours = error.filename is None or str(error.filename) == str(draft)
        if isinstance(error, UnwritableFileError) or not ours:
            raise
        raise unwritable(path, error) from error
    finally:
        draft.unlink(missing_ok=True)
