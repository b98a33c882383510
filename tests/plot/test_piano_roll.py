"""Pictures of music: every note at its place, marks of time and pitch, and bad arrays."""

from xml.etree import ElementTree

import numpy as np
import pytest

from gated.errors import UsageError
from gated.plot import piano_roll_svg, piano_roll_text
from gated.plot.piano_roll import _COLOURS, _INK

SPACE = "{http://www.w3.org/2000/svg}"
NOTES = [(0.0, 1.0, 60, 0), (1.0, 2.0, 64, 0), (2.0, 6.0, 48, 1)]


def parts(picture: str, name: str) -> list[ElementTree.Element]:
    return ElementTree.fromstring(picture).findall(f"{SPACE}{name}")


def bars(picture: str) -> list[ElementTree.Element]:
    return [part for part in parts(picture, "rect") if "class" in part.attrib]


def labels(picture: str) -> list[str]:
    return [str(part.text) for part in parts(picture, "text")]


def roll_of(*runs: tuple[int, int, int], steps: int = 16) -> np.ndarray:
    roll = np.zeros((steps, 88), dtype=bool)
    for pitch, begin, end in runs:
        roll[begin:end, pitch - 21] = True
    return roll


class TestPicture:
    def test_time_goes_to_the_right_and_pitch_upwards(self):
        first, second, third = bars(piano_roll_svg(NOTES))
        left = [float(bar.get("x")) for bar in (first, second, third)]
        assert left[0] < left[1] < left[2]
        assert left[2] - left[1] == pytest.approx(left[1] - left[0], abs=0.02)  # two decimals
        down = [float(bar.get("y")) for bar in (first, second, third)]
        assert down[0] - down[1] == 4 * 7
        assert down[2] - down[0] == 12 * 7

    def test_voices_have_colours(self):
        colours = [bar.get("fill") for bar in bars(piano_roll_svg(NOTES))]
        assert colours[0] == colours[1] != colours[2]

    def test_octaves_bars_and_seconds_are_marked(self):
        assert labels(piano_roll_svg(NOTES)) == ["C3", "C4", "1", "2"]
        assert labels(piano_roll_svg(NOTES, quarters_per_bar=3)) == ["C3", "C4", "1", "2", "3"]
        assert labels(piano_roll_svg(NOTES, tempo=120)) == ["C3", "C4", "0 s", "1 s", "2 s", "3 s"]

    @pytest.mark.parametrize(("tempo", "expected"), [(None, ["1", "17"]), (60, ["0 s", "50 s"])])
    def test_labels_of_a_long_piece_do_not_overlap(self, tempo, expected):
        picture = piano_roll_svg([(0, 1000, 60, 0)], tempo=tempo)
        of_time = labels(picture)[1:]
        assert of_time[:2] == expected
        left = [float(part.get("x")) for part in parts(picture, "text")][1:]
        assert np.diff(left).min() >= 46

    def test_a_roll_gives_the_notes_of_its_runs(self):
        roll = roll_of((60, 0, 4), (64, 4, 12), (48, 8, 16))
        same = [(0, 1, 60, 0), (1, 2, 64, 0), (2, 2, 48, 0)]
        found, expected = (
            sorted((bar.get("x"), bar.get("y"), bar.get("width")) for bar in bars(picture))
            for picture in (piano_roll_svg(roll), piano_roll_svg(same))
        )
        assert found == expected

    def test_without_notes(self):
        for nothing in ([], np.zeros((0, 88), dtype=bool), np.zeros((4, 88), dtype=bool)):
            picture = piano_roll_svg(nothing)
            assert bars(picture) == []
            assert labels(picture) == ["C4", "1"]

    def test_the_title_is_text(self):
        (title,) = parts(piano_roll_svg(NOTES, title="<b> & c"), "title")
        assert title.text == "<b> & c"

    @pytest.mark.parametrize("colour", [*_COLOURS, _INK])
    def test_colours_are_readable_on_light_and_dark_pages(self, colour):
        """WCAG 2.1 asks for a contrast of 3 for graphics."""
        assert contrast(colour, "#ffffff") >= 3
        assert contrast(colour, "#111111") >= 3


class TestText:
    def test_two_pitches_a_line(self):
        text = piano_roll_text(roll_of((60, 0, 2), (61, 1, 3), (62, 2, 4), (71, 0, 1), steps=4))
        assert text.splitlines() == [
            "C5 ┤▄", "   │", "   │", "   │", "   │", "   │ ▄█▀", "C4 ┤▀▀"
        ]  # fmt: skip

    def test_no_line_is_longer_than_the_width(self):
        text = piano_roll_text(roll_of((60, 0, 1), (62, 999, 1000), steps=1000), width=40)
        assert max(map(len, text.splitlines())) <= 40
        assert text.splitlines()[-1] == "C4 ┤▀"

    def test_ascii(self):
        text = piano_roll_text(
            roll_of((60, 0, 1), (61, 1, 2), (62, 1, 2), steps=2), ascii_only=True
        )
        assert text.isascii()
        assert text.splitlines()[-2:] == ["   | #", "C4 +'"]

    def test_the_lowest_and_highest_keys(self):
        lines = piano_roll_text(roll_of((21, 0, 1), (108, 0, 1), steps=1)).splitlines()
        assert [line for line in lines if "▀" in line or "▄" in line] == ["C8 ┤▀", "   │▄"]

    def test_without_notes(self):
        assert piano_roll_text(np.zeros((0, 88))).splitlines()[0] == "C5 ┤"

    def test_a_width_without_space_for_notes(self):
        with pytest.raises(UsageError, match=r"A width of 7 is given. Expected at least 8. Choose"):
            piano_roll_text(roll_of((60, 0, 1)), width=7)


BAD_NOTES = [
    np.zeros((2, 3)), np.zeros(4), [(0, 1, 128, 0)], [(0, np.nan, 60, 0)], [(-1, 1, 60, 0)],
    [("a", "b", "c", "d")],
]  # fmt: skip


class TestBadArrays:
    @pytest.mark.parametrize("notes", BAD_NOTES)
    def test_notes(self, notes):
        with pytest.raises(UsageError, match=r"are given, or.*Expected \[N, 4\].*Give one row"):
            piano_roll_svg(notes)

    @pytest.mark.parametrize("roll", [np.full((2, 88), 0.5), np.zeros((2, 87)), np.zeros(88)])
    def test_rolls(self, roll):
        with pytest.raises(UsageError, match=r"is given, or.*Expected \[T, 88\] of bool. Choose"):
            piano_roll_text(roll)

    @pytest.mark.parametrize(
        "choice",
        [{"tempo": 0}, {"width": -1}, {"steps_per_quarter": 0}, {"quarters_per_bar": np.nan}],
    )
    def test_numbers(self, choice):
        with pytest.raises(UsageError, match=rf"{next(iter(choice))}=.* Expected.*Leave it out"):
            piano_roll_svg(NOTES, **choice)


def contrast(one: str, other: str) -> float:
    """The contrast of two colours by WCAG 2.1."""
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    channels = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))
