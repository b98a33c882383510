"""The network of symbols on NumPy against that of torch, which learns."""

import numpy as np
import pytest
import torch

from gated.numeric import converted
from gated.tasks.data.sequences import Sequences
from gated.tasks.network.sequence_model import SequenceConfig
from gated.tasks.transcriber import network as network_module
from gated.tasks.transcriber.network import symbol_shapes
from gated.tasks.transcriber.trainable_network import TrainableSymbolNetwork

CONFIG = SequenceConfig(5, 16, 2, dropout=0.3)
SYMBOLS = 4


@pytest.fixture
def module() -> TrainableSymbolNetwork:
    torch.manual_seed(0)
    made = TrainableSymbolNetwork(CONFIG, SYMBOLS)
    for array in (*made.parameters(), *made.buffers()):
        array.data += 0.2 * torch.rand_like(array)
    return made.eval()


@pytest.fixture
def sequences() -> Sequences:
    random = np.random.default_rng(0)
    lengths = (3, 40, 1, 17, 40)
    return Sequences.of([random.normal(size=(each, 5)).astype(np.float32) for each in lengths])


def test_arrays_and_tensors_give_the_same_log_probabilities(module, sequences) -> None:
    batch = sequences.padded(range(len(sequences)))
    with torch.no_grad():
        expected = module(converted(batch, torch.from_numpy))
    network = module.frozen()
    found, _ = network.advance(batch.values, network.initial_state(len(sequences)))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=2e-6)
    np.testing.assert_allclose(np.exp(found).sum(-1), 1, rtol=1e-5)


def test_parts_of_long_sequences_give_the_whole(module, sequences, monkeypatch) -> None:
    network = module.frozen()
    expected = network.predict(sequences)
    assert [each.shape for each in expected] == [(n, 5) for n in sequences.lengths]
    monkeypatch.setattr(network_module, "STEPS_AT_ONCE", 7)
    for found, each in zip(network.predict(sequences), expected, strict=True):
        np.testing.assert_allclose(found, each, rtol=1e-5, atol=2e-6)


def test_the_listed_arrays_are_those_of_the_module(module) -> None:
    found = {name: tuple(value.shape) for name, value in module.state_dict().items()}
    assert symbol_shapes(CONFIG, SYMBOLS) == found
    weights = sum(parameter.numel() for parameter in module.parameters())
    assert module.frozen().weight_count == weights


def test_a_network_goes_to_torch_and_back(module) -> None:
    network = module.frozen()
    random_state = torch.random.get_rng_state()
    again = TrainableSymbolNetwork.of(network)
    assert torch.equal(torch.random.get_rng_state(), random_state)
    assert not again.training
    for name, value in again.frozen().arrays.items():
        np.testing.assert_array_equal(value, network.arrays[name])
