"""The stored series of the page in a browser: the list, and one that is open and stays live."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import numpy as np
import pytest
from playwright.sync_api import expect

from gated.serve import Settings
from gated.serve.access.keys import new_key
from gated.store import Store, Write
from tests.ports import free_port
from tests.serve.page.conftest import page_of
from tests.serve.page.looks import contrast, width_of
from tests.serve.rows import days

Opened = Callable[..., Any]
MARKUP = "<img src=x onerror=alert(1)>"
NOISE = np.random.default_rng(0).normal(0, 2, 84)
SALES = np.round(30 + 9 * np.sin(0.8976 * np.arange(84)) + NOISE).tolist()
CHANGING = "Cologne"
LAST = "Sun 24 Mar 2024"
H = 14


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with three series of twelve weeks."""
    path = tmp_path_factory.mktemp("store") / "store.db"
    with page_of(Settings(store=str(path), port=free_port())) as address:
        for label in ("Aachen", "Bonn", MARKUP):
            put(address, label, SALES)
        yield address


@pytest.fixture
def changing(stored: str) -> Iterator[str]:
    """The name of a series that a test changes; it is removed in the end."""
    put(stored, CHANGING, SALES)
    yield CHANGING
    httpx.delete(f"{stored}/v1/series/{CHANGING}", timeout=60)


def put(address: str, label: str, values: list[Any], **headers: str) -> None:
    url = f"{address}/v1/series/{quote(label, safe='')}/rows"
    body = {"rows": days(values)}
    assert httpx.put(url, json=body, headers=headers, timeout=60).is_success


def open_series(tab: Any, label: str) -> None:
    """Open a series by its row, and wait for its forecast."""
    tab.locator("#list a", has_text=label).click()
    wait_for_forecast(tab)


def wait_for_forecast(tab: Any) -> None:
    expect(tab.locator("#live")).to_contain_text("Live", timeout=60_000)
    expect(tab.locator("#plot .point")).to_have_count(1)


def first_step(tab: Any) -> str:
    """The first time of the forecast in the table of values."""
    return str(tab.locator("#values .group + tr th").first.text_content())


def test_series_are_listed_with_small_charts(opened: Opened, stored: str) -> None:
    tab = opened(stored)
    rows = tab.locator("#list tbody tr")
    expect(rows).to_have_count(3)
    assert tab.locator("#list a").all_text_contents() == [MARKUP, "Aachen", "Bonn"]
    assert tab.locator("#list img").count() == 0
    drawn = tab.locator("#list .spark .past")
    assert drawn.count() == 3
    assert drawn.first.get_attribute("d").count("L") == 59  # of 60 values
    cells = tab.locator("#list tbody tr", has_text="Bonn").locator("td").all_text_contents()
    assert cells[1:] == [f"{SALES[-1]:.0f}", "2024-03-24", "84"]
    expect(tab.locator("#shown")).to_have_text("1 to 3 of 3 series.")
    assert not tab.locator("#turn").is_visible()
    tab.fill("#find", "bon")
    expect(rows).to_have_count(1)
    expect(tab.locator("#shown")).to_have_text("1 to 1 of 1 series found.")
    tab.fill("#find", "nothing of this name")
    expect(tab.locator("#shown")).to_have_text("No series found.")
    assert tab.locator("#find").is_visible()


def test_an_empty_store_shows_no_list(opened: Opened) -> None:
    tab = opened()
    expect(tab.locator("#shown")).to_have_text("No series.")
    assert not tab.locator("#stored").is_visible()


