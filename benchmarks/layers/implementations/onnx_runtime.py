"""Runs a layer in ONNX Runtime, for inference: one operator with the weights of a torch layer.

The graph consists of this operator only, so that nothing else is timed. Both packages are
optional: `pip install -r benchmarks/layers/requirements.txt`.
"""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import torch
from torch import Tensor, nn

from gated.nn.convert import to_onnx
from gated.ops.recurrence import Kind

__all__ = ["Session", "is_installed"]

_OPERATORS: dict[Kind, str] = {"rnn": "RNN", "lstm": "LSTM", "gru": "GRU"}
# linear_before_reset: torch's GRU, which applies the reset gate after the recurrent product
_ATTRIBUTES: dict[Kind, dict[str, int]] = {"rnn": {}, "lstm": {}, "gru": {"linear_before_reset": 1}}
_OPSET, _IR = 14, 8  # of 2021, which all current runtimes support


def is_installed() -> bool:
    """Whether both packages are installed.

    >>> isinstance(is_installed(), bool)
    True
    """
    return all(find_spec(name) is not None for name in ("onnx", "onnxruntime"))


class Session:
    """An inference session of one layer in one direction.

    Args:
        kind: "rnn", "lstm" or "gru".
        layer: the source of the weights.
        threads: number of threads of the session.
    """

    def __init__(self, kind: Kind, layer: nn.RNNBase, threads: int) -> None:
        runtime = import_module("onnxruntime")
        options = runtime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        model = _model(kind, layer).SerializeToString()
        self._session = runtime.InferenceSession(model, options, ["CPUExecutionProvider"])
        self._states = ("h", "c") if kind == "lstm" else ("h",)

    def run(self, x: Tensor, state: tuple[Tensor, ...]) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Output `[T, B, H]` and last state, each `[1, B, H]`, from x `[T, B, I]`.

        The tensors share memory with the arrays of the runtime.
        """
        named = zip(self._states, state, strict=True)
        feed = {"x": x.numpy(), **{name: one.numpy() for name, one in named}}
        output, *last = self._session.run(None, feed)
        return torch.from_numpy(output).squeeze(1), tuple(map(torch.from_numpy, last))


def _model(kind: Kind, layer: nn.RNNBase) -> Any:
    """An ONNX model of one operator: input x, h (and c); output `[T, 1, B, H]`, h (and c)."""
    onnx = import_module("onnx")
    arrays = dict(zip("WRB", to_onnx(kind, layer.state_dict()), strict=True))
    weights = [onnx.numpy_helper.from_array(array, name) for name, array in arrays.items()]
    states = ["h", "c"] if kind == "lstm" else ["h"]
    node = onnx.helper.make_node(
        _OPERATORS[kind],
        ["x", *arrays, "", *states],  # "": no lengths, every sequence has all steps
        ["y", *(f"{name}_n" for name in states)],
        hidden_size=layer.hidden_size,
        **_ATTRIBUTES[kind],
    )
    hidden = layer.hidden_size

    def tensor(name: str, shape: list[str | int]) -> Any:
        return onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)

    graph = onnx.helper.make_graph(
        [node],
        "recurrence",
        [tensor("x", ["T", "B", layer.input_size])]
        + [tensor(name, [1, "B", hidden]) for name in states],
        [tensor("y", ["T", 1, "B", hidden])]
        + [tensor(f"{name}_n", [1, "B", hidden]) for name in states],
        weights,
    )
    opset = onnx.helper.make_opsetid("", _OPSET)
    model = onnx.helper.make_model(graph, opset_imports=[opset], ir_version=_IR)
    onnx.checker.check_model(model)
    return model
