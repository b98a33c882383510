"""Path data of SVG: every command, the arcs of the standard, and messages for damaged data."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gated.media.strokes.svg_path import path_outlines, straightened


def lines(data: str, tolerance: float = 0.01) -> list[np.ndarray]:
    return [straightened(outline, tolerance) for outline in path_outlines(data)]


def corners(data: str) -> list[list[list[float]]]:
    return [line.tolist() for line in lines(data)]


SQUARE = [[[1, 2], [4, 2], [4, 6], [1, 6], [1, 2]]]


@pytest.mark.parametrize(
    "data",
    [
        "M1 2 L4 2 L4 6 L1 6 Z",
        "M1 2 4 2 4 6 1 6z",
        "m1 2 3 0 0 4-3 0z",
        "M1,2H4V6H1V2",
        " m 1 , 2 h3 v4 h-3 v-4 ",
        "M1 2H4v4H1Z",
        "M.1e1 2.0L4 2L4 6 1 6Z",
    ],
)
def test_straight_commands_in_both_cases(data):
    assert corners(data) == SQUARE


def test_each_move_begins_an_outline_and_one_alone_draws_nothing():
    assert corners("M0 0L1 0M5 5L6 5M9 9") == [[[0, 0], [1, 0]], [[5, 5], [6, 5]]]


def test_after_closing_the_pen_is_at_the_start():
    assert corners("M1 1h2v2zl0 5") == [[[1, 1], [3, 1], [3, 3], [1, 1]], [[1, 1], [1, 6]]]
    assert corners("M1 1h2v2zm1 0h1")[1] == [[2, 1], [3, 1]]


def test_an_outline_of_length_zero_is_a_dot():
    assert corners("M3 4z") == corners("M3 4h0") == [[[3, 4]]]


def cubic(*controls: tuple[float, float]) -> np.ndarray:
    """A Bézier curve by de Casteljau's algorithm, at many places."""
    t = np.linspace(0, 1, 500)[:, None]
    rest = [np.array(control, float) for control in controls]
    while len(rest) > 1:
        rest = [a + (b - a) * t for a, b in pairwise(rest)]
    return rest[0]


def far(points: np.ndarray, line: np.ndarray) -> float:
    """The largest distance of points to a line of straight pieces."""
    begin, along = line[:-1], np.diff(line, axis=0)
    offset = points[:, None] - begin
    share = np.clip((offset * along).sum(-1) / (along**2).sum(-1), 0, 1)
    return float(np.linalg.norm(offset - share[..., None] * along, axis=-1).min(axis=1).max())


CURVES = [
    ("M0 0C10 20 30 20 40 0", [(0, 0), (10, 20), (30, 20), (40, 0)]),
    ("M5 5c10 20 30 20 40 0", [(5, 5), (15, 25), (35, 25), (45, 5)]),
    ("M0 0Q20 40 40 0", [(0, 0), (20, 40), (40, 0)]),
    ("M5 5q20 40 40 0", [(5, 5), (25, 45), (45, 5)]),
    ("M0 0S30 20 40 0", [(0, 0), (0, 0), (30, 20), (40, 0)]),
    ("M0 0s30 20 40 0", [(0, 0), (0, 0), (30, 20), (40, 0)]),
]


@pytest.mark.parametrize(("data", "controls"), CURVES)
@pytest.mark.parametrize("tolerance", [1, 0.1, 0.001])
def test_curves_stay_within_the_tolerance(data, controls, tolerance):
    (line,) = lines(data, tolerance)
    assert line[0].tolist() == list(controls[0])
    assert line[-1].tolist() == pytest.approx(controls[-1])
    assert far(cubic(*controls), line) <= tolerance * 1.000001
    # and need few points: about four times as many for a hundredth of the distance
    assert len(line) < 4 + 8 / tolerance**0.5


@pytest.mark.parametrize(
    ("smooth", "same"),
    [
        ("M0 0C0 9 9 9 9 0S18-9 18 0", "M0 0C0 9 9 9 9 0C9-9 18-9 18 0"),
        ("M0 0c0 9 9 9 9 0s9-9 9 0", "M0 0C0 9 9 9 9 0C9-9 18-9 18 0"),
        ("M0 0Q5 9 9 0T18 0", "M0 0Q5 9 9 0Q13-9 18 0"),
        ("M0 0q5 9 9 0t9 0 9 0", "M0 0Q5 9 9 0Q13-9 18 0Q23 9 27 0"),
        ("M0 0C0 9 9 9 9 0T18 0", "M0 0C0 9 9 9 9 0L18 0"),
        ("M0 0Q5 9 9 0S18-9 18 0", "M0 0Q5 9 9 0C9 0 18-9 18 0"),
    ],
)
def test_smooth_curves_mirror_the_last_control_point_of_their_kind(smooth, same):
    first, second = np.concatenate(lines(smooth)), np.concatenate(lines(same))
    assert far(first, second) < 1e-3
    assert far(second, first) < 0.03  # a straight curve is one piece


