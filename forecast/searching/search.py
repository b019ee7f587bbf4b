"""The search: every specification of a grid from the same past origins."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike

from tradeshock.features.days.reading import Day
from tradeshock.features.errors import BacktestError
from tradeshock.features.panel.naming import as_targets
from tradeshock.features.panel.panel import Panel
from tradeshock.features.snapshot import panel_or_embedded
from tradeshock.forecast.backtesting.backtest import (
    at_least,
    backtest,
    origins_for,
    refuse_no_actual,
)
from tradeshock.forecast.backtesting.plan import labelled
from tradeshock.forecast.backtesting.result import IncompleteBacktestError
from tradeshock.forecast.engines.base import Executor
from tradeshock.forecast.searching.beforehand import (
    refuse_impossible_features,
    refuse_too_few_outcomes,
    refuse_unknown_series,
)
from tradeshock.forecast.searching.grid import Grid, specifications
from tradeshock.forecast.searching.losses import MEASURES, Loss
from tradeshock.forecast.searching.result import IncompleteSearchError, Search
from tradeshock.models.base import Model
from tradeshock.models.record.rows import Actual
from tradeshock.models.strangers import instead_of

AS_GIVEN = "as given"


def search(
    model: str | Model,
    grid: Grid,
    panel: Panel | None = None,
    origins: Sequence[Day] | None = None,
    steps: int = 12,
    *,
    target: str = "exports_total",
    loss: Loss = "squared",
    reference: str | Model | None = None,
    nested: bool = True,
    n_jobs: int = -1,
    executor: Executor | None = None,
    store: str | PathLike[str] | None = None,
    warmup: int = 0,
    actual: Actual = "latest",
    progress: bool | None = None,
) -> Search:
    """Try a model with every combination of some parameters, and say what the best is worth.

    All specifications are run by one `tradeshock.forecast.backtest`, so a search that was
    interrupted goes on where it stopped if it has a store, and runs on the same engines. The best
    of many has the smallest error partly by luck; the result says how small it is, what choosing
    year by year from earlier years alone would have given, and whether the best of so many tries
    beats the reference (`Search.table`).

    Parameters
    ----------
    model : Model or name
        What the grid does not name stays as it is there. It is run as well, as ``"as given"``.
    grid : mapping of parameter to values, or sequence of such mappings
        Every combination within a mapping is one try. ``carrier__lags`` is the parameter `lags`
        of the model that the parameter `carrier` holds. Values may be a mapping of short name to
        value.
    panel, origins, steps, n_jobs, executor, store, warmup, actual, progress
        As for `tradeshock.forecast.backtest`.
    target : str
        What to forecast.
    loss : {"squared", "crps"}
        By what is chosen: squared errors of medians in ``100 * log``, or the CRPS.
    reference : Model or name, optional
        What the best has to beat, labelled ``"reference RandomWalk"`` or the like. Default: the
        model as given.
    nested : bool
        Whether to choose year by year too, which takes more than two years of origins.

    Returns
    -------
    Search

    Raises
    ------
    BacktestError
        If the grid makes no sense (empty, an unknown parameter, a value that the model refuses) or
        other arguments do not; as `IncompleteSearchError` if specifications failed, with the
        search of those that finished as its ``search``.
    PanelError
        If an origin is outside what the panel knows, the panel lacks the target or a series, or a
        block of features cannot be built.
    ScoreError
        If no outcome is out, or `nested` is asked for and no year has enough before it. All but
        models that fail is found before anything is run.
    """
    ((_, base),) = labelled(_one(model, "a model to search"))
    if loss not in MEASURES:
        raise BacktestError(f"loss is {loss!r}; give one of {', '.join(MEASURES)}")
    tried = specifications(base, grid)
    compared = AS_GIVEN
    models = {**{label: made.model for label, made in tried.items()}, AS_GIVEN: base}
    if reference is not None:
        ((name, rival),) = labelled(_one(reference, "a reference"))
        # Members of what is searched may have the bare name.
        compared = f"reference {name}"
        models[compared] = rival
    targets = as_targets(target)
    if len(targets) != 1:
        raise BacktestError(f"got {list(targets)} as targets; a search has one target")
    refuse_no_actual(actual)
    panel = panel_or_embedded(panel)
    refuse_unknown_series(tried, panel)
    days = origins_for(panel, panel.entry(targets[0]).id, origins)
    refuse_too_few_outcomes(panel, targets[0], days, at_least(1, steps=steps), nested, actual)
    refuse_impossible_features(tried, panel, targets[0], days[-1])
    try:
        result = backtest(
            models,
            panel,
            targets[0],
            days,
            steps,
            n_jobs=n_jobs,
            executor=executor,
            store=store,
            warmup=warmup,
            actual=actual,
            progress=progress,
        )
    except IncompleteBacktestError as error:
        raise IncompleteSearchError(
            error.result, tried, compared, loss=loss, nested=nested
        ) from error
    return Search(result, tried, compared, loss, nested)


def _one(model: str | Model, what: str) -> str | Model:
    if not isinstance(model, str | Model):
        listed = isinstance(model, list | tuple)
        why = "give one model, or the name of one" if listed else instead_of(model)
        raise BacktestError(f"got {model!r} as {what}; {why}")
    return model
