"""The page in a browser: upload, errors, phone, dark, keyboard only."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from gated.report import page
from gated.serve import Limits, Settings
from tests.ports import free_port
from tests.report.example_reports import one_series, report
from tests.serve.page.conftest import page_of
from tests.serve.page.looks import contrast, width_of

Opened = Callable[..., Any]
H = 14


def upload(tab: Any, content: bytes, name: str = "sales.csv") -> None:
    tab.set_input_files("#file", {"name": name, "mimeType": "text/csv", "buffer": content})


def forecast(tab: Any, content: bytes) -> None:
    """Upload a table and forecast it."""
    upload(tab, content)
    tab.wait_for_selector("#reading:not([hidden])")
    tab.fill("#h", str(H))
    tab.click("#forecast")
    tab.wait_for_selector("#plot svg")


def test_a_table_is_read_and_forecast(opened: Opened, sales: bytes, tmp_path: Path) -> None:
    tab = opened()
    forecast(tab, sales)
    assert tab.locator("#reading-title").text_content() == "Read: sales.csv"
    assert tab.locator("#facts dd").first.text_content() == "2, by shop"
    assert tab.input_value("#target_col") == "sales"
    assert "held-out" in tab.locator("#report .summary").text_content()
    assert tab.locator("#report .memory").count() > 0
    assert tab.locator("#plot .past").count() == 1
    assert tab.evaluate("document.activeElement.id") == "result-title"
    for link, name, begin in (
        ("#csv", "sales-forecast.csv", "shop,day,gated"),
        ("#page", "sales-report.html", "<!doctype html>"),
    ):
        with tab.expect_download() as waiting:
            tab.click(link)
        assert waiting.value.suggested_filename == name
        waiting.value.save_as(tmp_path / name)
        assert (tmp_path / name).read_text(encoding="utf-8").startswith(begin)


def test_a_second_forecast_takes_the_place_of_the_first(opened: Opened, sales: bytes) -> None:
    tab = opened(viewport={"width": 1200, "height": 900})
    forecast(tab, sales)
    tab.fill("#h", "7")
    tab.click("#forecast")
    tab.wait_for_selector("#result", state="hidden")
    tab.wait_for_selector("#plot svg")
    assert tab.locator("#plot svg").count() == 1
    assert "(7 days)" in tab.locator("#report h1").text_content()
    tab.set_viewport_size({"width": 700, "height": 900})
    tab.locator("#overview tbody tr", has_text="Aachen").click()
    expect(tab.locator("#label")).to_have_text("Aachen")


def test_the_name_of_a_series_is_text(opened: Opened, sales: bytes) -> None:
    tab = opened()
    forecast(tab, sales)
    rows = tab.locator("#overview tbody th").all_text_contents()
    assert "<script>alert(1)</script>" in rows
    upload(tab, sales.replace(b"Aachen", b"<img src=x onerror=alert(1)>"), "<b>a.csv")
    tab.wait_for_selector("#beginning td")
    expect(tab.locator("#reading-title")).to_have_text("Read: <b>a.csv")
    assert "<img src=x" in tab.locator("#beginning td").first.text_content()
    assert tab.locator("#reading img, #reading b").count() == 0


def test_a_typo_in_a_cell_is_explained_and_mended(opened: Opened, sales: bytes) -> None:
    tab = opened()
    upload(tab, sales.replace(b"2024-01-05,Aachen,", b"2024-01-05,Aachen,x"))
    tab.wait_for_selector("#problem:not(:empty)")
    said = tab.locator("#problem").text_content()
    assert said.startswith('sales.csv: row 6: sales "x')
    assert tab.locator("#problem").get_attribute("role") == "alert"
    upload(tab, sales)
    tab.wait_for_selector("#understood:not([hidden])")
    assert tab.locator("#problem").text_content() == ""
    assert tab.input_value("#h") == "28"


def test_a_wrong_column_is_explained_beside_its_field(opened: Opened, sales: bytes) -> None:
    tab = opened()
    upload(tab, sales)
    tab.wait_for_selector("#reading:not([hidden])")
    tab.evaluate(  # as if the file had changed since it was read
        "document.getElementById('target_col').options[3].value = 'sale'"
    )
    tab.dispatch_event("#target_col", "change")
    tab.wait_for_selector("#target_col-error:not(:empty)")
    assert "Did you mean `sales`?" in tab.locator("#target_col-error").text_content()
    assert tab.get_attribute("#target_col", "aria-invalid") == "true"
    assert tab.evaluate("document.activeElement.id") == "target_col"
    tab.select_option("#target_col", "sales")
    tab.wait_for_selector("#understood:not([hidden])")
    assert tab.locator("#target_col-error").text_content() == ""


@pytest.mark.parametrize(("h", "sentence"), [("0", "at least 1"), ("1001", "at most 1,000")])
def test_a_wrong_horizon_is_explained_beside_its_field(
    opened: Opened, sales: bytes, h: str, sentence: str
) -> None:
    tab = opened()
    upload(tab, sales)
    tab.wait_for_selector("#reading:not([hidden])")
    tab.fill("#h", h)
    tab.click("#forecast")
    tab.wait_for_selector("#h-error:not(:empty)")
    assert sentence in tab.locator("#h-error").text_content()
    assert tab.get_attribute("#h", "aria-invalid") == "true"


def test_a_dropped_file_is_read(opened: Opened) -> None:
    tab = opened()
    tab.evaluate(
        """() => {
          const data = new DataTransfer();
          const days = [...Array(20).keys()].map((k) => k + 10);
          const rows = days.map((day) => `2024-01-${day},${day % 7}`);
          data.items.add(new File([["day,sales", ...rows].join("\\n")], "dropped.csv"));
          const options = { dataTransfer: data, bubbles: true, cancelable: true };
          const drop = document.getElementById("drop");
          drop.dispatchEvent(new DragEvent("dragover", options));
          if (!drop.classList.contains("over")) throw new Error("not shown");
          drop.dispatchEvent(new DragEvent("drop", options));
        }"""
    )
    tab.wait_for_selector("#understood dd")
    assert tab.locator("#reading-title").text_content() == "Read: dropped.csv"


def test_the_keyboard_alone(opened: Opened, sales: bytes) -> None:
    tab = opened()
    # The browser hands a file dialog to the test only from when it was told so on. The answer to
    # the question below comes after that, so that the dialog of the key cannot be earlier.
    tab.on("filechooser", lambda _: None)
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.id") == "choose"
    with tab.expect_file_chooser() as waiting:
        tab.keyboard.press("Enter")
    waiting.value.set_files({"name": "sales.csv", "mimeType": "text/csv", "buffer": sales})
    tab.wait_for_selector("#reading:not([hidden])")
    passed = []
    while not passed or passed[-1] != "h":
        tab.keyboard.press("Tab")
        passed.append(tab.evaluate("document.activeElement.id"))
    assert passed == ["time_col", "target_col", "id_col", "h"]
    tab.keyboard.press("Control+A")
    tab.keyboard.type(str(H))
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#plot svg")
    for _ in range(20):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.id") == "plot":
            break
    tab.keyboard.press("ArrowRight")
    assert "forecast" in tab.locator("#readout").text_content()


def test_ten_thousand_series(opened: Opened, sales: bytes) -> None:
    # The server needs half a minute for their forecast; here the page is tested.
    series = [one_series(f"shop {k:05}") for k in range(10_000)]
    made = {"name": "many.csv", "verdict": "", "csv": "", "report": page(report(series))}
    tab = opened()
    tab.route("**/v1/report?*", lambda route: route.fulfill(json=made))
    forecast(tab, sales)
    expect(tab.locator("#overview h2")).to_have_text("Overview of 10,000 series")
    assert tab.locator("#overview tbody tr").count() < 100
    tab.fill("#search", "shop 09999")
    tab.locator("#overview tbody tr", has_text="shop 09999").click()
    expect(tab.locator("#label")).to_have_text("shop 09999")


def test_a_key_is_asked_for_where_it_is_needed(opened: Opened, sales: bytes) -> None:
    given = []

    def guarded(route: Any) -> None:
        given.append(route.request.headers.get("authorization"))
        if given[-1]:
            route.continue_(headers={**route.request.headers, "authorization": ""})
        else:
            route.fulfill(status=401, json={"detail": "The API key is missing."})

    tab = opened()
    tab.route("**/v1/read?*", guarded)
    assert not tab.locator("#key-place").is_visible()
    upload(tab, sales)
    expect(tab.locator("#problem")).to_have_text("The API key is missing.")
    expect(tab.locator("#key")).to_be_focused()
    tab.keyboard.type("gated_1")
    tab.keyboard.press("Enter")
    tab.wait_for_selector("#understood dd")
    assert given == [None, "Bearer gated_1"]
    assert not tab.locator("#key-place").is_visible()


def test_a_phone(opened: Opened, sales: bytes) -> None:
    tab = opened(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    assert width_of(tab) == 360
    forecast(tab, sales)
    assert width_of(tab) == 360
    assert tab.locator("#choose").bounding_box()["height"] >= 40


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_have_contrast(opened: Opened, sales: bytes, scheme: str) -> None:
    tab = opened(color_scheme=scheme)
    upload(tab, sales)
    tab.wait_for_selector("#reading:not([hidden])")
    tab.fill("#h", "0")
    tab.click("#forecast")
    tab.wait_for_selector("#h-error:not(:empty)")
    for selector in (
        "h1", ".intro", "#choose", "#kinds", ".field label", "#h", "#h-error", "#forecast",
        "#facts dt", ".ending a",
    ):  # fmt: skip
        assert contrast(tab, selector) >= 4.5, selector
    back = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (back == "rgb(255, 255, 255)") == (scheme == "light")


def test_the_limit_of_a_file_is_that_of_the_server(opened: Opened, tmp_path: Path) -> None:
    limits = Limits(body_bytes=1_572_864)
    settings = Settings(store=str(tmp_path / "store.db"), port=free_port(), limits=limits)
    with page_of(settings) as address:
        tab = opened(address)
        assert "At most 1.5 MiB." in tab.text_content("#kinds")
        upload(tab, b"day,sales\n" * 200_000)
        expect(tab.locator("#problem")).to_have_text(
            "The file has 2,000,000 bytes. Expected at most 1,572,864."
        )
