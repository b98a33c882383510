"""Every panel has its content at its time, in SVG and in text; a picture stacks them."""

import base64
import io
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from rich.console import Console

from gated.errors import UsageError
from gated.plot.colours import ENERGY, INKS, KEPT, averaged, stretched
from gated.plot.panels.heat import HeatMap
from gated.plot.panels.lines import Curves
from gated.plot.panels.nested import Notes, Poses
from gated.plot.panels.picture import INK, MARGIN, Picture
from gated.plot.panels.shaded import Characters, Pixels, Strokes
from gated.plot.panels.words import TimedWord, Words

SPACE = "{http://www.w3.org/2000/svg}"


def elements(picture: Picture, name: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(picture.svg()).iter(f"{SPACE}{name}"))


def labels(picture: Picture) -> list[str]:
    return [str(part.text) for part in elements(picture, "text")]


def decoded(element: ElementTree.Element) -> np.ndarray:
    """The pixels of an embedded PNG."""
    image = pytest.importorskip("PIL.Image", reason="PNG is read by Pillow, which is missing")
    content = str(element.get("href")).removeprefix("data:image/png;base64,")
    return np.asarray(image.open(io.BytesIO(base64.b64decode(content))))


def drawn(picture: Picture, *, colours: bool, width: int = 60) -> str:
    """What a console prints."""
    console = Console(
        file=io.StringIO(),
        width=width,
        force_terminal=colours,
        color_system="truecolor" if colours else None,
        _environ={},
    )
    console.print(picture)
    return console.file.getvalue()  # type: ignore[attr-defined]


def heat(values: np.ndarray, begin: float = 0.0, end: float = 1.0) -> HeatMap:
    return HeatMap("Heat", values, begin, end, KEPT, ((0.0, "top"),))


class TestColours:
    def test_each_colour_of_energy_is_brighter_than_the_one_before(self):
        luminance = ENERGY.colours(np.linspace(0, 1, 64)) @ [0.2126, 0.7152, 0.0722]
        assert (np.diff(luminance) > 0).all()

    def test_inks_are_readable_on_white(self):
        scale, _ = stretched(np.array([0.0, 1.0]), INKS)
        for colour in scale.colours(np.linspace(0, 1, 32)) / 255:
            linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
            assert 1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05) > 2.5

    def test_values_outside_have_the_colours_of_the_ends(self):
        found = KEPT.colours(np.array([-1.0, 0.0, 1.0, 2.0]))
        assert found[0].tolist() == found[1].tolist() != found[2].tolist() == found[3].tolist()
        assert KEPT.hex(1.0) == "#1f5f9e"

    def test_equal_values_are_not_stretched_to_a_difference(self):
        scale, values = stretched(np.array([0.4, 0.4]))
        assert values.tolist() == [0.0, 0.0]
        assert (scale.low, scale.high) == ("40 % kept", "40 %")

    def test_averages_of_unequal_parts(self):
        assert averaged(np.arange(5.0)[None], 2).tolist() == [[0.5, 3.0]]


class TestHeatMap:
    def test_the_first_row_is_at_the_top_and_time_goes_to_the_right(self):
        picture = Picture("A", [heat(np.array([[0.0, 1.0], [1.0, 1.0]]))], 0.0, 1.0)
        pixels = decoded(elements(picture, "image")[0])
        low, high = KEPT.colours(np.array([0.0, 1.0])).tolist()
        assert pixels.tolist() == [[low, high], [high, high]]

    def test_it_lies_between_its_times_on_the_axis(self):
        picture = Picture("A", [heat(np.ones((2, 2)), 0.25, 0.75)], 0.0, 1.0)
        image = elements(picture, "image")[0]
        assert float(image.get("x")) == pytest.approx(64 + 0.25 * 920)
        assert float(image.get("width")) == pytest.approx(0.5 * 920)

    def test_many_columns_are_averaged(self):
        values = np.tile([0.0, 1.0], 4_000)[None]
        pixels = decoded(elements(Picture("A", [heat(values)], 0.0, 1.0), "image")[0])
        assert pixels.shape[1] == 1_600

    def test_text_has_shades_without_colours_and_half_blocks_with_them(self):
        picture = Picture("A", [heat(np.array([[1.0], [0.0]]))], 0.0, 1.0)
        plain = drawn(picture, colours=False)
        assert plain.splitlines()[1] == "  top │" + "█" * (60 - MARGIN)
        assert "\x1b" not in plain
        coloured = drawn(picture, colours=True)
        assert "▀" in coloured
        assert "38;2;31;95;158" in coloured  # the colour of 1

    def test_ascii_has_no_other_character(self):
        text = Picture("A", [heat(np.array([[1.0, 0.0]]))], 0.0, 1.0).render(40, ascii_only=True)
        assert text.plain.isascii()
        assert "#" in text.plain

    def test_values_that_are_not_finite_or_none_are_refused(self):
        for values in (np.array([[np.nan]]), np.zeros((0, 3)), np.zeros(3)):
            with pytest.raises(UsageError, match="Expected finite numbers"):
                heat(values)


