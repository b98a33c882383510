"""The charts in a browser: lines, bands, zoom, read-outs, times and colours."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from gated.report import (
    LineChart,
    ReportTable,
    Series,
    SeriesForecast,
    Zone,
)
from tests.report.example_reports import DAYS, ROWS, H, hostile, one_series, report, texts

Opened = Callable[..., Any]


def test_the_first_chart_is_drawn(opened: Opened) -> None:
    tab = opened(report([one_series("a"), one_series("b")]))
    assert tab.locator("#label").text_content() == "a"
    for kind in ("past", "point", "band", "cutoff"):
        assert tab.locator(f"#plot .{kind}").count() == 1
    assert tab.locator("#plot .past").get_attribute("d").count("L") > 30
    assert tab.locator("#plot").get_attribute("aria-label").startswith("a: forecast after its")
    assert tab.locator(".curves > svg").count() == 3
    assert texts(tab, ".best") == ["0.700"]


def test_the_keyboard_reads_out_values(opened: Opened) -> None:
    one = one_series("a")
    tab = opened(report([one]))
    tab.focus("#plot")
    tab.keyboard.press("ArrowRight")
    first = tab.locator("#readout").text_content()
    assert "Mon 1 May 2023" in first
    assert f"forecast {one.forecasts[0].point[0]:.0f}" in first
    assert "80 %:" in first
    tab.keyboard.press("ArrowLeft")
    before = tab.locator("#readout").text_content()
    assert "Sun 30 Apr 2023" in before
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
    assert texts(tab, "#plot text") == before
    tab.click("#in")
    assert texts(tab, "#plot text") != before
    tab.click("#back")
    assert texts(tab, "#plot text") == before
    tab.click("#whole")
    assert texts(tab, "#plot text") != before
    tab.keyboard.press("Escape")
    tab.click("#ahead")
    near = tab.locator("#plot").get_attribute("aria-label")
    assert "from Sat 15 Apr 2023 to Sun 14 May 2023" in near


def first_view(tab: Any) -> str:
    return str(tab.locator("#plot").get_attribute("aria-label"))


def test_the_first_view_has_a_long_season(opened: Opened) -> None:
    assert "from Thu 23 Mar 2023 to Sun 14 May 2023" in first_view(
        opened(report([one_series("a")]))
    )
    tab = opened(report([one_series("a")], first_view=100))
    assert "from Sat 21 Jan 2023 to Sun 14 May 2023" in first_view(tab)
    tab = opened(report([one_series("a")], first_view=10_000))
    assert "from Sun 1 Jan 2023 to" in first_view(tab)


def test_the_forecast_begins_at_its_first_step(opened: Opened) -> None:
    tab = opened(report([one_series("a")]))
    assert tab.locator("#plot .point").get_attribute("d").count("L") == H - 1
    [past, point, band, cutoff] = [
        [
            float(x)
            for x in re.findall(r"[ML](\d+\.\d)", tab.locator(f"#plot .{kind}").get_attribute("d"))
        ]
        for kind in ("past", "point", "band", "cutoff")
    ]
    assert max(past) < cutoff[0] < min(point) == min(band)


def test_bands_and_methods_have_colours_of_their_own(opened: Opened) -> None:
    one = one_series("a")
    [ahead] = one.forecasts
    bands = {level: (ahead.point - level, ahead.point + level) for level in (80.0, 95.0)}
    methods = {f"m{k}": ahead.point + k for k in range(5)}
    one = Series("a", one.ds, one.y, (SeriesForecast(ahead.ds, ahead.point, bands, methods),))
    lines = LineChart(
        "Error", "step", "MASE", np.arange(3.0), {"gated": np.ones(3), "m1": np.ones(3)}
    )
    for scheme in ("light", "dark"):
        tab = opened(report([one], line_charts=(lines,), memory=None), color_scheme=scheme)
        for k in range(5):
            tab.click(f"#legend button:has-text('m{k}')")
        colour = "all => all.map(e => getComputedStyle(e)[e.matches('.band') ? 'fill' : 'stroke'])"
        keys = tab.locator("#legend :is(path, rect)").evaluate_all(colour)
        drawn = tab.locator("#plot :is(.past, .point, .band, .competitor)").evaluate_all(colour)
        assert sorted(keys) == sorted(drawn)
        assert len(set(keys)) == 9  # observed, forecast, two bands, five methods
        small = tab.locator("[data-curve] .key path").evaluate_all(colour)
        assert small == [keys[1], keys[5]]


def test_closed_steps_are_marked(opened: Opened) -> None:
    one = one_series("a")
    [ahead] = one.forecasts
    closed = np.arange(H) % 7 == 5
    ahead = SeriesForecast(ahead.ds, ahead.point, ahead.bands, closed=closed)
    tab = opened(report([Series("a", one.ds, one.y, (ahead,), "mean")]))
    assert tab.locator("#plot .closed").count() == 2
    assert texts(tab, "#legend button") == [
        "observed",
        "forecast (mean)",
        "80 % interval",
        "closed",
    ]
    tab.click("#values summary")
    row = tab.locator("#values tbody:nth-child(2) tr:nth-child(7)")
    expect(row).to_have_text(re.compile("^Sat 6 May 2023closed"))
    tab.click("#legend button:has-text('closed')")
    assert tab.locator("#plot .closed").count() == 0


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
    heads = texts(tab, "#values tbody th")
    assert heads[:2] == ["Forecast", "Mon 1 May 2023"]
    assert heads[H + 1 : H + 3] == ["Past, the newest value first", "Sun 30 Apr 2023"]
    assert len(heads) == 120 + H + 2
    assert "80 % interval" in texts(tab, "#values th")


def test_tables_can_be_sorted(opened: Opened) -> None:
    tab = opened(report([one_series("a")]))
    tab.click("table.sortable thead button:has-text('method')")
    assert texts(tab, "table.sortable tbody th") == ["drift", "gated", "naive"]
    assert tab.locator("table.sortable th[aria-sort]").get_attribute("aria-sort") == "ascending"


def test_a_line_chart_without_values_is_not_drawn(opened: Opened) -> None:
    nothing = LineChart("Error", "steps", "MASE", np.arange(3.0), {"gated": np.full(3, np.nan)})
    tab = opened(report([one_series("a")], line_charts=(nothing,), memory=None))
    assert tab.locator("[data-curve] svg").count() == 0
    assert tab.locator("[data-coverage] svg").count() > 0


def test_text_of_the_script_is_not_markup(opened: Opened) -> None:
    text = "<b>bold</b>\"'><img src=x>"
    tab = opened(hostile(text))
    assert tab.locator("b, img").count() == 0
    tab.click("#legend button:last-child")
    tab.click("#after")
    tab.click("#values summary")
    tab.focus("#plot")
    tab.keyboard.press("ArrowRight")
    assert text in tab.locator("#readout").text_content()
    assert texts(tab, f"{ROWS}:nth-child(2) th") == [text]
    assert tab.locator("b, img").count() == 0


def test_text_cells_are_sorted_as_text(opened: Opened) -> None:
    table = ReportTable("methods", ("name", "kind"), (("a", "x"), ("b", "w"), ("c", "y")))
    tab = opened(report([one_series("a")], tables=(table,)))
    tab.click("table.sortable thead button:has-text('kind')")
    assert texts(tab, "table.sortable tbody th") == ["b", "a", "c"]


def test_times_are_those_of_the_zone_at_a_clock_change(opened: Opened) -> None:
    hours = (np.datetime64("2024-10-25T22:00") + np.arange(72) * np.timedelta64(1, "h")).astype(
        "M8[ns]"
    )
    zone = Zone(
        "Europe/Berlin",
        np.array(["2024-10-25T22:00", "2024-10-27T01:00"], "M8[ns]"),
        np.array([7200, 3600]),
    )
    y = np.arange(72.0)
    one = Series("a", hours[:24], y[:24], (SeriesForecast(hours[24:], y[24:], {}),))
    tab = opened(report([one], zone=zone))
    assert "time in Europe/Berlin" in texts(tab, "#plot text")
    assert {"26 Oct 2024", "27 Oct", "28 Oct"} <= {*texts(tab, "#plot text")}
    tab.click("#values summary")
    tab.wait_for_selector("#values tbody")
    assert texts(tab, "#values thead th")[0] == "time, Europe/Berlin"
    times = texts(tab, "#values tbody:nth-child(2) th")[1:]
    assert times[:5] == [
        "Sun 27 Oct 2024 00:00",
        "Sun 27 Oct 2024 01:00",
        "Sun 27 Oct 2024 02:00 UTC+02:00",
        "Sun 27 Oct 2024 02:00 UTC+01:00",
        "Sun 27 Oct 2024 03:00",
    ]
    assert (len(times), times[-1]) == (48, "Mon 28 Oct 2024 22:00")


def test_months_and_years_have_no_day(opened: Opened) -> None:
    months = np.arange("2019-01", "2024-01", dtype="M8[M]").astype("M8[ns]")
    one = Series("a", months[:48], np.ones(48), (SeriesForecast(months[48:], np.ones(12), {}),))
    tab = opened(report([one]))
    assert "from Apr 2020 to Dec 2023" in first_view(tab)


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
    assert tab.locator("#plot .point").count() >= 1


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
    assert "50" in texts(tab, "#plot text")


def test_a_screenshot_is_not_blank(opened: Opened) -> None:
    tab = opened(report([one_series("a")]))
    blank = tab.context.new_page().screenshot()
    assert len(tab.screenshot()) > 3 * len(blank)
