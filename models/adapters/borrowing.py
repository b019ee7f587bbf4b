"""What a model is called that borrows another library's estimator."""

from __future__ import annotations

from inspect import Parameter, signature
from typing import ClassVar

from tradeshock.models.naming import Named
from tradeshock.models.saving.borrowed import arguments_of

# What changes no forecast says nothing in a name.
SILENT = ("n_jobs", "verbose", "verbosity")


def described(estimator: object) -> str:
    """Class of an estimator with the parameters that differ from their defaults.

    Parameters
    ----------
    estimator : object
        With ``get_params``, or with attributes named as its parameters.
    """
    known = signature(type(estimator)).parameters
    changed = [
        f"{key}={described(value) if hasattr(value, 'get_params') else repr(value)}"
        for key, value in arguments_of(estimator).items()
        if key not in SILENT and not _is_default(value, known.get(key))
    ]
    return f"{type(estimator).__name__}({', '.join(changed)})"


class Borrowing(Named):
    """A model that is named after what it borrows.

    Attributes
    ----------
    borrowed : str
        The parameter that holds it; of the class.
    """

    borrowed: ClassVar[str]

    def _changed_parameters(self) -> list[str]:
        own = [
            text
            for text in super()._changed_parameters()
            if not text.startswith(f"{self.borrowed}=")
        ]
        return [described(getattr(self, self.borrowed)), *own]


def _is_default(value: object, parameter: Parameter | None) -> bool:
    if parameter is None:
        return False
    default = parameter.default
    return value is default or (type(value) is type(default) and repr(value) == repr(default))
