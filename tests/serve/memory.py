"""Measures whether the memory of the server grows with updates.

`python -m tests.serve.memory 100000` stores so many rows, one in each request, of 100 series, asks
for a forecast at every 500th, and prints the memory of the server on the way.
"""

import http.client
import json
import sys
import tempfile
from pathlib import Path

from gated.serve import Settings
from gated.serve.forecasting.engine import Engine
from tests.ports import free_port
from tests.serve.processes import running

__all__ = ["memory_over_updates"]

SERIES, FORECASTS = 100, 500


def memory_over_updates(path: Path, updates: int, looks: int = 10) -> list[float]:
    """Store rows one by one; the resident memory of the server in MB, `looks` times on the way."""
    settings = Settings(store=str(path), port=free_port())
    found = []
    with running(settings) as server:
        connection = http.client.HTTPConnection("127.0.0.1", settings.port, timeout=120)
        for number in range(updates):
            label, step = number % SERIES, number // SERIES
            row = {"ds": step, "y": 10.5 + (step % 7) + label}
            _ask(connection, "POST", f"/v1/series/s{label}/rows", json.dumps({"rows": [row]}))
            if number % FORECASTS == FORECASTS - 1 and step > 20:
                path_of = f"/v1/series/s{label}/forecast?h=7&validated=false&season_length=7"
                _ask(connection, "GET", path_of)
            if (number + 1) % (updates // looks) == 0:
                found.append(_resident_mb(server))
                print(f"{number + 1:,} updates: {found[-1]:.1f} MB", flush=True)
        connection.close()
    return found


def _ask(
    connection: http.client.HTTPConnection, method: str, path: str, body: str | None = None
) -> None:
    connection.request(method, path, body, {"Content-Type": "application/json"})
    response = connection.getresponse()
    answer = response.read()
    assert response.status == 200, answer


def _resident_mb(process: int) -> float:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


if __name__ == "__main__":
    Engine().warm_up()
    with tempfile.TemporaryDirectory() as folder:
        memory_over_updates(Path(folder) / "store.db", int(sys.argv[1]))
