"""`/v1/series/…/events`: changes of a series are sent to all who listen, until one side ends it."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from gated.errors import StoreError
from gated.serve import Limits, Settings, create_app
from gated.serve.events import stream
from gated.serve.events.changes import Changes
from gated.serve.problems import ProblemError
from gated.serve.run import Server
from gated.store import Store, Write
from tests.ports import free_port
from tests.serve.conftest import Serve
from tests.serve.event_loops import run_in_thread
from tests.serve.rows import WEEKS, days

SOON = 10.0  # seconds; what is measured is a second at most, on an idle machine


class Listening(threading.Thread):
    """Reads the events of a series into a list until the response ends."""

    def __init__(self, address: str, label: str) -> None:
        super().__init__(daemon=True)
        self.url = f"{address}/v1/series/{label}/events"
        self.events: list[tuple[str, dict[str, Any]]] = []
        self._left = threading.Event()

    def run(self) -> None:
        with httpx.stream("GET", self.url, timeout=SOON) as response:
            name = ""
            for line in response.iter_lines():
                kind, _, text = line.partition(": ")
                name = text if kind == "event" else name
                if kind == "data":
                    self.events.append((name, json.loads(text)))
                if self._left.is_set():
                    return

    def leave(self) -> None:
        """Close the connection at the next line."""
        self._left.set()

    def wait_for(self, count: int) -> None:
        wait_until(lambda: len(self.events) >= count)


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + SOON
    while not is_so():
        assert time.monotonic() < end, "nothing happened"
        time.sleep(0.01)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(store=str(tmp_path / "store.db"), port=free_port(), limits=Limits(listeners=3))


@pytest.fixture
def server(settings: Settings) -> Iterator[tuple[str, Server]]:
    """The address of a server in a thread, and the server."""
    app = create_app(settings)
    config = uvicorn.Config(app, port=settings.port, log_config=None, ws="none")
    made = Server(config, on_stop=app.end_streams)
    running = threading.Thread(target=made.run)
    running.start()
    wait_until(lambda: made.started)
    yield f"http://127.0.0.1:{settings.port}", made
    made.should_exit = True
    running.join(SOON)
    assert not running.is_alive()


def put(address: str, label: str, values: list[float | None]) -> None:
    body = {"rows": days(values)}
    assert httpx.put(f"{address}/v1/series/{label}/rows", json=body, timeout=SOON).is_success


def listeners(address: str) -> float:
    lines = httpx.get(f"{address}/metrics", timeout=SOON).text.splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("gated_listeners "))


def test_a_write_and_a_removal_are_sent_at_once(server: tuple[str, Server]) -> None:
    address, _ = server
    put(address, "shop", WEEKS[:3])
    put(address, "other", WEEKS[:3])
    listening = Listening(address, "shop")
    listening.start()
    listening.wait_for(1)
    name, state = listening.events[0]
    assert (name, state["rows"], state["last"]) == ("series", 3, "2024-01-03")
    put(address, "other", WEEKS[:5])  # of another series
    row = {"rows": days([8.5], first="2024-01-04")}
    assert httpx.post(f"{address}/v1/series/shop/rows", json=row, timeout=SOON).is_success
    listening.wait_for(2)
    assert listening.events[1][1] == {**state, "rows": 4, "last": "2024-01-04", "revision": 2,
                                      "changed": listening.events[1][1]["changed"]}  # fmt: skip
    httpx.delete(f"{address}/v1/series/shop", timeout=SOON)
    listening.join(SOON)
    assert [name for name, _ in listening.events] == ["series", "series", "removed"]
    wait_until(lambda: listeners(address) == 0)


def test_what_another_process_writes_is_sent(
    server: tuple[str, Server], settings: Settings
) -> None:
    address, _ = server
    put(address, "shop", WEEKS[:3])
    listening = Listening(address, "shop")
    listening.start()
    listening.wait_for(1)
    with Store(settings.store) as store:  # as another process would
        store.series.write(Write("shop", "local", [1], [1.0], replaces_all=True))
        listening.wait_for(2)
        assert listening.events[1][1]["rows"] == 1
        store.series.delete("shop")
        listening.join(SOON)
    assert listening.events[2][0] == "removed"


def test_one_who_leaves_is_forgotten_and_a_stop_ends_all(server: tuple[str, Server]) -> None:
    address, running = server
    put(address, "shop", WEEKS[:3])
    leaving, staying = Listening(address, "shop"), Listening(address, "shop")
    for listening in (leaving, staying):
        listening.start()
        listening.wait_for(1)
    assert listeners(address) == 2
    leaving.leave()
    put(address, "shop", WEEKS[:4])
    wait_until(lambda: listeners(address) == 1)
    begin = time.monotonic()
    running.should_exit = True
    staying.join(SOON)
    assert not staying.is_alive()
    assert time.monotonic() - begin < SOON


def test_too_many_are_refused(server: tuple[str, Server]) -> None:
    address, _ = server
    put(address, "shop", WEEKS[:3])
    all_three = [Listening(address, "shop") for _ in range(3)]
    for listening in all_three:
        listening.start()
        listening.wait_for(1)
    refused = httpx.get(f"{address}/v1/series/shop/events", timeout=SOON)
    assert refused.status_code == 503
    assert refused.headers["retry-after"]
    assert refused.json()["detail"].startswith("3 connections listen to series already.")
    httpx.delete(f"{address}/v1/series/shop", timeout=SOON)
    for listening in all_three:
        listening.join(SOON)


def test_heartbeats_and_the_end(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "_HEARTBEAT", 0.05)
    with serve(limits=Limits(listening_seconds=0.4)) as client:
        client.put("/v1/series/shop/rows", json={"rows": days(WEEKS)})
        response = client.get("/v1/series/shop/events")
    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-store"
    assert response.text.startswith("retry: 2000\n\nevent: series\nid: 1\ndata: {")
    assert 3 <= response.text.count("\n\n: ") <= 8


def test_an_unknown_series_is_named_and_leaves_no_listener(serve: Serve) -> None:
    with serve(limits=Limits(listeners=1)) as client:
        for _ in range(3):
            response = client.get("/v1/series/nobody/events")
            assert response.status_code == 404
            assert response.json()["detail"].startswith("There is no series nobody.")


def test_a_key_is_needed_beyond_this_machine(serve: Serve) -> None:
    with serve(host="0.0.0.0") as client:
        assert client.get("/v1/series/shop/events").status_code == 401


def test_the_store_is_asked_only_while_someone_listens(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("gated.serve.events.changes._SECONDS", 0.01)
    store = Store(str(tmp_path / "store.db"))
    looks: list[list[str]] = []
    is_broken = False

    async def look(labels: Any) -> Any:
        looks.append(sorted(labels))
        if is_broken:
            raise StoreError("The store cannot be used.")
        return store.series.infos(labels)

    async def run() -> None:
        nonlocal is_broken
        changes = Changes(look, 5)
        changes.start()
        store.series.write(Write("a", "integer", [1], [1.0]))
        await asyncio.sleep(0.05)
        assert looks == []
        first, second = await changes.listen("a"), await changes.listen("a")
        assert first.info is not None
        assert not await first.changed(0.05)
        assert set(map(tuple, looks)) == {("a",)}  # one question for both
        is_broken = True
        await asyncio.sleep(0.05)
        is_broken = False
        store.series.write(Write("a", "integer", [2], [1.0]))
        for listener in (first, second):
            assert await listener.changed(SOON)
            assert listener.info is not None
            assert listener.info.n_rows == 2
            listener.close()
            listener.close()
        asked = len(looks)
        await asyncio.sleep(0.05)
        assert len(looks) <= asked + 1  # the one that had begun
        changes.end()
        with pytest.raises(ProblemError, match="stopping"):
            await changes.listen("a")
        await changes.stop()

    run_in_thread(run())
    store.close()


def test_older_news_does_not_replace_newer(tmp_path: Path) -> None:
    with Store(str(tmp_path / "store.db")) as store:
        old = store.series.write(Write("a", "integer", [1], [1.0]))
        new = store.series.write(Write("a", "integer", [2], [1.0]))
    changes: Changes
    is_late = False

    async def look(labels: Any) -> Any:
        if is_late:
            changes.tell("a", new)  # while the store is being read
        return {"a": old}

    async def run() -> None:
        nonlocal changes, is_late
        changes = Changes(look, 5)
        listener = await changes.listen("a")
        assert listener.info == old
        is_late = True
        await changes._update(["a"])
        assert listener.info == new
        listener.close()

    run_in_thread(run())
