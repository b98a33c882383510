"""Stick figures: the page in a browser, the row of poses, and what is refused."""

import html
import re
import time
import xml.etree.ElementTree as ET
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from gated.errors import UsageError
from gated.plot import stick_figure_page, stick_figure_svg

BONES = np.array([[0, 1], [1, 2]])


def walk(frames: int = 31) -> np.ndarray:
    """[frames, 3, 3] a leg of 100 units that walks along x and bends."""
    at = np.linspace(0, 1, frames)
    points = np.zeros((frames, 3, 3))
    points[:, 0] = np.stack([500 * at, np.full(frames, 100), 0 * at], axis=1)
    points[:, 1] = points[:, 0] + [0, -50, 0]
    points[:, 2] = points[:, 1] + np.stack([20 * np.sin(9 * at), -50 + 0 * at, 0 * at], 1)
    return points


class TestRow:
    def test_poses_at_equal_distances_in_time(self):
        root = ET.fromstring(stick_figure_svg(walk(), BONES, frames=4))
        names = [element.tag.split("}")[1] for element in root]
        assert names == ["path", "text"] * 4
        assert [element.text for element in root if element.text] == ["0", "10", "20", "30"]
        assert all(path.get("d").count("M") == 2 for path in root if path.get("d"))

    def test_all_lines_are_inside_the_picture_and_upright(self):
        root = ET.fromstring(stick_figure_svg(walk(), BONES))
        _, _, width, height = map(float, root.get("viewBox").split())
        for path in root.iter("{http://www.w3.org/2000/svg}path"):
            numbers = np.array(re.findall(r"-?[\d.]+", path.get("d")), dtype=np.float64)
            x, y = numbers[::2], numbers[1::2]
            assert (x >= 0).all()
            assert (x <= width).all()
            assert (y >= 0).all()
            assert (y <= height).all()
            assert y[0] < y[-1]  # the hip above the foot: y of an SVG points downwards

    def test_fewer_frames_than_poses(self):
        assert stick_figure_svg(walk(3), BONES, frames=12).count("<path") == 3
        assert stick_figure_svg(np.zeros((1, 3, 3)), BONES).count("<path") == 1

    def test_no_pose(self):
        with pytest.raises(UsageError, match=r"frames=0 is given. Expected at least one.*Pass 12"):
            stick_figure_svg(walk(), BONES, frames=0)


class TestInput:
    @pytest.mark.parametrize(
        "draw", [stick_figure_svg, lambda *one: stick_figure_page(*one, 1, "")]
    )
    @pytest.mark.parametrize(
        ("points", "bones", "message"),
        [
            (
                np.zeros((0, 3, 3)),
                BONES,
                r"shape \[0, 3, 3\] are given. Expected \[T, P, 3\].*Pass",
            ),
            (np.zeros((4, 3)), BONES, r"shape \[4, 3\] are given. Expected"),
            (np.full((2, 3, 3), np.nan), BONES, r"not finite.*Expected finite numbers. Leave out"),
            (
                walk(),
                np.array([[0, 3]]),
                r"Expected whole numbers \[B, 2\] from 0 to 2.*Check that",
            ),
            (walk(), np.array([[0, -1]]), r"Bones of the shape \[1, 2\]"),
            (walk(), np.array([0, 1]), r"Bones of the shape \[2\]"),
            (walk(), BONES * 1.0, r"the type float64 are given"),
        ],
    )
    def test_arrays_that_are_no_figure(self, draw, points, bones, message):
        with pytest.raises(UsageError, match=message):
            draw(points, bones)

    @pytest.mark.parametrize("frame_time", [0, -1, float("nan")])
    def test_the_frame_time(self, frame_time):
        with pytest.raises(
            UsageError, match=r"A frame time of .* Expected a positive.*Pass 1 / 30"
        ):
            stick_figure_page(walk(), BONES, frame_time, "walk")


