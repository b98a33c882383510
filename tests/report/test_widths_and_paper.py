"""The page on wide and narrow screens, in dark colours, on paper and without scripts."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gated.report import (
    Headline,
    OverviewColumn,
    ReportTable,
    page,
)
from tests.report.example_reports import ROWS, H, one_series, report, texts

Opened = Callable[..., Any]


@pytest.mark.parametrize("width", [360, 390, 768, 1440])
def test_the_page_is_never_wider_than_the_screen(opened: Opened, width: int) -> None:
    long_name = "a-very-long-name-without-any-space-in-it-" * 4
    headline = Headline("Total", "1,234,567,890", "between 1 and 2", (("before", "1", "+1 %"),) * 3)
    totals = ReportTable(
        "Total by week", ("week", "total", "lower end, 80 %", "upper end, 80 %"), ()
    )
    tab = opened(
        report(
            [one_series(long_name), one_series("b")],
            title=long_name,
            headline=headline,
            totals=(totals, totals),
            drivers=(long_name,),
            events=((long_name, long_name),),
        ),
        viewport={"width": width, "height": 800},
    )
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


def test_numbers_are_not_broken_on_a_phone(opened: Opened) -> None:
    tab = opened(report([one_series("a")]), viewport={"width": 360, "height": 800})
    heights = tab.locator("table.sortable tbody :is(th, td)").evaluate_all(
        "all => all.map(td => td.clientHeight)"
    )
    assert max(heights) < 45  # one line


def test_no_number_of_the_overview_is_cut_on_a_phone(opened: Opened) -> None:
    made = [one_series(name) for name in "abc"]
    column = OverviewColumn("next", np.array([27_863_400.0, 5_694_530.0, 812_345.0]))
    columns = (column, OverviewColumn("last", column.values), OverviewColumn("more", column.values))
    tab = opened(report(made, overview=columns), viewport={"width": 360, "height": 800})
    assert texts(tab, f"{ROWS} td:nth-child(2)") == ["27.86M", "5.695M", "812,345"]
    fits = "all => all.every(cell => cell.scrollWidth <= cell.clientWidth)"
    assert tab.locator(f"{ROWS} td").evaluate_all(fits)


def test_the_page_follows_the_dark_mode(opened: Opened) -> None:
    tab = opened(report([one_series("a")]), color_scheme="dark")
    colour = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    assert max(int(part) for part in colour.removeprefix("rgb(").rstrip(")").split(",")) < 60
    light = opened(report([one_series("a")]), color_scheme="light")
    assert light.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_the_text_is_visible_without_scripts(opened: Opened) -> None:
    tab = opened(report([one_series("a")]), java_script_enabled=False)
    body = tab.locator("body").text_content()
    assert "31\N{NO-BREAK SPACE}% more accurate" in body
    assert tab.locator("noscript").count() == 1
    assert texts(tab, "table.sortable tbody th") == ["gated", "naive", "drift"]


def test_the_headline_is_above_all_else(opened: Opened) -> None:
    headline = Headline("Total", "1,104,000", "between 1 and 2", (("before", "985,000", "+12 %"),))
    tab = opened(report([one_series("a")], headline=headline, drivers=("`promo`.",)))
    header = tab.locator("header").text_content()
    assert re.search("Sales of 2024.*1,104,000.*between 1 and 2.*985,000.*31", header)
    assert texts(tab, "#drivers li") == ["promo."]


def test_paper_has_the_chart_and_the_tables(opened: Opened) -> None:
    tab = opened(report([one_series(f"item {i:03d}") for i in range(100)]))
    tab.emulate_media(media="print")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.locator(ROWS).count() == 60
    assert "The first 60 of 100 series" in tab.locator("#found").text_content()
    assert texts(tab, "#values tbody th")[:2] == ["Forecast", "Mon 1 May 2023"]
    tab.wait_for_timeout(50)  # the table of values hears of its opening a little later
    assert len(texts(tab, "#values tbody tr")) == H + 1
    assert tab.locator("#plot svg").get_attribute("viewBox").startswith("0 0 690")
    assert tab.locator("#rows").evaluate("e => e.scrollHeight <= e.clientHeight")
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert not tab.locator("#values").evaluate("e => e.open")
    assert tab.locator("#found").text_content() == ""


def test_the_first_chart_is_there_when_the_page_has_loaded(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(page(report([one_series("a")])), encoding="utf-8")
    tab = browser.new_page()
    tab.add_init_script(
        "addEventListener('load', () => { window.drawn = !!document.querySelector('#plot svg'); })"
    )
    tab.goto(path.as_uri())
    assert tab.evaluate("window.drawn")
    tab.close()
