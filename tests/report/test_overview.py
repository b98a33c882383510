"""The overview of all series in a browser: search, sorting, scrolling."""

from collections.abc import Callable
from typing import Any

import numpy as np
from playwright.sync_api import expect

from gated.report import (
    OverviewColumn,
    Series,
    SeriesForecast,
)
from tests.report.example_reports import DAYS, ROWS, one_series, report, texts

Opened = Callable[..., Any]


def test_a_series_is_found_by_its_name(opened: Opened) -> None:
    tab = opened(report([one_series(f"item {i:04d}", 100.0 + i) for i in range(300)]))
    assert 10 < tab.locator(ROWS).count() < 60  # others as it is scrolled
    tab.fill("#search", "0277")
    expect(tab.locator("#label")).to_have_text("item 0277")
    assert tab.locator("#found").text_content() == "1 of 300 series"
    assert "next 14 days 5,278" in tab.locator("#figures").text_content()
    tab.fill("#search", "nothing like it")
    assert tab.locator(ROWS).count() == 0


def test_the_overview_is_sorted_by_its_columns(opened: Opened) -> None:
    made = [one_series(name, level) for name, level in (("b", 300.0), ("c", 100.0), ("a10", 200.0))]
    made.append(one_series("a9", 50.0))
    column = OverviewColumn("next", np.array([300.0, np.nan, 200.5, -50.0]))
    tab = opened(report(made, overview=(column,), sort_by="next"))
    assert tab.locator("#label").text_content() == "b"
    assert texts(tab, f"{ROWS} th") == ["b", "a10", "a9", "c"]
    assert texts(tab, f"{ROWS} td") == ["300", "201", "\N{MINUS SIGN}50", "–"]
    assert tab.locator("#rows [aria-sort]").get_attribute("aria-sort") == "descending"
    tab.click("#rows thead button:has-text('next')")
    assert texts(tab, f"{ROWS} th") == ["a9", "a10", "b", "c"]
    tab.click("#rows thead button:has-text('series')")
    assert texts(tab, f"{ROWS} th") == ["a9", "a10", "b", "c"]
    tab.click(f"{ROWS}:nth-child(3)")
    expect(tab.locator("#label")).to_have_text("a10")
    assert texts(tab, '#rows [aria-selected="true"] th') == ["a10"]


def test_changes_are_written_with_their_sign(opened: Opened) -> None:
    shares = np.array([0.123, -0.0451, 0.0, 12.0, np.nan])
    made = [one_series(str(k)) for k in range(5)]
    tab = opened(report(made, overview=(OverviewColumn("change", shares, "change"),)))
    minus = "\N{MINUS SIGN}"
    assert texts(tab, f"{ROWS} td") == ["+12 %", f"{minus}4.5 %", "±0 %", "> 999 %", "–"]


def test_the_total_stays_on_top(opened: Opened) -> None:
    made = [one_series("All 2 series", 300.0), one_series("a"), one_series("b", 200.0)]
    column = OverviewColumn("next", np.array([300.0, 100.0, 200.0]))
    tab = opened(report(made, overview=(column,), sort_by="next", has_total=True))
    assert tab.locator("#label").text_content() == "All 2 series"
    assert tab.locator("#overview h2").text_content() == "Overview of 2 series"
    assert texts(tab, f"{ROWS} th") == ["All 2 series", "b", "a"]
    tab.click("#rows thead button:has-text('next')")
    assert texts(tab, f"{ROWS} th") == ["All 2 series", "a", "b"]
    tab.fill("#search", "a")
    assert texts(tab, f"{ROWS} th") == ["All 2 series", "a"]
    assert tab.locator("#found").text_content() == "1 of 2 series"


def test_rows_far_below_are_reached(opened: Opened) -> None:
    tab = opened(report([one_series(f"item {i:04d}") for i in range(1000)]))
    tab.locator("#rows").evaluate("place => { place.scrollTop = place.scrollHeight; }")
    tab.locator("#rows th:text-is('item 0999')").click()
    expect(tab.locator("#label")).to_have_text("item 0999")
    height = tab.locator("#rows table").evaluate("table => table.clientHeight")
    assert abs(height - 1001 * 36) <= 36


def test_buttons_and_keys_change_the_series(opened: Opened) -> None:
    tab = opened(report([one_series(name) for name in "abc"]))
    tab.click("#after")
    expect(tab.locator("#label")).to_have_text("b")
    tab.focus("#rows")
    tab.keyboard.press("ArrowDown")
    expect(tab.locator("#label")).to_have_text("c")
    assert texts(tab, '#rows [aria-selected="true"] th') == ["c"]


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
