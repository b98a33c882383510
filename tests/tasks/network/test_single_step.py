"""The fast single step against the readable model."""

import numpy as np
import pytest
import torch

from gated.tasks.network.sequence_model import SequenceConfig, SequenceModel
from gated.tasks.network.single_step import SingleStep


@pytest.mark.parametrize(("inputs", "hidden", "layers"), [(1, 1, 1), (5, 16, 1), (7, 33, 3)])
def test_a_step_equals_that_of_the_model(inputs, hidden, layers) -> None:
    torch.manual_seed(0)
    model = SequenceModel(SequenceConfig(inputs, hidden, layers, dropout=0.2)).eval()
    for parameter in model.parameters():  # norms with weights other than 1 and 0
        parameter.data += 0.1 * torch.randn_like(parameter)
    model.scaler.fit(torch.randn(inputs), torch.rand(inputs) + 0.5)
    x = torch.randn(1, 40, inputs)
    with torch.no_grad():
        expected, last = model(x)
        step, state = SingleStep(model), model.initial_state(1)
        for t in range(40):
            found, state = step(x[0, t].numpy(), state)
            np.testing.assert_allclose(found, expected[0, t], atol=2e-5)
    assert state.keys() == last.keys()
    for name, value in last.items():
        torch.testing.assert_close(state[name], value, atol=2e-5, rtol=0)


def test_a_step_of_indices_equals_that_of_the_model() -> None:
    torch.manual_seed(0)
    model = SequenceModel(SequenceConfig(3, 16, 2, lookup=50)).eval()
    x = torch.randint(0, 50, (1, 20, 3))
    with torch.no_grad():
        expected, _ = model(x)
        step, state = SingleStep(model), model.initial_state(1)
        for t in range(20):
            found, state = step(x[0, t].numpy(), state)
            np.testing.assert_allclose(found, expected[0, t], atol=2e-5)


def test_large_values_do_not_overflow() -> None:
    torch.manual_seed(0)
    model = SequenceModel(SequenceConfig(2, 8, 1)).eval()
    with torch.no_grad(), np.errstate(over="ignore"):
        x = torch.full((1, 1, 2), 1e4)
        found, _ = SingleStep(model)(x[0, 0].numpy(), model.initial_state(1))
        np.testing.assert_allclose(found, model(x)[0][0, 0], atol=1e-4)
