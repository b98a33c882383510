"""The residual block: one definition, of the same values for NumPy and for torch."""

import numpy as np
import pytest
import torch

from gated.nn.blocks import RecurrentBlock
from gated.numeric import Parameters
from gated.ops.blocks import array_block, block_gates, residual_block


@pytest.fixture
def block() -> RecurrentBlock:
    made = RecurrentBlock(12)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter += 0.2 * torch.randn_like(parameter)
    return made.eval()


@pytest.fixture
def inputs() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(3, 9, 12)).astype(np.float32)


def of(block: RecurrentBlock) -> Parameters:
    return Parameters({name: value.numpy() for name, value in block.state_dict().items()})


def test_arrays_and_tensors_give_the_same_block(block, inputs) -> None:
    with torch.no_grad():
        expected, _ = block(torch.from_numpy(inputs))
    found = array_block(of(block), inputs)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=2e-6)


def test_arrays_and_tensors_give_the_same_gates(block, inputs) -> None:
    with torch.no_grad():
        expected = block.gates(torch.from_numpy(inputs))
    found = block_gates(of(block), inputs)
    assert list(found) == list(expected) == ["r", "z", "n", "h"]
    for name, values in found.items():
        np.testing.assert_allclose(values, expected[name], rtol=1e-4, atol=5e-6, err_msg=name)


def test_the_block_is_that_of_its_layers(block, inputs) -> None:
    """The definition of the module docstring, written with the layers of torch."""
    x = torch.from_numpy(inputs)
    states, _ = block.recurrent(block.recurrent_norm(x))
    mixed = x + states
    expected = mixed + block.feed_forward(mixed)
    torch.testing.assert_close(block(x)[0], expected)


def test_dropout_acts_on_both_branches(block, inputs) -> None:
    dropped: list[tuple[int, ...]] = []

    def drop(x: np.ndarray) -> np.ndarray:
        dropped.append(x.shape)
        return np.zeros_like(x)

    weights = of(block)
    found = residual_block(weights, inputs, lambda x: x, drop)
    assert dropped == [(3, 9, 12), (3, 9, 24)]
    np.testing.assert_allclose(found, inputs + weights["feed_forward.4.bias"], rtol=1e-6)
