"""The input layer of symbols against its readable form, a linear layer of one-hot inputs."""

import torch
from torch import nn

from gated.tasks.network.lookup import Lookup


def test_a_lookup_equals_a_linear_layer_of_one_hot_inputs() -> None:
    torch.manual_seed(0)
    lookup = Lookup(rows=7, inputs=2, hidden_size=5)
    indices = torch.randint(0, 7, (3, 4, 2))
    joined = nn.functional.one_hot(indices, 7).float() @ lookup.table.weight  # [B, T, F, 64]
    expected = lookup.mix(joined.flatten(-2))
    torch.testing.assert_close(lookup(indices), expected)
    gradients = [
        torch.autograd.grad(y.square().sum(), list(lookup.parameters()))
        for y in (lookup(indices), expected)
    ]
    for found, wanted in zip(*gradients, strict=True):
        torch.testing.assert_close(found, wanted)


def test_its_features_begin_with_the_variance_one() -> None:
    torch.manual_seed(0)
    features = Lookup(1_000, 4, 64)(torch.randint(0, 1_000, (50, 20, 4)))
    assert 0.8 < features.var() < 1.2
