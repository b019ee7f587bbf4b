"""Pictures of forecasts and how they did: what is on them."""

from collections.abc import Iterator, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.text import Text
from scipy.stats import beta

from tradeshock.features import Panel
from tradeshock.features.errors import PanelError, ScoreError
from tradeshock.forecast import plots
from tradeshock.forecast.judging.calibration import coverage_hac, coverage_intervals
from tradeshock.forecast.judging.episodes import EPISODES, Episode, csed
from tradeshock.forecast.judging.scores import scores
from tradeshock.forecast.plots import style
from tradeshock.forecast.plots.style import ALARM, COLOURS, INK, PLAIN, looks
from tradeshock.forecast.report.drawing import inline_svg
from tradeshock.models import RandomWalk, Record, SeasonalNaive
from tradeshock.models.record.rows import forecast_rows

WORDS = "made once 10 days of the first month were counted"
SIZES = [(9.0, 4.8), (3.75, 5.0)]


@pytest.fixture(scope="module")
def frame(small_record: Record) -> pd.DataFrame:
    return small_record.frame


@pytest.fixture(scope="module")
def growth(panel: Panel) -> pd.DataFrame:
    origins = panel.origins("2020-01", "2024-12")
    return forecast_rows(
        list(SeasonalNaive(n_draws=20).replay(panel, "exports_total", origins, 6)), panel
    )


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    plt.close("all")


def key(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.get_legend().get_texts()]


def title(ax: Axes) -> str:
    return " ".join(ax.get_title(loc="left").split())


def said(ax: Axes) -> str:
    return " ".join(" ".join(text.get_text() for text in ax.texts).split())


def lines(ax: Axes) -> dict[str, np.ndarray]:
    return {str(line.get_label()): np.asarray(line.get_ydata()) for line in ax.get_lines()}


# -- error by step ----------------------------------------------------------------------------


def test_errors_are_those_of_the_scores(frame: pd.DataFrame) -> None:
    ax = plots.plot_errors(frame)
    table = scores(frame, by=("model", "step"), reference=None)
    drawn = lines(ax)
    assert set(drawn) == {"RandomWalk", "SeasonalNaive"}
    for model, heights in drawn.items():
        np.testing.assert_allclose(heights, table.loc[table["model"] == model, "rmse"])
    assert title(ax) == "Error by step"
    assert ax.get_xlabel() == "Step, months ahead"
    assert ax.get_ylabel() == "RMSE, 100 log points, about %"
    assert key(ax) == ["RandomWalk", "SeasonalNaive"]
    assert (
        said(ax) == f"Jun 2016 to Apr 2026, n = {table['n'].min()} to {table['n'].max()}; {WORDS}"
    )
    assert ax.get_ylim()[0] == 0.0


def test_relative_errors_leave_out_the_reference_and_mark_what_is_sure(
    frame: pd.DataFrame,
) -> None:
    ax = plots.plot_errors(frame, relative=True)
    table = scores(frame, by=("model", "step"), reference="RandomWalk")
    table = table[table["model"] == "SeasonalNaive"]
    naive, doubtful, one = ax.get_lines()
    np.testing.assert_allclose(naive.get_ydata(), table["rmse_ratio"])
    np.testing.assert_array_equal(doubtful.get_xdata(), table.loc[table["dm_p"] >= 0.05, "step"])
    assert doubtful.get_markerfacecolor() == "#ffffff"
    assert list(one.get_ydata()) == [1.0, 1.0]
    assert title(ax) == "Error by step against RandomWalk"
    assert ax.get_ylabel() == "RMSE over that of RandomWalk"
    assert "Filled: p < 0.05" in said(ax)


