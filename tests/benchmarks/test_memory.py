"""The problems that need memory, and how they are scored."""

import math

import pytest
import torch

from benchmarks.memory.models import LAYERS, Model
from benchmarks.memory.problems import PROBLEMS
from benchmarks.memory.run import Settings, measure


def test_the_adding_problem_marks_two_numbers() -> None:
    sequence, target = PROBLEMS["adding"].draw(50, 3_000, torch.Generator().manual_seed(0))
    numbers, marks = sequence.unbind(-1)
    assert (marks[:25].sum(0) == 1).all()
    assert (marks[25:].sum(0) == 1).all()
    torch.testing.assert_close((numbers * marks).sum(0), target)
    outputs = torch.ones(50, 3_000, 1)  # the mean of the sum
    loss = float(PROBLEMS["adding"].loss(outputs, target))
    assert loss == pytest.approx(PROBLEMS["adding"].memoryless(50), rel=0.1)


def test_the_copy_problem_asks_for_the_first_symbols() -> None:
    problem = PROBLEMS["copy"]
    sequence, target = problem.draw(30, 400, torch.Generator().manual_seed(0))
    symbols = sequence.argmax(-1)
    assert sequence.shape == (50, 400, 10)
    assert torch.equal(symbols[:10], target[-10:])
    assert (symbols[10:39] == 8).all()
    assert (symbols[39] == 9).all()
    assert (target[:-10] == 8).all()
    # Without memory: certain of the blanks, and an even guess among the eight symbols at the end.
    outputs = torch.zeros(50, 400, 9)
    outputs[:40, :, 8] = 100
    outputs[40:, :, 8] = -100
    loss = float(problem.loss(outputs, target))
    assert loss == pytest.approx(problem.memoryless(30), rel=1e-4)
    assert problem.memoryless(30) == pytest.approx(10 * math.log(8) / 50)


@pytest.mark.parametrize("layer", LAYERS)
def test_every_layer_is_trained_and_scored(layer: str) -> None:
    found = measure(Settings("adding", 12, hidden=4, batch=4, budget=3), layer, seed=0)
    assert math.isfinite(found.test)
    assert math.isnan(found.solved)
    assert found.weights == Model(layer, 2, 1, 4, 12).weights
    assert math.isnan(found.after) == (layer == "minGRU")


def test_the_same_seed_gives_the_same_training() -> None:
    settings = Settings("copy", 10, hidden=4, batch=4, budget=3)
    first, second = (measure(settings, "GRU, chrono", seed=2).test for _ in range(2))
    assert first == second
