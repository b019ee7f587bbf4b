"""Front doors that import a name only when it is asked for (:pep:`562`)."""

import sys
from collections.abc import Callable, Mapping
from typing import Any


def attach(
    package: str, origins: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """Make names of a package importable without importing what they stand for.

    Type checkers cannot see through this, so the package shows them plain imports instead::

        if TYPE_CHECKING:
            from tradeshock.features.panel import Panel as Panel
        else:
            __getattr__, __dir__, __all__ = attach(
                __name__, {"Panel": "tradeshock.features.panel"}
            )

    Parameters
    ----------
    package : str
        The package's ``__name__``.
    origins : mapping of str to str
        For each public name the module to import it from, as in ``from module import name``.

    Returns
    -------
    tuple
        The package's ``__getattr__``, ``__dir__`` and ``__all__``. The first raises
        AttributeError on a name that is not in `origins`.
    """

    def resolve(name: str) -> Any:
        if name not in origins:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        # __import__ and not import_module: only the former imports a submodule asked for by name.
        value = getattr(__import__(origins[name], fromlist=[name]), name)
        # Kept, so that the next look-up does not come here.
        setattr(sys.modules[package], name, value)
        return value

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *origins})

    return resolve, names, sorted(origins)
