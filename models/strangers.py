"""What to give in place of something that is no model: names, classes, other libraries' own."""

from __future__ import annotations


def instead_of(value: object) -> str:
    """Say what a value is that was given as a model, and what to give.

    Parameters
    ----------
    value : object
        No instance of `tradeshock.models.Model`.

    Returns
    -------
    str
        The end of a sentence, such as "Ridge() is of scikit-learn's kind: give FromRegressor(...)".
    """
    if isinstance(value, str):
        typed = f"{value}() or " if value.isidentifier() else ""
        return f"{value!r} is the name of one: give {typed}make_model({value!r})"
    if isinstance(value, type):
        return f"{value.__name__} is a class: give an instance of it"
    adapter = _adapter_of(value)
    if adapter:
        return (
            f"{value!r} is another library's: give tradeshock.models.{adapter}"
            f"({type(value).__name__}(...))"
        )
    return (
        f"{value!r} is none: give an instance of a subclass of tradeshock.models.Model, such as "
        "RandomWalk(), or wrap another library's in FromSktime, FromStatsForecast or FromRegressor"
    )


def _adapter_of(value: object) -> str:
    """Name of the adapter that takes an estimator; empty if none does."""
    library = type(value).__module__.partition(".")[0]
    if library == "statsforecast":
        return "FromStatsForecast"
    if library == "sktime" or all(hasattr(value, name) for name in ("fit", "predict", "cutoff")):
        return "FromSktime"
    if all(hasattr(value, name) for name in ("fit", "predict", "get_params")):
        return "FromRegressor"
    return ""
