"""Runs a recurrence step by step in a program that torch records, for any number of steps.

torch.export and torch.jit.trace record a loop of Python once for each step of the example, so the
program would accept its length only. `over_rows` becomes one operator with the step as its body:
`torch.ops.higher_order.scan` in torch.export, which the ONNX exporter turns into a Scan, and a loop
of TorchScript in torch.jit.trace, which the older ONNX exporter turns into a Loop.
"""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import torch
from torch import Tensor

__all__ = ["always_recorded", "has_fixed_length", "is_recorded", "over_rows"]

# The next state from a state, a row of each sequence `[B, …]`, and the tensors of all steps.
Step = Callable[[list[Tensor], list[Tensor], list[Tensor]], list[Tensor]]

_always: ContextVar[bool] = ContextVar("gated_always_recorded", default=False)


def is_recorded() -> bool:
    """Return whether torch records a program in which a loop must accept any number of steps."""
    if torch.compiler.is_compiling():
        return torch.compiler.is_exporting()
    return torch._C._is_tracing() or _always.get()


def has_fixed_length(rows: Tensor) -> bool:
    """Return whether the program that is recorded accepts only this number of steps."""
    from torch.fx.experimental.symbolic_shapes import has_static_value  # takes long to import

    return torch.compiler.is_compiling() and has_static_value(rows.shape[0])


@contextmanager
def always_recorded() -> Iterator[None]:
    """Make `is_recorded` true, for a function that is traced into a program."""
    token = _always.set(True)
    try:
        yield
    finally:
        _always.reset(token)


def over_rows(
    step: Step,
    state: Sequence[Tensor],  # one or two tensors [B, ·]
    rows: Sequence[Tensor],  # each [T, B] or [T, B, ·]
    constants: Sequence[Tensor],  # the same at every step
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Compute the first part of the state after every step `[T, B, ·]`, and the last state."""
    if not torch.compiler.is_compiling() and torch._C._is_tracing():
        return _scripted(step, state, rows, constants)
    state = [part.contiguous() for part in state]  # a scan's states have one layout at all steps
    # Imported here: loading it takes long, and only a program that is recorded needs it.
    from torch._higher_order_ops.scan import scan, scan_op

    if torch.compiler.is_dynamo_compiling():

        def advance(state: list[Tensor], row: list[Tensor]) -> tuple[list[Tensor], Tensor]:
            after = step(state, row, list(constants))
            return after, after[0].clone()

        final, output = scan(advance, list(state), list(rows))
        return output, tuple(final)

    parts, count = len(state), len(state) + len(rows)

    def advance_flat(*tensors: Tensor) -> tuple[Tensor, ...]:
        given = list(tensors)
        after = step(given[:parts], given[parts:count], given[count:])
        return (*after, after[0].clone())  # an output may not be a part of the state

    *final, output = scan_op(advance_flat, list(state), list(rows), tuple(constants))
    return output, tuple(final)


# --- TorchScript ---------------------------------------------------------------------------------


def _scripted(
    step: Step, state: Sequence[Tensor], rows: Sequence[Tensor], given_constants: Sequence[Tensor]
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """Compile the loop, whose step is traced apart from the program around it.

    TorchScript needs a fixed number of arguments, so all rows are features of one tensor.
    """
    table = [row if row.dim() == 3 else row[..., None] for row in rows]
    sizes = [int(row.shape[-1]) for row in table]
    dtype, count = state[0].dtype, len(state)

    def advance(
        h: Tensor, c: Tensor, row: Tensor, constants: list[Tensor]
    ) -> tuple[Tensor, Tensor]:
        parts = [
            part if given.dim() == 3 else part[..., 0] > 0.5
            for part, given in zip(torch.split(row, sizes, -1), rows, strict=True)
        ]
        after = step([h, c][:count], parts, constants[: len(given_constants)])
        return after[0], after[-1]

    constants = list(given_constants) or [state[0]]  # TorchScript knows no type for an empty list
    whole = torch.cat([row.to(dtype) for row in table], dim=-1)
    h, c = state[0], state[-1]
    outer = torch._C._get_tracing_state()
    torch._C._set_tracing_state(None)  # type: ignore[attr-defined]
    try:
        examples = [tensor.detach() for tensor in (h, c, whole[0])]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # TorchScript is deprecated, and traces shapes
            traced = torch.jit.trace(  # type: ignore[no-untyped-call]
                advance,
                (*examples, [tensor.detach() for tensor in constants]),
                check_trace=False,
            )
            loop = _loop_of(traced)
    finally:
        torch._C._set_tracing_state(outer)  # type: ignore[attr-defined]
    output, h, c = loop(h, c, whole, constants)
    return output, (h, c)[:count]


def _loop_of(advance: Callable[..., tuple[Tensor, Tensor]]) -> Callable[..., tuple[Tensor, ...]]:
    def loop(
        h: Tensor, c: Tensor, rows: Tensor, constants: list[Tensor]
    ) -> tuple[Tensor, Tensor, Tensor]:
        output: list[Tensor] = []
        for t in range(rows.size(0)):
            h, c = advance(h, c, rows[t], constants)
            output.append(h)
        return torch.stack(output), h, c

    return torch.jit.script(loop)
