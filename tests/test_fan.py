"""The fan chart."""

import io
from itertools import combinations

import numpy as np
import pytest
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

from tradeshock.features import Panel
from tradeshock.forecast import monthly_forecast
from tradeshock.forecast.monthly.forecast import MonthlyForecast
from tradeshock.forecast.plots.fan import BANDS, MEDIAN, plot_fan
from tradeshock.forecast.plots.style import FIGURE_SIZE, INK

NOTE = "a second line at the plant starts a month early, as its owner said in the call of 12 May"


@pytest.fixture(scope="module")
def forecast(panel: Panel) -> MonthlyForecast:
    return monthly_forecast(
        panel, "2026-04-21", model="FlashRatio", adjustments={"2026-06": 1200.0}, note=NOTE
    )


def drawn(forecast: MonthlyForecast, size: tuple[float, float] = FIGURE_SIZE) -> Axes:
    axes = forecast.plot(Figure(figsize=size, layout="constrained").subplots())
    axes.figure.draw_without_rendering()
    return axes


def texts(axes: Axes) -> dict[str, Bbox]:
    """Return where each text on the chart is, in pixels."""
    ticks = []
    for axis, limits in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
        shown = [
            tick for tick in axis.get_major_ticks() if limits[0] <= tick.get_loc() <= limits[1]
        ]
        ticks += [tick.label1 for tick in shown]
    names = [axes._left_title, axes.xaxis.label, axes.yaxis.label]
    artists = [*axes.texts, *names, *ticks, *axes.get_legend().get_texts()]
    return {
        artist.get_text(): artist.get_window_extent()
        for artist in artists
        if artist.get_text().strip()
    }


def luminance(colour: str) -> float:
    return float(np.dot(to_rgb(colour), [0.2126, 0.7152, 0.0722]))


def test_shows_three_years_of_history_and_every_step(forecast: MonthlyForecast) -> None:
    axes = drawn(forecast)
    lines = {line.get_label(): line for line in axes.get_lines()}
    assert len(lines["Published"].get_xdata()) == 36
    # It opens from the last published month.
    median = lines["Median"].get_ydata()
    assert len(median) == 13
    assert median[0] == pytest.approx(87.21, abs=0.01)
    np.testing.assert_allclose(median[1:] * 1000.0, forecast.table()["median"])


def test_bands_are_the_quantiles_and_nested(forecast: MonthlyForecast) -> None:
    axes = drawn(forecast)
    spans = []
    for coverage, band in zip(BANDS, axes.collections, strict=True):
        tails = forecast.paths.quantile([0.5 - coverage / 2, 0.5 + coverage / 2])
        heights = band.get_paths()[0].vertices[:, 1]
        spans.append((heights.min(), heights.max()))
        assert heights.max() == pytest.approx(tails.max(axis=None) / 1000.0)
    lows, highs = zip(*spans, strict=True)
    assert list(lows) == sorted(lows)
    assert list(highs) == sorted(highs, reverse=True)


def test_says_what_it_is(forecast: MonthlyForecast) -> None:
    said = " ".join(texts(drawn(forecast))).replace("\n", " ")
    for words in (
        "Exports (KR): forecast of 21 April 2026",
        "FlashRatio; first 20 days of April 2026 out",
        "bn USD",
        "Judgement: +1,200 mn USD in June 2026",
        NOTE,
    ):
        assert words in said


def test_colours_differ_in_lightness() -> None:
    light = [luminance(colour) for colour in (*BANDS.values(), MEDIAN, INK)]
    assert light == sorted(light, reverse=True)
    assert np.all(-np.diff(light)[:3] > 0.1)


@pytest.mark.parametrize("size", [FIGURE_SIZE, (5.2, 3.6), (14.0, 9.0)])
@pytest.mark.parametrize("steps", [1, 12, 48])
@pytest.mark.parametrize("target", ["exports_total", "usdkrw"])
def test_no_text_lies_over_another(
    panel: Panel, size: tuple[float, float], steps: int, target: str
) -> None:
    amount = {"2026-04": 0.001}
    forecast = monthly_forecast(
        panel,
        "2026-04-21",
        model="RandomWalk",
        steps=steps,
        target=target,
        adjustments=amount,
        note=NOTE,
    )
    axes = drawn(forecast, size)
    for (one, box), (other, second) in combinations(texts(axes).items(), 2):
        # A pixel of grace: boxes are those of whole lines, with room above and below letters.
        shrunk = Bbox.from_extents(box.x0 + 1, box.y0 + 1, box.x1 - 1, box.y1 - 1)
        assert not shrunk.overlaps(second), f"{one!r} lies over {other!r}"
    plot = axes.get_window_extent()
    for text, box in texts(axes).items():
        whole = axes.figure.bbox
        assert box.x0 >= whole.x0, f"{text!r} is cut off"
        assert box.y0 >= whole.y0, f"{text!r} is cut off"
        assert box.x1 <= whole.x1, f"{text!r} is cut off"
        assert box.y1 <= whole.y1, f"{text!r} is cut off"
        assert not box.overlaps(plot) or box.x0 >= plot.x1, f"{text!r} lies in the chart"


def test_long_notes_do_not_squeeze_charts_side_by_side(forecast: MonthlyForecast) -> None:
    figure = Figure(figsize=(11.0, 4.0), layout="constrained")
    left, right = figure.subplots(1, 2)
    forecast.plot(left)
    plot_fan(forecast.paths, right)
    figure.draw_without_rendering()
    for axes in (left, right):
        assert axes.get_position().width > 0.3


def test_without_unit_figures_are_as_they_are(forecast: MonthlyForecast) -> None:
    axes = plot_fan(forecast.paths, Figure().subplots())
    assert axes.get_ylabel() == ""
    assert axes.get_lines()[0].get_ydata()[0] == pytest.approx(87_211.0, abs=1.0)
    assert axes.get_title(loc="left").startswith("exports_total")


def test_makes_its_own_figure(forecast: MonthlyForecast) -> None:
    from matplotlib import pyplot as plt

    axes = forecast.plot()
    assert tuple(axes.figure.get_size_inches()) == FIGURE_SIZE
    plt.close(axes.figure)


def test_same_forecast_same_chart(forecast: MonthlyForecast) -> None:
    charts = []
    for _ in range(2):
        file = io.BytesIO()
        with rc_context({"svg.hashsalt": "tradeshock"}):
            drawn(forecast).figure.savefig(file, format="svg", metadata={"Date": None})
        charts.append(file.getvalue())
    assert charts[0] == charts[1]
