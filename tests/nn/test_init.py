"""Layers that are prepared for long sequences."""

from typing import Any

import pytest
import torch
from torch import nn

from gated import insight
from gated.errors import UsageError
from gated.nn import GRU, LSTM, RNN, init


@pytest.mark.parametrize("kind", [GRU, nn.GRU, LSTM, nn.LSTM])
def test_chrono_sets_the_bias_of_the_gate_that_keeps(kind: type[nn.Module]) -> None:
    layer = kind(3, 40, 2, bidirectional=True)
    before = {name: weight.clone() for name, weight in layer.named_parameters()}
    assert init.chrono(layer, 200, generator=torch.Generator().manual_seed(0)) is layer
    gates = 3 if "GRU" in kind.__name__ else 4
    for name, weight in layer.named_parameters():
        old = before[name]
        if name.startswith("weight"):
            assert torch.equal(weight, old)
            continue
        parts, olds = weight.chunk(gates), old.chunk(gates)
        if name.startswith("bias_hh"):
            assert not parts[1].any()
        else:
            assert 0 <= parts[1].min() < 4
            assert 4 < parts[1].max() < 5.3  # log 198
        if gates == 4:
            assert torch.equal(parts[0], -parts[1])
        first = 2 if gates == 4 else 0
        assert torch.equal(parts[first], olds[first])
        assert torch.equal(parts[-1], olds[-1])


def test_a_gru_remembers_longer_at_first() -> None:
    torch.manual_seed(0)
    sequence = torch.randn(200, 1, 3)
    plain, long = GRU(3, 32), init.chrono(GRU(3, 32), 200)
    before, after = (insight.state_gradients(layer, sequence).half_life for layer in (plain, long))
    assert after > 10 * before


def test_the_same_generator_gives_the_same_biases() -> None:
    first, second = (
        init.chrono(GRU(3, 8), 50, generator=torch.Generator().manual_seed(4)) for _ in range(2)
    )
    assert torch.equal(first.bias_ih_l0[8:16], second.bias_ih_l0[8:16])


@pytest.mark.parametrize("kind", [GRU, LSTM])
def test_a_share_of_the_units_keeps_its_biases(kind: type[nn.Module]) -> None:
    layer = kind(3, 8)
    before = {name: bias.detach().clone() for name, bias in layer.named_parameters()}
    init.chrono(layer, 100, share=0.25)
    gates = 3 if kind is GRU else 4
    for name in ("bias_ih_l0", "bias_hh_l0"):
        for part, old in zip(
            getattr(layer, name).chunk(gates), before[name].chunk(gates), strict=True
        ):
            assert torch.equal(part[:6], old[:6])
    assert not layer.bias_hh_l0.chunk(gates)[1][6:].any()
    assert (layer.bias_ih_l0.chunk(gates)[1][6:] >= 0).all()


@pytest.mark.parametrize("share", [0, -0.1, 1.1, "a", None, True])
def test_a_share_out_of_range_is_refused(share: Any) -> None:
    with pytest.raises(UsageError, match=r"share is .*Expected a number above 0, at most 1"):
        init.chrono(GRU(1, 2), 10, share=share)


@pytest.mark.parametrize("kind", [RNN, nn.RNN, GRU, LSTM])
def test_orthogonal_keeps_the_norm_of_a_state(kind: type[nn.Module]) -> None:
    layer = init.orthogonal(kind(3, 8, 2))
    gates = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind.__name__]
    for name, weight in layer.named_parameters():
        if name.startswith("weight_hh"):
            for gate in weight.chunk(gates):
                torch.testing.assert_close(gate @ gate.T, torch.eye(8), atol=1e-5, rtol=0)


@pytest.mark.parametrize(
    ("layer", "longest", "message"),
    [
        (RNN(1, 2), 10, "An RNN has no gates"),
        (GRU(1, 2, bias=False), 10, "The layer has bias=False"),
        (GRU(1, 2), 2, "longest is 2. Expected a whole number of at least 3"),
        (GRU(1, 2), True, "longest is True"),
        (nn.Linear(1, 2), 10, "The layer is Linear. Expected an RNN, LSTM or GRU"),
    ],
)
def test_what_chrono_cannot_initialise(layer: nn.Module, longest: int, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        init.chrono(layer, longest)


def test_what_cannot_be_orthogonal() -> None:
    with pytest.raises(UsageError, match="has a projection"):
        init.orthogonal(LSTM(1, 4, proj_size=2))
    with pytest.raises(UsageError, match="The layer is Linear"):
        init.orthogonal(nn.Linear(2, 2))


@pytest.mark.parametrize("kind", [RNN, LSTM, GRU, nn.GRU])
def test_input_weights_for_symbols(kind: type[nn.Module]) -> None:
    layer = kind(10, 64, 2, bidirectional=True)
    before = layer.weight_ih_l1.detach().clone()
    assert init.one_hot(layer, 2.0) is layer
    for weight in (layer.weight_ih_l0, layer.weight_ih_l0_reverse):
        assert float(weight.detach().std()) == pytest.approx(2.0, rel=0.15)
    assert torch.equal(layer.weight_ih_l1, before)  # it reads states, not symbols
    drawn = [
        init.one_hot(GRU(3, 4), generator=torch.Generator().manual_seed(1)).weight_ih_l0
        for _ in range(2)
    ]
    assert torch.equal(*drawn)


@pytest.mark.parametrize("std", [0, -1.0, float("nan"), True, "1"])
def test_a_size_of_input_weights_that_is_refused(std: Any) -> None:
    with pytest.raises(UsageError, match=r"std is .*\. Expected a number above 0\."):
        init.one_hot(GRU(3, 4), std)
