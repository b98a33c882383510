"""The fan chart of matplotlib: curves, intervals, gaps, cutoff, legend."""

import matplotlib.dates
import numpy as np
import pytest

from gated.plot import fan_matplotlib

NAN = np.nan
DAYS = np.datetime64("2011-09-17") + np.arange(60)


def draw(**change):
    """The axes of 50 days of history and 10 days of forecast."""
    steps = np.arange(60.0)
    arguments = {
        "history_ds": DAYS[:50],
        "history": steps[:50],
        "forecast_ds": DAYS[50:],
        "median": steps[50:],
        "bands": {80: (steps[50:] - 2, steps[50:] + 2), 95: (steps[50:] - 4, steps[50:] + 4)},
        **change,
    }
    return fan_matplotlib(**arguments).axes[0]


def curves(axes):
    return {line.get_label(): line.get_xydata() for line in axes.lines}


def test_the_forecast_starts_at_the_last_observation():
    drawn = curves(draw())
    assert len(drawn["history"]) == 50
    assert len(drawn["forecast"]) == 11
    np.testing.assert_array_equal(drawn["history"][-1], drawn["forecast"][0])


def test_a_line_marks_the_cutoff():
    axes = draw()
    cutoff = axes.lines[0].get_xdata()
    assert axes.convert_xunits(cutoff)[0] == matplotlib.dates.date2num(DAYS[49])


def test_the_wider_interval_lies_below_the_narrower_one():
    wide, narrow = draw().collections
    assert (wide.get_label(), narrow.get_label()) == ("95 % interval", "80 % interval")
    assert np.ptp(wide.get_paths()[0].vertices[:, 1]) == np.ptp(np.arange(10)) + 8


def test_gaps_stay_gaps_and_a_value_between_two_gaps_is_a_point():
    history = np.arange(50.0)
    history[[10, 20, 22]] = NAN
    axes = draw(history=history)
    assert np.isnan(curves(axes)["history"][[10, 20, 22], 1]).all()
    [points] = [line for line in axes.lines if line.get_marker() == "." and len(line.get_xdata())]
    np.testing.assert_array_equal(points.get_ydata(), [21.0])


def test_actual_values_are_points():
    axes = draw(actual=[NAN, 5.0, NAN, 7.0, *[NAN] * 6])
    [points] = [line for line in axes.lines if line.get_label() == "actual"]
    assert points.get_marker() == "."
    assert points.get_linestyle() == "None"


def test_the_legend_names_only_what_is_drawn_and_lies_above_the_axes():
    def names(axes):
        return {text.get_text() for text in axes.get_legend().get_texts()}

    assert names(draw()) == {"history", "forecast", "80 % interval", "95 % interval"}
    assert names(draw(bands=None, actual=np.ones(10))) == {"history", "forecast", "actual"}
    axes = draw()
    axes.figure.draw_without_rendering()
    assert axes.get_legend().get_window_extent().y0 >= axes.get_window_extent().y1


@pytest.mark.parametrize("times", [DAYS, np.arange(60)])
@pytest.mark.parametrize("length", [0, 1])
def test_short_histories_are_drawn(times, length):
    axes = draw(
        history_ds=times[:length],
        history=np.arange(float(length)),
        forecast_ds=times[length : length + 2],
        median=np.ones(2),
        bands={80: (np.zeros(2), np.full(2, 2.0))},
    )
    assert len(curves(axes)["forecast"]) == length + 2


def test_title_and_unit_are_written():
    axes = draw(title="a shop", y_label="£")
    assert (axes.get_title(loc="left"), axes.get_ylabel()) == ("a shop", "£")
