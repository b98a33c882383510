"""Pictures of strokes: what is written is read, sheets have equal cells, bad arrays are refused."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gated.errors import GatedError, UsageError
from gated.media.strokes import (
    Strokes,
    drawing_svg,
    from_lines,
    read_strokes,
    sheet_svg,
    simplified,
    to_lines,
    write_drawing,
)
from tests.folders import DATA

SPACE = "{http://www.w3.org/2000/svg}"
OFFSET = st.tuples(st.integers(-50, 50), st.integers(-50, 50)).filter(any)


@st.composite
def drawings(draw) -> np.ndarray:
    """[T, 3], each point away from the one before, of any size and place."""
    offsets = draw(st.lists(OFFSET, min_size=1, max_size=30))
    pen = draw(st.lists(st.booleans(), min_size=len(offsets), max_size=len(offsets)))
    scale = 10.0 ** draw(st.integers(-6, 6))
    points = np.column_stack([np.array(offsets) * scale, pen])
    points[0, :2] *= draw(st.sampled_from([0, 1, 100]))
    points[-1, 2] = 1
    return points.astype(np.float32)


def size_of(points: np.ndarray) -> float:
    positions = np.cumsum(points[:, :2], axis=0, dtype=np.float64)
    return float(np.ptp(positions, axis=0).max())


@given(points=drawings())
def test_what_is_written_is_read(tmp_path_factory, points):
    path = tmp_path_factory.mktemp("strokes") / "a.svg"
    write_drawing(path, points)
    found = read_strokes(path).points
    np.testing.assert_array_equal(found[:, 2], points[:, 2])
    assert found[0, :2].tolist() == [0, 0]
    positions = [np.cumsum(each[1:, :2], axis=0, dtype=np.float64) for each in (found, points)]
    np.testing.assert_allclose(*positions, atol=1e-4 * size_of(points) + 1e-30)


@given(points=drawings())
def test_lines_and_strokes_are_the_same(points):
    points[0, :2] = 0
    found = from_lines(to_lines(points))
    np.testing.assert_array_equal(found[:, 2], points[:, 2])
    np.testing.assert_allclose(found, points, atol=1e-5 * max(size_of(points), 1e-9))


@given(points=drawings(), epsilon=st.floats(0, 30))
def test_simplified_drawings_stay_within_epsilon(points, epsilon):
    epsilon *= size_of(points) / 100
    found = simplified(points, epsilon)
    assert len(found) <= len(points)
    before, after = to_lines(points), to_lines(found)
    assert len(before) == len(after)
    for line, kept in zip(before, after, strict=True):
        slack = 1e-4 * size_of(points) + 1e-9 * np.abs(line).max()
        np.testing.assert_allclose(kept[[0, -1]], line[[0, -1]], atol=slack)
        for point in line:
            assert distance(point, kept) <= epsilon + slack


def distance(point: np.ndarray, line: np.ndarray) -> float:
    """Of a point to a line of straight pieces."""
    ways = [float(np.linalg.norm(point - line[0]))]
    for a, b in pairwise(line):
        along = b - a
        share = np.clip((point - a) @ along / max(along @ along, 1e-300), 0, 1)
        ways.append(float(np.linalg.norm(point - a - share * along)))
    return min(ways)


class TestSimplified:
    def test_points_on_a_straight_line_are_left_out(self):
        points = np.array([[0, 0, 0], [1, 0, 0], [1, 0, 0], [0, 2, 1]])
        assert simplified(points, 0).tolist() == [[0, 0, 0], [2, 0, 0], [0, 2, 1]]

    def test_a_turning_point_beyond_the_end_is_kept(self):
        points = np.array([[0, 0, 0], [9, 0, 0], [-5, 0, 1]])
        assert simplified(points, 1).tolist() == points.tolist()

    def test_the_default_is_a_share_of_the_size(self):
        time = np.linspace(0, 2 * np.pi, 2_000)
        circle = from_lines([np.stack([np.cos(time), np.sin(time)], axis=1)])
        found = simplified(circle)
        assert 10 < len(found) < 40
        np.testing.assert_allclose(simplified(circle * (1e3, 1e3, 1)), found * (1e3, 1e3, 1), 1e-3)

    def test_long_strokes_and_unfinished_ones(self):
        rng = np.random.default_rng(0)
        points = np.column_stack([rng.normal(size=(20_000, 2)), np.zeros(20_000)])
        found = simplified(points, 0.5)
        assert len(found) < 20_000
        assert found[-1, 2] == 0

    def test_the_input_is_unchanged_and_a_dot_stays(self):
        points = np.array([[3.0, 4, 1]])
        assert simplified(points).tolist() == points.tolist() == [[3, 4, 1]]

    @pytest.mark.parametrize("epsilon", [-1, np.inf])
    def test_a_distance_below_0(self, epsilon):
        with pytest.raises(UsageError, match=r"epsilon=.* Expected a distance of 0 or more.*Leave"):
            simplified([[0, 0, 1]], epsilon)


class TestDrawing:
    def test_the_picture_has_the_size_and_all_points(self):
        picture = ElementTree.fromstring(drawing_svg([[0, 0, 0], [30, 40, 1]], size=224))
        assert (picture.get("width"), picture.get("height")) == ("174", "224")
        x, y, width, height = map(float, picture.get("viewBox").split())
        assert x < 0 < 30 < x + width
        assert y < 0 < 40 < y + height

    def test_a_dot_is_drawn_and_read(self, tmp_path):
        points = [[5, 5, 1], [2, 0, 0], [2, 0, 1]]
        write_drawing(tmp_path / "a.svg", points)
        assert read_strokes(tmp_path / "a.svg").points.tolist() == [[0, 0, 1], [2, 0, 0], [2, 0, 1]]

    def test_a_single_dot(self, tmp_path):
        write_drawing(tmp_path / "a.svg", [[5, 5, 1]])
        assert read_strokes(tmp_path / "a.svg").points.tolist() == [[0, 0, 1]]

    def test_a_missing_folder(self, tmp_path):
        with pytest.raises(GatedError, match=r"cannot be written: No such file.*Choose another"):
            write_drawing(tmp_path / "no" / "a.svg", [[0, 0, 1]])


class TestSheet:
    def test_each_drawing_is_scaled_into_its_cell(self):
        drawings = [[[0, 0, 0], [10**k, 3 * 10**k, 1]] for k in range(5)]
        picture = ElementTree.fromstring(sheet_svg(drawings, columns=2, cell=50))
        assert (picture.get("width"), picture.get("height")) == ("100", "150")
        _, *paths = picture.findall(f"{SPACE}path")
        for index, path in enumerate(paths):
            numbers = [float(number) for number in re.findall(r"[\d.]+", path.get("d"))]
            points = np.reshape(numbers, (-1, 2)) - (50 * (index % 2), 50 * (index // 2))
            assert points.min() > 0
            assert points.max() < 50
            assert np.ptp(points, axis=0)[1] == pytest.approx(38, abs=0.02)
            assert (points.min(axis=0) + points.max(axis=0)) / 2 == pytest.approx(
                [25, 25], abs=0.02
            )

    def test_fewer_drawings_than_columns(self):
        picture = ElementTree.fromstring(sheet_svg([[[0, 0, 1]]] * 3))
        assert (picture.get("width"), picture.get("height")) == ("300", "100")

    def test_no_drawing(self):
        with pytest.raises(UsageError, match=r"No drawings are given. Expected at least one. Read"):
            sheet_svg([])

    @pytest.mark.parametrize("choice", [{"columns": 0}, {"cell": -1}])
    def test_numbers_below_1(self, choice):
        with pytest.raises(UsageError, match=rf"{next(iter(choice))}=.*Expected 1 or more. Leave"):
            sheet_svg([[[0, 0, 1]]], **choice)

    def test_a_size_below_1(self):
        with pytest.raises(UsageError, match=r"size=0 is given. Expected 1 or more. Leave it out"):
            drawing_svg([[0, 0, 1]], size=0)


@pytest.mark.skipif(not DATA.exists(), reason="needs shared/data, which is not in the package")
@pytest.mark.parametrize("name", ["omniglot", "short_kanji"])
def test_drawings_of_people_come_back(tmp_path, name):
    data = np.load(DATA / "strokes" / f"{name}.npz")
    ends = np.cumsum(data["valid_len"])[:50]
    for points in np.split(data["valid"][: ends[-1]], ends[:-1]):
        moved = np.flatnonzero(points[:, :2].any(axis=1))
        write_drawing(tmp_path / "a.svg", points)
        found = read_strokes(tmp_path / "a.svg").points
        if len(moved) >= len(points) - 1:  # no point repeats the one before
            np.testing.assert_array_equal(found[1:], points[1:])
            assert len(found) == len(points)
        lines, expected = to_lines(found), to_lines(points)
        assert len(lines) == len(expected)
        np.testing.assert_array_equal(lines[-1][-1], expected[-1][-1] - expected[0][0])


BAD = [
    (np.zeros((3, 2)), r"shape \[3, 2\] and the type float64 are given. Expected numbers \[T, 3\]"
     ".*Give one row"),
    (np.zeros(3), r"shape \[3\].*Expected numbers"),
    (np.full((1, 3), "a"), r"the type <U1 are given. Expected numbers"),
    (np.zeros((0, 3)), "The strokes have no points. Expected at least one. Leave the drawing out"),
    ([[0, 0, 0], [np.nan, 0, 1]], "Point 1 of the strokes is not finite.*Expected finite.*Remove"),
    ([[0, np.inf, 0]], "Point 0 of the strokes is not finite"),
    ([[0, 0, 0.5]], "Point 0 of the strokes has the pen state 0.5. Expected 0, or 1.*Round a"),
    ([[0, 0, 0], [0, 1, 2]], "Point 1 of the strokes has the pen state 2. Expected"),
]  # fmt: skip


@pytest.mark.parametrize(("points", "message"), BAD)
@pytest.mark.parametrize("use", [drawing_svg, to_lines, simplified, lambda p: sheet_svg([p])])
def test_bad_strokes_are_refused_everywhere(use, points, message):
    with pytest.raises(UsageError, match=message):
        use(points)


@pytest.mark.parametrize(("points", "message"), BAD)
def test_bad_strokes_are_no_drawing(points, message):
    with pytest.raises(UsageError, match=message):
        Strokes(np.asarray(points))