def test_a_model_that_is_the_reference_draws_no_noise(frame: pd.DataFrame) -> None:
    same = pd.concat([frame, saving(frame, "Same", 1.00001), saving(frame, "Poor", 1.5)])
    ax = plots.plot_errors(same, ["Same"], relative=True)
    low, high = ax.get_ylim()
    assert low <= 0.99
    assert high >= 1.01
    low, high = plots.plot_csed(same, ["Same"]).get_ylim()
    assert low <= -0.5
    assert high >= 0.5
    # Nor does another leave the panel for falling further than it.
    assert "Below the panel" not in said(plots.plot_csed(same, ["Same", "Poor"]))


def test_errors_of_growth_are_in_percentage_points(growth: pd.DataFrame) -> None:
    ax = plots.plot_errors(growth, quantity="yoy")
    assert ax.get_ylabel() == "RMSE, percentage points"
    assert "made on the day of the last total" in said(ax)


# -- history ----------------------------------------------------------------------------------


def test_history_draws_a_line_an_origin_from_the_last_known_month(frame: pd.DataFrame) -> None:
    ax = plots.plot_history(
        frame, "RandomWalk", every=6, years=3, unit="mn USD", title="Exports (KR)"
    )
    published, *paths = ax.get_lines()
    assert len(paths) == 6
    assert {len(path.get_ydata()) for path in paths} == {13}
    assert published.get_color() == INK
    own = frame[frame["model"] == "RandomWalk"]
    last = own[own["origin"] == own["origin"].max()]
    np.testing.assert_allclose(paths[-1].get_ydata()[1:], last["q50"] / 1000.0)
    # It opens from the figure of April, the last that was out.
    assert paths[-1].get_ydata()[0] == published.get_ydata()[-1]
    assert title(ax) == "Exports (KR): forecasts and what came"
    assert ax.get_ylabel() == "bn USD"
    assert key(ax) == ["Published", "Forecasts of RandomWalk"]
    assert "every 6th origin" in said(ax)


def test_history_of_growth_is_in_per_cent_around_a_line_at_zero(growth: pd.DataFrame) -> None:
    ax = plots.plot_history(growth, "SeasonalNaive", quantity="yoy", every=1)
    assert ax.get_ylabel() == "Growth over a year, %"
    assert [0.0, 0.0] in [list(line.get_ydata()) for line in ax.get_lines()]
    assert "every single origin" in said(ax)


# -- calibration ------------------------------------------------------------------------------


def test_pit_bars_add_up_and_bounds_are_binomial(frame: pd.DataFrame) -> None:
    ax = plots.plot_pit(frame, "RandomWalk", 3)
    own = frame[(frame["model"] == "RandomWalk") & (frame["step"] == 3)]
    n = int(own["pit"].notna().sum())
    heights = [bar.get_height() for bar in ax.patches]
    assert len(heights) == 10
    assert sum(heights) == pytest.approx(100.0)
    levels = sorted(float(line.get_ydata()[0]) for line in ax.get_lines())
    assert levels[1] == 10.0
    assert levels[0] < 10.0 < levels[2]
    # About two standard errors each way.
    assert levels[2] - levels[0] == pytest.approx(400.0 * np.sqrt(0.09 / n), rel=0.15)
    assert title(ax) == "PIT at step 3"
    assert f"n = {n}; uniform: p" in said(ax)
    assert ax.get_ylabel() == "Share of months, %"
    assert set(key(ax)) == {"Outcomes", "Calibrated", "95 % of chance"}


def test_pit_of_a_few_months_says_so(frame: pd.DataFrame) -> None:
    few = frame[frame["origin"] > "2026-01-01"]
    assert "too few or too alike for a test" in said(plots.plot_pit(few, "RandomWalk"))


