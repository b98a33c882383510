"""Rows survive kill -9, several writers and a full disk: each acknowledged row is found again."""

import subprocess
import sys
from pathlib import Path

import pytest

from gated.errors import UsageError
from gated.store import Store, Write

# Writes rows 0, 1, 2 … and prints each number after the store has acknowledged it.
WRITE = """
import sys
from gated.store import Store, Write
store, label, most = Store(sys.argv[1]), sys.argv[2], int(sys.argv[3])
info = store.series.info(label)
first = 0 if info is None or info.last is None else info.last + 1
for number in range(first, first + most):
    store.series.write(Write(label, "integer", [number], [float(number)]))
    print(number, flush=True)
"""
# The same under a limit on the size of files, as a full disk.
WRITE_ON_A_FULL_DISK = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
"""


def start(program: str, *arguments: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def numbers(printed: bytes) -> list[int]:
    """The acknowledged numbers; the last line may be torn."""
    return [int(line) for line in printed.split(b"\n")[:-1]]


def check_found(store: Store, label: str, acknowledged: list[int]) -> None:
    found = store.series.rows(label)
    assert found is not None
    assert set(acknowledged) <= set(found.ds.tolist())
    assert found.y.tolist() == [float(number) for number in found.ds.tolist()]


def test_kill_loses_no_acknowledged_row(address: str) -> None:
    acknowledged: list[int] = []
    for end in (5, 40, 90):
        running = start(WRITE, address, "a", "100000")
        assert running.stdout is not None
        printed = b"".join(running.stdout.readline() for _ in range(end))
        running.kill()
        printed += running.communicate(timeout=60)[0]
        acknowledged += numbers(printed)
        with Store(address) as store:
            check_found(store, "a", acknowledged)
    assert len(acknowledged) >= 135


def test_two_writers_of_one_series_lose_nothing(address: str) -> None:
    Store(address).close()
    running = [start(WRITE, address, label, "60") for label in ("a", "a", "b")]
    printed = [one.communicate(timeout=120) for one in running]
    assert [error for _, error in printed] == [b""] * 3
    with Store(address) as store:
        check_found(store, "a", numbers(printed[0][0]) + numbers(printed[1][0]))
        check_found(store, "b", numbers(printed[2][0]))
        info = store.series.info("a")
        assert info is not None
        assert info.revision == 120
        found = store.series.rows("a")
        assert found is not None
        assert len(found.ds) == info.n_rows


def test_a_full_disk_is_said_and_loses_nothing(tmp_path: Path) -> None:
    address = str(tmp_path / "store.db")
    Store(address).close()
    running = start(WRITE_ON_A_FULL_DISK + WRITE, address, "a", "100000")
    printed, error = running.communicate(timeout=300)
    assert running.returncode == 1
    assert b"StoreFullError" in error
    assert b"is full" in error
    acknowledged = numbers(printed)
    assert acknowledged
    with Store(address) as store:
        check_found(store, "a", acknowledged)
        store.series.write(Write("a", "integer", [-1], [-1.0]))  # there is space again


def test_a_refused_write_keeps_the_store_usable(address: str) -> None:
    with Store(address) as store:
        for _ in range(20):
            with pytest.raises(UsageError):
                store.series.write(Write("a", "integer", [1, 2], [0.0] * 2, most_rows=1))
        store.series.write(Write("a", "integer", [1], [1.0]))