@pytest.mark.parametrize(
    ("flags", "centre", "length"),
    [  # the four arcs of radius 5 from (0, 0) to (6, 0)
        ("0 0", (3, -4), "short"),
        ("0 1", (3, 4), "short"),
        ("1 0", (3, 4), "long"),
        ("1 1", (3, -4), "long"),
    ],
)
def test_the_four_arcs_between_two_points(flags, centre, length):
    """With y downwards, the flag `sweep` means clockwise."""
    (line,) = lines(f"M0 0A5 5 0 {flags} 6 0")
    assert np.abs(np.linalg.norm(line - centre, axis=1) - 5).max() < 0.02
    way = np.linalg.norm(np.diff(line, axis=0), axis=1).sum()
    angle = 2 * np.arcsin(3 / 5)
    assert way == pytest.approx(5 * (angle if length == "short" else 2 * np.pi - angle), rel=1e-2)
    a, b = line[0] - centre, line[1] - centre
    turn = a[0] * b[1] - a[1] * b[0]
    assert (turn > 0) == flags.endswith("1")


def test_an_ellipse_that_is_turned():
    (line,) = lines("M10 0A20 10 30 0 1 30 15")
    c, s = np.cos(np.radians(30)), np.sin(np.radians(30))
    unit = (line @ np.array([[c, -s], [s, c]])) / (20, 10)
    # All points lie on one circle: the distances from the centre of three of them fit the rest.
    a = np.c_[2 * unit, np.ones(len(unit))]
    x, y, k = np.linalg.lstsq(a, (unit**2).sum(1), rcond=None)[0]
    assert np.sqrt(k + x**2 + y**2) == pytest.approx(1, abs=1e-3)
    assert np.abs(np.hypot(*(unit - (x, y)).T) - 1).max() < 2e-3


def test_radii_that_are_too_small_are_enlarged():
    (line,) = lines("M0 0A1 1 0 0 1 10 0")
    assert np.abs(np.linalg.norm(line - (5, 0), axis=1) - 5).max() < 0.02


def test_an_arc_without_a_radius_is_straight_and_one_to_its_begin_nothing():
    assert corners("M0 0A0 5 0 0 1 10 0") == [[[0, 0], [10, 0]]]
    assert corners("M0 0A5 5 0 0 1 0 0") == []


def test_flags_of_arcs_need_no_separators():
    assert corners("M0 0a5 5 0 1010 0") == corners("M0 0A5,5 0 1,0 10,0")
    assert corners("M0 0a5 5 0 01.5.5") == corners("M0 0A5 5 0 0 1 0.5 0.5")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("L1 1", "at character 0: 'L' instead of M or m"),
        ("z", "at character 0: 'z' instead of M or m"),
        ("M1 1 X", "at character 5: 'X' instead of one of M L"),
        ("M1", "at character 2: a number of M is missing"),
        ("M1 1L2 2 3", "at character 10: a number of L is missing"),
        ("M0 0A5 5 0 2 1 1 1", "a number of A is missing"),
        ("M0 0A5 5 0 .5 1 1 1", "a number of A is missing"),
        ("M0 0C1 1 2 2", "a number of C is missing"),
    ],
)
def test_damaged_data(data, message):
    with pytest.raises(ValueError, match=message):
        path_outlines(data)


def test_no_data_draws_nothing():
    assert path_outlines("") == path_outlines(" \n") == []


@given(data=st.text("MmZzLlHhVvCcSsQqTtAa0123456789.-+eE, ", max_size=60))
def test_any_text_is_read_or_refused(data):
    try:
        outlines = path_outlines("M0 0" + data)
    except ValueError:
        return
    for outline in outlines:
        for piece in outline:
            assert piece.shape in {(2, 2), (4, 2)}
        for before, after in pairwise(outline):
            np.testing.assert_array_equal(before[-1], after[0])