def test_coverage_is_that_of_the_table_with_its_bounds(frame: pd.DataFrame) -> None:
    ax = plots.plot_coverage(frame, "RandomWalk", (1, 12))
    table = coverage_intervals(frame[frame["model"] == "RandomWalk"])
    assert len(ax.containers) == 2
    for step, bars in zip((1, 12), ax.containers, strict=True):
        own = table[table["step"] == step].sort_values("level")
        np.testing.assert_allclose(bars.lines[0].get_ydata(), 100.0 * own["coverage"])
        ends = np.array([segment[:, 1] for segment in bars.lines[2][0].get_segments()])
        np.testing.assert_allclose(ends, 100.0 * own[["lower", "upper"]])
    promised = [line.get_ydata()[0] for line in ax.get_lines()[:4]]
    assert promised == pytest.approx([50.0, 80.0, 90.0, 95.0])
    assert title(ax) == "Coverage at steps 1 and 12"
    assert key(ax) == ["Promised", "Step 1", "Step 12"]
    assert ax.get_ylabel() == "Outcomes inside, %"


@pytest.mark.parametrize(
    ("there", "drawn"),
    [
        (range(1, 13), ["Step 1", "Step 6", "Step 12"]),
        (range(1, 7), ["Step 1", "Step 6"]),
        ((2, 3, 4), ["Step 2", "Step 4"]),
        ((3,), ["Step 3"]),
    ],
)
def test_coverage_takes_the_usual_steps_that_are_there(
    frame: pd.DataFrame, there: Sequence[int], drawn: list[str]
) -> None:
    ax = plots.plot_coverage(frame[frame["step"].isin(there)], "RandomWalk")
    assert [name for name in ax.get_legend_handles_labels()[1] if "Step" in name] == drawn


def test_coverage_bounds_are_exact_at_step_1_and_allow_for_overlap_beyond(
    frame: pd.DataFrame,
) -> None:
    table = coverage_intervals(frame[frame["model"] == "RandomWalk"]).set_index(["step", "level"])
    first = table.loc[(1, 0.8)]
    hits, n = round(first["coverage"] * first["n"]), int(first["n"])
    assert first["lower"] == pytest.approx(beta.ppf(0.025, hits, n - hits + 1))
    assert first["upper"] == pytest.approx(beta.ppf(0.975, hits + 1, n - hits))
    # At longer steps the nominal level is outside just when the test rejects at 5 %.
    own = frame[(frame["model"] == "RandomWalk") & frame["actual"].notna()]
    for step in (3, 6, 12):
        rows = own[own["step"] == step].sort_values("month")
        hits_of = (rows["q25"] <= rows["actual"]) & (rows["actual"] <= rows["q75"])
        p_value = coverage_hac(hits_of.to_numpy(dtype=float), 0.5, step).p_value
        row = table.loc[(step, 0.5)]
        assert (row["lower"] <= 0.5 <= row["upper"]) == (p_value >= 0.05)


# -- episodes ---------------------------------------------------------------------------------


def test_episode_bars_are_the_scores_and_name_their_months(frame: pd.DataFrame) -> None:
    ax = plots.plot_episodes(frame, step=6)
    table = scores(frame[frame["step"] == 6], by=("model", "episode"), reference=None)
    names = [text.get_text() for text in ax.get_yticklabels()]
    assert names[-1].startswith("calm (")
    assert len(names) == table["episode"].nunique()
    assert len(ax.patches) == len(table)
    walk = table[table["model"] == "RandomWalk"].set_index("episode")
    for name, bar in zip(names, ax.containers[0], strict=True):
        episode, months = name.rstrip(")").rsplit(" (", 1)
        assert bar.get_width() == pytest.approx(walk.at[episode, "rmse"])
        assert int(months) == walk.at[episode, "n"]
    assert title(ax) == "Error by episode, step 6"
    assert key(ax) == ["RandomWalk", "SeasonalNaive"]
    assert ax.get_xlabel() == "RMSE, 100 log points, about %"