def test_an_open_series_follows_new_rows(opened: Opened, stored: str, changing: str) -> None:
    tab = opened(stored)
    open_series(tab, changing)
    assert tab.locator("#label").text_content() == changing
    assert "held-out" in tab.text_content("#verdict")
    assert tab.locator("#plot .band").count() == 2
    assert tab.text_content("#last tbody th") == LAST
    tab.click("#values summary")
    assert first_step(tab) == "Mon 25 Mar 2024"
    tab.evaluate("window.isTheSamePage = true")

    begin = time.monotonic()
    row = {"rows": days([41.0], first="2024-03-25")}
    assert httpx.post(f"{stored}/v1/series/{changing}/rows", json=row, timeout=60).is_success
    newest = tab.locator("#last tbody tr").first
    expect(newest).to_have_text("Mon 25 Mar 202441", timeout=30_000)
    assert time.monotonic() - begin < 30  # on an idle machine 0.1 s
    expect(tab.locator("#values .group + tr th").first).to_have_text("Tue 26 Mar 2024")
    expect(tab.locator("#figures")).to_have_text("85 rows")
    expect(tab.locator("#list tr", has_text=changing).locator("td").nth(1)).to_have_text("41")

    put(stored, changing, [*SALES, 17.0])  # corrects the same row
    expect(newest).to_have_text("Mon 25 Mar 202417", timeout=30_000)
    assert tab.evaluate("window.isTheSamePage")
    assert httpx.delete(f"{stored}/v1/series/{changing}", timeout=60).is_success
    expect(tab.locator("#opened-problem")).to_contain_text("was removed", timeout=30_000)
    expect(tab.locator("#list tr", has_text=changing)).to_have_count(0)


def test_the_view_stays_when_rows_come(opened: Opened, stored: str, changing: str) -> None:
    tab = opened(stored)
    open_series(tab, changing)
    tab.click("#ahead")
    tab.click("#in")
    tab.locator("#legend button", has_text="95 %").click()
    shown = tab.get_attribute("#plot", "aria-label")
    put(stored, changing, [*SALES, 35.0])
    expect(tab.locator("#figures")).to_have_text("85 rows", timeout=30_000)
    wait_for_forecast(tab)
    assert tab.get_attribute("#plot", "aria-label") == shown
    assert tab.locator("#plot .band").count() == 1


def test_the_horizon_is_chosen(opened: Opened, stored: str) -> None:
    tab = opened(f"{stored}/#series=Bonn")
    wait_for_forecast(tab)
    assert tab.input_value("#steps") == "28"
    tab.fill("#steps", str(H))
    tab.keyboard.press("Enter")
    tab.click("#values summary")
    expect(tab.locator("#values tbody").first.locator("tr")).to_have_count(1 + H)
    tab.fill("#steps", "1001")
    tab.keyboard.press("Enter")
    expect(tab.locator("#opened-problem")).to_contain_text("Expected at most 1,000 steps.")


@pytest.mark.parametrize(
    ("times", "last", "following"),
    [
        ([f"2024-01-{k // 24 + 1:02}T{k % 24:02}:00:00Z" for k in range(84)],
         "Thu 4 Jan 2024 11:00", "Thu 4 Jan 2024 12:00"),
        ([f"2024-01-{k // 24 + 1:02}T{k % 24:02}:00:00" for k in range(84)],
         "Thu 4 Jan 2024 11:00", "Thu 4 Jan 2024 12:00"),
        (list(range(84)), "step 83", "step 84"),
    ],
)  # fmt: skip
def test_times_of_all_kinds(
    opened: Opened, stored: str, changing: str, times: list[Any], last: str, following: str
) -> None:
    rows = [{"ds": ds, "y": y} for ds, y in zip(times, SALES, strict=True)]
    url = f"{stored}/v1/series/{changing}/rows"
    assert httpx.put(url, json={"rows": rows}, timeout=60).is_success
    tab = opened(f"{stored}/#series={changing}")
    wait_for_forecast(tab)
    assert tab.text_content("#last tbody th") == last
    tab.click("#values summary")
    assert first_step(tab) == following
    has_zone = str(times[0]).endswith("Z")
    assert tab.locator("#plot text", has_text="time in UTC").count() == has_zone


def test_the_address_names_the_open_series(opened: Opened, stored: str) -> None:
    tab = opened(stored)
    open_series(tab, "Aachen")
    open_series(tab, "Bonn")
    assert tab.url.endswith("/#series=Bonn")
    tab.go_back()
    expect(tab.locator("#label")).to_have_text("Aachen")
    tab.reload()
    wait_for_forecast(tab)
    assert tab.locator("#label").text_content() == "Aachen"
    tab.click("#close")
    expect(tab.locator("#opened")).to_be_hidden()
    assert tab.evaluate("document.activeElement.id") == "find"
    tab.goto(f"{stored}/#series=nobody")
    expect(tab.locator("#opened-problem")).to_contain_text("There is no series nobody.")


