"""Conformance of feature blocks: what was not known at an origin must not be in its row.

`check_block` runs everything on one block. In a test suite, one test for each check says more::

    @pytest.mark.parametrize("check", BLOCK_CHECKS)
    def test_my_block(check):
        check_block(MyBlock(), only=[check])
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from sklearn.base import clone

from tradeshock.features.days.reading import Day, as_days
from tradeshock.features.errors import ModelError, PanelError, stale_series_noted
from tradeshock.features.indicators.block import Block, ids_of
from tradeshock.features.indicators.pipeline import FeatureBlock
from tradeshock.features.panel.panel import Panel
from tradeshock.features.snapshot import panel_or_embedded
from tradeshock.models.checks.case import (
    disturbed,
    in_reverse,
    late,
    origins_through_history,
    started,
    tricky_origins,
)
from tradeshock.models.checks.demand import ConformanceError, demand as _demand
from tradeshock.models.checks.release_days import follow_release_days

# Months by which a series is late: longer than what counts as stale, and a usual delay.
LONG_LATE = 18
YOUNG_MONTHS = 40


@dataclass(frozen=True)
class BlockCase:
    """A block and what it is checked on.

    Parameters
    ----------
    block : block
        Not fitted; clones are run.
    panel : Panel
        Uncut.
    target : str
    origins : tuple of Timestamp
        Ascending; in all states of the target by default.
    """

    block: FeatureBlock
    panel: Panel
    target: str
    origins: tuple[pd.Timestamp, ...]

    def fitted(self, panel: Panel) -> FeatureBlock:
        """Return a clone that is fitted on a panel."""
        block: FeatureBlock = clone(self.block)
        with stale_series_noted():
            block.fit_transform(panel, self.target)
        return block

    def whole(self, state: str) -> pd.DataFrame:
        """Table of the uncut panel in a state, made once."""
        if state not in self._tables:
            self._tables[state] = self.fitted(self.panel).transform(self.panel, state)
        return self._tables[state]

    @cached_property
    def _tables(self) -> dict[str, pd.DataFrame]:
        return {}

    def inputs(self) -> tuple[str, ...]:
        """Series that the block says it reads; all of the panel where it does not say."""
        if hasattr(self.block, "inputs"):
            return tuple(clone(self.block).inputs(self.panel, self.target))
        return tuple(map(str, self.panel.values.columns))

    def ages(self, panel: Panel, state: str) -> list[str]:
        """Columns of a panel that follow how old the series read are."""
        table = self.fitted(panel).transform(panel, state)
        return follow_release_days(table, panel, self.target, state, self.inputs())

    def month(self, origin: pd.Timestamp) -> pd.Period:
        """Month of step 1 at an origin."""
        return self.panel.as_of(origin).last_month(self.target) + 1


def check_block(
    block: FeatureBlock,
    panel: Panel | None = None,
    target: str = "exports_total",
    origins: Sequence[Day] | None = None,
    only: Sequence[str] | None = None,
) -> None:
    """Check that a feature block keeps the contract of all blocks.

    Parameters
    ----------
    block : Block, or an object with its methods
        Is not changed; clones are run.
    panel : Panel, optional
        Default: the embedded snapshot.
    target : str
        Series whose releases define the rows.
    origins : sequence of days, optional
        Default: consecutive months, a gap and all states of the target, and three days of its
        history.
    only : sequence of str, optional
        Names of the checks to run, of `BLOCK_CHECKS`; default all.

    Raises
    ------
    ConformanceError
        At the first check that fails, naming block and check.
    """
    if isinstance(block, type) or not hasattr(block, "fit_transform"):
        raise ModelError(f"got {block!r} as a block; give one, such as Growth('usdkrw', [1, 3])")
    if unknown := sorted(set(only or ()) - set(BLOCK_CHECKS)):
        raise ModelError(f"no checks {unknown}; there are {list(BLOCK_CHECKS)}")
    panel = panel_or_embedded(panel)
    if origins is None:
        days = tricky_origins(panel, target) + origins_through_history(panel, target)
    else:
        days = list(as_days(origins))
    if not days:
        raise ModelError("got no origins to check on; give one or more")
    case = BlockCase(block, panel, target, tuple(sorted({*days})))
    for name in BLOCK_CHECKS if only is None else only:
        try:
            BLOCK_CHECKS[name](case)
        except Exception as error:
            what = "" if isinstance(error, ConformanceError) else f"raised {type(error).__name__}: "
            raise ConformanceError(
                f"{type(block).__name__} fails the check {name}: {what}{error}"
            ) from error


def columns_are_numbers(case: BlockCase) -> None:
    """One row a standard origin, columns named once, numbers or NaN, each known at some time."""
    block, panel = case.fitted(case.panel), case.panel
    ever: dict[str, bool] = {}
    for state in panel.states(case.target):
        table = block.transform(panel, state)
        _demand(isinstance(table, pd.DataFrame), f"transform gave a {type(table).__name__}")
        monthly = isinstance(table.index, pd.PeriodIndex) and table.index.is_monotonic_increasing
        _demand(monthly and table.index.is_unique, "rows are not months of step 1, each once")
        names = [*table.columns]
        _demand(len(names) > 0, f"there are no columns in state {state}{_unknown_to(case)}")
        _demand(len({*names}) == len(names), f"column names {names} are not each there once")
        numbers = table.to_numpy(dtype=float)
        _demand(not np.isinf(numbers).any(), f"there are infinite values in state {state}")
        for name, known in zip(names, (~np.isnan(numbers)).any(axis=0), strict=True):
            ever[name] = ever.get(name, False) or bool(known)
    never = [name for name, known in ever.items() if not known]
    _demand(not never or not case.inputs(), f"nothing was ever known of {never}")


def parameters_and_panel_are_unchanged(case: BlockCase) -> None:
    """Fit and transform leave the panel and the block's own parameters as they were."""
    values, block = case.panel.values.copy(), clone(case.block)
    parameters = repr(block.get_params())
    with stale_series_noted():
        block.fit_transform(case.panel, case.target)
    block.transform(case.panel)
    _demand(case.panel.values.equals(values), "fit_transform or transform changed the panel")
    _demand(repr(block.get_params()) == parameters, "fit_transform changed parameters")


