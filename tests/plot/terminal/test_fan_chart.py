"""The terminal charts: positions of all parts, widths and encodings."""

import io
import math

import numpy as np
import pytest
from rich.cells import cell_len
from rich.console import Console

from gated.errors import UsageError
from gated.plot import bar_table, fan_chart, sparkline
from gated.plot.terminal.dots import braille, draw_line, fill_between
from gated.plot.ticks import format_ticks, nice_ticks, value_ticks

NAN = np.nan


class Ascii(io.StringIO):
    encoding = "ascii"


class Utf8(io.StringIO):
    encoding = "utf-8"


def printed(chart, file=None, **options):
    """The text that a console writes for a chart."""
    file = file or Utf8()
    Console(file=file, **options).print(chart)
    return file.getvalue()


@pytest.fixture
def chart():
    def make(**options):
        past, ahead = np.sin(np.arange(90) / 5), np.sin(np.arange(90, 118) / 5)
        options = {"title": "waves", "x_labels": ("first day", "cutoff", "last day"), **options}
        return fan_chart(past, ahead, ahead - 0.3, ahead + 0.3, **options)

    return make


@pytest.mark.parametrize("width", [24, 40, 60, 100, 160, 200])
@pytest.mark.parametrize("file", [Ascii, Utf8])
def test_a_chart_has_the_width_of_the_console(chart, width, file):
    lines = printed(chart(), file(), width=width).splitlines()
    assert all(cell_len(line) <= width for line in lines)
    assert len(lines) == 14 + 4  # the plot; title, axis, labels, legend
    if width >= 60:
        assert max(map(cell_len, lines)) >= width - 1  # and uses it


def test_the_parts_of_a_chart_are_named(chart):
    text = str(chart(actual=np.zeros(28)))
    for part in ("waves", "first day", "cutoff", "last day"):
        assert part in text
    for name in ("history", "forecast", "80 % interval", "actual"):
        assert name in text.splitlines()[-1]
    assert "95 % interval" in str(chart(level=95))


def test_the_legend_names_only_the_parts_that_are_drawn():
    legend = str(fan_chart([1, 2, 3], [4, 5])).splitlines()[-1]
    assert "history" in legend
    assert "forecast" in legend
    assert "interval" not in legend
    assert "actual" not in legend


def test_an_ascii_chart_is_ascii_for_all_labels(chart):
    text = printed(chart(title="£ per day, 日本", actual=np.zeros(28)), Ascii(), width=80)
    assert text.isascii()
    assert "? per day" in text
    assert {"*", "+", ".", "o", "|"} <= set(text)


def test_labels_cannot_contain_control_characters(chart):
    text = printed(chart(title="a\x1b[31mb\nc", x_labels=("\x07", "\x1b[2J", "")))
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "a\\x1b[31mb\\nc" in text


