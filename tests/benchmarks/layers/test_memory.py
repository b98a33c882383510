"""Memory of a training step."""

from benchmarks.layers.cases import Case
from benchmarks.layers.memory import training_memory


def test_a_training_step_keeps_its_output_at_least():
    memory = training_memory(Case("gru", 40, 64, 8, 64), threads=1)
    output_mb = 40 * 64 * 64 * 4 / 1e6
    assert memory.ours > output_mb
    assert memory.torch > output_mb
