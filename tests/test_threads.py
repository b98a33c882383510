"""Tests the numbers of threads: of recurrences, of batches, and of other libraries."""

import os
import subprocess
import sys
import threading

import pytest
import torch

from gated.threads import as_worker, batches_at_once, thread_count, worker_count

PROCESSORS = len(os.sched_getaffinity(0))


def test_the_threads_are_those_of_torch() -> None:
    assert thread_count() == worker_count() == torch.get_num_threads()


@pytest.mark.parametrize(
    ("asked", "expected"), [("3", 3), ("4,2", 4), ("", None), ("0", None), ("many", None)]
)
def test_without_torch_the_environment_gives_the_threads(
    asked: str, expected: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "torch")
    monkeypatch.setenv("OMP_NUM_THREADS", asked)
    assert thread_count() == worker_count() == (expected or PROCESSORS)


def test_a_worker_has_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "torch")
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    found: list[int] = []

    def work() -> None:
        as_worker()
        found.extend([thread_count(), worker_count()])

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [1, 1]
    assert (thread_count(), worker_count()) == (3, 3)


@pytest.mark.parametrize(("asked", "batches"), [(None, PROCESSORS), ("1", 1), ("2", 2)])
def test_limited_libraries_leave_all_processors_to_batches(asked: str | None, batches: int) -> None:
    script = (
        "from gated.threads import limit_threads, thread_count, worker_count; limit_threads(); "
        "print(thread_count(), worker_count())"
    )
    environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    environment |= {} if asked is None else {"OMP_NUM_THREADS": asked}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [asked or "1", str(min(batches, 16))]


def test_a_block_gives_the_batches_of_its_thread() -> None:
    before, elsewhere = worker_count(), list[int]()
    with batches_at_once(10_000):
        assert worker_count() == min(PROCESSORS, 16)
        assert thread_count() == torch.get_num_threads()
        other = threading.Thread(target=lambda: elsewhere.append(worker_count()))
        other.start()
        other.join()
        with batches_at_once(1):
            assert worker_count() == 1
    assert elsewhere == [before] == [worker_count()]
