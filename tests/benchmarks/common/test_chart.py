"""Charts as SVG: equal bytes for equal figures, transparent background, text as text."""

import re
import xml.etree.ElementTree as ET

import pytest

from benchmarks.common import chart
from benchmarks.common.chart import GREY, as_svg, chart_style, new_figure
from gated.errors import UsageError
from tests.benchmarks.common.svg_texts import texts_of


def draw(title="A title"):
    with chart_style():
        figure = new_figure(600, 300)
        figure.subplots().plot([1, 2, 3], label="a line")
        figure.text(0, 0, "below < above & left")
        return as_svg(figure, title)


def test_the_same_figure_gives_the_same_bytes():
    assert draw() == draw()


def test_size_title_and_texts():
    root = ET.fromstring(draw('"A" < B'))
    assert root.get("width") == "450pt"  # 600 pixels of 1/96 inch
    assert root.find("{*}title").text == '"A" < B'
    assert "below < above & left" in texts_of(draw())


def test_the_background_is_transparent_and_text_is_grey():
    svg = draw()
    assert "#ffffff" not in svg
    assert "#000000" not in svg
    assert GREY in svg


def test_paths_are_on_one_line_with_two_decimals():
    paths = [path.get("d") for path in ET.fromstring(draw()).findall(".//{*}path")]
    assert paths
    assert not any("\n" in path for path in paths)
    decimals = {len(one) for path in paths for one in re.findall(r"\.(\d+)", path)}
    assert decimals == {2}


def test_the_style_ends_with_its_block():
    from matplotlib import rcParams

    before = rcParams["text.color"]
    with chart_style():
        assert rcParams["text.color"] == GREY
    assert rcParams["text.color"] == before


def test_without_matplotlib_the_message_names_the_extra(monkeypatch):
    monkeypatch.setattr(chart, "find_spec", lambda name: None)
    with (
        pytest.raises(UsageError, match=r'not installed.*pip install "gated\[plot\]"'),
        chart_style(),
    ):
        pass
