"""Large bodies: a server answers others while they come in, are read and are refused."""

import http.client
import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gated.serve import Limits, Settings
from gated.serve.forecasting.engine import Engine
from tests.ports import free_port
from tests.serve.processes import running

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="servers are forked")

MB = 2**20
ROW = b'{"ds":%d,"y":%d.25}'


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    Engine().warm_up()
    path: Path = tmp_path_factory.mktemp("store") / "store.db"
    limits = Limits(body_bytes=40 * MB, body_seconds=120, rows=1_000_000, seconds=120)
    settings = Settings(store=str(path), port=free_port(), limits=limits)
    with running(settings):
        yield settings.port


def ask(port: int, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    connection.request(method, path, body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response.status, content


def slowest_health(port: int, until: threading.Thread) -> float:
    """The longest time of an answer of /healthz while a thread runs."""
    times = [0.0]
    while until.is_alive():
        begin = time.perf_counter()
        assert ask(port, "GET", "/healthz")[0] == 200
        times.append(time.perf_counter() - begin)
        time.sleep(0.01)
    assert len(times) > 2  # a body that is refused early is short
    return max(times)


def body_of(size: int) -> bytes:
    rows, count = [], 0
    while count < size:
        rows.append(ROW % (len(rows), len(rows) % 7))
        count += len(rows[-1]) + 1
    return b'{"rows":[' + b",".join(rows) + b"]}"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v1/series/large/rows", body_of(32 * MB), 413),  # more rows than allowed
        ("/v1/forecast", b'{"h":3,' + body_of(32 * MB)[1:], 413),
        (
            "/v1/series/large/rows",
            b'{"rows":[' + b'{"ds":1,"y":2.5,"z":"0123456789"},' * 950_000,
            400,
        ),
        ("/v1/series/large/rows", b"[" * 32 * MB, 400),
        ("/v1/forecast", b'{"h":3,"level":"' + b"x" * 32 * MB, 400),
    ],
    ids=["rows", "forecast", "torn", "brackets", "text"],
)
def test_others_are_answered_while_32_mb_come_in(
    port: int, path: str, body: bytes, status: int
) -> None:
    found: list[int] = []
    sending = threading.Thread(target=lambda: found.append(ask(port, "POST", path, body)[0]))
    sending.start()
    slowest = slowest_health(port, sending)
    sending.join()
    assert found == [status]
    assert slowest < 1.0  # read at once, such a body takes several seconds


def test_many_rows_are_stored(port: int) -> None:
    body = body_of(2 * MB)
    status, content = ask(port, "PUT", "/v1/series/many/rows", body)
    assert status == 200
    assert json.loads(content)["rows"] == body.count(b"ds")
