"""Where a file is written or read: home folders and links followed, and nothing but files."""

from __future__ import annotations

import os
from os import PathLike
from pathlib import Path

from tradeshock.features.errors import StoredFileError, UnwritableFileError


def expanded(path: str | PathLike[str]) -> Path:
    """Path with ``~`` as the home folder it stands for.

    Raises
    ------
    StoredFileError
        If it is no path, holds a null character, or names the home folder of nobody.
    """
    text = os.fspath(path) if isinstance(path, str | PathLike) else None
    if not isinstance(text, str):
        raise StoredFileError(f"got {path!r} as a path; give one such as 'file.npz'")
    if "\0" in text:
        raise StoredFileError(f"the path {text!r} holds a null character; give one without")
    found = os.path.expanduser(text)  # noqa: PTH111  # pathlib's raises on an unknown user
    if found.startswith("~"):
        raise StoredFileError(
            f"{text} begins with {Path(text).parts[0]}, which is nobody's home folder here; give "
            "another path, or the full one if it is called so"
        )
    return Path(found)


def path_of_file(path: str | PathLike[str]) -> Path:
    """Path of a file as `expanded`; an empty text is none, though it is the folder at hand.

    Raises
    ------
    StoredFileError
        As `expanded`, and if the path is empty.
    """
    if isinstance(path, str) and not path:
        raise StoredFileError("got an empty path; give one such as 'file.npz'")
    return expanded(path)


def place_of(path: str | PathLike[str]) -> Path:
    """Return where a file is written that takes the place of what is there.

    Links are followed, so that they go on pointing at the file. The folder is made if there is
    none.

    Raises
    ------
    StoredFileError
        If it is no path (see `path_of_file`).
    UnwritableFileError
        If it is a folder, or something else that is no regular file, such as a device or a pipe,
        or if its folder cannot be made.
    """
    place = Path(os.path.realpath(path_of_file(path)))
    try:
        is_folder, is_file = place.is_dir(), place.is_file()
        if not is_folder:
            place.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error
    if is_folder:
        raise UnwritableFileError(
            f"{path} is a folder; give the name of a file in it, such as {place / 'file.npz'}"
        )
    if not is_file and os.path.lexists(place):
        raise UnwritableFileError(
            f"{path} is no regular file, and nothing was written; give another path"
        )
    return place


def unwritable(path: str | PathLike[str], error: OSError) -> UnwritableFileError:
    """Return the error of a path that no file can be written to, from the system's own."""
    # A path with a file where a folder should be: "File exists" would not say so.
    stands = isinstance(error, FileExistsError | NotADirectoryError)
    reason = "a part of it is a file and no folder" if stands else error.strerror or str(error)
    raised = UnwritableFileError(f"{path} cannot be written: {reason}; give another path")
    raised.strerror = reason
    return raised
