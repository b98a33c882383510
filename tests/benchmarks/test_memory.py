"""The problems that need memory, and how they are scored."""

import math

import pytest
import torch

from benchmarks.common.folders import Folder
from benchmarks.memory.cells import CELLS, blocks_with
from benchmarks.memory.cells import measure as measure_cell
from benchmarks.memory.models import LAYERS, FeedForward, Model
from benchmarks.memory.problems import PROBLEMS
from benchmarks.memory.run import Settings, measure
from benchmarks.zero_shot.tasks import Task
from gated.nn import GRU
from gated.nn.blocks import RecurrentBlock


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


def test_the_yearly_problem_has_the_stated_losses() -> None:
    problem = PROBLEMS["yearly"]
    sequence, target = problem.draw(728, 300, torch.Generator().manual_seed(0))
    assert sequence.shape == (728, 300, 5)
    assert target[:364].isnan().all()
    assert not target[364:].isnan().any()
    without_memory = float(problem.loss(torch.zeros(728, 300, 1), target))
    assert without_memory == pytest.approx(problem.memoryless(728), rel=0.05)
    last_year = torch.zeros(728, 300, 1)  # at day t the value of day t + 28 − 364
    last_year[364:, :, 0] = sequence[28 : 28 + 364, :, 0]
    assert float(problem.loss(last_year, target)) == pytest.approx(problem.solved(728), rel=0.02)
    torch.testing.assert_close(target[364:-28], sequence[364 + 28 :, :, 0])


def test_the_feed_forward_network_reads_a_window() -> None:
    network = FeedForward(2, 8)
    sequence = torch.randn(150, 3, 2)
    changed = sequence.clone()
    changed[:20] = 0
    states, other = network(sequence)[0], network(changed)[0]
    assert states.shape == (150, 3, 8)
    assert torch.equal(states[119:], other[119:])  # step 119 reads 20 … 119
    assert not torch.equal(states[118], other[118])


@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_takes_the_place_of_the_gru(cell: str) -> None:
    with blocks_with(cell):
        block = RecurrentBlock(8)
    inputs = torch.randn(2, 5, 8)
    output, _ = block(inputs)
    assert output.shape == (2, 5, 8)
    later = inputs.clone()
    later[:, 4] = 0
    torch.testing.assert_close(block(later)[0][:, :4], output[:, :4])  # reads no later step
    assert isinstance(RecurrentBlock(8).recurrent, GRU)  # only inside


def test_a_cell_is_trained_on_a_table_and_scored(data: Folder) -> None:
    found = measure_cell(Task("shop", 28, 7, windows=4), data, "RNN", seed=0, max_steps=2)
    assert 0.3 < found.mase < 3
    assert found.weights < 400_000  # with GRUs 508,315


@pytest.mark.parametrize("layer", LAYERS)
def test_every_layer_is_trained_and_scored(layer: str) -> None:
    found = measure(Settings("adding", 12, hidden=4, batch=4, budget=3), layer, seed=0)
    assert math.isfinite(found.test)
    assert math.isnan(found.solved)
    assert found.weights == Model(layer, 2, 1, 4, 12).weights
    assert math.isnan(found.after) == (layer in ("minGRU", "feed-forward"))


def test_the_same_seed_gives_the_same_training() -> None:
    settings = Settings("copy", 10, hidden=4, batch=4, budget=3)
    first, second = (measure(settings, "GRU, chrono", seed=2).test for _ in range(2))
    assert first == second
