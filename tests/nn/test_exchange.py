"""Models whose recurrent layers are exchanged between torch.nn and gated.nn."""

import copy
from typing import Any

import pytest
import torch
from torch.nn.utils import prune
from torch.nn.utils.parametrizations import weight_norm

from gated import nn
from gated.errors import UsageError

LAYERS: dict[str, Any] = {
    "RNN": {"nonlinearity": "relu", "num_layers": 2, "dropout": 0.5},
    "LSTM": {"proj_size": 2, "batch_first": True},
    "GRU": {"num_layers": 2, "bidirectional": True, "bias": False},
    "RNNCell": {"nonlinearity": "relu"},
    "LSTMCell": {"bias": False},
    "GRUCell": {},
}
by_layer = pytest.mark.parametrize("kind", LAYERS)


def model_with(layer: torch.nn.Module) -> torch.nn.Module:
    return torch.nn.ModuleDict({"memory": layer, "rest": torch.nn.Sequential(layer)})


@by_layer
@pytest.mark.filterwarnings("ignore:LSTM with projections")
def test_there_and_back(kind: str) -> None:
    theirs = getattr(torch.nn, kind)(3, 4, **LAYERS[kind], dtype=torch.float64).eval()
    x = torch.randn(2, 3, dtype=torch.float64)
    expected, weights = theirs(x)[0], dict(theirs.named_parameters())
    model = model_with(theirs)
    assert nn.replace(model) is model
    ours = model["memory"]
    assert type(ours) is getattr(nn, kind)
    assert model["rest"][0] is ours
    assert repr(ours) == repr(theirs)
    assert not ours.training
    torch.testing.assert_close(ours(x)[0], expected)
    assert nn.to_torch(model)["memory"] is model["rest"][0]
    back = model["memory"]
    assert type(back) is type(theirs)
    for name, parameter in back.named_parameters():
        assert parameter is weights[name]
    assert torch.equal(back(x)[0], expected)


@by_layer
def test_a_model_that_is_a_layer(kind: str) -> None:
    layer = nn.replace(getattr(torch.nn, kind)(3, 4))
    assert type(layer) is getattr(nn, kind)
    assert layer.weight_hh.device.type if kind.endswith("Cell") else layer.weight_hh_l0.is_cpu


def test_an_optimiser_trains_the_new_layer() -> None:
    model = model_with(torch.nn.GRU(3, 4))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    nn.replace(model)
    before = model["memory"].weight_hh_l0.detach().clone()
    model["memory"](torch.randn(5, 2, 3))[0].sum().backward()
    optimizer.step()
    assert not torch.equal(model["memory"].weight_hh_l0, before)


def test_hooks_are_kept() -> None:
    layer, seen = torch.nn.GRU(3, 4), []
    layer.register_forward_hook(lambda module, args, output: seen.append(type(module)))
    nn.replace(layer)(torch.randn(5, 2, 3))
    assert seen == [nn.GRU]


def test_what_was_added_to_a_layer_is_kept() -> None:
    layer = torch.nn.GRU(3, 4)
    layer.register_buffer("scale", torch.ones(3))
    layer.register_buffer("seen", torch.zeros(1), persistent=False)
    layer.head, layer.note = torch.nn.Linear(4, 1), "second layer"
    names = list(layer.state_dict())
    ours = nn.replace(layer)
    ours.step(torch.randn(2, 3), torch.zeros(1, 2, 4))
    back = nn.to_torch(ours)
    for one in (ours, back):
        assert list(one.state_dict()) == names
        assert one.head is layer.head
        assert (one.scale is layer.scale, one.seen is layer.seen) == (True, True)
        assert one.note == "second layer"
    assert vars(back).keys() == vars(layer).keys()


def test_a_hook_of_loading_gets_the_new_layer() -> None:
    layer, seen = torch.nn.GRU(3, 4), []
    layer.register_load_state_dict_pre_hook(lambda module, *_: seen.append(module))
    layer._register_load_state_dict_pre_hook(lambda *_: seen.append(None))
    state, ours = layer.state_dict(), nn.replace(layer)
    del layer
    ours.load_state_dict(state)
    assert seen == [ours, None]


def with_own_forward(layer: torch.nn.Module) -> torch.nn.Module:
    layer.forward = lambda x, hx=None: x  # type: ignore[method-assign]
    return layer


def test_nothing_is_drawn() -> None:
    torch.manual_seed(0)
    expected = torch.rand(1)
    model = torch.nn.GRU(3, 4)
    torch.manual_seed(0)
    nn.to_torch(nn.replace(model))
    assert torch.equal(torch.rand(1), expected)


class Own(torch.nn.GRU):
    """A subclass, whose methods may differ."""


@pytest.mark.parametrize(
    "layer",
    [
        Own(3, 4),
        torch.nn.Linear(3, 4),
        weight_norm(torch.nn.GRU(3, 4), "weight_hh_l0"),
        prune.l1_unstructured(torch.nn.LSTMCell(3, 4), "weight_hh", amount=0.5),
        prune.l1_unstructured(torch.nn.GRUCell(3, 4), "bias_hh", amount=0.5),
        with_own_forward(torch.nn.RNN(3, 4)),
        nn.GRU(3, 4, reset="before"),
    ],
    ids=["subclass", "other", "parametrized", "pruned", "pruned bias", "own forward", "ours"],
)
def test_what_stays(layer: torch.nn.Module) -> None:
    assert nn.replace(layer) is layer


def test_what_torch_does_not_have_is_an_error_that_changes_nothing() -> None:
    plain = nn.GRU(3, 4)
    for other, words in [
        (nn.GRU(3, 4, reset="before", zoneout=0.1), r'no GRU with reset="before" and zoneout'),
        (nn.LSTM(3, 4, learned_state=True, recurrent_dropout=0.1), "recurrent_dropout and learned"),
        (nn.LSTMCell(3, 4, layer_norm=True), "no LSTMCell with layer_norm"),
        (nn.MinGRU(3, 4), "no MinGRU"),
    ]:
        model = torch.nn.Sequential(plain, other)
        with pytest.raises(UsageError, match=words):
            nn.to_torch(model)
        assert model[0] is plain


def test_the_whole_of_a_copied_model() -> None:
    model = torch.nn.Sequential(torch.nn.Linear(3, 3), torch.nn.ModuleList([torch.nn.LSTM(3, 4)]))
    ours = nn.replace(copy.deepcopy(model))
    assert list(ours.state_dict()) == list(model.state_dict())
    assert [type(m).__module__ for m in ours.modules()].count("gated.nn.layers") == 1
    assert all(type(m).__module__.startswith("torch.nn") for m in model.modules())