def future_does_not_matter(case: BlockCase) -> None:
    """Noise in place of all that came out after an origin changes no row up to it, bit for bit."""
    for origin in case.origins:
        other = disturbed(case.panel, origin)
        state, month = case.panel.as_of(origin).state(case.target), case.month(origin)
        ours = case.whole(state).loc[:month]
        theirs = case.fitted(other).transform(other, state).loc[:month]
        _same(ours, theirs, f"see what came out after {origin.date()}")


def rows_are_those_of_each_day(case: BlockCase) -> None:
    """The table of a panel as of a day is that of the uncut panel up to the day, bit for bit."""
    for origin in case.origins:
        known = case.panel.as_of(origin)
        state, month = known.state(case.target), case.month(origin)
        whole = case.whole(state).loc[:month]
        alone = case.fitted(known).transform(known)
        last = alone.index[-1]
        _demand(last == month, f"on {origin.date()} the last row is {last}, expected {month}")
        _same(whole, alone, f"are others in the panel as of {origin.date()}")


def nothing_is_carried_over(case: BlockCase) -> None:
    """What a block has been fitted on and asked for before changes no row."""
    panel, early = case.panel, case.panel.as_of(case.origins[0])
    fresh = case.fitted(panel).transform(panel)
    block = case.fitted(early)
    _same(fresh, block.transform(panel), f"depend on a fit on {case.origins[0].date()}")
    block = case.fitted(panel)
    for state in panel.states(case.target):
        block.transform(early, state)
    _same(fresh, block.transform(panel), "depend on what was transformed before")


def stale_series_are_left_empty(case: BlockCase) -> None:
    """A series that has not been published for long is no news: its columns are empty.

    But for those that say how old it is.
    """
    panel = case.panel.as_of(case.origins[-1])
    others = [id for id in case.inputs() if id != case.target and id in panel]
    punctual = panel.values.columns.difference(others)
    with stale_series_noted():
        stopped = late(panel, LONG_LATE, [str(id) for id in punctual])
        row = case.fitted(stopped).transform(stopped).iloc[-1]
    if others and case.target not in case.inputs():
        ages = case.ages(panel, panel.state(case.target))
        old = [str(name) for name in row.index[row.notna()] if name not in ages]
        _demand(not old, f"{old} are filled though their series ended {LONG_LATE} months ago")


