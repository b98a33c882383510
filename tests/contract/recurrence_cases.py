"""Defines the layers and cells of the contract tests, and functions that run them."""

from dataclasses import dataclass, field
from typing import Any

import pytest
import torch
from torch import Tensor
from torch.nn.utils.rnn import PackedSequence, pack_sequence, pad_packed_sequence

from gated import nn
from gated.ops import BACKENDS
from gated.ops.recurrence import Recurrence
from gated.ops.reference import gru
from tests.backend_names import as_parameter, is_there

# The rounding errors differ: float64 has 16 digits and float32 7; after long sums over
# 63 steps and 37 units at least these agree.
TOLERANCE = {
    torch.float64: {"rtol": 1e-9, "atol": 1e-11},
    torch.float32: {"rtol": 1e-4, "atol": 1e-5},
}
DTYPES = [torch.float32, torch.float64]


@dataclass(frozen=True)
class Case:
    """A class of gated.nn with options; `extras` are those that torch.nn does not have."""

    name: str
    kind: str
    options: dict[str, Any] = field(default_factory=dict)
    extras: dict[str, Any] = field(default_factory=dict)

    def ours(self, *sizes: int, **options: Any) -> torch.nn.Module:
        return getattr(nn, self.kind)(*sizes, **self.options, **self.extras, **options)

    def torchs(self, *sizes: int, **options: Any) -> torch.nn.Module:
        return getattr(torch.nn, self.kind)(*sizes, **self.options, **options)


LAYERS = [
    Case("rnn", "RNN"),
    Case("rnn-relu-deep", "RNN", {"nonlinearity": "relu", "num_layers": 2, "bias": False}),
    Case("lstm", "LSTM"),
    Case("lstm-no-bias", "LSTM", {"bias": False, "bidirectional": True}),
    Case("lstm-deep-both-ways", "LSTM", {"num_layers": 2, "bidirectional": True}),
    Case("lstm-projected", "LSTM", {"num_layers": 2, "bidirectional": True, "proj_size": 3}),
    Case("gru", "GRU"),
    Case("gru-no-bias", "GRU", {"bias": False, "num_layers": 3}),
    Case("gru-deep-both-ways", "GRU", {"num_layers": 2, "bidirectional": True}),
    Case("gru-before", "GRU", {"num_layers": 2, "bidirectional": True}, {"reset": "before"}),
    Case("gru-before-no-bias", "GRU", {"bias": False}, {"reset": "before"}),
]
CELLS = [
    Case("rnn-cell", "RNNCell"),
    Case("rnn-cell-relu", "RNNCell", {"nonlinearity": "relu"}),
    Case("lstm-cell", "LSTMCell"),
    Case("lstm-cell-no-bias", "LSTMCell", {"bias": False}),
    Case("gru-cell", "GRUCell"),
    Case("gru-cell-no-bias", "GRUCell", {"bias": False}),
    Case("gru-cell-before", "GRUCell", {}, {"reset": "before"}),
]


class StepByStep(nn.GRU):
    """The GRU as single steps, with packed sequences one after the other."""

    def forward(self, input: Tensor | PackedSequence, hx: Tensor) -> tuple[Any, Tensor]:
        if isinstance(input, PackedSequence):
            padded, lengths = pad_packed_sequence(input)
            each = [self(padded[:n, [b]], hx[:, [b]]) for b, n in enumerate(lengths)]
            outputs = [output[:, 0] for output, _ in each]
            return pack_sequence(outputs, enforce_sorted=False), torch.cat([h for _, h in each], 1)
        x, finals, directions = input, [], 2 if self.bidirectional else 1
        for layer in range(self.num_layers):
            outputs = []
            for direction in range(directions):
                weights = self.all_weights[layer * directions + direction]
                h, at = hx[layer * directions + direction], {}
                for t in reversed(range(len(x))) if direction == 1 else range(len(x)):
                    h = at[t] = gru.step(x[t], h, *weights, reset=self.reset)
                outputs.append(torch.stack([at[t] for t in range(len(x))]))
                finals.append(h)
            x = torch.cat(outputs, dim=-1)
        return x, torch.stack(finals)


def able_backends(case: Case) -> list[str]:
    asked = Recurrence("gru", reset=case.extras.get("reset", "after"))
    there = (name for name in BACKENDS if not is_there(name) or BACKENDS[name].supports(asked))
    return list(there)


def by_backend(cases: list[Case], *, only_torchs: bool = False) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("case", "backend"),
        [
            as_parameter(backend, case, id=f"{case.name}-{backend}")
            for case in cases
            if not (only_torchs and case.extras)
            for backend in able_backends(case)
        ],
    )


def by_case_of_torch(cases: list[Case]) -> pytest.MarkDecorator:
    shared = [case for case in cases if not case.extras]
    return pytest.mark.parametrize("case", shared, ids=lambda case: case.name)


def twins(
    case: Case, backend: str, sizes: tuple[int, int], dtype: torch.dtype, **options: Any
) -> tuple[torch.nn.Module, torch.nn.Module]:
    """Make our layer and its model with the same weights: torch's module, or `StepByStep`."""
    torch.manual_seed(0)
    ours = case.ours(*sizes, backend=backend, dtype=dtype, **options)
    if case.extras:
        model = StepByStep(*sizes, dtype=dtype, **case.options, **case.extras, **options)
    else:
        model = case.torchs(*sizes, dtype=dtype, **options)
    model.load_state_dict(ours.state_dict())
    return ours, model


def random_state(module: torch.nn.Module, batch: int | None, dtype: torch.dtype) -> Any:
    """A state for a layer [L·D, B, ·] or a cell [B, ·]; without B where batch is None."""
    directions = 2 if getattr(module, "bidirectional", False) else 1
    lead = [module.num_layers * directions] if hasattr(module, "num_layers") else []
    axes = [*lead, *([] if batch is None else [batch])]
    h = torch.randn(*axes, getattr(module, "proj_size", 0) or module.hidden_size, dtype=dtype)
    if not isinstance(module, nn.LSTM | nn.LSTMCell):
        return h
    return h, torch.randn(*axes, module.hidden_size, dtype=dtype)


def flat(result: Any) -> list[Tensor]:
    """The tensors of a result, however nested."""
    if isinstance(result, Tensor):
        return [result]
    if isinstance(result, PackedSequence):
        return [result.data]
    return [tensor for part in result for tensor in flat(part)]


def results_and_gradients(module: torch.nn.Module, x: Any, hx: Any) -> list[Tensor]:
    """All results, then the gradient of a random combination of them in x, hx and each weight."""
    leaves = [tensor.detach().requires_grad_() for tensor in flat((x, hx))]
    x = PackedSequence(leaves[0], *x[1:]) if isinstance(x, PackedSequence) else leaves[0]
    hx = tuple(leaves[1:]) if isinstance(hx, tuple) else leaves[1]
    results = flat(module(x, hx))
    generator = torch.Generator().manual_seed(7)
    towards = [torch.randn(r.shape, generator=generator, dtype=r.dtype) for r in results]
    gradients = torch.autograd.grad(results, [*leaves, *module.parameters()], towards)
    return [*results, *gradients]


def assert_same(ours: list[Tensor], model: list[Tensor], dtype: torch.dtype) -> None:
    assert len(ours) == len(model)
    for one, other in zip(ours, model, strict=True):
        torch.testing.assert_close(one, other, **TOLERANCE[dtype])
