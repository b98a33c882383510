"""The page in a browser: charts, search, zoom, read-outs, wide and narrow screens."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from gated.report import LineChart, ReportTable, Series, SeriesForecast
from tests.report.example_reports import DAYS, H, hostile, one_series, report

Opened = Callable[..., Any]


def texts(tab: Any, selector: str) -> list[str]:
    return [str(text) for text in tab.locator(selector).all_text_contents()]


def test_the_first_chart_is_drawn(opened: Opened) -> None:
    tab = opened(report([one_series("a"), one_series("b")]))
    assert tab.locator("#label").text_content() == "a"
    for kind in ("past", "median", "band", "cutoff"):
        assert tab.locator(f"#plot .{kind}").count() == 1
    assert tab.locator("#plot .past").get_attribute("d").count("L") > 30
    assert tab.locator("#plot").get_attribute("aria-label").startswith("a: forecast after its")
    assert tab.locator(".curves > svg").count() == 2
    assert texts(tab, ".best") == ["0.700"]


def test_a_series_is_found_by_its_name(opened: Opened) -> None:
    tab = opened(report([one_series(f"item {i:04d}", 100.0 + i) for i in range(300)]))
    assert tab.locator("#list li").count() == 60  # more as it is scrolled
    tab.fill("#search", "0277")
    expect(tab.locator("#label")).to_have_text("item 0277")
    assert tab.locator("#found").text_content() == "1 of 300 series"
    tab.fill("#search", "nothing like it")
    assert tab.locator("#list li").count() == 0
    tab.fill("#search", "")
    tab.select_option("#sort", "MASE")
    assert tab.locator("#list li").first.text_content() == "item 02993.99"


def test_buttons_and_keys_change_the_series(opened: Opened) -> None:
    tab = opened(report([one_series(name) for name in "abc"]))
    tab.click("#after")
    expect(tab.locator("#label")).to_have_text("b")
    tab.focus("#list")
    tab.keyboard.press("ArrowDown")
    expect(tab.locator("#label")).to_have_text("c")
    assert tab.locator('#list [aria-selected="true"]').text_content() == "c"


def test_the_keyboard_reads_out_values(opened: Opened) -> None:
    one = one_series("a")
    tab = opened(report([one]))
    tab.focus("#plot")
    tab.keyboard.press("ArrowRight")
    first = tab.locator("#readout").text_content()
    assert "2023-05-01" in first
    assert f"forecast {one.forecasts[0].median[0]:.1f}".rstrip("0").rstrip(".") in first
    assert "80 %:" in first
    tab.keyboard.press("ArrowLeft")
    before = tab.locator("#readout").text_content()
    assert "2023-04-30" in before
    assert "observed" in before
    assert tab.locator("#readout").get_attribute("aria-live") == "polite"


def test_pointing_reads_out_and_dragging_zooms(opened: Opened) -> None:
    tab = opened(report([one_series("a")]))
    box = tab.locator("#plot").bounding_box()
    middle = box["y"] + 100
    tab.mouse.move(box["x"] + 300, middle)
    assert tab.locator("#readout").text_content()
    before = texts(tab, "#plot text")
    tab.mouse.down()
    tab.mouse.move(box["x"] + 500, middle)
    tab.mouse.up()
    assert texts(tab, "#plot text") != before
    tab.dblclick("#plot")
    whole = texts(tab, "#plot text")
    tab.click("#in")
    assert texts(tab, "#plot text") != whole
    tab.click("#whole")
    assert texts(tab, "#plot text") == whole


def test_parts_can_be_hidden_and_competitors_shown(opened: Opened) -> None:
    tab = opened(report([one_series("a", cutoffs=3)]))
    assert tab.locator("#plot .cutoff").count() == 3
    assert tab.locator("#plot .competitor").count() == 0  # shown after a click
    tab.click("#legend button:has-text('naive')")
    assert tab.locator("#plot .competitor").count() == 3
    tab.click("#legend button:has-text('80 % interval')")
    assert tab.locator("#plot .band").count() == 0


def test_the_values_are_available_as_a_table(opened: Opened) -> None:
    tab = opened(report([one_series("a")]))
    tab.click("#values summary")
    tab.wait_for_selector("#values tbody")
    assert tab.locator("#values tbody tr").count() == 120 + H
    assert "80 % interval" in texts(tab, "#values th")


def test_tables_can_be_sorted(opened: Opened) -> None:
    tab = opened(report([one_series("a")]))
    tab.click("table.sortable thead button:has-text('method')")
    assert texts(tab, "table.sortable tbody th") == ["drift", "gated", "naive"]
    assert tab.locator("table.sortable th[aria-sort]").get_attribute("aria-sort") == "ascending"


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_the_page_is_never_wider_than_the_screen(opened: Opened, width: int) -> None:
    long_name = "a-very-long-name-without-any-space-in-it-" * 4
    tab = opened(
        report([one_series(long_name), one_series("b")], title=long_name),
        viewport={"width": width, "height": 800},
    )
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_a_line_chart_without_values_is_not_drawn(opened: Opened) -> None:
    nothing = LineChart("Error", "steps", "MASE", np.arange(3.0), {"gated": np.full(3, np.nan)})
    tab = opened(report([one_series("a")], line_charts=(nothing,)))
    assert tab.locator("[data-curve] svg").count() == 0
    assert tab.locator("[data-coverage] svg").count() > 0


def test_numbers_are_not_broken_on_a_phone(opened: Opened) -> None:
    tab = opened(report([one_series("a")]), viewport={"width": 360, "height": 800})
    heights = tab.locator("table.sortable tbody :is(th, td)").evaluate_all(
        "all => all.map(td => td.clientHeight)"
    )
    assert max(heights) < 45  # one line


def test_the_page_follows_the_dark_mode(opened: Opened) -> None:
    tab = opened(report([one_series("a")]), color_scheme="dark")
    colour = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    assert max(int(part) for part in colour.removeprefix("rgb(").rstrip(")").split(",")) < 60
    light = opened(report([one_series("a")]), color_scheme="light")
    assert light.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_text_of_the_script_is_not_markup(opened: Opened) -> None:
    text = "<b>bold</b>\"'><img src=x>"
    tab = opened(hostile(text))
    assert tab.locator("b, img").count() == 0
    tab.click("#legend button:last-child")
    tab.select_option("#sort", text)
    tab.click("#values summary")
    tab.focus("#plot")
    tab.keyboard.press("ArrowRight")
    assert text in tab.locator("#readout").text_content()
    assert texts(tab, "#list li:first-child span") == [text, text]
    assert tab.locator("b, img").count() == 0


def test_text_cells_are_sorted_as_text(opened: Opened) -> None:
    table = ReportTable("methods", ("name", "kind"), (("a", "x"), ("b", "w"), ("c", "y")))
    tab = opened(report([one_series("a")], tables=(table,)))
    tab.click("table.sortable thead button:has-text('kind')")
    assert texts(tab, "table.sortable tbody th") == ["b", "a", "c"]


def test_the_text_is_visible_without_scripts(opened: Opened) -> None:
    tab = opened(report([one_series("a")]), java_script_enabled=False)
    body = tab.locator("body").text_content()
    assert "31\N{NO-BREAK SPACE}% more accurate" in body
    assert tab.locator("noscript").count() == 1
    assert texts(tab, "table.sortable tbody th") == ["gated", "naive", "drift"]


def odd(label: str, y: Any, ahead: Any) -> Series:
    past, median = np.asarray(y, dtype=float), np.asarray(ahead, dtype=float)
    after = DAYS[len(past) : len(past) + len(median)]
    bands = {80.0: (median, median)} if label != "no bands" else {}
    return Series(label, DAYS[: len(past)], past, (SeriesForecast(after, median, bands),))


@pytest.mark.parametrize(
    ("label", "y", "ahead"),
    [
        ("all missing", [np.nan] * 5, [1.0, 2.0]),
        ("constant", [5.0] * 9, [5.0] * 3),
        ("huge", [1e300, -1e300, 1e300], [1e300]),
        ("one step", [1.0, 2.0, 3.0], [4.0]),
        ("no past", [], [4.0, 5.0]),
        ("gaps", [1.0, np.nan, 3.0, np.nan, np.nan, 2.0], [1.0, 1.0]),
        ("no bands", [1.0, 2.0], [3.0, 4.0]),
        ("all zero", [0.0] * 6, [0.0] * 2),
    ],
)
def test_odd_series_are_drawn(opened: Opened, label: str, y: Any, ahead: Any) -> None:
    tab = opened(report([odd(label, y, ahead)]))
    drawn = tab.locator("#plot svg").inner_html()
    assert "NaN" not in drawn
    assert "Infinity" not in drawn
    assert tab.locator("#plot .median").count() >= 1


def test_numbered_steps_are_an_axis_too(opened: Opened) -> None:
    one = Series(
        "a", np.arange(50), np.arange(50.0), (SeriesForecast(np.arange(50, 55), np.ones(5), {}),)
    )
    tab = opened(report([one]))
    tab.focus("#plot")
    tab.keyboard.press("End")
    assert "step 54" in tab.locator("#readout").text_content()


def test_thousands_of_points_are_thinned_to_the_screen(opened: Opened) -> None:
    y = np.random.default_rng(0).normal(size=20_000)
    y[12_345] = 50.0  # must stay visible
    hours = (np.datetime64("2020-01-01") + np.arange(20_100) * np.timedelta64(1, "h")).astype(
        "M8[ns]"
    )
    one = Series("a", hours[:20_000], y, (SeriesForecast(hours[20_000:], np.zeros(100), {}),))
    tab = opened(report([one]))
    tab.click("#whole")
    path = tab.locator("#plot .past").get_attribute("d")
    assert path.count("L") < 5_000
    assert "60" in texts(tab, "#plot text")


def test_ten_thousand_series_stay_usable(opened: Opened) -> None:
    rng = np.random.default_rng(0)
    made = []
    for index in range(10_000):
        y = rng.normal(100, 20, 228)
        bands = {80.0: (y[200:] - 20, y[200:] + 20)}
        ahead = (SeriesForecast(DAYS[200:228], y[200:], bands),)
        made.append(Series(f"item {index:05d}", DAYS[:200], y[:200], ahead))
    tab = opened(report(made))
    size = tab.evaluate("document.documentElement.outerHTML.length")
    assert size < 15_000_000
    assert tab.locator("#plot .past").get_attribute("d").count("L") > 50
    tab.fill("#search", "09999")
    expect(tab.locator("#label")).to_have_text("item 09999")


def test_a_screenshot_is_not_blank(opened: Opened) -> None:
    tab = opened(report([one_series("a")]))
    blank = tab.context.new_page().screenshot()
    assert len(tab.screenshot()) > 3 * len(blank)