class TestWords:
    def test_a_word_has_its_label_and_a_bar_at_its_time(self):
        words = Words([TimedWord("seven", 1.0, 2.0, 0.987)], "", 0.0, 4.0)
        picture = Picture("A", [words], 0.0, 4.0)
        assert "seven (99 %)" in labels(picture)
        (bar,) = elements(picture, "rect")
        assert float(bar.get("x")) == pytest.approx(64 + 0.25 * 920)
        assert float(bar.get("width")) == pytest.approx(0.25 * 920)

    def test_labels_never_overlap(self):
        words = [TimedWord("word", 0.01 * index, 0.01 * index + 0.01, 0.5) for index in range(12)]
        picture = Picture("A", [Words(words, "", 0.0, 1.0)], 0.0, 1.0)
        texts = [part for part in elements(picture, "text") if str(part.text).startswith("word")]
        places = [(float(part.get("y")), float(part.get("x"))) for part in texts]
        assert len(places) == 12
        for row in {y for y, _ in places}:
            assert (np.diff(sorted(x for y, x in places if y == row)) > 7 * 11).all()
        for line in str(picture).splitlines()[:-1]:
            assert re.fullmatch(r"( +word \(50 %\))+", line)
        assert str(picture).count("word") == 12

    def test_markup_of_a_word_is_text(self):
        words = Words([TimedWord("<b>&", 0.0, 1.0, 1.0)], "", 0.0, 1.0)
        assert "<b>& (100 %)" in labels(Picture("A", [words], 0.0, 1.0))

    def test_a_label_at_the_end_stays_within_the_picture(self):
        words = Words([TimedWord("a long word", 0.99, 1.0, 1.0)], "", 0.0, 1.0)
        (label,) = [
            t for t in elements(Picture("A", [words], 0, 1), "text") if "long" in str(t.text)
        ]
        assert float(label.get("x")) + 7 * 19 / 2 <= 1000
        assert len(str(Picture("A", [words], 0.0, 1.0)).splitlines()[0]) <= 80


class TestCurves:
    def test_a_curve_rises_upwards(self):
        curves = Curves("C", np.array([[0.0, 0.5, 1.0]]), 0.0, 3.0, 0.0, 1.0, percents=True)
        picture = Picture("A", [curves], 0.0, 3.0)
        (line,) = elements(picture, "polyline")
        points = [tuple(map(float, pair.split(","))) for pair in str(line.get("points")).split()]
        assert [x for x, _ in points] == sorted(x for x, _ in points)
        assert [y for _, y in points] == sorted((y for _, y in points), reverse=True)
        assert {"0 %", "100 %"} <= set(labels(picture))

    def test_text_has_the_ends_of_the_axis(self):
        curves = Curves("C", np.linspace(0, 1, 500)[None], 0.0, 3.0, 0.0, 1.0, percents=True)
        lines = str(Picture("A", [curves], 0.0, 3.0)).splitlines()
        assert lines[1].startswith("100 % │")
        assert lines[5].startswith("  0 % │")
        assert lines[1].endswith("█")

    def test_a_constant_channel_has_an_axis(self):
        curves = Curves("C", np.full((1, 4), 5.0), 0.0, 3.0)
        assert len(elements(Picture("A", [curves], 0.0, 3.0), "polyline")) == 1


class TestShaded:
    def test_each_character_has_the_ground_of_its_share(self):
        picture = Picture("A", [Characters("", "a<\n", np.array([0.2, 0.8, 0.5]))], 0.0, 3.0, "")
        scale, _ = stretched(np.array([0.2, 0.8]))
        assert [part.get("fill") for part in elements(picture, "rect")][:2] == [
            scale.hex(0.0),
            scale.hex(1.0),
        ]
        assert {"a", "<", "↵", "20 % kept", "80 %"} <= set(labels(picture))

    def test_plain_text_has_a_line_of_shades_below(self):
        picture = Picture("A", [Characters("", "abc", np.array([0.0, 0.5, 1.0]))], 0.0, 3.0, "")
        assert drawn(picture, colours=False).splitlines()[:2] == [" " * 7 + "abc", " " * 7 + " ▒█"]
        assert "48;2;" in drawn(picture, colours=True)

    def test_a_text_without_shares_has_no_shade(self):
        picture = Picture("A", [Characters("", "abc")], 0.0, 3.0, None)
        assert elements(picture, "rect") == []
        assert str(picture) == " " * 7 + "abc"

    def test_a_line_goes_to_each_point_but_the_first_of_a_stroke(self):
        places = np.array([[0.0, 0.0], [1.0, 1.0], [2.0, 0.0], [3.0, 1.0]])
        lifted = np.array([False, True, False, True])
        panel = Strokes("", [(places, lifted)], "", [np.array([0.1, 0.2, 0.3, 0.9])])
        picture = Picture("A", [panel], 0.0, 4.0, "")
        assert len(elements(picture, "path")) == 2
        assert len(elements(picture, "circle")) == 2
        scale, _ = stretched(np.array([0.0, 1.0]), INKS)
        assert elements(picture, "path")[-1].get("stroke") == scale.hex(1.0)

    def test_drawings_without_shares_have_one_colour(self):
        one = (np.array([[0.0, 0.0], [1.0, 1.0]]), np.array([False, True]))
        picture = Picture("A", [Strokes("", [one] * 9, "")], 0.0, 4.0, None)
        assert len({path.get("stroke") for path in elements(picture, "path")}) == 1
        assert len({(r.get("x"), r.get("y")) for r in elements(picture, "rect")}) == 9

    def test_the_map_of_pixels_is_beside_the_image_and_grey_between_images(self):
        shares = np.array([[0.2, np.nan, 0.8]])
        panel = Pixels("", np.array([[0, 128, 255]], np.uint8), "", shares)
        image, found, _ = elements(Picture("A", [panel], 0.0, 3.0, ""), "image")
        assert decoded(image)[0].tolist() == [[0] * 3, [128] * 3, [255] * 3]
        scale, _ = stretched(np.array([0.2, 0.8]))
        low, high = scale.colours(np.array([0.0, 1.0])).tolist()
        assert decoded(found)[0].tolist() == [low, [128] * 3, high]
        assert float(found.get("x")) > float(image.get("x")) + float(image.get("width"))


