"""A server as a process: kill -9 while clients write, slow clients, a graceful stop."""

import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from gated.serve import Limits, Settings
from gated.serve.forecasting.engine import Engine
from tests.ports import free_port
from tests.serve.kills import kill_repeatedly
from tests.serve.processes import running
from tests.serve.rows import WEEKS, days

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="servers are forked")


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    Engine().warm_up()  # in the parent, once


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    limits = Limits(body_seconds=0.5, head_seconds=0.5)
    return Settings(store=str(tmp_path / "store.db"), port=free_port(), limits=limits)


@pytest.fixture
def address(settings: Settings) -> Iterator[str]:
    with running(settings):
        yield f"http://127.0.0.1:{settings.port}"


def test_kill_loses_no_acknowledged_row(tmp_path: Path) -> None:
    found = kill_repeatedly(tmp_path / "store.db", times=3)
    assert found["acknowledged"] > 0
    assert (found["missing"], found["wrong"]) == (0, 0)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /healthz HT",
        b"POST /v1/forecast HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Content-Length: 1000\r\n\r\n{",
    ],
)
def test_a_slow_client_is_disconnected(settings: Settings, address: str, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", settings.port), timeout=20) as slow:
        slow.sendall(sent)
        received = b""
        while part := slow.recv(10_000):  # until the server closes
            received += part
    assert not received or b" 408 " in received.split(b"\r\n")[0]
    assert httpx.get(f"{address}/healthz").status_code == 200


def test_a_dripping_head_is_disconnected(settings: Settings, address: str) -> None:
    with socket.create_connection(("127.0.0.1", settings.port), timeout=20) as slow:
        slow.sendall(b"GET /healthz HTTP/1.1\r\n")
        was_closed = False
        for _ in range(100):
            try:
                slow.sendall(b"X-Drip: 1\r\n")
            except (BrokenPipeError, ConnectionResetError):
                was_closed = True
                break
            time.sleep(0.1)
    assert was_closed
    assert httpx.get(f"{address}/healthz").status_code == 200


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET " + b"a" * 100_000,
        b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 20_000,
        b"POST /v1/forecast HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST /v1/forecast HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused(settings: Settings, address: str, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", settings.port), timeout=20) as client:
        client.sendall(sent)
        try:
            answer = client.recv(10_000)
        except ConnectionResetError:
            answer = b""
    assert not answer or answer.split(b" ")[1] in (b"400", b"408", b"415", b"431")
    assert b"Traceback" not in answer
    assert httpx.get(f"{address}/healthz").status_code == 200


def test_a_stop_finishes_what_has_begun(settings: Settings) -> None:
    found: list[Any] = []
    with running(settings) as child:
        address = f"http://127.0.0.1:{settings.port}"
        body = {"rows": days(WEEKS * 50), "h": 28, "validated": True}
        asking = threading.Thread(
            target=lambda: found.append(httpx.post(f"{address}/v1/forecast", json=body, timeout=60))
        )
        asking.start()
        while "gated_requests_running 2.0" not in httpx.get(f"{address}/metrics").text:
            assert asking.is_alive()  # one of the two is this question
        os.kill(child, signal.SIGTERM)
        _, status = os.waitpid(child, 0)
        asking.join()
    assert status == 0
    assert found[0].status_code == 200


def test_a_stop_does_not_wait_for_those_who_listen(settings: Settings) -> None:
    with running(settings) as child:
        series = f"http://127.0.0.1:{settings.port}/v1/series/a"
        httpx.put(f"{series}/rows", json={"rows": days(WEEKS)}, timeout=30)
        with httpx.stream("GET", f"{series}/events", timeout=60) as response:
            lines = response.iter_lines()
            assert next(lines) == "retry: 2000"
            begin = time.monotonic()
            os.kill(child, signal.SIGTERM)
            assert any(line.startswith("data: ") for line in lines)  # it ends as it should
        _, status = os.waitpid(child, 0)
    assert status == 0
    assert time.monotonic() - begin < 20  # it would wait for 30


def test_two_servers_share_a_store(settings: Settings) -> None:
    other = Settings(store=settings.store, port=free_port())
    with running(settings), running(other):
        for number in range(20):
            port = (settings, other)[number % 2].port
            rows = [{"ds": number, "y": float(number)}]
            url = f"http://127.0.0.1:{port}/v1/series/a/rows"
            assert httpx.post(url, json={"rows": rows}, timeout=30).status_code == 200
        found = httpx.get(f"http://127.0.0.1:{other.port}/v1/series/a/rows").json()
    assert [row["ds"] for row in found["rows"]] == list(range(20))
