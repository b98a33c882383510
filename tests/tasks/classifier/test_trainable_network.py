"""The network of labels on NumPy against that of torch, which learns."""

import numpy as np
import pytest
import torch

from gated.numeric import converted
from gated.tasks.classifier.network import label_shapes
from gated.tasks.classifier.trainable_network import TrainableLabelNetwork
from gated.tasks.data.sequences import Sequences
from gated.tasks.network.sequence_model import SequenceConfig
from gated.tasks.network.stream_reader import StreamReader

CONFIG = SequenceConfig(5, 16, 2, dropout=0.3, is_centred=True, cepstra=3)
LABELS = 4


@pytest.fixture
def module() -> TrainableLabelNetwork:
    torch.manual_seed(0)
    made = TrainableLabelNetwork(CONFIG, LABELS)
    for array in (*made.parameters(), *made.buffers()):
        array.data += 0.2 * torch.rand_like(array)
    return made.eval()


@pytest.fixture
def sequences() -> Sequences:
    random = np.random.default_rng(0)
    lengths = (3, 40, 1, 17, 40)
    return Sequences.of([random.normal(size=(each, 5)).astype(np.float32) for each in lengths])


def test_arrays_and_tensors_give_the_same_logits(module, sequences) -> None:
    batch = sequences.padded(range(len(sequences)))
    with torch.no_grad():
        expected = module(converted(batch, torch.from_numpy))
    found = module.frozen().logits(batch)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=2e-6)


def test_the_logits_of_many_sequences_are_those_of_each(module, sequences) -> None:
    network = module.frozen()
    found = network.predict_logits(sequences)
    assert found.shape == (5, LABELS)
    for index in range(len(sequences)):
        alone = network.logits(sequences.padded([index]))[0]
        np.testing.assert_allclose(found[index], alone, rtol=1e-5, atol=2e-6)


def test_both_forms_of_a_stream_give_the_logits_of_the_whole(module, sequences) -> None:
    network, steps = module.frozen(), sequences[1]
    reader = StreamReader(network.model)
    fast = slow = network.initial_state(1)
    for begin, end in ((0, 1), (1, 9), (9, 40)):
        own, fast = network.read(reader, steps[begin:end], fast)
        logits, slow = network.advance(steps[begin:end], slow)
        np.testing.assert_allclose(own, logits, rtol=1e-5, atol=5e-6)
        np.testing.assert_array_equal(network.read_logits(fast), own)
        assert network.steps_read(fast) == network.steps_read(slow) == end
    np.testing.assert_allclose(own, network.logits(sequences.padded([1]))[0], atol=5e-6)
    over_time = network.logits_over_time(steps, [1, 9, 40])
    np.testing.assert_allclose(over_time[-1], own, atol=5e-6)


def test_the_listed_arrays_are_those_of_the_module(module) -> None:
    found = {name: tuple(value.shape) for name, value in module.state_dict().items()}
    assert label_shapes(CONFIG, LABELS) == found
    weights = sum(parameter.numel() for parameter in module.parameters())
    assert module.frozen().weight_count == weights


def test_a_network_goes_to_torch_and_back(module) -> None:
    network = module.frozen()
    random_state = torch.random.get_rng_state()
    again = TrainableLabelNetwork.of(network)
    assert torch.equal(torch.random.get_rng_state(), random_state)
    assert not again.training
    for name, value in again.frozen().arrays.items():
        np.testing.assert_array_equal(value, network.arrays[name])


def test_the_temperature_divides_the_logits(module) -> None:
    network = module.frozen()
    logits = np.array([[1.0, 2.0, 0.0, -3.0]], np.float32)
    expected = np.exp(logits.astype(np.float64) / network.temperature)
    found = network.probabilities(logits)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, expected / expected.sum())


def test_dropout_acts_in_training_only(module, sequences) -> None:
    batch = converted(sequences.padded([1, 4]), torch.from_numpy)
    torch.testing.assert_close(module(batch), module(batch))
    module.train()
    assert not torch.equal(module(batch), module(batch))
