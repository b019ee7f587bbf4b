"""Files of arrays: whole or absent, of a named and numbered schema, and never pickled.

Records, stored forecasts and what was measured of them are all such files. Beside its arrays a
file holds one text, ``about``: its schema, and what the writer says of the content. Damage is
found by the check sums of the ``.npz`` format, which is a zip archive.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

import numpy as np

from tradeshock.features.errors import StoredFileError

ABOUT = "about"
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
    path: Path,
    schema: Schema,
    arrays: Mapping[str, Any],
    about: Mapping[str, Any] | None = None,
    *,
    compressed: bool = False,
) -> None:
    """Write arrays to an ``.npz`` file, whole or not at all, whenever the writer is killed.

    Parameters
    ----------
    path : Path
        Its folder is made if there is none.
    schema : Schema
    arrays : mapping of str to ndarray
        None of objects.
    about : mapping of str to plain values, optional
    compressed : bool
    """
    header = {"schema": schema.name, "version": schema.version, "content": dict(about or {})}
    save = np.savez_compressed if compressed else np.savez
    with replacing(path) as file:
        save(file, allow_pickle=False, **{ABOUT: np.array(json.dumps(header))}, **arrays)


def read_arrays(path: Path, schema: Schema, *older: Schema) -> StoredArrays:
    """Read what `write_arrays` wrote, bit for bit.

    Parameters
    ----------
    path : Path
    schema : Schema
    *older : Schema
        That are read as well.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    StoredFileError
        If it is damaged, or of another schema or version.
    """
    try:
        # Opened here, because NumPy alone does not close a damaged file; never by `np.load`, which
        # advises who brings another file to unpickle it.
        with path.open("rb") as opened, np.lib.npyio.NpzFile(opened) as file:
            arrays = {name: file[name] for name in file.files}
            header = json.loads(str(arrays.pop(ABOUT))) if ABOUT in arrays else {}
            version = (header.get("schema"), header.get("version"))
            content = header.get("content", {})
    except FileNotFoundError:
        raise
    except Exception as error:  # damaged files raise nearly anything
        raise StoredFileError(f"{path} is damaged ({error})") from error
    if version not in [(one.name, one.version) for one in (schema, *older)]:
        found = "no file of this package" if version[0] is None else f"{version[0]} {version[1]}"
        later = isinstance(version[1], int) and version[1] > schema.version
        newer = version[0] == schema.name and later
        hint = "; a newer tradeshock wrote it: pip install --upgrade tradeshock" if newer else ""
        raise StoredFileError(
            f"{path} is {found}, and {schema.name} in version {schema.version} was expected{hint}"
        )
    return StoredArrays(content, arrays)


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
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes the place of `path` once it is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # In the same folder, because only within one file system is the replacement atomic; with a
    # name of its own, because two writers may meet.
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        with draft.open("xb") as file:
            yield file
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