def test_colours_are_written_only_to_consoles_with_colours(chart, monkeypatch):
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" not in printed(chart())  # a file is not a terminal
    assert "\x1b[38" in printed(chart(), force_terminal=True, color_system="truecolor")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[38" not in printed(chart(), force_terminal=True, color_system="truecolor")


def plot_rows(chart, height):
    """The lines of the plot without their axis, 2 x 4 dots a character turned into one array."""
    lines = [line for line in str(chart).splitlines() if "┤" in line or "│" in line][:height]
    return [line[min(line.index(mark) for mark in "┤│" if mark in line) + 1 :] for line in lines]


def test_every_part_has_its_position():
    past, ahead = np.full(61, 0.0), np.array([NAN, *[100.0] * 59])
    chart = fan_chart(past, ahead, width=66, height=6)  # an axis of five, 61 columns
    rows = plot_rows(chart, 6)
    line = {row.index("┊") for row in rows if "┊" in row}
    assert line == {30}  # the cutoff, half way
    assert set(rows[-1][:30]) == {"⣀"}  # the past at the bottom
    assert set(rows[0][32:]) == {"⠉"}  # the forecast on top
    assert not rows[-1][32:].strip()


def test_actual_values_are_points_at_their_height():
    actual = [0.0, NAN, 100.0]
    chart = fan_chart([50.0] * 3, [50.0] * 3, actual=actual, width=55, height=5)  # 50 columns
    rows = plot_rows(chart, 5)
    assert [row.count("•") for row in rows] == [1, 0, 0, 0, 1]
    assert rows[0].index("•") == 49  # the last column
    assert rows[4].index("•") == 29  # the fourth of six steps


def test_missing_values_are_gaps():
    past = [*range(20), *[NAN] * 20, *range(40, 60)]
    rows = plot_rows(fan_chart(past, [], width=64), 14)
    in_the_gap = [row[22:39] for row in rows]
    assert not "".join(in_the_gap).strip()
    infinite = [math.inf if math.isnan(value) else value for value in past]
    assert str(fan_chart(infinite, [], width=64)) == str(fan_chart(past, [], width=64))


def test_a_single_value_between_gaps_is_drawn():
    rows = plot_rows(fan_chart([NAN, 5.0, NAN], [NAN]), 14)
    assert sum(len(row.replace("┊", " ").split()) for row in rows) == 1


@pytest.mark.parametrize(
    ("past", "ahead"),
    [
        ([], []),
        ([], [1.0, 2.0]),
        ([1.0, 2.0], []),
        ([5.0], []),
        ([5.0], [5.0]),
        ([7.3] * 30, [7.3] * 5),
        ([0.0] * 30, [0.0] * 5),
        ([NAN] * 30, [NAN] * 5),
        ([1.0, 2.0], [NAN, NAN]),
        ([-3.0, -90.0], [-20.0]),
        ([1e300, -1e300], [1e300]),
        ([1.79e308, -1.79e308], [1.79e308]),
        ([1e-310, 3e-310], [2e-310]),
        ([1e16, 1e16 + 4], [1e16]),
    ],
)
@pytest.mark.parametrize("height", [3, 14])
def test_extreme_values_are_drawn(past, ahead, height):
    chart = fan_chart(past, ahead, ahead, ahead, actual=ahead, height=height)
    assert len(str(chart).splitlines()) == height + 2
    assert printed(chart, Ascii(), width=60).isascii()


def test_the_arrays_are_not_changed():
    past = np.array([1.0, math.inf])
    str(fan_chart(past, past))
    assert math.isinf(past[1])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fan_chart([1], [1], [1]), "lower and upper, or neither"),
        (
            lambda: fan_chart([1], [1], [1, 2], [1]),
            "lower has 2 values. Expected 1, as in",
        ),
        (lambda: fan_chart([1], [1], actual=[]), "actual has 0 values"),
        (lambda: fan_chart([[1]], [1]), r"shape \(1, 1\)"),
        (lambda: fan_chart([1], [1], height=2), "at least 3 lines"),
        (lambda: bar_table([("loss", -1, "")]), "'loss' is -1"),
        (lambda: bar_table([("all", math.inf, "")]), "'all' is inf"),
    ],
)
def test_invalid_arguments_are_named(call, message):
    with pytest.raises(UsageError, match=message):
        call()


def test_sparkline_runs_from_lowest_to_highest():
    assert sparkline(range(8)) == "▁▂▃▄▅▆▇█"
    assert sparkline(range(8), ascii_only=True).isascii()
    assert sparkline([3.0, NAN, math.inf, 3.0]) == "▄  ▄"
    assert sparkline([NAN, NAN]) == "  "
    assert sparkline([]) == ""
    assert sparkline([1.7e308, -1.7e308]) == "█▁"


def test_a_long_sparkline_is_averaged_to_its_width():
    assert sparkline(np.repeat([0, 1, 7], 100), width=3) == "▁▂█"
    assert sparkline([1, 2], width=9) == "▁█"
    gap = np.repeat([1.0, NAN, 2.0], 10)
    assert sparkline(gap, width=3) == "▁ █"


