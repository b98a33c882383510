"""Kills the server while clients write, and looks for every acknowledged row afterwards.

`python -m tests.serve.kills 200` does so 200 times, on one store.
"""

import os
import random
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx

from gated.serve import Settings
from gated.serve.forecasting.engine import Engine
from gated.store import Store
from tests.ports import free_port
from tests.serve.processes import running

__all__ = ["kill_repeatedly"]

CLIENTS = 3


class Client(threading.Thread):
    """Writes rows to a series of its own until the server is gone; keeps what was acknowledged."""

    def __init__(self, port: int, label: str, first: int) -> None:
        super().__init__()
        self.address = f"http://127.0.0.1:{port}/v1/series/{label}/rows"
        self.label, self.next = label, first
        self.acknowledged: list[int] = []

    def run(self) -> None:
        """Write one to five rows at a time."""
        drawn = random.Random(self.label + str(self.next))
        with httpx.Client(timeout=30) as client:
            while True:
                numbers = list(range(self.next, self.next + drawn.randint(1, 5)))
                rows = [{"ds": number, "y": number / 8} for number in numbers]
                self.next = numbers[-1] + 1
                try:
                    response = client.post(self.address, json={"rows": rows})
                except httpx.HTTPError:
                    return
                assert response.status_code == 200, response.text
                self.acknowledged += numbers


def kill_repeatedly(path: Path, times: int) -> dict[str, int]:
    """Kill a server so many times while clients write.

    Returns:
        Counts: the acknowledged rows, and those of them that are missing or have another value.
    """
    drawn = random.Random(0)
    acknowledged: dict[str, set[int]] = {f"s{n}": set() for n in range(CLIENTS)}
    firsts = dict.fromkeys(acknowledged, 0)
    for _ in range(times):
        settings = Settings(store=str(path), port=free_port())
        with running(settings) as child:
            clients = [Client(settings.port, label, firsts[label]) for label in acknowledged]
            for client in clients:
                client.start()
            enough = drawn.randint(1, 60)  # rows
            while sum(len(client.acknowledged) for client in clients) < enough:
                time.sleep(0.001)
            time.sleep(drawn.uniform(0, 0.02))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            for client in clients:
                client.join()
        for client in clients:
            acknowledged[client.label].update(client.acknowledged)
            firsts[client.label] = client.next
    return _looked_up(path, acknowledged)


def _looked_up(path: Path, acknowledged: dict[str, set[int]]) -> dict[str, int]:
    missing = wrong = 0
    with Store(str(path)) as store:
        for label, numbers in acknowledged.items():
            found = store.series.rows(label)
            pairs = {} if found is None else dict(zip(found.ds.tolist(), found.y, strict=True))
            missing += len(numbers - pairs.keys())
            wrong += sum(y != number / 8 for number, y in pairs.items())
    total = sum(map(len, acknowledged.values()))
    return {"acknowledged": total, "missing": missing, "wrong": wrong}


if __name__ == "__main__":
    Engine().warm_up()  # before the forks
    with tempfile.TemporaryDirectory() as folder:
        print(kill_repeatedly(Path(folder) / "store.db", int(sys.argv[1])))
