"""What a backtest has to replay: each different model once, members before their wrappers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from sklearn.base import clone

from tradeshock.features.errors import BacktestError
from tradeshock.forecast.backtesting.chunks import Chunk
from tradeshock.forecast.backtesting.settings import Settings
from tradeshock.models.base import Model
from tradeshock.models.naming import hash_of
from tradeshock.models.pools.wrapper import Wrapper
from tradeshock.models.registry import make_model
from tradeshock.models.strangers import instead_of

Models = str | Model | Sequence[str | Model] | Mapping[str, str | Model]


@dataclass
class PlannedModel:
    """One model to be replayed, for whoever needs its forecasts.

    Parameters
    ----------
    model : Model
    members : tuple of str
        Keys of its members; empty if it is no wrapper.
    labels : list of str
        What the user calls it; empty if it is only a member.
    feeds_wrapper : bool
        Whether a wrapper needs its forecasts.
    """

    model: Model
    members: tuple[str, ...] = ()
    labels: list[str] = field(default_factory=list)
    feeds_wrapper: bool = False

    @property
    def names(self) -> list[str]:
        """Names of its rows in the record: wrappers look members up by the models' own names."""
        return list(
            dict.fromkeys([*self.labels, *([self.model.name] if self.feeds_wrapper else [])])
        )


def plan(models: Models) -> dict[str, PlannedModel]:
    """List what a backtest has to replay by key, members before their wrappers.

    Parameters
    ----------
    models : Model, name, sequence of them, or mapping of label to them

    Raises
    ------
    BacktestError
        If there are none, one is no model, or two that differ would bear the same name.
    """
    planned: dict[str, PlannedModel] = {}
    for label, model in labelled(models):
        planned[_add(planned, model)].labels.append(label)
    owner: dict[str, str] = {}
    for key, made in planned.items():
        for name in made.names:
            if owner.setdefault(name, key) != key or made.labels.count(name) > 1:
                raise BacktestError(
                    f"more than one model is called {name!r}; give a mapping of label to model, "
                    "with labels that are not the names of other models or of wrappers' members"
                )
    return planned


def chunks_of(key: str, planned: PlannedModel, settings: Settings) -> list[Chunk]:
    """Chunks of a planned model, a calendar year of origins each, in order."""
    origins = sorted([*(settings.warmup if planned.feeds_wrapper else ()), *settings.origins])
    steps, refit_every = settings.steps, settings.refit_every
    return [
        Chunk(key, planned.model, settings.target, year, tuple(days), steps, refit_every)
        for year, days in groupby(origins, key=lambda day: day.year)
    ]


def labelled(models: Models) -> list[tuple[str, Model]]:
    """Models with what the user calls them.

    Raises
    ------
    BacktestError
        If there are none, or one is no model.
    """
    if isinstance(models, str | Model):
        models = [models]
    if isinstance(models, Mapping):
        pairs = [(label, _model(model)) for label, model in models.items()]
    elif not isinstance(models, Iterable):
        raise BacktestError(f"got {models!r} as models; give for instance ['RandomWalk', 'VAR']")
    else:
        pairs = [(made.name, made) for made in map(_model, models)]
    if not pairs:
        raise BacktestError("no models were given; give for instance ['RandomWalk', 'VAR']")
    return pairs


def _model(model: str | Model) -> Model:
    if isinstance(model, str):
        return make_model(model)
    if not isinstance(model, Model):
        raise BacktestError(f"got {model!r} as a model; {instead_of(model)}")
    return model


def _add(planned: dict[str, PlannedModel], model: Model) -> str:
    parts = model.parts if isinstance(model, Wrapper) else ()
    keys = tuple(_add(planned, part) for part in parts)
    for key in keys:
        planned[key].feeds_wrapper = True
    cls = type(model)
    parameters = clone(model).get_params(deep=False)
    own = hash_of((cls.__module__, cls.__qualname__, parameters), cls.__name__)
    planned.setdefault(own, PlannedModel(model, keys))
    return own
