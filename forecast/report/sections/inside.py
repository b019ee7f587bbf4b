"""Inside the models: what a combination is made of."""

from __future__ import annotations

from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.report.elements import Block, Cell, Fold, Paragraph, Table, share
from tradeshock.forecast.report.words import Words
from tradeshock.models.base import Model
from tradeshock.models.pools.combination import Combination
from tradeshock.models.pools.wrapper import Wrapper

STEPS = (1, 3, 6, 12)


def inside(forecast: MonthlyForecast, words: Words) -> list[Block]:
    """Show the weights of a combination's members; nothing of other models."""
    pool = _combination(forecast.fitted)
    if pool is None:
        return []
    weights = pool.weights_
    steps = [step for step in STEPS if step in weights.index]
    rows: list[list[Cell | str]] = [
        [str(member), *(share(weight) for weight in weights.loc[steps, member].to_numpy())]
        for member in weights.columns
    ]
    headers = [words("inside.member"), *(words("heads.at_step", step=step) for step in steps)]
    table = Table(
        "weights", words("inside.caption", scheme=words.name(pool.scheme_)), headers, rows
    )
    return [Paragraph(words("inside.lead")), Fold(words("inside.fold"), table)]


def _combination(model: Model) -> Combination | None:
    """The combination that a model is, or that it corrects."""
    while isinstance(model, Wrapper) and not isinstance(model, Combination):
        if len(model.members_) != 1:
            return None
        model = model.members_[0]
    return model if isinstance(model, Combination) else None
