"""The part of a model that says what a file keeps of it."""

from __future__ import annotations

from abc import ABC
from collections.abc import Mapping
from os import PathLike
from typing import Any


class Saved(ABC):  # noqa: B024  # a part of `Model`, which has abstract methods
    """The part of `tradeshock.models.Model` that is written to a file and read from it.

    A model of which something is no plain value, array, table or dataclass writes two methods:
    `_stored` puts plain values in its place, `_restore` makes it again from them.
    """

    def save(self, path: str | PathLike[str]) -> None:
        """Write the model to a file, whole or not at all, without pickles.

        The file holds the class and its parameters, the figures and the record that it was fitted
        on, all that it has learned, and the versions of code and libraries. A model that is not
        fitted is saved as it is: its class and its parameters. So are forecasters and regressors of
        other libraries among its parameters; an adapter teaches them again when it is loaded.

        Parameters
        ----------
        path : str or path
            An ``.npz`` file; its folder is made if there is none. Links are followed, and ``~``
            is the home folder.

        Raises
        ------
        ModelError
            If the model holds what a file without pickles cannot: a function, an object of
            another library that is more than its parameters. The message says where it stands.
        UnwritableFileError
            If no file can be written there, or what is there is no regular file.
        StoredFileError
            If it is no path: empty, with a null character, in the home folder of nobody.

        See Also
        --------
        tradeshock.models.load_model : the model again.
        """
        from tradeshock.models.saving.model_file import write_model

        write_model(self, path)

    def _stored(self) -> dict[str, Any]:
        """What a file keeps of the fitted model, by attribute."""
        return dict(vars(self))

    def _restore(self, stored: Mapping[str, Any]) -> None:
        """Take what `_stored` gave."""
        vars(self).update(stored)