def test_csed_ends_where_the_table_does_and_shades_the_episodes(frame: pd.DataFrame) -> None:
    own = (Episode("Suez", "2021-03", "2021-03", "2021-04", "a ship"),)
    ax = plots.plot_csed(frame, step=3, episodes=own)
    table = csed(frame[frame["step"] == 3])
    table = table[table["model"] == "SeasonalNaive"]
    np.testing.assert_allclose(lines(ax)["SeasonalNaive"], table["csed"])
    assert key(ax) == ["SeasonalNaive", "RandomWalk"]
    assert "Suez" in said(ax)
    assert len(ax.patches) == 1
    assert title(ax) == "Squared error saved against RandomWalk, step 3"
    assert ax.get_ylabel() == "(100 log points)²"


def saving(frame: pd.DataFrame, model: str, share: float) -> pd.DataFrame:
    """A model whose every error is this share of the random walk's."""
    walk = frame[frame["model"] == "RandomWalk"]
    median = walk["actual"] * (walk["q50"] / walk["actual"]) ** share
    return walk.assign(model=model, q50=median.fillna(walk["q50"]))


def test_csed_draws_equal_models_once_and_lets_the_poorest_leave(frame: pd.DataFrame) -> None:
    walk = frame[frame["model"] == "RandomWalk"]
    good, poor = saving(frame, "Good", 0.9), saving(frame, "Poor", 9.0)
    both = pd.concat([walk, good, good.assign(model="Same"), saving(frame, "Bad", 1.1), poor])
    ax = plots.plot_csed(both)
    assert key(ax) == ["Good ≈ Same", "Bad", "Poor", "RandomWalk"]
    low, high = ax.get_ylim()
    assert low < lines(ax)["Bad"].min() < lines(ax)["Good ≈ Same"].max() < high
    assert lines(ax)["Poor"].min() < low
    # The lines that stay have most of the panel.
    assert lines(ax)["Good ≈ Same"].max() - lines(ax)["Bad"].min() > 0.6 * (high - low)
    end = lines(ax)["Poor"][-1]
    assert f"Below the panel: Poor ends at \N{MINUS SIGN}{-end:,.0f}" in said(ax)
    alone = plots.plot_csed(both, ["Poor"])
    assert alone.get_ylim()[0] < lines(alone)["Poor"].min()
    assert "Below the panel" not in said(alone)


@pytest.mark.parametrize("size", SIZES)
def test_names_of_episodes_do_not_touch_and_leave_room(
    frame: pd.DataFrame, size: tuple[float, float]
) -> None:
    figure = Figure(figsize=size, layout="constrained")
    ax = plots.plot_csed(frame, ax=figure.subplots())
    figure.draw_without_rendering()
    names = [text for text in ax.texts if text.get_text() in {e.name for e in EPISODES}]
    assert len(names) == 6
    boxes = [text.get_window_extent() for text in names]
    panel_box = ax.get_window_extent()
    for i, box in enumerate(boxes):
        assert panel_box.x0 - 2 <= box.x0
        assert box.x1 <= panel_box.x1 + 2
        assert panel_box.y1 - box.y0 < 0.3 * panel_box.height
        assert not any(box.overlaps(other) for other in boxes[i + 1 :])


# -- Korean -----------------------------------------------------------------------------------


def families(ax: Axes) -> list[list[str]]:
    return [text.get_fontfamily() for text in ax.findobj(Text)]