class TestPage:
    def test_a_title_is_no_markup(self):
        title = "</title><script>alert(1)</script>"
        page = stick_figure_page(walk(), BONES, 0.1, title)
        assert title not in page
        assert html.escape(title) in page

    def test_it_plays_scrubs_turns_and_loads_nothing(self, browser, tmp_path):
        with opened(browser, tmp_path, stick_figure_page(walk(), BONES, 0.1, "walk")) as tab:
            assert tab.locator("#clock").text_content().endswith("of 3.0 s")
            # Asked from here: the policy of the page forbids to compile a condition in it.
            wait_until(tab, lambda: seconds(tab) > 0.2)
            tab.click("#play")
            assert tab.locator("#play").get_attribute("aria-label") == "Play"
            tab.locator("#time").fill("15")
            assert tab.locator("#clock").text_content() == "1.5 of 3.0 s"
            middle = picture(tab)
            tab.focus("#stage")
            tab.keyboard.press("ArrowRight")
            assert tab.locator("#clock").text_content() == "1.6 of 3.0 s"
            assert picture(tab) != middle
            tab.keyboard.press("ArrowLeft")
            assert picture(tab) == middle
            box = tab.locator("#stage").bounding_box()
            tab.mouse.move(box["x"] + 300, box["y"] + 150)
            tab.mouse.down()
            tab.mouse.move(box["x"] + 420, box["y"] + 130)
            tab.mouse.up()
            assert picture(tab) != middle
            tab.click("#reset")
            assert picture(tab) == middle

    def test_one_frame_and_reduced_motion_do_not_play(self, browser, tmp_path):
        page = stick_figure_page(walk(1), BONES, 0.1, "pose")
        with opened(browser, tmp_path, page) as tab:
            assert tab.locator("#play").get_attribute("aria-label") == "Play"
        page = stick_figure_page(walk(), BONES, 0.1, "walk")
        with opened(browser, tmp_path, page, reduced_motion="reduce") as tab:
            assert tab.locator("#play").get_attribute("aria-label") == "Play"
            assert tab.locator("#clock").text_content() == "0.0 of 3.0 s"

    def test_dark_and_light_differ(self, browser, tmp_path):
        pictures = []
        for scheme in ("light", "dark"):
            page = stick_figure_page(walk(1), BONES, 0.1, "pose")
            with opened(browser, tmp_path, page, color_scheme=scheme) as tab:
                pictures.append(picture(tab))
        assert pictures[0] != pictures[1]

    def test_without_scripts_the_row_of_poses_is_shown(self, browser, tmp_path):
        page = stick_figure_page(walk(), BONES, 0.1, "walk")
        with opened(browser, tmp_path, page, java_script_enabled=False) as tab:
            assert tab.locator("noscript svg path").count() == 12


@contextmanager
def opened(browser, folder: Path, page: str, **options):
    """A page in the browser; at the end there was no message and no request to a server."""
    path, found = folder / "page.html", []
    path.write_text(page, encoding="utf-8")
    context = browser.new_context(**options)
    tab = context.new_page()
    tab.on("console", lambda message: found.append(message.text))
    tab.on("pageerror", lambda error: found.append(str(error)))
    tab.on("request", lambda request: found.append(request.url))
    tab.goto(path.as_uri())
    if options.get("java_script_enabled", True):
        tab.wait_for_selector("html[data-ready]", timeout=20_000)
    yield tab
    context.close()
    assert found == [path.as_uri()]


def wait_until(tab, condition, timeout: float = 20) -> None:
    """Ask again and again for `timeout` seconds; the page goes on in between."""
    end = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < end, f"not within {timeout} s"
        tab.wait_for_timeout(50)


def seconds(tab) -> float:
    return float(tab.locator("#clock").text_content().split()[0])


def picture(tab) -> str:
    return tab.evaluate("document.querySelector('#stage').toDataURL()")
