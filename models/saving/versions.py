"""By which code a model has learned: nobody else's code can promise the same paths."""

from __future__ import annotations

import platform
from importlib import metadata
from typing import Any

from tradeshock.features.errors import BacktestError
from tradeshock.models.record.code_version import code_version

LIBRARIES = ("tradeshock", "numpy", "pandas", "scipy", "scikit-learn", "statsmodels")


def versions_of(model: Any) -> dict[str, str]:
    """Versions of Python, of this package and of the libraries that a model stands on."""
    found = {"python": ".".join(platform.python_version_tuple()[:2])}
    for library in (*LIBRARIES, *model.requires):
        try:
            found[library] = metadata.version(library)
        except metadata.PackageNotFoundError:
            continue
    return found


def code_of(model: Any) -> str | None:
    """Version of a model's code; None if it has no source file."""
    try:
        return code_version(model)
    except BacktestError:
        return None


def difference(model: Any, versions: dict[str, str], code: str | None) -> str | None:
    """How the code at hand differs from that by which a model was saved, in words.

    Returns
    -------
    str or None
        None if it is the same.
    """
    here = versions_of(model)
    changed = [
        f"{name} {versions.get(name, 'none')} (here {here.get(name, 'none')})"
        for name in sorted({*versions, *here})
        if versions.get(name) != here.get(name)
    ]
    if changed:
        return "by " + ", ".join(changed)
    if code is not None and code != code_of(model):
        return "by other code of the same version"
    return None
