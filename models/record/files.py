"""Files that are whole or absent, whenever the writer is killed."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

import numpy as np


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a file that takes the place of `path` once it is complete.

    Parameters
    ----------
    path : Path
        Its folder is made if there is none.
    """
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


def read_arrays(path: Path) -> dict[str, Any]:
    """Arrays of an ``.npz`` file, by name, and none that needs pickle.

    A damaged file raises nearly anything: among others `OSError`, `EOFError`, `ValueError` and
    `zipfile.BadZipFile`. It is closed, which NumPy alone does not do.
    """
    with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}
