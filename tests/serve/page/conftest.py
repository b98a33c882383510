"""The page of a server in this process, opened in a browser."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import uvicorn

from gated.serve import Settings, create_app
from gated.serve.forecasting import uploads
from gated.serve.routes import read
from gated.serve.run import Server
from tests.ports import free_port


@contextmanager
def page_of(settings: Settings) -> Iterator[str]:
    """The address of a server in a thread. It listens on loopback, whatever its settings say."""
    app = create_app(settings)
    config = uvicorn.Config(app, port=settings.port, log_config=None, ws="none")
    server = Server(config, on_stop=app.end_streams)
    running = threading.Thread(target=server.run)
    running.start()
    while not server.started:
        time.sleep(0.05)
        assert running.is_alive()
    yield f"http://127.0.0.1:{settings.port}"
    server.should_exit = True
    running.join()


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with an empty store; it makes the report of equal requests once."""
    made: dict[Any, Any] = {}

    def kept(upload: uploads.Upload, *rest: Any) -> Any:
        key = (upload, *rest)
        if key not in made:
            made[key] = uploads.made_report(*key)
        return made[key]

    path = tmp_path_factory.mktemp("store") / "store.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(read, "made_report", kept)
        with page_of(Settings(store=str(path), port=free_port())) as found:
            yield found


@pytest.fixture
def opened(browser: Any, address: str) -> Iterator[Callable[..., Any]]:
    """Opens the page; then checks its messages, and that it asked no other server."""
    contexts, messages, requests, servers = [], [], [], [address]

    def show(at: str = address, **options: Any) -> Any:
        servers.append(at.partition("#")[0].rstrip("/"))
        context = browser.new_context(**options)
        contexts.append(context)
        tab = context.new_page()
        tab.set_default_timeout(60_000)
        tab.on("console", lambda message: messages.append(message.text))
        tab.on("pageerror", lambda error: messages.append(str(error)))
        tab.on("dialog", lambda dialog: messages.append(dialog.message))
        tab.on("request", lambda request: requests.append(request.url))
        tab.goto(at)
        return tab

    yield show
    for context in contexts:
        context.close()
    # Chromium itself reports each response with an error; no other message is expected.
    known = ("status of 422", "status of 401", "status of 404", "status of 503", "net::ERR_FAILED")
    assert [text for text in messages if not any(part in text for part in known)] == []
    own = ("data:,", *servers, *(f"blob:{server}" for server in servers))
    assert [url for url in requests if not url.startswith(own)] == []
    assert [url for url in requests if "gated_" in url] == []  # a key is never in an address