def young_panels_are_no_exception(case: BlockCase) -> None:
    """Series and target that begin only three years ago: nothing raised, nothing infinite."""
    known = case.panel.as_of(case.origins[-1])
    first = known.last_month(case.target) - YOUNG_MONTHS
    for series in ([case.target], [id for id in case.inputs() if id in known]):
        young = started(known, first, series)
        table = case.fitted(young).transform(young)
        _demand(not np.isinf(table.to_numpy(dtype=float)).any(), f"infinite values from {first}")
        last = table.index[-1]
        _demand(last == case.month(case.origins[-1]), f"the last row of a young panel is {last}")


def reads_no_more_than_it_says(case: BlockCase) -> None:
    """Series that `inputs` does not name may be taken away; the target defines the rows."""
    panel = case.panel
    needed = {case.target, *case.inputs(), *panel.catalog.flash(case.target).values()}
    fewer = panel.select([str(id) for id in panel.values.columns if id in needed])
    ours = case.fitted(panel).transform(panel)
    try:
        theirs = case.fitted(fewer).transform(fewer)
    except (KeyError, PanelError) as error:
        raise ConformanceError(
            f"it cannot do without series that inputs does not name ({type(error).__name__}: "
            f"{error}); name all that it reads in `series`, or write inputs(panel, target)"
        ) from error
    _same(ours, theirs, "are others without the series that inputs does not name")


def figures_come_through_the_panel(case: BlockCase) -> None:
    """With other figures of all series every column is another one.

    What a block reads elsewhere, in a file or a panel that it loads itself, does not change with
    the panel. Not asked of blocks that read no series, which are made of the calendar, nor of
    columns that say how old figures are: those cannot hold any.
    """
    if not case.inputs():
        return
    known = case.panel.as_of(case.origins[-1])
    other = in_reverse(known)
    for state in case.panel.states(case.target):
        ours, theirs = (case.fitted(each).transform(each, state) for each in (known, other))
        held = [
            str(name)
            for name in ours.columns
            # What never changes says nothing, of the future neither: an event that is yet to come.
            if ours[name].nunique() > 1 and ours[name].equals(theirs[name])
        ]
        if held:
            ages = case.ages(known, state)
            held = [name for name in held if name not in ages]
        _demand(
            not held,
            f"{held} are the same in state {state}, though the figures of all series are others; "
            "read them in known.panel, from which the future is cut, and put what is made of the "
            "calendar alone into a block without series",
        )


def _unknown_to(case: BlockCase) -> str:
    """Words for the series of a block that the panel does not have."""
    named = ids_of(case.block) if isinstance(case.block, Block) else ()
    unknown = [id for id in named if id not in case.panel]
    return f": the panel has no series {', '.join(map(repr, unknown))}" if unknown else ""


def _same(ours: pd.DataFrame, theirs: pd.DataFrame, complaint: str) -> None:
    """Demand that two tables are bit for bit the same."""
    names = [*ours.columns], [*theirs.columns]
    _demand(names[0] == names[1], f"columns {names[0]} {complaint}: {names[1]}")
    _demand(ours.index.equals(theirs.index), f"rows {complaint}")
    a, b = ours.to_numpy(dtype=float), theirs.to_numpy(dtype=float)
    differ = (a != b) & ~(np.isnan(a) & np.isnan(b))
    if differ.any():
        row, column = np.argwhere(differ)[-1]
        raise ConformanceError(
            f"rows {complaint}: {ours.columns[column]} of {ours.index[row]} is "
            f"{a[row, column]:.6g} and {b[row, column]:.6g}"
        )


Check = Callable[[BlockCase], None]
BLOCK_CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        columns_are_numbers,
        parameters_and_panel_are_unchanged,
        future_does_not_matter,
        rows_are_those_of_each_day,
        nothing_is_carried_over,
        # Before those that would fail for the same reason, and say it less well.
        reads_no_more_than_it_says,
        figures_come_through_the_panel,
        stale_series_are_left_empty,
        young_panels_are_no_exception,
    )
}