def test_korean_texts_fall_back_to_an_installed_font(
    frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(style, "FONTS", ("No Such Font", "STIXGeneral", "cmr10"))
    korean = plots.plot_history(frame, "RandomWalk", title="수출")
    assert all(names[1:] == ["STIXGeneral"] for names in families(korean))
    english = plots.plot_history(frame, "RandomWalk", title="Exports")
    assert all(len(names) == 1 for names in families(english))


def test_without_a_korean_font_no_other_is_asked_for(
    frame: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(style, "FONTS", ("No Such Font",))
    ax = plots.plot_history(frame, "RandomWalk", title="수출")
    assert all(len(names) == 1 for names in families(ax))
    svg = inline_svg(
        lambda ax: plots.plot_history(frame, "RandomWalk", title="수출", ax=ax),
        (6.0, 4.0), "korean", "수출", "Exports",
    )  # fmt: skip
    assert "수출: forecasts and what came" in svg.replace("\n", " ")
    assert "font-family" not in svg
    assert not [entry for entry in caplog.records if "No Such Font" in entry.getMessage()]


# -- availability -----------------------------------------------------------------------------


def test_availability_shows_every_cell_once(panel: Panel) -> None:
    known = panel.as_of("2026-05-15")
    ids = ["exports_total", "exports_total_first_10_days", "us_ip", "world_trade_volume"]
    ax = plots.plot_availability(known, ids, months=6)
    assert len(ax.patches) == 24
    rows = [text.get_text() for text in ax.get_yticklabels()]
    assert rows[0] == "Exports, first 10 days of the month"
    counts = {text: len(bars) for text, bars in zip(key(ax), ax.containers, strict=True)}
    # May: only the first 10 days; US production of April is due on 18 May.
    assert counts["Published"] == 6 + 5 + 4
    assert counts["Overdue by its release rule"] > 0
    assert sum(counts.values()) == 24
    assert title(ax) == "What is published on 15 May 2026"
    assert said(ax) == "4 series, 1 with months overdue"


def test_availability_leaves_out_early_counts_of_parts(panel: Panel) -> None:
    rows = [text.get_text() for text in plots.plot_availability(panel).get_yticklabels()]
    assert "Exports, first 20 days of the month" in rows
    assert "Exports of steel" in rows
    assert "Exports of steel, first 20 days of the month" not in rows


def test_what_is_overdue_is_told_apart_by_shape_as_well(panel: Panel) -> None:
    ax = plots.plot_availability(panel, ["world_trade_volume"])
    heights = {to_hex(bar.get_facecolor()): bar.get_height() for bar in ax.patches}
    assert heights[ALARM] < 0.5 * heights[PLAIN]


# -- all of them ------------------------------------------------------------------------------


@pytest.mark.parametrize("size", SIZES)
def test_words_stay_on_the_picture(
    frame: pd.DataFrame, panel: Panel, size: tuple[float, float]
) -> None:
    for draw in (
        lambda ax: plots.plot_errors(frame, relative=True, ax=ax),
        lambda ax: plots.plot_history(frame, "RandomWalk", unit="mn USD", ax=ax),
        lambda ax: plots.plot_pit(frame, "RandomWalk", ax=ax),
        lambda ax: plots.plot_coverage(frame, "RandomWalk", ax=ax),
        lambda ax: plots.plot_episodes(frame, ax=ax),
        lambda ax: plots.plot_csed(frame, ax=ax),
        lambda ax: plots.plot_availability(panel, ["us_semiconductor_ip", "brent"], ax=ax),
    ):
        figure = Figure(figsize=size, layout="constrained")
        ax = figure.subplots()
        assert draw(ax) is ax
        figure.draw_without_rendering()
        shown = [
            *ax.get_legend().get_texts(),
            *ax.get_yticklabels(),
            ax.xaxis.label,
            ax.yaxis.label,
            ax._left_title,
        ]
        for text in shown:
            box = text.get_window_extent()
            if text.get_text() and box.y1 > 0:
                assert -2 <= box.x0 <= box.x1 <= figure.bbox.width + 2, (text.get_text(), box)


def test_charts_side_by_side_keep_to_their_part(frame: pd.DataFrame) -> None:
    figure = Figure(figsize=(9.0, 4.0), layout="constrained")
    left, right = figure.subplots(1, 2)
    walk = frame[frame["model"] == "RandomWalk"]
    several = [saving(frame, f"Model of errors {share} times", share) for share in (0.8, 0.9, 1.2)]
    for ax in (left, right):
        plots.plot_csed(pd.concat([walk, *several]), ax=ax)
    figure.draw_without_rendering()
    texts = [*left.get_legend().get_texts(), *left.texts, left._left_title]
    assert max(text.get_window_extent().x1 for text in texts) < figure.bbox.width / 2 + 10


@pytest.mark.parametrize("months", [2, 13, 25, 30, 35, 37, 60])
@pytest.mark.parametrize("size", SIZES)
def test_dates_of_any_span_find_room(
    frame: pd.DataFrame, months: int, size: tuple[float, float]
) -> None:
    """A locator that finds none warns, and warnings are errors."""
    every = pd.PeriodIndex(frame["month"])
    figure = Figure(figsize=size)
    ax = plots.plot_csed(frame[every < every.min() + months], ax=figure.subplots())
    figure.draw_without_rendering()
    marks = [text.get_text() for text in ax.get_xticklabels()]
    assert 1 <= len([mark for mark in marks if mark]) <= 10


def test_long_names_of_models_leave_room_for_the_lines(frame: pd.DataFrame) -> None:
    pool = "Combination(BayesianVAR, DirectRidge, RandomWalk, scheme='equal')"
    renamed = frame.replace({"model": {"SeasonalNaive": f"Recalibration({pool})"}})
    figure = Figure(figsize=(4.1, 4.8), layout="constrained")
    ax = plots.plot_errors(renamed, relative=True, ax=figure.subplots())
    # matplotlib warns where a name as wide as the page takes all of it.
    figure.draw_without_rendering()
    assert ax.get_window_extent().width > 0.6 * figure.bbox.width


def test_two_models_never_look_the_same() -> None:
    names = [f"model {i}" for i in range(18)]
    found = looks([*names, "walk"], "walk")
    assert len({(look.colour, look.marker, look.dashes) for look in found.values()}) == 19


def test_colours_stand_out_from_white_paper() -> None:
    def luminance(colour: str) -> float:
        rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255.0
        linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    for colour in COLOURS:
        assert 1.05 / (luminance(colour) + 0.05) >= 3.0, colour


def test_one_picture_is_of_one_target_and_state(frame: pd.DataFrame) -> None:
    later = frame.assign(state="after_20d")
    with pytest.raises(ScoreError, match=r"several states.*frame\['state'\]"):
        plots.plot_errors(pd.concat([frame, later]))
    with pytest.raises(ScoreError, match="no forecasts of quantity 'yoy'"):
        plots.plot_errors(frame, quantity="yoy")
    with pytest.raises(ScoreError, match=r"no forecasts of model \['VAR'\]"):
        plots.plot_pit(frame, "VAR")
    with pytest.raises(ScoreError, match=r"no forecasts of step \[24\]"):
        plots.plot_coverage(frame, "RandomWalk", (24,))


def test_unknown_series_cannot_be_available(panel: Panel) -> None:
    with pytest.raises(PanelError, match="steam"):
        plots.plot_availability(panel, ["steam"])
    with pytest.raises(PanelError, match="got no series to draw; name some, or leave series out"):
        plots.plot_availability(panel, [])


@pytest.mark.parametrize("unit", [1e-100, 1e100])
def test_a_fan_in_an_odd_unit_leaves_room_for_itself(panel: Panel, unit: float) -> None:
    only = panel.select(["exports_total"])
    odd = only.with_series(panel.series("exports_total") * unit, panel.catalog["exports_total"])
    ax = plots.plot_fan(RandomWalk(n_draws=50).fit(odd).forecast(3))
    # Draws, and with that lays out: a label that takes all the room is a warning.
    ax.figure.draw_without_rendering()
    assert ax.get_window_extent().width > 0.5 * ax.figure.get_window_extent().width


def test_fan_is_among_the_plots(panel: Panel) -> None:
    paths = RandomWalk(n_draws=50).fit(panel).forecast(3)
    ax = plots.plot_fan(paths, unit="mn USD")
    assert len([band for band in ax.collections if isinstance(band, PolyCollection)]) == 3
