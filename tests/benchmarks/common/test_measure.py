"""Measurement: in a new process, with the requested threads and its own memory."""

import os
import signal

import pytest
import torch

from benchmarks.common import measure
from benchmarks.common.measure import (
    in_fresh_process,
    machine,
    peak_memory_mb,
    show_progress,
    timed,
)
from gated.errors import GatedError


@pytest.fixture
def spawned(monkeypatch):
    """Start new interpreters, as the benchmarks do."""
    monkeypatch.setattr(measure, "_START", "spawn")


def threads_and_added_memory(megabytes):
    """Threads of torch, the variable that libraries read, and the growth of the peak."""
    before = peak_memory_mb()
    filled = bytearray(b"x" * (megabytes * 10**6))
    after = peak_memory_mb()
    return torch.get_num_threads(), os.environ["OMP_NUM_THREADS"], after - before, len(filled)


def kill_itself():
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_fresh_process_has_its_own_threads_and_memory(monkeypatch, spawned):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    own = bytearray(b"x" * (300 * 10**6))  # must not count in the other process
    threads, variable, growth, _ = in_fresh_process(1, threads_and_added_memory, 100)
    assert (threads, variable) == (1, "1")
    assert growth >= 100
    assert len(own) == 300 * 10**6
    assert "OMP_NUM_THREADS" not in os.environ


def test_a_killed_process_is_an_error_that_names_memory():
    with pytest.raises(GatedError, match="memory"):
        in_fresh_process(1, kill_itself)


def test_timed_returns_result_and_seconds():
    result, seconds = timed(divmod, 7, 2)
    assert result == (3, 1)
    assert seconds >= 0


def test_the_machine_is_described():
    facts = machine(threads=3)
    assert facts["threads"] == 3
    assert facts["cores"] >= 1
    assert {"processor", "load before", "python", "torch", "commit"} <= set(facts)
    assert machine(threads=None)["threads"] == "not limited"


def test_progress_goes_to_stderr(capsys):
    show_progress("reading")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "reading …\n")
