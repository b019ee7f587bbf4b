"""What every model's methods pass through, whoever wrote them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any, TypeVar, cast

from tradeshock.models.naming import Named
from tradeshock.models.segments import by_segment, points_by_segment

Method = TypeVar("Method", bound=Callable[..., Any])


def all_or_nothing(method: Method) -> Method:
    """Make a model's method that learns undo what it has done where it raises.

    A half-taken update would forecast the old figures under the new origin. Attributes are put back
    as they were bound, in the model and in those inside it, such as members: a method that learns
    binds new values and changes none in place.
    """

    @wraps(method)
    def guarded(self: Named, *args: Any, **kwargs: Any) -> Any:
        before = [(model, dict(vars(model))) for model in _with_those_inside(self, set())]
        try:
            return method(self, *args, **kwargs)
        except BaseException:
            for model, attributes in before:
                vars(model).clear()
                vars(model).update(attributes)
            raise

    return cast(Method, guarded)


def _with_those_inside(value: object, seen: set[int]) -> Iterator[Named]:
    """Models that a value is or holds, each once."""
    inside: Iterable[object] = ()
    if isinstance(value, Named) and id(value) not in seen:
        seen.add(id(value))
        yield value
        inside = list(vars(value).values())
    elif isinstance(value, list | tuple):
        inside = value
    elif isinstance(value, dict):
        inside = value.values()
    for each in inside:
        yield from _with_those_inside(each, seen)


DOORS: dict[str, Callable[[Any], Any]] = {
    "fit": all_or_nothing,
    "update": all_or_nothing,
    "replay": by_segment,
    "replay_points": points_by_segment,
}


class Doors:
    """The part of `tradeshock.models.Model` that puts its and its subclasses' methods behind doors.

    A fit or update that is refused leaves the model as it was; replays go by segments where the
    panel revises its past.
    """

    def __init_subclass__(cls, **options: Any) -> None:
        """Put the methods that this class writes behind their doors."""
        super().__init_subclass__(**options)
        for name, door in DOORS.items():
            if name in vars(cls):
                setattr(cls, name, door(vars(cls)[name]))
