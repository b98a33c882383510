"""Reports, opened in a browser."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gated.report import Report, page


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Opens a report; then checks that there was no message and no request to a server."""
    contexts, messages, requests = [], [], []

    def show(shown: Report, **options: Any) -> Any:
        path = tmp_path / "report.html"
        path.write_text(page(shown), encoding="utf-8")
        context = browser.new_context(**options)
        contexts.append(context)
        tab = context.new_page()
        tab.on("console", lambda message: messages.append(message.text))
        tab.on("pageerror", lambda error: messages.append(str(error)))
        tab.on("request", lambda request: requests.append(request.url))
        tab.goto(path.as_uri())
        if options.get("java_script_enabled", True):
            tab.wait_for_selector("html[data-ready]", timeout=20_000)
        return tab

    yield show
    for context in contexts:
        context.close()
    assert messages == []
    assert all(url.startswith("file:") for url in requests)
