"""Measuring: in another process, with the threads asked for, its memory its own."""

import os
import signal

import pytest
import torch

from benchmarks.common.measure import in_fresh_process, machine, peak_memory_mb, timed
from gated.errors import GatedError


def threads_and_growth(megabytes):
    """Threads, the variable that libraries read, and by how much the peak rises."""
    before = peak_memory_mb()
    filled = bytearray(b"x" * (megabytes * 10**6))
    after = peak_memory_mb()
    return torch.get_num_threads(), os.environ["OMP_NUM_THREADS"], after - before, len(filled)


def be_killed():
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_fresh_process_has_its_own_threads_and_memory(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    own = bytearray(b"x" * (300 * 10**6))  # must not count in the other process
    threads, variable, growth, _ = in_fresh_process(1, threads_and_growth, 100)
    assert (threads, variable) == (1, "1")
    assert growth >= 100
    assert len(own) == 300 * 10**6
    assert "OMP_NUM_THREADS" not in os.environ


def test_a_killed_process_is_an_error_that_says_so():
    with pytest.raises(GatedError, match="memory"):
        in_fresh_process(1, be_killed)


def test_timed_gives_result_and_seconds():
    result, seconds = timed(divmod, 7, 2)
    assert result == (3, 1)
    assert seconds >= 0


def test_the_machine_is_described():
    facts = machine(threads=3)
    assert facts["threads"] == 3
    assert facts["cores"] >= 1
    assert {"processor", "load before", "python", "torch", "commit"} <= set(facts)
    assert machine(threads=None)["threads"] == "not limited"
