"""Layers and cells exported to ONNX by both exporters and run in ONNX Runtime, at other sizes."""

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from gated import nn

onnx = pytest.importorskip("onnx", reason="onnx is not installed")
pytest.importorskip("onnxscript", reason="onnxscript is not installed")
onnxruntime = pytest.importorskip("onnxruntime", reason="onnxruntime is not installed")

pytestmark = pytest.mark.filterwarnings("ignore")  # many of the exporters' own

LAYERS: list[tuple[str, dict[str, Any], str]] = [  # the options, and the operator of the exporter
    ("RNN", {"nonlinearity": "relu", "bidirectional": True}, "RNN"),
    ("LSTM", {"num_layers": 2, "bidirectional": True}, "LSTM"),
    ("LSTM", {"learned_state": True, "bias": False}, "LSTM"),
    ("LSTM", {"proj_size": 2}, "Scan"),
    ("GRU", {"dropout": 0.5, "num_layers": 2}, "GRU"),
    ("GRU", {"reset": "before", "bidirectional": True}, "GRU"),
    ("GRU", {"layer_norm": True}, "Scan"),
    ("GRU", {"zoneout": 0.1, "recurrent_dropout": 0.1}, "Scan"),
    ("GRU", {"dtype": torch.float64}, "Scan"),
    ("MinGRU", {}, "Scan"),
    ("MinLSTM", {"bidirectional": True}, "Scan"),
]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


def flat(result: Any) -> list[Tensor]:
    if isinstance(result, Tensor):
        return [result]
    return [tensor for part in result for tensor in flat(part)]


def exported(
    module: torch.nn.Module, args: tuple[Tensor, ...], free: list[tuple[int, ...]], *, dynamo: bool
) -> bytes:
    """The file of a module; `free` are the axes of each argument whose length may vary."""
    names, file = [f"in{place}" for place in range(len(args))], io.BytesIO()
    if dynamo:
        shapes = [dict.fromkeys(axes, torch.export.Dim.DYNAMIC) for axes in free]
        program = torch.onnx.export(
            module, args, dynamo=True, dynamic_shapes=shapes, input_names=names, verbose=False
        )
        program.save(file)
    else:
        axes = {
            name: {axis: f"{name}_{axis}" for axis in own}
            for name, own in zip(names, free, strict=True)
        }
        torch.onnx.export(
            module,
            args,
            file,
            dynamo=False,
            input_names=names,
            dynamic_axes=axes,
            opset_version=17,
        )
    return file.getvalue()


def assert_runs(file: bytes, module: torch.nn.Module, *args: Tensor) -> None:
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    names = [given.name for given in session.get_inputs()]
    found = session.run(None, {n: a.numpy() for n, a in zip(names, args, strict=True)})
    with torch.no_grad():
        expected = flat(module(*args))
    for one, other in zip(found, expected, strict=True):
        torch.testing.assert_close(torch.from_numpy(one), other, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("dynamo", [True, False], ids=["dynamo", "older"])
@pytest.mark.parametrize(("kind", "options", "operator"), LAYERS)
def test_a_layer_accepts_any_length_and_batch(
    kind: str, options: Any, operator: str, dynamo: bool
) -> None:
    layer = getattr(nn, kind)(3, 4, **options).eval()
    dtype = next(layer.parameters()).dtype
    file = exported(layer, (torch.randn(5, 2, 3, dtype=dtype),), [(0, 1)], dynamo=dynamo)
    for steps, batch in [(5, 2), (9, 3), (1, 1)]:
        assert_runs(file, layer, torch.randn(steps, batch, 3, dtype=dtype))
    if dynamo:
        operators = {node.op_type for node in onnx.load_from_string(file).graph.node}
        assert operators & {"RNN", "LSTM", "GRU", "Scan"} == {operator}


class Called(torch.nn.Module):
    """A module called with a state or with resets."""

    def __init__(self, inner: torch.nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Tensor, other: Tensor, cell: Tensor | None = None) -> Any:
        if other.dtype == torch.bool:
            return self.inner(x, None, other)
        return self.inner(x, other if cell is None else (other, cell))


@pytest.mark.parametrize("dynamo", [True, False], ids=["dynamo", "older"])
def test_states_resets_and_cells(dynamo: bool) -> None:
    def check(inner: Any, free: Any, args: Any, later: Any) -> None:
        module = Called(inner).eval()
        assert_runs(exported(module, args, free, dynamo=dynamo), module, *later)

    r = torch.randn
    of_batch = [(0,), (0,), (0,)]
    check(nn.GRUCell(3, 4, reset="before"), of_batch[:2], (r(2, 3), r(2, 4)), (r(5, 3), r(5, 4)))
    state, later = (r(2, 4), r(2, 4)), (r(5, 4), r(5, 4))
    check(nn.LSTMCell(3, 4), of_batch, (r(2, 3), *state), (r(5, 3), *later))
    state, later = (r(1, 2, 4), r(1, 2, 4)), (r(1, 3, 4), r(1, 3, 4))
    free = [(0, 1), (1,), (1,)]
    check(nn.LSTM(3, 4, batch_first=True), free, (r(2, 5, 3), *state), (r(3, 7, 3), *later))
    mask, masked = torch.rand(5, 2) < 0.3, torch.rand(9, 3) < 0.3
    for layer in (nn.GRU(3, 4), nn.MinGRU(3, 4, bidirectional=True)):
        check(layer, [(0, 1), (0, 1)], (r(5, 2, 3), mask), (r(9, 3, 3), masked))


class Packed(torch.nn.Module):
    """A layer over sequences of different length."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.LSTM(3, 4, bidirectional=True)

    def forward(self, x: Tensor, lengths: Tensor) -> Tensor:
        return pad_packed_sequence(self.layer(pack_padded_sequence(x, lengths))[0])[0]


def test_the_older_exporter_exports_packed_sequences() -> None:
    module = Packed().eval()
    given = torch.randn(5, 2, 3), torch.tensor([5, 3])
    file = exported(module, given, [(0, 1), (0,)], dynamo=False)
    assert_runs(file, module, torch.randn(7, 3, 3), torch.tensor([7, 4, 2]))
