"""The memory of units: half-lives, saturation, dead units, and what is refused."""

import math

import numpy as np
import pytest
import torch

from gated import nn
from gated.errors import DataError, UsageError
from gated.insight import as_gated, unit_memory


def keeping(kind: str, shares: list[float]) -> torch.nn.Module:
    """A layer whose unit i keeps `shares[i]` of its state at each step, whatever it reads."""
    size = len(shares)
    layer = getattr(nn, kind)(2, size)
    with torch.no_grad():  # z is the second of three gates, f the second of four
        own = slice(size, 2 * size)
        for name in ("weight_ih_l0", "weight_hh_l0", "bias_hh_l0"):
            getattr(layer, name)[own] = 0
        layer.bias_ih_l0[own] = torch.tensor(shares).logit()
    return layer


@pytest.mark.parametrize("kind", ["GRU", "LSTM"])
def test_the_half_life_follows_from_the_gate_that_keeps(kind):
    shares = [0.5, 0.9, 0.99, 0.999]
    memory = unit_memory(keeping(kind, shares), torch.randn(200, 3, 2))["l0"]
    expected = [math.log(0.5) / math.log(share) for share in shares]
    np.testing.assert_allclose(memory.half_life, expected, rtol=1e-3)


def test_units_are_sorted_by_the_length_of_a_season():
    memory = unit_memory(keeping("GRU", [0.999, 0.9, 0.5, 0.8]), torch.randn(300, 2, 2))["l0"]
    groups = memory.by_length(7)
    assert {name: units.tolist() for name, units in groups.items()} == {
        "short": [2, 3],
        "seasonal": [1],
        "long": [0],
    }


def test_a_gate_that_is_always_open_is_saturated_and_keeps_for_ever():
    memory = unit_memory(keeping("GRU", [1 - 1e-9, 0.5]), torch.randn(50, 2, 2))["l0"]
    assert memory.half_life[0] == math.inf
    assert memory.saturated["z"].tolist() == [1.0, 0.0]
    assert memory.dead.tolist() == [True, False]
    assert 0 not in memory.by_length(7)["long"]


def test_layers_and_directions_have_their_own():
    layer = nn.LSTM(3, 4, 2, bidirectional=True)
    found = unit_memory(layer, torch.randn(20, 2, 3))
    assert list(found) == ["l0", "l0_reverse", "l1", "l1_reverse"]
    assert set(found["l1"].saturated) == {"i", "f", "o"}
    assert found["l1"].half_life.shape == (4,)


def test_an_rnn_has_no_half_life():
    memory = unit_memory(nn.RNN(3, 4), torch.randn(20, 2, 3))["l0"]
    assert np.isnan(memory.half_life).all()
    with pytest.raises(UsageError, match="An RNN has no gate that keeps its state"):
        memory.by_length(7)


@pytest.mark.parametrize("kind", ["RNN", "GRU", "LSTM"])
def test_layers_of_torch_are_read(kind):
    options = {"nonlinearity": "relu"} if kind == "RNN" else {}
    theirs = getattr(torch.nn, kind)(3, 4, 2, batch_first=True, bidirectional=True, **options)
    ours, x = as_gated(theirs), torch.randn(2, 5, 3)
    torch.testing.assert_close(ours(x)[0], theirs(x)[0])
    assert ours.weight_hh_l1 is theirs.weight_hh_l1  # shared
    assert as_gated(ours) is ours


def test_a_projected_lstm_of_torch_is_read():
    theirs, x = torch.nn.LSTM(3, 5, proj_size=2), torch.randn(6, 2, 3)
    torch.testing.assert_close(as_gated(theirs)(x)[0], theirs(x)[0])


def test_refused():
    with pytest.raises(UsageError, match=r"The layer is Linear. Expected an RNN, LSTM or GRU"):
        unit_memory(torch.nn.Linear(3, 4), torch.randn(5, 2, 3))
    packed = torch.nn.utils.rnn.pack_sequence([torch.randn(4, 3)])
    with pytest.raises(UsageError, match=r"The input is packed\. Expected a tensor"):
        unit_memory(nn.GRU(3, 4), packed)
    with pytest.raises(DataError, match="is not finite at some step"):
        unit_memory(nn.GRU(3, 4), torch.full((5, 2, 3), torch.nan))
    memory = unit_memory(nn.GRU(3, 4), torch.randn(5, 2, 3))["l0"]
    with pytest.raises(UsageError, match=r"season_length is 0\. Expected at least 1"):
        memory.by_length(0)
