"""Saved models again."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import entry_points
from os import PathLike

from tradeshock.features.errors import ModelError
from tradeshock.models.base import Model
from tradeshock.models.registry import GROUP, find_models
from tradeshock.models.saving.classes import name_of
from tradeshock.models.saving.model_file import read_model


def load_model(
    path: str | PathLike[str], *, trusted: Iterable[type] = (), refit: bool = False
) -> Model:
    """Read what `Model.save` wrote: the model draws the same paths, bit for bit.

    No code of the file is run: it holds none. Objects are made of the package's own classes, of
    models that other packages announce (`find_models`), and of classes that are passed in. Of these
    alone does anything run: the constructors of other libraries' forecasters, and `_restore`.

    Parameters
    ----------
    path : str or path
        ``~`` is the home folder.
    trusted : iterable of class
        Your own models, feature blocks and dataclasses that the file may hold, and the forecasters
        and regressors of other libraries, such as ``[ThetaForecaster]``.
    refit : bool
        Whether the model learns again, with the saved parameters from the saved figures: for
        files of another version of the package or of a library. Otherwise such files are refused,
        because what was learned may mean something else there.

    Returns
    -------
    Model
        Fitted as it was, or not fitted if it was not.

    Raises
    ------
    MissingFileError
        If there is no such file: a StoredFileError that is a FileNotFoundError too.
    StoredFileError
        If it is damaged, was changed, is of another schema, or is no regular file.
    ModelError
        If it holds a class that is not trusted, needs what is not installed, or was saved by
        other code.
    """
    if isinstance(trusted, str) or not isinstance(trusted, Iterable):
        raise ModelError(
            f"trusted is {trusted!r}; give classes in a list, such as trusted=[MyModel]"
        )
    classes = list(trusted)
    if strange := [value for value in classes if not isinstance(value, type)]:
        raise ModelError(
            f"trusted has {strange[0]!r}, which is no class; pass classes, such as "
            "trusted=[MyModel]"
        )
    # Only where there are plug-ins: to find models by name imports all of them.
    announced = find_models().values() if entry_points(group=GROUP) else ()
    known = {name_of(cls): cls for cls in (*announced, *classes)}
    return read_model(Model, path, known, refit)  # type: ignore[type-abstract]
