"""A wrapper of one member, with a default one."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from tradeshock.models.base import Model
from tradeshock.models.pools.wrapper import Wrapper


class SingleWrapper(Wrapper):
    """A model made of one other, which has a default where none is given.

    Parameters
    ----------
    member : Model, optional
    """

    member: Model | None
    n_draws: int
    random_state: int

    @abstractmethod
    def default_member(self) -> Model:
        """Return the member where none is given."""

    @property
    def members(self) -> Sequence[Model] | None:  # type: ignore[override]
        """The member alone; None for the default one."""
        return None if self.member is None else (self.member,)

    @property
    def parts(self) -> tuple[Model, ...]:
        """The member, as it is before it is fitted."""
        return (self.default_member(),) if self.member is None else super().parts
