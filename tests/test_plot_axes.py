"""Every picture goes where the caller wants it, and looks as the caller's settings say."""

from collections.abc import Callable, Iterator
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib import rc_context, rcParams
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgba
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

from tradeshock.features import Panel
from tradeshock.features.errors import ModelError
from tradeshock.forecast import early_warning, plots, scenario
from tradeshock.forecast.exposure import exposure
from tradeshock.forecast.plots.style import INK
from tradeshock.forecast.scenarios import Scenario
from tradeshock.models import (
    VAR,
    Record,
    StructuralShocks,
    historical_decomposition,
    impulse_responses,
    recursive_shocks,
    variance_decomposition,
)

Draw = Callable[..., Any]
LOOK = {"axes.facecolor": "#fff8e7", "font.size": 13.0, "figure.facecolor": "#eeeeff"}


@pytest.fixture(scope="module")
def fall(panel: Panel) -> Scenario:
    return scenario(panel, "memory_oversupply", model="RandomWalk", steps=3)


@pytest.fixture(scope="module")
def shocks(panel: Panel) -> StructuralShocks:
    return recursive_shocks(VAR(["exports_total", "us_ip"], lags=2).fit(panel))


@pytest.fixture(scope="module")
def draws(
    panel: Panel, small_record: Record, fall: Scenario, shocks: StructuralShocks
) -> dict[str, Draw]:
    """What draws each picture, by its name."""
    frame, paths = small_record.frame, fall.baseline
    naive = "SeasonalNaive"
    warning = early_warning(panel, model="RandomWalk")
    groups = [("walk", "own past", "lag 1"), ("walk", "chips", "memory prices")]
    index = pd.MultiIndex.from_tuples(groups, names=["member", "group", "column"])
    added = pd.DataFrame(np.eye(2, 3), index, paths.index[:3])
    news = (pd.Series({"own total": 1.0}), 5.0, 6.0, ("then", "now"))
    past = historical_decomposition(shocks)
    published = panel.series("exports_total")
    return {
        "plot_availability": lambda ax: plots.plot_availability(panel, ["us_ip"], ax=ax),
        "plot_comparison": lambda ax: plots.plot_comparison(paths, {"a": fall.paths}, ax),
        "plot_contributions": lambda ax: plots.plot_contributions(added, ax=ax, steps=(1, 2)),
        "plot_coverage": lambda ax: plots.plot_coverage(frame, naive, (1, 3), ax=ax),
        "plot_csed": lambda ax: plots.plot_csed(frame, ax=ax),
        "plot_episodes": lambda ax: plots.plot_episodes(frame, ax=ax),
        "plot_errors": lambda ax: plots.plot_errors(frame, ax=ax),
        "plot_exposure": lambda ax: plots.plot_exposure(exposure(panel), ax=ax),
        "plot_fan": lambda ax: plots.plot_fan(paths, ax),
        "plot_historical_decomposition": lambda ax: plots.plot_historical_decomposition(
            past, "exports_total", first="2020-01", ax=ax
        ),
        "plot_history": lambda ax: plots.plot_history(frame, naive, ax=ax),
        "plot_issued": lambda ax: plots.plot_issued([paths], published, ax),
        "plot_news": lambda ax: plots.plot_news(*news, ax),
        "plot_pit": lambda ax: plots.plot_pit(frame, naive, ax=ax),
        "plot_responses": lambda ax: plots.plot_responses(
            impulse_responses(shocks, 3), ["us_ip"], ["us_ip"], ax=ax
        )[0, 0],
        "plot_scenario": lambda ax: plots.plot_scenario(paths, fall.paths, ax),
        "plot_variance_decomposition": lambda ax: plots.plot_variance_decomposition(
            variance_decomposition(shocks), "exports_total", ax=ax
        ),
        "plot_warning": lambda ax: plots.plot_warning(warning.table(), 0.4, ax),
    }


NAMES = [name for name in plots.__all__ if name.startswith("plot_")]


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    plt.close("all")
    yield
    plt.close("all")


def test_no_picture_is_forgotten(draws: dict[str, Draw]) -> None:
    assert sorted(draws) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_drawn_on_the_axes_that_are_given(draws: dict[str, Draw], name: str) -> None:
    figure, (given, other) = plt.subplots(1, 2)
    assert draws[name](given) is given
    assert plt.get_fignums() == [figure.number]
    assert given.has_data()
    assert not other.has_data()


@pytest.mark.parametrize("name", NAMES)
def test_it_follows_the_settings_of_the_user(draws: dict[str, Draw], name: str) -> None:
    with rc_context(LOOK):
        before = rcParams.copy()
        ax = draws[name](None)
        assert isinstance(ax, Axes)
        assert rcParams == before
        assert ax.get_facecolor() == to_rgba(LOOK["axes.facecolor"])
        assert ax.figure.get_facecolor() == to_rgba(LOOK["figure.facecolor"])
        ticks = [*ax.get_xticklabels(), *ax.get_yticklabels()]
        assert {tick.get_fontsize() for tick in ticks} <= {13.0, 13.0 * 0.833}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_black_on_black(draws: dict[str, Draw], name: str) -> None:
    with plt.style.context("dark_background"):
        ax = draws[name](None)
        artists = [*ax.findobj(Line2D), *ax.findobj(Text)]
        colours = {to_hex(artist.get_color()) for artist in artists}
    assert "#ffffff" in colours
    assert not colours & {INK, "#000000"}


def luminance(colour: Any) -> float:
    """Of the colour on black, as the guidelines of web content (WCAG 2) define it."""
    *channels, opacity = to_rgba(colour)
    lit = [opacity * channel for channel in channels]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in lit]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def contrast(first: Any, second: Any) -> float:
    low, high = sorted([luminance(first), luminance(second)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", NAMES)
def test_words_can_be_read_on_a_dark_background(draws: dict[str, Draw], name: str) -> None:
    with plt.style.context("dark_background"):
        ax = draws[name](None)
        words = [text for text in ax.findobj(Text) if text.get_text().strip()]
        assert words
        for text in words:
            assert contrast(text.get_color(), ax.get_facecolor()) > 4.5, text.get_text()


def test_episodes_stand_behind_words_on_a_dark_background(draws: dict[str, Draw]) -> None:
    with plt.style.context("dark_background"):
        ax = draws["plot_csed"](None)
        bands = [patch for patch in ax.patches if isinstance(patch, Rectangle)]
        assert bands
        assert min(contrast(band.get_facecolor(), "white") for band in bands) > 7.0
        assert min(contrast(band.get_facecolor(), "black") for band in bands) > 1.3


def test_intervals_show_on_a_dark_background(draws: dict[str, Draw]) -> None:
    for name in ("plot_scenario", "plot_issued"):
        with plt.style.context("dark_background"):
            band = draws[name](None).collections[-1]
            assert contrast(band.get_facecolor()[0], "black") > 1.5, name


def test_responses_need_axes_for_each_series_and_shock(shocks: StructuralShocks) -> None:
    made = impulse_responses(shocks, 3)
    _, given = plt.subplots(2, 2)
    grid = plots.plot_responses(made, ax=given)
    assert [list(row) for row in grid] == [list(row) for row in given]
    with pytest.raises(ModelError, match="got 1 axes for 2 series and 2 shocks; give 4"):
        plots.plot_responses(made, ax=given[0, 0])
