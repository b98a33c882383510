"""One layer of the reduction: its scans equal the equations, step by step."""

import numpy as np
import pytest
import torch

from gated.numeric import Parameters
from gated.tasks.answerer.answer import LayerGates
from gated.tasks.answerer.evidence import kept_sentences, sentence_shares
from gated.tasks.answerer.layers.reduction import (
    ReductionGates,
    both_ways,
    last_memory,
    read_layer,
)
from gated.tasks.answerer.trainable_network import LayerWeights

T, B, H = 5, 3, 8


@pytest.fixture
def layer() -> LayerWeights:
    torch.manual_seed(1)
    return LayerWeights(H)


def read(
    layer: LayerWeights, x: torch.Tensor, q: torch.Tensor, mask: torch.Tensor
) -> tuple[ReductionGates, torch.Tensor]:
    return read_layer(Parameters(dict(layer.named_parameters())), x, q, mask)


def _inputs() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    torch.manual_seed(2)
    mask = torch.ones(B, T, dtype=torch.bool)
    mask[1, 3:] = False
    return torch.randn(B, T, H), torch.randn(B, T, H), mask


def _first(gates: ReductionGates) -> LayerGates:
    return LayerGates(
        *(
            gate[0].detach().double().numpy()
            for gate in (gates.update, gates.forward, gates.backward)
        )
    )


@pytest.mark.parametrize("long", [1, 100], ids=["scans", "matrices"])
def test_both_forms_are_the_equations(layer, long):
    gates, n = read(layer, *_inputs())
    z, r, s = (gate[..., None] for gate in (gates.update, gates.forward, gates.backward))
    ahead, back, memory = torch.zeros(B, T, H), torch.zeros(B, T, H), torch.zeros(B, H)
    f, b = torch.zeros(B, H), torch.zeros(B, H)
    for t in range(T):
        f = z[:, t] * f + (1 - z[:, t]) * r[:, t] * n[:, t]
        memory = z[:, t] * memory + (1 - z[:, t]) * n[:, t]
        ahead[:, t] = f
    for t in reversed(range(T)):
        b = z[:, t] * b + (1 - z[:, t]) * s[:, t] * n[:, t]
        back[:, t] = b
    torch.testing.assert_close(both_ways(gates, n, long), ahead + back)
    torch.testing.assert_close(last_memory(gates, n, long), memory)


@pytest.mark.parametrize("long", [1, 100], ids=["scans", "matrices"])
def test_arrays_and_tensors_give_the_same_memories(layer, long):
    with torch.no_grad():
        gates, n = read(layer, *_inputs())
        expected = both_ways(gates, n, long), last_memory(gates, n, long)
    arrays = {name: value.detach().numpy() for name, value in layer.named_parameters()}
    own, candidate = read_layer(Parameters(arrays), *(each.numpy() for each in _inputs()))
    found = both_ways(own, candidate, long), last_memory(own, candidate, long)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
    for name in ("update", "written", "forward", "backward"):
        np.testing.assert_allclose(getattr(own, name), getattr(gates, name), rtol=1e-5)


def test_both_forms_have_the_same_gradients(layer):
    x, q, mask = _inputs()
    found = []
    for long in (1, 100):
        given = [tensor.clone().requires_grad_() for tensor in (x, q)]
        gates, n = read(layer, *given, mask)
        loss = both_ways(gates, n, long).square().sum() + last_memory(gates, n, long).sum()
        found.append(torch.autograd.grad(loss, [*given, *layer.parameters()]))
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def test_closed_gates_stay_finite(layer):
    """Where z is so small that it rounds to 0, and where it rounds to 1."""
    x, q, mask = _inputs()
    with torch.no_grad():
        layer.gates.weight.mul_(1_000)
    x.requires_grad_()
    gates, n = read(layer, x, q, mask)
    (both_ways(gates, n).sum() + last_memory(gates, n).sum()).backward()
    assert x.grad is not None
    assert x.grad.isfinite().all()


def test_padding_keeps_the_memory(layer):
    x, q, mask = _inputs()
    gates, n = read(layer, x, q, mask)
    assert (gates.update[~mask] == 1).all()
    short, n_short = read(layer, x[1:2, :3], q[1:2, :3], mask[1:2, :3])
    torch.testing.assert_close(last_memory(gates, n)[1:2], last_memory(short, n_short))
    torch.testing.assert_close(both_ways(gates, n)[1:2, :3], both_ways(short, n_short))


def test_a_memory_begins_with_keeping(layer):
    gates, _ = read(layer, *_inputs())
    assert 0.7 < float(gates.update[:, :3].detach().mean()) < 0.95


def test_shares_are_the_weights_of_the_candidates(layer):
    """The weight of n_s in the memory is its derivative, for one layer."""
    gates, n = read(layer, *_inputs())
    n = n.detach().requires_grad_()
    last_memory(gates, n)[0, 0].backward()
    weights = n.grad[0, :, 0].double().numpy()
    shares = sentence_shares([_first(gates)])
    np.testing.assert_allclose(shares, weights / weights.sum(), atol=1e-6)


def test_shares_of_two_layers_add_the_paths(layer):
    """Of the layer below: the derivative of Σ_t w_t (f_t + b_t) with respect to n."""
    below, n = read(layer, *_inputs())
    upper, _ = read(LayerWeights(H), *_inputs())
    z = upper.update[0].detach()
    after = torch.cat([z.flip(0).cumprod(0).flip(0)[1:], torch.ones(1)])
    w = (1 - z) * after
    n = n.detach().requires_grad_()
    (w[:, None] * both_ways(below, n)[0, :, :1]).sum().backward()
    expected = w.double().numpy() + n.grad[0, :, 0].double().numpy()
    shares = sentence_shares([_first(below), _first(upper)])
    np.testing.assert_allclose(shares, expected / expected.sum(), atol=1e-6)


@pytest.mark.parametrize(
    ("shares", "kept"),
    [
        ([], ()),
        ([0.0, 0.0], ()),
        ([1.0], (0,)),
        ([0.06, 0.91, 0.03], (1,)),
        ([0.3, 0.05, 0.65], (0, 2)),
        ([0.25, 0.25, 0.25, 0.25], (0, 1, 2, 3)),
    ],
)
def test_the_fewest_sentences_with_most_of_the_shares(shares, kept):
    assert kept_sentences(np.array(shares)) == kept