class TestNested:
    def test_seconds_of_a_piano_roll_are_those_of_the_axis(self):
        notes = np.array([[0.0, 1.0, 60, 0], [4.0, 1.0, 62, 0]])
        panel = Notes("", notes, np.zeros((32, 88), bool), 60.0, 8.0)
        picture = Picture("A", [panel, heat(np.ones((1, 1)), 4.0, 5.0)], 0.0, 8.0)
        second = elements(picture, "rect")[-1]
        nested = elements(picture, "svg")[1]
        assert float(nested.get("x")) + float(second.get("x")) == pytest.approx(
            float(elements(picture, "image")[0].get("x")), abs=0.5
        )

    def test_a_pose_stands_above_the_time_of_its_frame(self):
        positions = np.zeros((120, 2, 3))
        positions[:, 1, 1] = 1.0
        picture = Picture("A", [Poses("", positions, np.array([[0, 1]]))], 0.0, 4.0)
        frames = [int(label) for label in labels(picture)[:12]]
        assert frames == [5, 15, 25, 35, 45, 55, 65, 75, 85, 95, 105, 115]
        assert str(picture) == ""  # a terminal is too coarse


class TestPicture:
    def test_it_is_well_formed_and_its_title_is_text(self):
        picture = Picture("<A & B>", [heat(np.ones((2, 3)))], 0.0, 1.0, notes=("It keeps 5 %.",))
        root = ElementTree.fromstring(picture.svg())
        assert root.find(f"{SPACE}title").text == "<A & B>"  # type: ignore[union-attr]
        assert any("It keeps" in label for label in labels(picture))

    def test_long_notes_are_wrapped_within_the_picture(self):
        picture = Picture("A", [heat(np.ones((2, 3)))], 0.0, 1.0, notes=("word " * 80,))
        notes = [label for label in labels(picture) if label.startswith("word")]
        assert len(notes) > 1
        assert max(map(len, notes)) * 6 <= 968
        last = max(float(part.get("y")) for part in elements(picture, "text"))
        assert last < float(ElementTree.fromstring(picture.svg()).get("height"))

    def test_steps_are_named_on_an_axis_without_a_unit(self):
        picture = Picture("A", [heat(np.ones((2, 3)), 0.0, 30.0)], 0.0, 30.0, "")
        assert "step" in labels(picture)
        assert str(picture).splitlines()[-1].startswith("step   0")

    def test_lines_fit_the_width(self):
        words = Words([TimedWord("seven", 0.0, 1.0, 0.5)], "Words", 0.0, 1.0)
        picture = Picture("A", [words, heat(np.ones((2, 300)))], 0.0, 1.0)
        for width in (19, 40, 100):
            assert (
                max(map(len, picture.render(width, ascii_only=False).plain.splitlines()[2:]))
                <= width
            )

    def test_an_axis_without_length_is_refused(self):
        with pytest.raises(UsageError, match=r"from 1 to 1 is given. Expected an end after"):
            Picture("A", [], 1.0, 1.0)

    def test_a_narrow_picture_is_refused(self):
        with pytest.raises(UsageError, match=r"A width of 200 is given. Expected at least 300"):
            Picture("A", [], 0.0, 1.0).svg(200)

    def test_ink_is_readable_on_white_and_on_black(self):
        grey = int(INK[1:3], 16) / 255
        linear = ((grey + 0.055) / 1.055) ** 2.4
        assert 1.05 / (linear + 0.05) > 4.5
        assert (linear + 0.05) / 0.05 > 4.5


def test_a_curve_has_gaps_where_values_are_missing() -> None:
    values = np.array([[1.0, np.nan, 2.0, 3.0, np.nan]])
    picture = Picture("gaps", [Curves("curve", values, 0.0, 5.0)], 0.0, 5.0)
    lines = re.findall(r'<polyline points="([^"]*)"', picture.svg())
    assert [len(line.split()) for line in lines] == [2, 2]  # a dot, and a line
    assert "nan" not in picture.svg()
    assert "curve" in str(picture)
