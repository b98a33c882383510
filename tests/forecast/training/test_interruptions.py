"""Tests that a fit that is interrupted anywhere resumes to the same bits.

Ctrl-C is pressed at the n-th call of a function inside `fit`, whatever that function is: in a
step, in an evaluation, between two stages, while the network is compared with the baselines, while
the checkpoint is written. It is pressed once, twice or three times, in one run or in two.
`GATED_INTERRUPTIONS=200` tries that many points, `GATED_SEED=1` others.
"""

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from gated import read_table
from gated.forecast import Forecaster
from gated.forecast.model.trainable_network import TrainableNetwork
from gated.forecast.model.weights import pretrained
from gated.table import Table
from tests.forecast.example_tables import sales

TRIALS = int(os.environ.get("GATED_INTERRUPTIONS", "8"))
TINY = {"hidden_size": 8, "num_layers": 1, "batch_size": 4, "max_steps": 6}


class Presses:
    """Presses Ctrl-C at some calls of functions, counted from the beginning of the block.

    Counting makes a fit several times as slow: it ends after the last press. Without any, all
    calls are counted if asked for.
    """

    def __init__(self, at: Sequence[int] = (), *, counts_all: bool = False) -> None:
        self.at, self.calls = set(at), 0
        self.last = sys.maxsize if counts_all else max(at, default=0)
        self.first_step: dict[str, int] = {}
        self.model = Forecaster()

    def __enter__(self) -> "Presses":
        if self.last:
            sys.setprofile(self._count)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def note(self, stage: str, _: object) -> None:
        """For `fit(progress=…)`: at which call each stage had made its first step."""
        self.first_step.setdefault(stage, self.calls)

    def _count(self, frame: object, event: str, _: object) -> None:
        if event in ("call", "c_call"):
            self.calls += 1
            if self.calls >= self.last:
                sys.setprofile(None)
            if self.calls in self.at:
                signal.raise_signal(signal.SIGINT)


@pytest.fixture(scope="module")
def table() -> Table:
    return read_table(sales(2, length=70), covariates=["open"])


@pytest.fixture(autouse=True)
def _ctrl_c_interrupts() -> Iterator[None]:
    """As in a terminal: a shell lets its background jobs ignore Ctrl-C."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def _small_pretrained_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the size of the network from scratch: tensors that are mistaken would not be noticed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        small = TrainableNetwork.untrained(TINY["hidden_size"], TINY["num_layers"]).frozen()
    monkeypatch.setattr(pretrained, "_load", lambda: small)


def fitted(table: Table, path: Path | None, presses: Presses) -> np.ndarray:
    """The weights, and their forecasts of the held-out windows."""
    model = Forecaster(h=7, training="auto", seed=3, **TINY)
    presses.model = model
    with presses:
        model.fit(table, checkpoint=path, progress=presses.note)
    weights = [array.reshape(-1) for array in model._fit.fitted.network.arrays.values()]
    return np.append(np.concatenate(weights), list(model.verdict_.errors.values()))


@pytest.mark.usefixtures("_small_pretrained_network")
def test_resumes_to_the_same_bits_from_anywhere(table: Table, tmp_path: Path) -> None:
    expected = fitted(table, None, Presses())  # imports modules, which would count as calls
    whole = Presses(counts_all=True)
    assert np.array_equal(fitted(table, None, whole), expected)
    assert list(whole.first_step) == ["tune", "scratch", "finish"]
    parts = list(pairwise([1, *whole.first_step.values(), whole.calls]))
    rng = np.random.default_rng(int(os.environ.get("GATED_SEED", "0")))
    interruptions = 0
    for trial in range(TRIALS):
        path = tmp_path / f"{trial}.checkpoint"
        begin, end = parts[trial % len(parts)]
        points = [int(rng.integers(begin, end)), int(rng.integers(1, whole.calls))]
        for at in points[: 1 + trial % 2]:
            again = rng.integers(1, 1_000, size=rng.integers(0, 3))
            run = Presses([at, *(at + again.cumsum()).tolist()])
            try:
                fitted(table, path, run)
            except KeyboardInterrupt:
                interruptions += 1
                is_kept = path.exists() or run.model.is_fitted
                assert is_kept or not run.first_step, "what was learned is lost"
                torch.set_grad_enabled(True)  # as in a new process: `no_grad` may have been cut
        found = fitted(table, path, Presses())
        assert np.array_equal(found, expected), f"interrupted at call {points} of {whole.calls}"
        assert not path.exists()
    assert interruptions >= TRIALS  # a few of the second points lie behind the end