def test_a_file_and_a_series_take_turns(opened: Opened, stored: str, sales: bytes) -> None:
    tab = opened(stored)
    open_series(tab, "Aachen")
    tab.set_input_files("#file", {"name": "a.csv", "mimeType": "text/csv", "buffer": sales})
    expect(tab.locator("#opened")).to_be_hidden()
    tab.wait_for_selector("#reading:not([hidden])")
    tab.fill("#h", str(H))
    tab.click("#forecast")
    tab.wait_for_selector("#report #plot svg")
    open_series(tab, "Bonn")
    assert tab.locator("#plot").count() == 1
    assert not tab.locator("#reading").is_visible()
    assert not tab.locator("#result").is_visible()


def test_the_name_of_a_stored_series_is_text(opened: Opened, stored: str) -> None:
    tab = opened(stored)
    open_series(tab, MARKUP)
    assert tab.locator("#label").text_content() == MARKUP
    assert tab.locator("#opened img, #list img").count() == 0
    put(stored, MARKUP, [*SALES[:-1], 33.0])
    expect(tab.locator("#last tbody tr").first).to_have_text(f"{LAST}33", timeout=30_000)


def test_the_keyboard_alone_opens_a_series(opened: Opened, stored: str) -> None:
    tab = opened(stored)
    expect(tab.locator("#list tbody tr").nth(2)).to_be_visible()
    tab.focus("#choose")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.id") == "find"
    tab.keyboard.press("Tab")  # all rows are one stop
    active = tab.locator("*:focus")
    assert active.text_content() == MARKUP
    for key, label in (("ArrowDown", "Aachen"), ("End", "Bonn"), ("Home", MARKUP)):
        tab.keyboard.press(key)
        assert active.text_content() == label
    tab.keyboard.press("ArrowUp")
    assert tab.evaluate("document.activeElement.id") == "find"
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")
    wait_for_forecast(tab)
    assert tab.evaluate("document.activeElement.id") == "label"
    for _ in range(20):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.id") == "plot":
            break
    tab.keyboard.press("ArrowRight")
    assert "forecast" in tab.locator("#readout").text_content()
    tab.focus("#find")
    tab.keyboard.type("bonn")
    expect(tab.locator("#list tbody tr")).to_have_count(1)
    tab.keyboard.press("Enter")
    expect(tab.locator("#label")).to_have_text("Bonn")


def test_a_broken_connection_is_said_and_made_again(opened: Opened, stored: str) -> None:
    tab = opened(stored)
    tab.route("**/events", lambda route: route.abort())
    tab.locator("#list a", has_text="Bonn").click()
    expect(tab.locator("#opened-problem")).to_have_text(
        "The server did not answer. The page tries again."
    )
    tab.unroute("**/events")
    wait_for_forecast(tab)
    expect(tab.locator("#opened-problem")).to_have_text("")


def test_a_busy_server_is_asked_again(opened: Opened, stored: str) -> None:
    answers = [{"status": 503, "json": {"detail": "512 jobs wait already."}}]

    def busy(route: Any) -> None:
        if answers:
            route.fulfill(**answers.pop())
        else:
            route.continue_()

    tab = opened(stored)
    tab.route("**/forecast?*", busy)
    tab.locator("#list a", has_text="Bonn").click()
    expect(tab.locator("#opened-problem")).to_have_text("512 jobs wait already.")
    assert tab.locator("#plot .past").count() == 1  # its rows are there
    wait_for_forecast(tab)
    expect(tab.locator("#opened-problem")).to_have_text("")


def test_a_page_that_is_not_seen_does_not_listen(opened: Opened, stored: str) -> None:
    def listeners() -> float:
        lines = httpx.get(f"{stored}/metrics", timeout=60).text.splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith("gated_listeners "))

    def wait_until(count: int) -> None:
        end = time.monotonic() + 30
        while listeners() != count:
            assert time.monotonic() < end
            time.sleep(0.05)

    wait_until(0)  # those of other tests have left
    tab = opened(f"{stored}/#series=Bonn")
    wait_for_forecast(tab)
    wait_until(1)
    for state, count in (("hidden", 0), ("visible", 1)):
        tab.evaluate(
            """state => {
              const value = {value: state, configurable: true};
              Object.defineProperty(document, "visibilityState", value);
              document.dispatchEvent(new Event("visibilitychange"));
            }""",
            state,
        )
        wait_until(count)


