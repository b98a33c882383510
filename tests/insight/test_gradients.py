"""Gradients of states over steps: the exact product, its estimate, and what is refused."""

import numpy as np
import pytest
import torch

from gated import nn
from gated.errors import DataError, UsageError
from gated.insight import state_gradients

STEPS = 7


def by_autograd(layer: torch.nn.Module, x: torch.Tensor) -> torch.Tensor:
    """∂(state after all steps)/∂(state before them), by torch.autograd.functional.jacobian."""
    sizes = [layer.num_layers * (layer.proj_size or layer.hidden_size)]
    if isinstance(layer, torch.nn.LSTM | nn.LSTM):
        sizes.append(layer.num_layers * layer.hidden_size)

    def after(flat: torch.Tensor) -> torch.Tensor:
        parts = tuple(part.view(layer.num_layers, 1, -1).contiguous() for part in flat.split(sizes))
        _, state = layer(x, parts if len(parts) == 2 else parts[0])
        return torch.cat([part.flatten() for part in (state if len(parts) == 2 else (state,))])

    return torch.autograd.functional.jacobian(after, torch.zeros(sum(sizes), dtype=x.dtype))


@pytest.mark.parametrize(
    "layer",
    [
        nn.RNN(3, 4, dtype=torch.float64),
        nn.GRU(3, 4, 2, dtype=torch.float64),
        nn.GRU(3, 4, dtype=torch.float64, reset="before"),
        nn.LSTM(3, 5, 2, proj_size=2, dtype=torch.float64),
        torch.nn.GRU(3, 4, dtype=torch.float64),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_the_gradient_over_all_steps_is_that_of_autograd(layer):
    x = torch.randn(STEPS, 1, 3, dtype=torch.float64)
    found, expected = state_gradients(layer, x), by_autograd(layer, x)
    assert found.is_exact
    assert len(found.log_norm) == STEPS + 1
    ratio = expected.norm() / np.sqrt(len(expected))
    assert np.exp(found.log_norm[-1]) == pytest.approx(float(ratio), rel=1e-9)
    singular = torch.linalg.svdvals(expected).log().numpy()
    above_rounding = singular > singular[0] - 20
    np.testing.assert_allclose(
        found.spectrum[above_rounding], singular[above_rounding], rtol=1e-6, atol=1e-6
    )


def scaled(factor: float, size: int = 4) -> torch.nn.Module:
    """h_t = factor · h_{t−1} near zero."""
    layer = nn.RNN(1, size)
    with torch.no_grad():
        for parameter in layer.parameters():
            parameter.zero_()
        layer.weight_hh_l0.copy_(factor * torch.eye(size))
    return layer


@pytest.mark.parametrize(("factor", "half_life"), [(0.5, 1), (0.9, 6.579), (2.0, -1)])
def test_rate_and_half_life(factor, half_life):
    found = state_gradients(scaled(factor), torch.zeros(40, 2, 1))
    assert found.rate == pytest.approx(factor, rel=1e-5)
    assert found.half_life == pytest.approx(half_life, rel=1e-3)


def test_thousands_of_steps_neither_underflow_nor_overflow():
    for factor in (0.1, 10.0):
        found = state_gradients(scaled(factor), torch.zeros(2_000, 1, 1))
        assert found.log_norm[-1] == pytest.approx(2_000 * np.log(factor), rel=1e-6)


def test_no_gradient_at_all():
    found = state_gradients(scaled(0.0), torch.zeros(5, 1, 1))
    assert found.log_norm.tolist() == [0.0] + [-np.inf] * 5
    assert (found.rate, found.half_life) == (0.0, 0.0)


def test_the_estimate_is_near_the_exact_norm_and_states_its_error():
    layer, x = nn.GRU(3, 24), torch.randn(30, 4, 3)
    exact, estimate = state_gradients(layer, x), state_gradients(layer, x, vectors=32)
    assert not estimate.is_exact
    assert estimate.spectrum is None
    distance = np.abs(estimate.log_norm - exact.log_norm)
    assert (distance[1:] < 4 * estimate.error[1:] + 4 * estimate.error[0]).all()
    assert 0 < estimate.error[-1] < 0.5
    again = state_gradients(layer, x, vectors=32)
    assert np.array_equal(again.log_norm, estimate.log_norm)


def test_large_states_are_estimated():
    assert not state_gradients(nn.GRU(2, 300), torch.randn(3, 1, 2)).is_exact


def test_batch_first_and_unbatched_inputs():
    layer, x = nn.GRU(3, 4, dropout=0), torch.randn(6, 1, 3)
    first = nn.GRU(3, 4, batch_first=True)
    first.load_state_dict(layer.state_dict())
    expected = state_gradients(layer, x).log_norm
    for found in (
        state_gradients(first, x.transpose(0, 1)),
        state_gradients(layer, x[:, 0]),
    ):
        np.testing.assert_allclose(found.log_norm, expected, rtol=1e-5, atol=1e-6)


def test_the_layer_is_left_as_it_was():
    layer = nn.GRU(3, 4, 2, dropout=0.5)
    layer.weight_hh_l0.requires_grad_(False)
    state_gradients(layer, torch.randn(5, 2, 3))
    assert layer.training
    assert [p.requires_grad for p in layer.parameters()].count(False) == 1
    assert all(parameter.grad is None for parameter in layer.parameters())


def test_refused():
    with pytest.raises(UsageError, match="The layer reads backward, too"):
        state_gradients(nn.GRU(3, 4, bidirectional=True), torch.randn(5, 2, 3))
    with pytest.raises(UsageError, match=r"vectors is 1\. Expected at least 2"):
        state_gradients(nn.GRU(3, 4), torch.randn(5, 2, 3), vectors=1)
    with pytest.raises(DataError, match=r"The input has 1 step\. Expected at least two"):
        state_gradients(nn.GRU(3, 4), torch.randn(1, 2, 3))
    with pytest.raises(DataError, match="A state is not finite"):
        state_gradients(nn.GRU(3, 4), torch.full((5, 2, 3), torch.inf))
    packed = torch.nn.utils.rnn.pack_sequence([torch.randn(4, 3)])
    with pytest.raises(UsageError, match="The input is packed"):
        state_gradients(nn.GRU(3, 4), packed)
