"""The fast reader of streams against the readable model."""

import copy
import pickle

import numpy as np
import pytest
import torch

from gated.tasks.network.sequence_model import SequenceConfig, SequenceModel
from gated.tasks.network.state import copied
from gated.tasks.network.stream_reader import MOST_STEPS, StreamReader
from gated.tasks.network.trainable_model import TrainableModel

CONFIGS = [
    SequenceConfig(1, 1, 1),
    SequenceConfig(5, 16, 1, dropout=0.2),
    SequenceConfig(7, 33, 3),
    SequenceConfig(12, 8, 2, is_centred=True),
    SequenceConfig(12, 40, 2, is_centred=True, cepstra=5),
    SequenceConfig(3, 16, 2, lookup=50),
]


def model_of(config: SequenceConfig) -> SequenceModel:
    torch.manual_seed(0)
    model = TrainableModel(config).eval()
    for parameter in model.parameters():  # norms with weights other than 1 and 0
        parameter.data += 0.1 * torch.randn_like(parameter)
    random = np.random.default_rng(0)
    mean, spread = random.normal(size=config.width), random.random(config.width) + 0.5
    model.scaler.fit(mean.astype(np.float32), spread.astype(np.float32))
    return model.frozen()


def steps_of(config: SequenceConfig, count: int) -> np.ndarray:
    random = np.random.default_rng(0)
    if config.lookup:
        return random.integers(0, config.lookup, (count, config.inputs))
    return random.normal(size=(count, config.inputs)).astype(np.float32)


def read_in_parts(reader, x, state, ends):
    parts = []
    for begin, end in zip([0, *ends], [*ends, len(x)], strict=True):
        found, state = reader(x[begin:end], state)
        parts.append(found)
    return np.concatenate(parts), state


@pytest.mark.parametrize("config", CONFIGS)
@pytest.mark.parametrize("ends", [range(1, 80), [1, 2, 7], [MOST_STEPS + 5], [10, 20, 30]])
def test_parts_equal_the_whole_of_the_model(config, ends) -> None:
    model = model_of(config)
    x = steps_of(config, 80)
    expected, last = model(x[None])
    found, state = read_in_parts(StreamReader(model), x, model.initial_state(1), ends)
    np.testing.assert_allclose(found, expected[0], atol=3e-5)
    assert state.keys() == last.keys()
    for name, value in last.items():
        assert state[name].shape == value.shape
        np.testing.assert_allclose(state[name], value, atol=3e-5, rtol=1e-5)


def test_a_state_is_not_changed_by_the_steps_after_it() -> None:
    model = model_of(CONFIGS[4])
    reader, x = StreamReader(model), steps_of(CONFIGS[4], 9)
    _, state = reader(x[:4], model.initial_state(1))
    kept = copied(state)
    first, _ = reader(x[4:], state)
    for name, value in kept.items():
        np.testing.assert_array_equal(state[name], value)
    np.testing.assert_array_equal(reader(x[4:], state)[0], first)


def test_large_values_do_not_overflow() -> None:
    model = model_of(SequenceConfig(2, 8, 1))
    x = np.full((1, 2), 1e4, dtype=np.float32)
    expected, _ = model(x[None])
    found, _ = StreamReader(model)(x, model.initial_state(1))
    np.testing.assert_allclose(found, expected[0], atol=1e-4)


def test_without_the_kernels_the_model_reads(monkeypatch) -> None:
    monkeypatch.setattr("gated.tasks.network.stream_reader.stream_of", lambda *_: None)
    model, x = model_of(CONFIGS[4]), steps_of(CONFIGS[4], 6)
    expected, _ = model(x[None])
    found, _ = StreamReader(model)(x, model.initial_state(1))
    np.testing.assert_array_equal(found, expected[0])


def test_a_copy_and_a_pickle_read_the_same() -> None:
    model, x = model_of(CONFIGS[4]), steps_of(CONFIGS[4], 6)
    reader, state = StreamReader(model), model.initial_state(1)
    expected, _ = reader(x, state)
    for other in (copy.deepcopy(reader), pickle.loads(pickle.dumps(reader))):
        np.testing.assert_array_equal(other(x, state)[0], expected)
