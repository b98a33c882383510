"""The sequence model of arrays against that of torch, which learns."""

import numpy as np
import pytest
import torch

from gated.numeric import Parameters
from gated.tasks.network.sequence_model import (
    CONSTANTS,
    SequenceConfig,
    SequenceModel,
    model_shapes,
)
from gated.tasks.network.trainable_model import TrainableModel, load_arrays_into, tensors_of

CONFIGS = [
    SequenceConfig(1, 1, 1),
    SequenceConfig(7, 33, 3, dropout=0.2),
    SequenceConfig(12, 8, 2, is_centred=True),
    SequenceConfig(12, 40, 2, is_centred=True, cepstra=5),
    SequenceConfig(3, 16, 2, lookup=50),
]


def drawn(config: SequenceConfig) -> TrainableModel:
    torch.manual_seed(0)
    model = TrainableModel(config).eval()
    for array in (*model.parameters(), *model.buffers()):
        array.data += 0.1 * torch.rand_like(array)
    return model


def steps_of(config: SequenceConfig, *shape: int) -> np.ndarray:
    random = np.random.default_rng(0)
    if config.lookup:
        return random.integers(0, config.lookup, (*shape, config.inputs))
    return random.normal(size=(*shape, config.inputs)).astype(np.float32)


@pytest.mark.parametrize("config", CONFIGS)
def test_arrays_and_tensors_give_the_same_features_and_state(config) -> None:
    model = drawn(config)
    frozen = model.frozen()
    state, own, x = None, None, steps_of(config, 3, 9)
    for part in (x[:, :5], x[:, 5:]):
        with torch.no_grad():
            expected, state = model(torch.from_numpy(part), state)
        found, own = frozen(part, own)
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=2e-6)
        assert own.keys() == state.keys()
        for name, value in own.items():
            np.testing.assert_allclose(value, state[name], rtol=1e-5, atol=2e-6, err_msg=name)


@pytest.mark.parametrize("config", CONFIGS)
def test_the_listed_arrays_are_those_of_the_module(config) -> None:
    found = {f"m.{name}": tuple(v.shape) for name, v in drawn(config).state_dict().items()}
    assert model_shapes(config, "m") == found
    constants = {name for name, _ in drawn(config).named_buffers()}
    assert constants == set(CONSTANTS)


def test_the_frozen_model_has_a_copy_of_the_weights() -> None:
    model, x = drawn(CONFIGS[1]), steps_of(CONFIGS[1], 1, 4)
    frozen = model.frozen()
    before, _ = frozen(x)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.zero_()
    np.testing.assert_array_equal(frozen(x)[0], before)


def test_weights_and_state_go_from_arrays_to_torch() -> None:
    config = CONFIGS[2]
    arrays = {
        name.removeprefix("m."): np.random.default_rng(0).random(shape, np.float32)
        for name, shape in model_shapes(config, "m").items()
    }
    network, module = SequenceModel(config, Parameters(arrays)), TrainableModel(config)
    load_arrays_into(module, arrays)
    assert not module.training
    x, state = steps_of(config, 2, 5), network.initial_state(2)
    with torch.no_grad():
        expected, _ = module(torch.from_numpy(x), tensors_of(state))
    np.testing.assert_allclose(network(x, state)[0], expected, rtol=1e-5, atol=2e-6)


def test_gradients_reach_every_weight_and_the_inputs() -> None:
    model, x = drawn(CONFIGS[3]), torch.from_numpy(steps_of(CONFIGS[3], 2, 5)).requires_grad_()
    model.train()
    (model(x)[0] * torch.randn(40)).sum().backward()
    assert x.grad is not None
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name
