"""The tools of torch that look for classes of torch.nn: fx, TorchScript, quantisation."""

import warnings
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.ao.quantization import (
    convert,
    get_default_qconfig,
    get_default_qconfig_mapping,
    prepare,
    quantize_dynamic,
)
from torch.ao.quantization.fx.custom_config import PrepareCustomConfig
from torch.ao.quantization.quantize_fx import prepare_fx

from gated import nn
from gated.errors import GatedWarning, UsageError

LAYERS = ["RNN", "LSTM", "GRU", "MinGRU", "MinLSTM"]
CELLS = ["RNNCell", "LSTMCell", "GRUCell"]

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::FutureWarning"),
    pytest.mark.filterwarnings("ignore:torch.quantize_per_tensor"),
    pytest.mark.filterwarnings("ignore:Please use quant_min and quant_max"),
]


class Net(torch.nn.Module):
    """A model with one layer or cell."""

    def __init__(self, kind: str, **options: Any) -> None:
        super().__init__()
        self.inner = getattr(nn, kind)(3, 4, **options)

    def forward(self, x: Tensor, hx: Tensor | None = None) -> Any:
        return self.inner(x * 2, hx)


# --- torch.fx ------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [*LAYERS, *CELLS])
def test_fx_keeps_a_layer_as_one_node(kind: str) -> None:
    net, x = Net(kind), torch.randn(2, 3)
    graph = torch.fx.symbolic_trace(net, concrete_args={"hx": None})
    calls = [node.target for node in graph.graph.nodes if node.op == "call_module"]
    assert calls == ["inner"]
    expected, found = net(x), graph(x)
    torch.testing.assert_close(found, expected, rtol=0, atol=0)


def test_fx_with_a_state() -> None:
    net, x, h = Net("GRU"), torch.randn(5, 2, 3), torch.randn(1, 2, 4)
    assert torch.equal(torch.fx.symbolic_trace(net)(x, h)[0], net(x, h)[0])


# --- torch.jit.script ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["RNN", "LSTM", "GRU", *CELLS])
def test_script_compiles_the_layer_of_torch(kind: str) -> None:
    layer = getattr(nn, kind)(3, 4)
    x = torch.randn(2, 3)
    expected = layer(x)
    with pytest.warns(GatedWarning, match=rf"compiles torch.nn.{kind} in place of"):
        scripted = torch.jit.script(torch.nn.Sequential(layer))
    torch.testing.assert_close(scripted(x), expected)


def test_script_of_what_torch_does_not_have() -> None:
    with pytest.raises(UsageError, match=r'torch.nn has no GRU with reset="before"'):
        torch.jit.script(torch.nn.Sequential(nn.GRU(3, 4, reset="before")))
    with pytest.raises(UsageError, match="has no MinGRU"):
        torch.jit.script(torch.nn.Sequential(nn.MinGRU(3, 4)))


# --- torch.ao.quantization -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["LSTM", "GRU", *CELLS])
def test_quantisation_of_named_classes(kind: str) -> None:
    net, x = Net(kind), torch.randn(2, 3) if kind in CELLS else torch.randn(5, 2, 3)
    with warnings.catch_warnings():
        warnings.simplefilter("error", GatedWarning)
        quantised = quantize_dynamic(net, {getattr(nn, kind)})
    assert type(quantised.inner) is getattr(torch.ao.nn.quantized.dynamic, kind)
    assert type(net.inner) is getattr(nn, kind)
    torch.testing.assert_close(quantised(x), net(x), rtol=0.1, atol=0.1)  # weights of 8 bits
    theirs = quantize_dynamic(nn.to_torch(net))
    torch.testing.assert_close(quantised(x), theirs(x), rtol=0, atol=0)


@pytest.mark.parametrize("kind", ["LSTM", "GRU", *CELLS])
def test_quantisation_warns_where_it_passes_over_a_layer(kind: str) -> None:
    with pytest.warns(
        GatedWarning, match=rf"passes over gated.nn.{kind}.*{{gated.nn.{kind}, torch"
    ):
        left = quantize_dynamic(Net(kind))
    assert type(left.inner) is getattr(nn, kind)
    assert not hasattr(left.inner, "qconfig")


def test_quantisation_of_what_torch_does_not_have() -> None:
    with pytest.raises(UsageError, match=r"torch.nn has no GRU with layer_norm"):
        quantize_dynamic(Net("GRU", layer_norm=True), {nn.GRU})


def test_torch_does_not_quantise_an_rnn_either() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", GatedWarning)
        quantize_dynamic(Net("RNN"))


@pytest.mark.parametrize("options", [{}, {"num_layers": 2, "bidirectional": True}])
def test_static_quantisation_observes_an_lstm(options: dict[str, Any]) -> None:
    net, x = Net("LSTM", **options).eval(), torch.randn(5, 2, 3)
    net.qconfig = get_default_qconfig("fbgemm")
    prepared = prepare(net)
    assert type(prepared.inner) is torch.ao.nn.quantizable.LSTM
    torch.testing.assert_close(prepared(x)[0], net(x)[0])
    assert type(convert(prepared).inner) is torch.ao.nn.quantized.LSTM


def test_fx_quantisation_observes_an_lstm_that_is_mapped() -> None:
    net, x, h = Net("LSTM").eval(), torch.randn(5, 2, 3), torch.zeros(1, 2, 4)
    custom = PrepareCustomConfig().set_float_to_observed_mapping(
        nn.LSTM, torch.ao.nn.quantizable.LSTM
    )
    mapping = get_default_qconfig_mapping("fbgemm")
    prepared = prepare_fx(net, mapping, (x, (h, h)), prepare_custom_config=custom)
    assert type(prepared.inner) is torch.ao.nn.quantizable.LSTM


def test_static_quantisation_of_what_torch_does_not_have() -> None:
    net = Net("LSTM", layer_norm=True).eval()
    net.qconfig = get_default_qconfig("fbgemm")
    with pytest.raises(UsageError, match=r"torch.nn has no LSTM with layer_norm"):
        prepare(net)


def test_torch_observes_its_own_lstm_and_no_other_layer() -> None:
    observed = torch.ao.nn.quantizable.LSTM
    config = get_default_qconfig("fbgemm")
    assert isinstance(observed.from_float(torch.nn.LSTM(3, 4), config), observed)
    for layer in (nn.GRU(3, 4), nn.LSTMCell(3, 4), torch.nn.GRU(3, 4)):
        with pytest.raises(AssertionError, match="Expected module type"):
            observed.from_float(layer, config)
