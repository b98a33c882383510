"""One layer of the reduction: its scans equal the equations, step by step."""

import numpy as np
import pytest
import torch

from gated.tasks.answerer.answer import LayerGates
from gated.tasks.answerer.evidence import kept_sentences, sentence_shares
from gated.tasks.answerer.reduction import ReductionGates, ReductionLayer

T, B, H = 5, 3, 8


@pytest.fixture
def layer() -> ReductionLayer:
    torch.manual_seed(1)
    return ReductionLayer(H)


def _inputs() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    torch.manual_seed(2)
    mask = torch.ones(T, B, dtype=torch.bool)
    mask[3:, 1] = False
    return torch.randn(T, B, H), torch.randn(T, B, H), mask


def _column(gates: ReductionGates, index: int) -> LayerGates:
    return LayerGates(
        *(
            gate[:, index].detach().double().numpy()
            for gate in (gates.update, gates.forward, gates.backward)
        )
    )


def test_the_scans_are_the_equations(layer):
    gates, n = layer(*_inputs())
    z, r, s = (gate[..., None] for gate in (gates.update, gates.forward, gates.backward))
    ahead, back = torch.zeros(T, B, H), torch.zeros(T, B, H)
    h = torch.zeros(B, H)
    for t in range(T):
        h = z[t] * h + (1 - z[t]) * r[t] * n[t]
        ahead[t] = h
    h = torch.zeros(B, H)
    for t in reversed(range(T)):
        h = z[t] * h + (1 - z[t]) * s[t] * n[t]
        back[t] = h
    torch.testing.assert_close(layer.both_ways(gates, n), ahead + back)
    h = torch.zeros(B, H)
    for t in range(T):
        h = z[t] * h + (1 - z[t]) * n[t]
    torch.testing.assert_close(layer.last_memory(gates, n), h)


def test_padding_keeps_the_memory(layer):
    x, q, mask = _inputs()
    gates, n = layer(x, q, mask)
    assert (gates.update[~mask] == 1).all()
    short, n_short = layer(x[:3, 1:2], q[:3, 1:2], mask[:3, 1:2])
    torch.testing.assert_close(layer.last_memory(gates, n)[1:2], layer.last_memory(short, n_short))
    torch.testing.assert_close(layer.both_ways(gates, n)[:3, 1:2], layer.both_ways(short, n_short))


def test_a_memory_begins_with_keeping(layer):
    gates, _ = layer(*_inputs())
    assert 0.7 < float(gates.update[:3].detach().mean()) < 0.95


def test_shares_are_the_weights_of_the_candidates(layer):
    """The weight of n_s in the memory is its derivative, for one layer."""
    gates, n = layer(*_inputs())
    n = n.detach().requires_grad_()
    layer.last_memory(gates, n)[0, 0].backward()
    weights = n.grad[:, 0, 0].double().numpy()
    shares = sentence_shares([_column(gates, 0)])
    np.testing.assert_allclose(shares, weights / weights.sum(), atol=1e-6)


def test_shares_of_two_layers_add_the_paths(layer):
    """Of the layer below: the derivative of Σ_t w_t (f_t + b_t) with respect to n."""
    below, n = layer(*_inputs())
    upper, _ = ReductionLayer(H)(*_inputs())
    z = upper.update[:, 0].detach()
    after = torch.cat([z.flip(0).cumprod(0).flip(0)[1:], torch.ones(1)])
    w = (1 - z) * after
    n = n.detach().requires_grad_()
    (w[:, None] * layer.both_ways(below, n)[:, 0, :1]).sum().backward()
    expected = w.double().numpy() + n.grad[:, 0, 0].double().numpy()
    shares = sentence_shares([_column(below, 0), _column(upper, 0)])
    np.testing.assert_allclose(shares, expected / expected.sum(), atol=1e-6)


@pytest.mark.parametrize(
    ("shares", "kept"),
    [
        ([], ()),
        ([0.0, 0.0], ()),
        ([1.0], (0,)),
        ([0.1, 0.85, 0.05], (1,)),
        ([0.3, 0.1, 0.6], (0, 2)),
        ([0.25, 0.25, 0.25, 0.25], (0, 1, 2, 3)),
    ],
)
def test_the_fewest_sentences_with_most_of_the_shares(shares, kept):
    assert kept_sentences(np.array(shares)) == kept
