"""Measures `gated serve`: throughput and latency of forecasts at 1 to 100 clients, on loopback.

`python -m benchmarks.live.server` starts a server as a process of its own, with an empty store, and
asks it from threads of this process. Every client waits for its answer before it asks again.
"""

import argparse
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import numpy as np

__all__ = ["Load", "main", "measure"]

_STEPS, _HORIZON = 200, 14
_SERVE = "import sys; from gated.cli import main; sys.exit(main())"
_SERIES = 64
_WARM_SECONDS = 1.0


@dataclass(frozen=True)
class Load:
    """The result of one load.

    Attributes:
        kind: what was asked.
        clients: their number.
        per_second: answers a second.
        p50_ms, p99_ms: quantiles of the time of an answer.
        cpu_ms: time of the server's CPU for one answer, in all threads.
        refused: answers that were no forecast.
    """

    kind: str
    clients: int
    per_second: float
    p50_ms: float
    p99_ms: float
    cpu_ms: float
    refused: int


Request = tuple[str, str, bytes | None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark, and print one JSON object for each load."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 10, 32, 100])
    parser.add_argument("--seconds", type=float, default=10.0, help="of each load")
    parser.add_argument(
        "--kind", choices=sorted(_KINDS), nargs="+", default=["rows", "kept", "update"]
    )
    given = parser.parse_args(arguments)
    for load in measure(given.kind, given.clients, given.seconds):
        print(json.dumps(asdict(load)), flush=True)
    return 0


def measure(kinds: Sequence[str], clients: Sequence[int], seconds: float) -> list[Load]:
    """Measure loads on one server.

    Args:
        kinds: "rows" (`POST /v1/forecast`: 200 days of one series in, 14 days out), "kept" (`GET
            /v1/series/ID/forecast` of series that do not change), "update" (one row is stored,
            then its series is forecast, which counts as one answer).
        clients: numbers of clients.
        seconds: of each load.
    """
    with tempfile.TemporaryDirectory() as folder:
        port = _free_port()
        command = [sys.executable, "-c", _SERVE, "serve", "--port", str(port)]
        command += ["--store", str(Path(folder) / "store.db")]
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as server:
            try:
                _wait_for(port)
                _fill(port)
                return [
                    _load(server.pid, port, kind, count, seconds)
                    for kind in kinds
                    for count in clients
                ]
            finally:
                server.terminate()


def _values(series: int) -> list[float]:
    """Days of a shop: a week, a trend and noise."""
    rng = np.random.default_rng(series)
    step = np.arange(_STEPS)
    y = 50 + 0.05 * step + 10 * np.sin(2 * np.pi * step / 7) + 3 * rng.normal(size=_STEPS)
    return [round(float(value), 2) for value in y]


def _rows(series: int) -> list[dict[str, object]]:
    first = np.datetime64("2024-01-01")
    return [{"ds": str(first + day), "y": y} for day, y in enumerate(_values(series))]


@cache
def _body_of_rows(series: int) -> bytes:
    """A body is made once: the clients share the processors with the server."""
    return json.dumps({"rows": _rows(series), "h": _HORIZON}).encode()


def _ask_rows(client: int, _count: int) -> list[Request]:
    return [("POST", "/v1/forecast", _body_of_rows(client % _SERIES))]


def _ask_kept(client: int, _count: int) -> list[Request]:
    return [("GET", f"/v1/series/s{client % _SERIES}/forecast?h={_HORIZON}&validated=false", None)]


def _ask_update(client: int, count: int) -> list[Request]:
    row = {"ds": str(np.datetime64("2024-01-01") + _STEPS + count), "y": 50.0 + count % 7 + 0.5}
    path = f"/v1/series/u{client}"
    rows = [row] if count else [*_rows(client % _SERIES), row]
    return [
        ("POST", f"{path}/rows", json.dumps({"rows": rows}).encode()),
        ("GET", f"{path}/forecast?h={_HORIZON}&validated=false", None),
    ]


_KINDS: dict[str, Callable[[int, int], list[Request]]] = {
    "rows": _ask_rows,
    "kept": _ask_kept,
    "update": _ask_update,
}


class _Client(threading.Thread):
    """Asks again and again, until the time is over."""

    def __init__(self, port: int, kind: str, number: int, count: int, end: float) -> None:
        super().__init__()
        self._port, self._ask, self._number, self._end = port, _KINDS[kind], number, end
        self.count = count
        self.times: list[float] = []
        self.refused = 0

    def run(self) -> None:
        """Ask until the end."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=120)
        while time.perf_counter() < self._end:
            begin, is_refused = time.perf_counter(), False
            for method, path, body in self._ask(self._number, self.count):
                is_refused |= _status(connection, method, path, body) != 200
            self.times.append(time.perf_counter() - begin)
            self.refused += is_refused
            self.count += 1
        connection.close()


def _status(
    connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None
) -> int:
    connection.request(method, path, body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    response.read()
    return response.status


def _load(server: int, port: int, kind: str, clients: int, seconds: float) -> Load:
    counts = [0] * clients
    for duration in (_WARM_SECONDS, seconds):
        cpu, begin = _cpu_seconds(server), time.perf_counter()
        end = begin + duration
        running = [_Client(port, kind, n, counts[n], end) for n in range(clients)]
        for client in running:
            client.start()
        for client in running:
            client.join()
        counts = [client.count for client in running]
        cpu, wall = _cpu_seconds(server) - cpu, time.perf_counter() - begin
    times = np.concatenate([client.times for client in running])
    return Load(
        kind,
        clients,
        round(len(times) / wall, 1),
        round(float(np.quantile(times, 0.5)) * 1000, 1),
        round(float(np.quantile(times, 0.99)) * 1000, 1),
        round(1000 * cpu / len(times), 2),
        sum(client.refused for client in running),
    )


def _fill(port: int) -> None:
    """Store the series of `kept`."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for series in range(_SERIES):
        body = json.dumps({"rows": _rows(series)}).encode()
        assert _status(connection, "PUT", f"/v1/series/s{series}/rows", body) == 200
    connection.close()


def _cpu_seconds(process: int) -> float:
    """Seconds that a process has used the CPU, in all threads (Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_for(port: int) -> None:
    for _ in range(1200):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            if _status(connection, "GET", "/readyz", None) == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise TimeoutError("the server did not start")


if __name__ == "__main__":
    sys.exit(main())
