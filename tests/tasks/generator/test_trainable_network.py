"""The network of a generator on NumPy against that of torch, which learns."""

import numpy as np
import pytest
import torch

from gated.numeric import converted
from gated.tasks.generator.heads import HeadConfig
from gated.tasks.generator.network import generator_shapes
from gated.tasks.generator.steps import Steps, stack
from gated.tasks.generator.trainable_network import TrainableGeneratorNetwork
from gated.tasks.network.sequence_model import SequenceConfig

POSE = (0.1, 0.2, 0.4)
CASES = {
    "categorical": (SequenceConfig(3, 16, 2, lookup=9), HeadConfig("categorical", 9)),
    "mixture": (SequenceConfig(5, 16, 1, dropout=0.2), HeadConfig("mixture", 4)),
    "pose": (SequenceConfig(8, 16, 2), HeadConfig("pose", 3, POSE)),
}


def drawn(case: str) -> TrainableGeneratorNetwork:
    torch.manual_seed(0)
    made = TrainableGeneratorNetwork(*CASES[case])
    for array in (*made.parameters(), *made.buffers()):
        array.data += 0.1 * torch.rand_like(array)
    return made.eval()


def steps(case: str, count: int) -> Steps:
    config, head = CASES[case]
    random = np.random.default_rng(count)
    inputs = random.normal(size=(count, config.inputs)).astype(np.float32)
    targets = random.normal(size=(count, 3)).astype(np.float32)
    if config.lookup:
        inputs = random.integers(0, config.lookup, (count, config.inputs))
    if head.kind == "categorical":
        targets = random.integers(0, head.size, count)
    if head.kind == "mixture":
        targets[:, 2] = random.integers(0, 3, count)
    all_true = np.ones(count, dtype=bool)
    return Steps(inputs, targets, None, all_true, all_true)


@pytest.mark.parametrize("case", CASES)
def test_arrays_and_tensors_give_the_same_nats_and_state(case) -> None:
    module = drawn(case)
    network, state, own = module.frozen(), None, None
    for counts in ((4, 4), (7, 2)):  # the second part goes on; its second piece is shorter
        batch = stack([steps(case, count) for count in counts])
        with torch.no_grad():
            expected, state = module.nats(converted(batch, torch.from_numpy), state)
        found, own = network.nats(batch, own)
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)
        for name, value in own.items():
            np.testing.assert_allclose(value, state[name], rtol=1e-5, atol=2e-6)
    assert not found[1, 2:].any()


@pytest.mark.parametrize("case", CASES)
def test_the_listed_arrays_are_those_of_the_module(case) -> None:
    module = drawn(case)
    found = {name: tuple(value.shape) for name, value in module.state_dict().items()}
    assert generator_shapes(*CASES[case]) == found
    weights = sum(parameter.numel() for parameter in module.parameters())
    assert module.frozen().weight_count == weights


@pytest.mark.parametrize("case", CASES)
def test_a_network_goes_to_torch_and_back(case) -> None:
    network = drawn(case).frozen()
    random_state = torch.random.get_rng_state()
    again = TrainableGeneratorNetwork.of(network)
    assert torch.equal(torch.random.get_rng_state(), random_state)
    assert not again.training
    for name, value in again.frozen().arrays.items():
        np.testing.assert_array_equal(value, network.arrays[name])
