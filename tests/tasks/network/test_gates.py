"""The gates of a network against the equations, and against what the network computes."""

import numpy as np
import pytest
import torch

from gated.errors import DataError, UsageError
from gated.ops.reference import gru
from gated.tasks.network import gates as gates_module
from gated.tasks.network.gates import sequence_gates
from gated.tasks.network.sequence_model import SequenceConfig
from gated.tasks.network.trainable_model import TrainableModel

STEPS, INPUTS, HIDDEN = 23, 5, 7


def drawn_model(layers: int = 2, *, is_centred: bool = False) -> TrainableModel:
    torch.manual_seed(0)
    config = SequenceConfig(INPUTS, HIDDEN, layers, dropout=0.3, is_centred=is_centred)
    model = TrainableModel(config).eval()
    for parameter in model.parameters():
        parameter.data += 0.3 * torch.randn_like(parameter)
    return model


def drawn_steps() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(STEPS, INPUTS)).astype(np.float32)


def test_every_gate_equals_the_equation_of_its_step() -> None:
    model, steps = drawn_model(), drawn_steps()
    found = sequence_gates(model.frozen(), steps)
    with torch.no_grad():
        features, _ = model.embedded(torch.from_numpy(steps)[None], {})
        for block, gates in zip(model.blocks, found, strict=True):
            own = block.recurrent
            weights = (own.weight_ih_l0, own.weight_hh_l0, own.bias_ih_l0, own.bias_hh_l0)
            x, h = block.recurrent_norm(features), torch.zeros(1, HIDDEN)
            for t in range(STEPS):
                from_x, from_h = x[:, t] @ weights[0].T + weights[2], h @ weights[1].T + weights[3]
                r, z = torch.sigmoid((from_x + from_h)[:, : 2 * HIDDEN]).chunk(2, 1)
                n = torch.tanh(from_x[:, 2 * HIDDEN :] + r * from_h[:, 2 * HIDDEN :])
                expected = z * h + (1 - z) * n
                h = gru.step(x[:, t], h, *weights)  # the readable reference
                torch.testing.assert_close(h, expected)
                np.testing.assert_allclose(gates.reset[t], r[0], atol=1e-6)
                np.testing.assert_allclose(gates.update[t], z[0], atol=1e-6)
                np.testing.assert_allclose(gates.state[t], h[0], atol=1e-6)
            features, _ = block(features)


@pytest.mark.parametrize("is_centred", [False, True])
def test_the_last_state_is_that_of_the_model(is_centred) -> None:
    model, steps = drawn_model(3, is_centred=is_centred), drawn_steps()
    found = sequence_gates(model.frozen(), steps)
    with torch.no_grad():
        _, after = model(torch.from_numpy(steps)[None])
    assert len(found) == 3
    for index, gates in enumerate(found):
        np.testing.assert_allclose(gates.state[-1], after[f"h{index}"][0, 0], atol=1e-5)


def test_a_gate_that_is_one_keeps_the_state() -> None:
    model = drawn_model(1)
    model.blocks[0].recurrent.bias_ih_l0.data[HIDDEN : 2 * HIDDEN] = 50.0  # W_z, the update gate
    (gates,) = sequence_gates(model.frozen(), drawn_steps())
    np.testing.assert_allclose(gates.kept, 1.0, atol=1e-6)
    np.testing.assert_allclose(gates.state, 0.0, atol=1e-6)  # nothing is written


def test_no_step_and_too_many_are_refused(monkeypatch) -> None:
    with pytest.raises(DataError, match="has no step"):
        sequence_gates(drawn_model().frozen(), np.zeros((0, INPUTS), np.float32))
    monkeypatch.setattr(gates_module, "MOST_STEPS", 22)
    with pytest.raises(UsageError, match=r"23 steps\. Expected at most 22"):
        sequence_gates(drawn_model().frozen(), drawn_steps())
