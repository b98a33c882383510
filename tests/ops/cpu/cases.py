"""Defines networks for the tests of the C++ recurrences, and runs them with both backends."""

from dataclasses import dataclass, field
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence

from gated import nn, ops
from gated.ops.cpu import extension

needs_kernels = pytest.mark.skipif(
    not extension.available(), reason=f"the C++ recurrences are {extension.reason()}"
)

# Sums over 63 steps and 37 units in another order than torch's: these digits of 16 and 7 agree.
TOLERANCE = {
    torch.float64: {"rtol": 1e-9, "atol": 1e-11},
    torch.float32: {"rtol": 1e-4, "atol": 1e-5},
}
by_dtype = pytest.mark.parametrize("dtype", list(TOLERANCE), ids=str)


@dataclass(frozen=True)
class Case:
    """A layer of gated.nn, by the options that distinguish it."""

    name: str
    kind: str
    options: dict[str, Any] = field(default_factory=dict)

    def layer(self, *sizes: int, **options: Any) -> Any:
        return getattr(nn, self.kind)(*sizes, **self.options, **options)


CASES = [
    Case("rnn", "RNN"),
    Case("rnn-relu-both-ways", "RNN", {"nonlinearity": "relu", "bidirectional": True}),
    Case("lstm", "LSTM", {"bias": False}),
    Case("lstm-projected", "LSTM", {"num_layers": 2, "bidirectional": True, "proj_size": 3}),
    Case("gru", "GRU"),
    Case("gru-deep", "GRU", {"num_layers": 3, "bidirectional": True}),
    Case("gru-before", "GRU", {"num_layers": 2, "reset": "before", "bias": False}),
]
by_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def state_of(layer: Any, batch: int, dtype: torch.dtype) -> tuple[Tensor, ...]:
    """A random state `[L·D, B, ·]`, (h,) or (h, c)."""
    lead = layer.num_layers * (2 if layer.bidirectional else 1), batch
    h = torch.randn(*lead, layer.proj_size or layer.hidden_size, dtype=dtype)
    is_lstm = isinstance(layer, nn.LSTM)
    return (h, torch.randn(*lead, layer.hidden_size, dtype=dtype)) if is_lstm else (h,)


def flat(result: Any) -> list[Tensor]:
    """The tensors of a result, however nested."""
    if isinstance(result, Tensor):
        return [result]
    if isinstance(result, PackedSequence):
        return [result.data]
    return [tensor for part in result for tensor in flat(part)]


def run(layer: Any, x: Any, state: tuple[Tensor, ...], **options: Any) -> list[Tensor]:
    """The output and last state of a call."""
    return flat(layer(x, state if len(state) == 2 else state[0], **options))


def run_and_derive(
    layer: Any, x: Tensor, state: tuple[Tensor, ...], **options: Any
) -> list[Tensor]:
    """The results of a call, then the gradient of a random sum of them in everything."""
    leaves = [tensor.detach().requires_grad_() for tensor in (x, *state)]
    results = run(layer, leaves[0], tuple(leaves[1:]), **options)
    generator = torch.Generator().manual_seed(7)
    towards = [torch.randn(r.shape, generator=generator, dtype=r.dtype) for r in results]
    return [*results, *torch.autograd.grad(results, [*leaves, *layer.parameters()], towards)]


def by_both(compute: Any) -> tuple[list[Tensor], list[Tensor]]:
    """Return the results of `compute` with the C++ recurrences and the reference, for one seed."""
    results = []
    for backend in ("cpu", "reference"):
        with ops.use_backend(backend):
            torch.manual_seed(3)
            results.append(compute())
    return results[0], results[1]


def assert_agree(one: list[Tensor], other: list[Tensor]) -> None:
    assert len(one) == len(other)
    for index, (a, b) in enumerate(zip(one, other, strict=True)):
        tolerance = TOLERANCE[b.dtype]
        torch.testing.assert_close(a, b, **tolerance, msg=lambda m, i=index: f"result {i}: {m}")
