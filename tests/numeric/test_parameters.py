"""The weights of a network by their names, and its layers as those of torch."""

import numpy as np
import pytest
import torch
from torch import nn

from gated.numeric import Parameters


class Network(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.head = nn.Sequential(nn.LayerNorm(4), nn.Linear(4, 3), nn.Linear(3, 2, bias=False))


@pytest.fixture
def network() -> Network:
    torch.manual_seed(0)
    made = Network()
    for parameter in made.parameters():
        nn.init.normal_(parameter)
    return made


def test_layers_compute_what_those_of_torch_do(network: Network) -> None:
    x = torch.randn(5, 4, generator=torch.Generator().manual_seed(1))
    expected = network.head(x)
    for arrays, given in (
        (dict(network.named_parameters()), x),
        ({name: value.numpy() for name, value in network.state_dict().items()}, x.numpy()),
    ):
        head = Parameters(arrays).part("head")
        found = head.linear("2", head.linear("1", head.layer_norm("0", given)))
        np.testing.assert_allclose(
            torch.as_tensor(found).detach(), expected.detach(), rtol=1e-5, atol=1e-6
        )


def test_names_of_parts(network: Network) -> None:
    weights = Parameters(dict(network.named_parameters()))
    head = weights.part("head")
    assert head["1.weight"] is network.head[1].weight
    assert head.part("1")["weight"] is network.head[1].weight
    assert head.get("2.bias") is None
    assert head.has("2")
    assert not head.has("3")
    assert not weights.has("2")
    with pytest.raises(KeyError, match=r"head\.2\.bias"):
        head["2.bias"]


def test_gradients_reach_the_weights(network: Network) -> None:
    head = Parameters(dict(network.named_parameters())).part("head")
    head.linear("1", head.layer_norm("0", torch.ones(1, 4))).sum().backward()
    assert all(p.grad is not None for p in (*network.head[0].parameters(), network.head[1].weight))
