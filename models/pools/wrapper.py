"""A model made of other models, informed by the record of their past forecasts."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
import pandas as pd
from sklearn.base import clone

from tradeshock.features.errors import ModelError
from tradeshock.features.panel.panel import Panel
from tradeshock.models.assumptions.odd_values import already_checked
from tradeshock.models.base import Floats, Model
from tradeshock.models.conditioned import condition_notes
from tradeshock.models.findings import Findings
from tradeshock.models.parameters import Rules, check_parameters, model, optional, several
from tradeshock.models.paths import ForecastPaths
from tradeshock.models.record.record import Record
from tradeshock.models.record.rows import forecast_rows
from tradeshock.models.segments import sees_vintages
from tradeshock.models.strangers import instead_of
from tradeshock.models.systems.steering import steered_forecast

if TYPE_CHECKING:
    from tradeshock.models.assumptions.entries import Cell
    from tradeshock.models.conditions import Conditions


class Wrapper(Model):
    """A model that forecasts from the forecasts of its members and from their past errors.

    A subclass takes `members` among its parameters and writes `combine`. Whatever it learns, it
    learns there, from the record, which holds only what was known at the forecasts' origin.

    Parameters
    ----------
    members : sequence of Model
        Models with different names.

    Attributes
    ----------
    members_ : list of Model
        Members, fitted.
    """

    members: Sequence[Model] | None
    members_: list[Model]
    rules: ClassVar[Rules] = {"members": optional(several(model(), "models in a list or tuple"))}

    @abstractmethod
    def combine(
        self, forecasts: Sequence[ForecastPaths], record: Record, panel: Panel
    ) -> ForecastPaths:
        """Make one forecast of the members' forecasts.

        Parameters
        ----------
        forecasts : sequence of ForecastPaths
            One a member, in order, of the same target, origin, state and months.
        record : Record
            What was known of the members' past forecasts at that origin, under their names.
            Empty at the first origins: cope with it.
        panel : Panel
            Figures as they stood at that origin.

        Returns
        -------
        ForecastPaths
        """

    @property
    def parts(self) -> tuple[Model, ...]:
        """Members, as they are before they are fitted.

        Raises
        ------
        ModelError
            If there are none, one is no model, or two have the same name.
        """
        check_parameters(self)
        members = tuple(self.members or ())
        strange = [member for member in members if not isinstance(member, Model)]
        if strange or not members:
            got = instead_of(strange[0]) if strange else "got none"
            raise ModelError(
                f"{type(self).__name__} needs models as members, such as members=[RandomWalk(), "
                f"AutoRegression()]; {got}"
            )
        names = [m.name for m in members]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ModelError(
                f"members of {type(self).__name__} are told apart in the record by their names, "
                f"and more than one is called {sorted(twice)}"
            )
        return members

    @property
    def name(self) -> str:
        """Class name with the names of members, where they are given, and changed parameters."""
        # What is no model is named too: `parts` refuses it, with what to give instead.
        given = self.members if isinstance(self.members, list | tuple) else ()
        members = [one.name if isinstance(one, Model) else repr(one) for one in given]
        held = tuple(f"{key}=" for key, value in self._given().items() if models_in(value))
        # A model that is a parameter stands there by its name alone.
        changed = [
            part
            for part in self._changed_parameters()
            if not part.startswith(held) and part not in members
        ]
        inside = ", ".join([*members, *changed])
        return type(self).__name__ + (f"({inside})" if inside else "")

    @property
    def takes_conditions(self) -> bool:  # type: ignore[override]
        """Whether all members take conditions."""
        return all(part.takes_conditions for part in self.parts)

    def update(self, panel: Panel, freeze: bool = False) -> Self:
        """Take new figures: members are updated, the record is read up to the new origin.

        With `freeze` members hold what they have estimated, and the record is read up to the
        origin of the fit, so that whatever is learned from it stays.
        """
        self._check_fitted()
        self._open(panel, self.target_, self.record_)
        frozen = {"freeze": True} if freeze else {}
        self.members_ = [member.update(panel, **frozen) for member in self.members_]
        if not freeze:
            self.fitted_on_ = panel
        return self

    def forecast(
        self, steps: int, conditions: Conditions | None = None, drivers: bool = False
    ) -> ForecastPaths:
        """Draw joint paths (see `Model.forecast`); conditions go to the members.

        A member that lacks a conditioned series is steered by a Bayesian VAR that has it
        (`tradeshock.models.systems.steering`), and the notes say so.
        """
        self._check_fitted()
        self._check_reach(steps)
        if drivers:
            raise ModelError(
                f"{type(self).__name__} forecasts no drivers beside its target: its members have "
                "different ones; leave drivers=False, or ask a member"
            )
        conditions = self._accepted(conditions)
        forecasts = self._of_members(int(steps), conditions)
        paths = self.combine(forecasts, self._known(self.fitted_on_.origin), self.panel_)
        named = condition_notes(conditions)
        notes = (*(note for note in paths.notes if note not in named), *named)
        return self._named(replace(paths, notes=notes), self.name)

    @sees_vintages
    def replay(
        self,
        panel: Panel,
        target: str | Sequence[str],
        origins: Sequence[pd.Timestamp],
        steps: int,
    ) -> Iterator[ForecastPaths]:
        """Forecast from many past origins; the record is that of the members' earlier ones."""
        forecasts = [list(part.replay(panel, target, origins, steps)) for part in self.parts]
        every = [paths for each in forecasts for paths in each]
        # First prints: what was known of an outcome on the day from which the record has it.
        record = Record(forecast_rows(every, panel, actual="first"))
        return self.replay_from(forecasts, record, panel)

    def replay_from(
        self, forecasts: Sequence[Sequence[ForecastPaths]], record: Record, panel: Panel
    ) -> Iterator[ForecastPaths]:
        """Forecast from what the members' own replays gave.

        Parameters
        ----------
        forecasts : sequence of sequences of ForecastPaths
            For each member its forecasts, all from the same origins.
        record : Record
            Of the members; cut at each origin here.
        panel : Panel
            Whose past was forecast; cut at each origin here.
        """
        check_parameters(self)
        model, name = clone(self), self.name
        for each in zip(*forecasts, strict=True):
            origin = each[0].origin
            paths = model.combine(each, record.as_of(origin), panel.as_of(origin))
            yield self._named(paths, name)

    def make_record(
        self,
        panel: Panel,
        target: str | Sequence[str],
        origins: Sequence[pd.Timestamp],
        steps: int,
    ) -> Record:
        """Replay the members, and theirs, into the record that `fit` takes."""
        records = []
        for part in self.parts:
            if isinstance(part, Wrapper):
                records.append(part.make_record(panel, target, origins, steps))
            replayed = list(part.replay(panel, target, origins, steps))
            records.append(Record(forecast_rows(replayed, panel, actual="first")))
        return Record.concat(records)

    def asked_of_members(self, steps: int, conditions: Conditions | None) -> Conditions | None:
        """Conditions under which members forecast, where the whole is asked for these."""
        return conditions

    # -- inside -------------------------------------------------------------------------------

    def _of_members(self, steps: int, conditions: Conditions | None) -> list[ForecastPaths]:
        asked = self.asked_of_members(steps, conditions)
        with already_checked():
            return [steered_forecast(member, steps, asked) for member in self.members_]

    def _inputs(self) -> Iterable[str]:
        return (id for member in self.members_ for id in member.inputs_)

    def _fit(self) -> None:
        self._fit_from(Findings(self.panel_))

    def _fit_from(self, findings: Findings[Panel]) -> None:
        self.members_ = [
            clone(part)._fit_sharing(findings, self.panel_, self.target_, self.record_)
            for part in self.parts
        ]

    def _known(self, origin: pd.Timestamp) -> Record:
        return (Record() if self.record_ is None else self.record_).as_of(origin)

    def _named(self, paths: ForecastPaths, name: str) -> ForecastPaths:
        return replace(paths, model=name, seed=self.random_state)

    def _paths(self, steps: int, rng: np.random.Generator, conditions: Conditions | None) -> Floats:
        return self.forecast(steps, conditions).values

    def _cell_draws(
        self, cells: Sequence[Cell], steps: int, conditions: Conditions | None
    ) -> Floats:
        return self.members_[0]._cell_draws(cells, steps, conditions)


def models_in(parameter: object) -> list[Model]:
    """Models that a parameter of a model holds, by itself or in a list or tuple."""
    values = parameter if isinstance(parameter, list | tuple) else [parameter]
    return [value for value in values if isinstance(value, Model)]


def models_within(model: Model) -> Iterator[Model]:
    """A model and all that its parameters hold, at whatever depth."""
    yield model
    for value in model.get_params(deep=False).values():
        for inside in models_in(value):
            yield from models_within(inside)


def parts_within(model: Model) -> Iterator[Model]:
    """Models from whose forecasts a model forecasts, at whatever depth; its own parts first."""
    if isinstance(model, Wrapper):
        parts = model.parts
        yield from parts
        for part in parts:
            yield from parts_within(part)
