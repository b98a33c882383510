"""The SVG figure: well-formed for all values, with every part at its place."""

import re
import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest

from gated.errors import UsageError
from gated.plot import fan_figure
from gated.plot.dates import date_ticks

NAN = np.nan
SVG = "{http://www.w3.org/2000/svg}"
DAYS = np.datetime64("2011-09-17") + np.arange(60)


def draw(**change):
    """The figure of 50 days and 10 ahead, as a tree of elements."""
    steps = np.arange(60.0)
    arguments = {
        "history_ds": DAYS[:50],
        "history": steps[:50],
        "forecast_ds": DAYS[50:],
        "median": steps[50:],
        "bands": {80: (steps[50:] - 2, steps[50:] + 2), 95: (steps[50:] - 4, steps[50:] + 4)},
        **change,
    }
    return ET.fromstring(fan_figure(**arguments))


def texts(tree):
    return [element.text for element in tree.iter(f"{SVG}text")]


def paths(tree, key, value):
    """The points of every top-level path that has an attribute: a list of `[K, 2]` arrays."""
    found = [one for one in tree.findall(f"{SVG}path") if one.get(key) == value]
    return [np.array(re.findall(r"[\d.]+", one.get("d")), float).reshape(-1, 2) for one in found]


def test_curves_lie_on_one_scale():
    tree = draw()
    (history,) = paths(tree, "stroke", "#5b8db8")
    (forecast,) = paths(tree, "stroke", "#e07b39")
    assert len(history) == 50
    assert len(forecast) == 11  # it begins at the last observation
    np.testing.assert_array_equal(history[-1], forecast[0])
    points = np.concatenate([history, forecast[1:]])
    slope = np.diff(points[:, 1]) / np.diff(points[:, 0])
    np.testing.assert_allclose(slope, slope.mean(), atol=0.02)  # a straight line, to 0.1 pixel
    assert slope.mean() < 0  # rising: y grows downwards


def test_the_wider_band_is_drawn_first_and_contains_the_narrow_one():
    wide, narrow = paths(draw(), "fill", "#e07b39")
    assert np.ptp(wide[:, 1]) > np.ptp(narrow[:, 1])
    assert len(wide) == len(narrow) == 22  # along the upper end, then back


def test_all_parts_lie_within_the_figure():
    tree = draw(width=500, height=240, actual=np.linspace(0, 99, 10))
    assert (tree.get("width"), tree.get("height")) == ("500", "240")
    for points in paths(tree, "fill", "none") + paths(tree, "fill", "#e07b39"):
        assert (points >= 0).all()
        assert (points <= [500, 240]).all()


def test_the_legend_names_the_parts_that_are_drawn():
    assert {"history", "forecast", "80 % interval", "95 % interval"} <= set(texts(draw()))
    assert "actual" not in texts(draw())
    assert "actual" in texts(draw(actual=[NAN] * 9 + [4.0]))
    assert "80 % interval" not in texts(draw(bands=None))


def test_actual_values_are_dots_where_known():
    actual = [NAN, 5.0, NAN, 7.0, *[NAN] * 6]
    circles = draw(actual=actual).findall(f"{SVG}circle")
    assert len(circles) == 2
    assert float(circles[0].get("cy")) > float(circles[1].get("cy"))


def test_missing_values_are_gaps():
    past = np.arange(50.0)
    past[[10, 20, 22]] = NAN, np.inf, NAN
    (history,) = [
        one.get("d")
        for one in draw(history=past).findall(f"{SVG}path")
        if one.get("stroke") == "#5b8db8"
    ]
    assert history.count("M") == 3  # 0-9, 11-19, 23-49; the single 21 is a dot
    assert len(draw(history=past).findall(f"{SVG}circle")) == 1


def test_texts_are_escaped():
    hostile = "<script>alert('\"&')</script>\x1b\x00]]>"
    tree = draw(title=hostile, y_label=hostile)
    assert [one.tag for one in tree.iter() if "script" in one.tag] == []
    assert "<script>alert('\"&')</script>  ]]>" in texts(tree)
    assert tree.get("aria-label").startswith("<script>")


@pytest.mark.parametrize(
    ("past", "ahead"),
    [
        ([], []),
        ([5.0], []),
        ([], [5.0]),
        ([NAN, NAN], [NAN]),
        ([0.0, 0.0], [0.0]),
        ([1e300, -1e300], [1e300]),
        ([1.79e308, -1.79e308], [1.79e308]),
    ],
)
@pytest.mark.parametrize("dates", [True, False])
def test_extreme_values_are_drawn(past, ahead, dates):
    times = DAYS if dates else np.arange(60)
    figure = fan_figure(
        times[: len(past)],
        past,
        times[len(past) : len(past) + len(ahead)],
        ahead,
        {80: (ahead, ahead)},
    )
    ET.fromstring(figure)
    assert "nan" not in figure
    assert "inf" not in figure


def test_columns_of_a_frame_can_be_passed():
    frame = pd.DataFrame({"ds": DAYS[:50], "y": np.arange(50.0)})
    figure = fan_figure(frame["ds"], frame["y"], pd.Series(DAYS[50:]), pd.Series(np.ones(10)))
    assert any(text and text.endswith(" Oct") for text in texts(ET.fromstring(figure)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"history": [1.0]}, "history_ds has 50 values. Expected 1;"),
        ({"median": [1.0]}, "forecast_ds has 10 values. Expected 1;"),
        ({"actual": [1.0]}, "actual has 1 values. Expected 10;"),
        ({"bands": {80: ([1.0], np.ones(10))}}, "lower end of band 80 has 1 values"),
        ({"history_ds": np.arange(50)}, "both as dates or both as numbers"),
        ({"history_ds": ["2011-01-01"] * 50}, "Expected datetime64"),
        ({"width": 100}, "300 x 200 at least"),
    ],
)
def test_invalid_arguments_are_named(change, message):
    with pytest.raises(UsageError, match=message):
        draw(**change)


@pytest.mark.parametrize(
    ("first", "last", "names", "contexts"),
    [
        ("2019-03-05", "2024-08-01", ["2020", "2022", "2024"], [""] * 3),
        ("2023-11-10", "2024-02-10", ["Dec", "Jan", "Feb"], ["2023", "2024", ""]),
        ("2023-12-26", "2024-01-10", ["1 Jan", "8 Jan"], ["2024", ""]),  # Mondays
        (
            "2024-02-28T20:00",
            "2024-02-29T14:00",
            ["00:00", "06:00", "12:00"],
            ["29 Feb", "", ""],
        ),
        (
            "2024-01-01T00:00:58",
            "2024-01-01T00:01:01",
            ["00:00:58", "00:00:59", "00:01:00", "00:01:01"],
            ["1 Jan", "", "", ""],
        ),
        ("1850-01-01", "2150-01-01", ["1900", "2000", "2100"], [""] * 3),
    ],
)
def test_dates_are_round(first, last, names, contexts):
    ticks = date_ticks(np.datetime64(first), np.datetime64(last), count=4)
    assert ticks.names == names
    assert ticks.contexts == contexts
    assert (np.datetime64(first) <= ticks.at).all()
    assert (ticks.at <= np.datetime64(last)).all()


def test_the_number_of_dates_stays_bounded():
    first = np.datetime64("1999-12-31T23:59:59")
    for seconds in np.geomspace(1, 3e10, 60).astype(int):
        assert len(date_ticks(first, first + seconds, count=8).at) <= 10