def test_a_phone_shows_a_series(opened: Opened, stored: str) -> None:
    tab = opened(stored, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    expect(tab.locator("#list tbody tr").nth(2)).to_be_visible()
    assert width_of(tab) == 360
    assert tab.locator("#list tbody tr").first.bounding_box()["height"] >= 40
    tab.locator("#list tbody tr", has_text="Bonn").tap()
    wait_for_forecast(tab)
    assert width_of(tab) == 360
    assert tab.locator("#label").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_of_stored_series_have_contrast(opened: Opened, stored: str, scheme: str) -> None:
    tab = opened(stored, color_scheme=scheme)
    open_series(tab, "Aachen")
    for selector in (
        "#stored-title", ".find", "#find", "#list thead th", "#list a", "#list td.time", "#shown",
        "#label", "#figures", "#live", "#verdict", "#last th", "#last td", "#steps", "#close",
    ):  # fmt: skip
        assert contrast(tab, selector) >= 4.5, selector
    back = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (back == "rgb(255, 255, 255)") == (scheme == "light")


def test_ten_thousand_stored_series(opened: Opened, tmp_path: Path) -> None:
    path = str(tmp_path / "store.db")
    with Store(path) as store:
        labels = [f"shop {number:05}" for number in range(10_000)]
        y = [float(value) for value in range(5)]
        store.series.write_many([Write(label, "integer", range(5), y) for label in labels])
    with page_of(Settings(store=path, port=free_port())) as address:
        tab = opened(address)
        rows = tab.locator("#list tbody tr")
        expect(rows).to_have_count(50)
        expect(tab.locator("#shown")).to_have_text("1 to 50 of 10,000 series.")
        assert tab.locator("#previous-page").is_disabled()
        tab.click("#next-page")
        expect(tab.locator("#shown")).to_have_text("51 to 100 of 10,000 series.")
        assert tab.locator("#list a").first.text_content() == "shop 00050"
        tab.click("#previous-page")
        expect(tab.locator("#shown")).to_have_text("1 to 50 of 10,000 series.")
        tab.fill("#find", "09999")
        expect(rows).to_have_count(1)
        expect(tab.locator("#shown")).to_have_text("1 to 1 of 1 series found.")
        begin = time.process_time()  # of the server, which is in this process
        for _ in range(10):
            httpx.get(f"{address}/v1/series?limit=50&values=60&find=9", timeout=60)
        assert (time.process_time() - begin) / 10 < 0.5  # it takes 0.012
        tab.keyboard.press("Enter")
        wait_for_forecast(tab)


def test_a_key_opens_the_list_and_keeps_a_series_live(opened: Opened, tmp_path: Path) -> None:
    path = str(tmp_path / "store.db")
    with Store(path) as store:
        key = new_key(store, "page", 6_000)
    settings = Settings(store=path, host="0.0.0.0", port=free_port())
    with page_of(settings) as address:
        headers = {"authorization": f"Bearer {key}"}
        put(address, "Aachen", SALES, **headers)
        tab = opened(address)
        expect(tab.locator("#key-place")).to_be_visible()
        assert not tab.locator("#stored").is_visible()
        tab.fill("#key", key[:-1] + "!")
        tab.click("#use-key")
        expect(tab.locator("#key-place")).to_be_visible()
        tab.fill("#key", key)
        tab.keyboard.press("Enter")
        open_series(tab, "Aachen")
        assert not tab.locator("#key-place").is_visible()
        put(address, "Aachen", SALES[:-1], **headers)
        expect(tab.locator("#figures")).to_have_text("83 rows", timeout=30_000)
        tab.reload()  # the key is gone with the page
        expect(tab.locator("#key-place")).to_be_visible()
        tab.fill("#key", key)
        tab.keyboard.press("Enter")
        wait_for_forecast(tab)