@pytest.mark.parametrize("width", [20, 60, 200])
@pytest.mark.parametrize("file", [Ascii, Utf8])
def test_bars_fit_the_width_and_are_proportional_to_the_values(width, file):
    rows = [("last Saturday", 0.5, "50 %"), ("日本 a year ago", 0.25, "25 %"), ("never", 0.0, "")]
    lines = printed(bar_table(rows), file(), width=width).splitlines()
    assert all(cell_len(line) <= width for line in lines)
    full, half, none = (line.count("#") + line.count("█") for line in lines)
    assert full == 2 * half
    assert none == 0
    assert lines[0].endswith("50 %")
    assert lines[0].index("50") == lines[1].index("25") or "日" in lines[1]


def test_a_tiny_value_has_a_bar_and_nan_has_none():
    small, unknown = str(
        bar_table([("a", 1.0, ""), ("b", 1e-12, ""), ("c", NAN, "?")])
    ).splitlines()[1:]
    assert "▏" in small
    assert unknown.split() == ["c", "?"]
    assert str(bar_table([])) == ""
    assert "█" not in str(bar_table([("nothing", 0.0, "0 %")]))


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0, 52_000, ["0", "10k", "20k", "30k", "40k", "50k", "60k"]),
        (0, 2.5e6, ["0", "0.5M", "1.0M", "1.5M", "2.0M", "2.5M"]),
        (-3, 97, ["-20", "0", "20", "40", "60", "80", "100"]),
        (7.3, 7.3, ["6.5", "7.0", "7.5", "8.0", "8.5"]),
        (0, 0, ["0", "1"]),
        (0.001, 0.003, ["0.0010", "0.0015", "0.0020", "0.0025", "0.0030"]),
        (0, 1e300, ["0", "0.2e300", "0.4e300", "0.6e300", "0.8e300", "1.0e300"]),
    ],
)
def test_ticks_are_round(low, high, labels):
    assert format_ticks(nice_ticks(low, high)) == labels


def test_ticks_cover_values_of_any_size():
    rng = np.random.default_rng(2)
    for exponent in (*range(-280, 307, 7), 307):
        low, high = np.sort(rng.normal(size=2)) * 10.0**exponent
        ticks = nice_ticks(low, high, count=6)
        assert ticks[0] <= low * (1 - 1e-6 * np.sign(low))
        assert ticks[-1] >= high * (1 - 1e-6 * np.sign(high))
        assert 2 <= len(ticks) <= 12
        assert len(set(format_ticks(ticks))) == len(ticks)


def test_the_axis_includes_zero_where_it_is_near():
    assert value_ticks([np.array([30.0, 97.0])])[0] == 0
    assert value_ticks([np.array([90.0, 97.0])])[0] == 90
    assert value_ticks([np.array([-30.0, -97.0])])[-1] == 0


def test_lines_have_no_gaps():
    dots = np.zeros((40, 40), dtype=bool)
    draw_line(dots, np.array([0.0, 13.4, 39.0]), np.array([39.0, 0.0, 21.7]))
    for row, column in np.argwhere(dots):
        around = dots[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
        assert around.sum() > 1


def test_a_band_has_a_gap_where_an_end_is_missing():
    dots = np.zeros((4, 5), dtype=bool)
    x, upper = np.arange(5.0), np.array([1, 1, NAN, 1, 1.0])
    fill_between(dots, x, upper, np.full(5, 2.0))
    expected = [[0] * 5, [1, 1, 0, 1, 1], [1, 1, 0, 1, 1], [0] * 5]
    np.testing.assert_array_equal(dots, np.array(expected, dtype=bool))


def test_each_dot_has_its_braille_bit():
    for row, column, character in ((0, 0, "⠁"), (0, 1, "⠈"), (2, 0, "⠄"), (3, 0, "⡀"), (3, 1, "⢀")):
        dots = np.zeros((4, 2), dtype=bool)
        dots[row, column] = True
        assert braille(dots)[0, 0] == character
    assert braille(np.ones((4, 2), dtype=bool))[0, 0] == "⣿"
    assert braille(np.zeros((4, 2), dtype=bool))[0, 0] == " "
