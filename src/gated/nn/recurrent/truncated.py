"""Implements truncated backpropagation through time, which runs a long sequence in parts.

The autograd graph of 100,000 steps may not fit into memory. Each part begins with the last state of
the previous part, but no gradient passes from one part to the previous one: Williams and Peng 1990,
"An efficient gradient-based algorithm for on-line training of recurrent network trajectories",
Neural Computation 2(4).
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor

from gated.errors import UsageError

__all__ = ["Part", "truncated_bptt"]


class Part(NamedTuple):
    """The result of one part of a sequence."""

    steps: slice  # the steps of this part: target[part.steps], or target[:, part.steps]
    output: Any  # the output of the module, with its graph back to the start of the part
    state: Any  # the state after the part, with its graph


def truncated_bptt(
    module: Callable[..., tuple[Any, Any]],
    input: Tensor,
    length: int,
    hx: Any = None,
    *,
    resets: Tensor | None = None,
    time_dim: int | None = None,
) -> Iterator[Part]:
    """Run `module` over `input` in parts of `length` steps and cut the graph between them.

    The iterator computes each part when it is requested, so an optimiser step after one part
    affects the next part.

    Args:
        module: a layer of `gated.nn` or `torch.nn`, or any callable that takes (input, state) and
            returns (output, state), and accepts None as the initial state.
        input: the whole sequence, `[T, B, I]`, with `batch_first` `[B, T, I]`, or unbatched
            `[T, I]`.
        length: steps of a part, at least 1; the last part may be shorter.
        hx: the initial state, in the form that `module` accepts. It receives no gradient.
        resets: if given, passed to `module` part by part; it has the layout of the input.
        time_dim: the axis of time; by default 1 for batched input of a module with `batch_first`,
            else 0.

    Returns:
        An iterator over the parts, in order. The state of a part can be `hx` of another call, for
        example when more data arrive.

    Raises:
        UsageError: `length` is not a whole number of at least 1, the input is not a tensor or has
            no step, `time_dim` is not an axis of it, `resets` have another length, or the module is
            bidirectional and would need the state of later parts.

    Example:
        >>> import torch
        >>> from gated import nn
        >>> layer, head = nn.GRU(1, 8), torch.nn.Linear(8, 1)
        >>> optimizer = torch.optim.SGD([*layer.parameters(), *head.parameters()], lr=0.1)
        >>> x, y = torch.randn(1000, 4, 1), torch.randn(1000, 4, 1)
        >>> for part in nn.truncated_bptt(layer, x, length=300):
        ...     loss = (head(part.output) - y[part.steps]).square().mean()
        ...     optimizer.zero_grad()
        ...     loss.backward()
        ...     optimizer.step()
        >>> part.steps
        slice(900, 1000, None)
    """
    time_dim = _checked_axis(module, input, length, resets, time_dim)
    return _parts(module, input, length, hx, resets, time_dim)


def _checked_axis(
    module: Callable[..., tuple[Any, Any]],
    input: Tensor,
    length: int,
    resets: Tensor | None,
    time_dim: int | None,
) -> int:
    """Check the arguments of `truncated_bptt`; return the axis of time, counted from the first.

    Raises:
        UsageError: see there.
    """
    if not isinstance(length, int) or isinstance(length, bool) or length < 1:
        raise UsageError(f"length is {length!r}. Expected a whole number of at least 1.")
    if not isinstance(input, Tensor):
        raise UsageError(f"input is a {type(input).__name__}. Expected a padded tensor.")
    if getattr(module, "bidirectional", False):
        raise UsageError(
            "The module is bidirectional: its reverse run begins at the end of the sequence, which "
            "is not part of the first part. Expected a module that runs forward only."
        )
    if time_dim is None:
        time_dim = 1 if input.dim() == 3 and getattr(module, "batch_first", False) else 0
    if not -input.dim() <= time_dim < input.dim():
        raise UsageError(f"time_dim is {time_dim}. Expected an axis of the {input.dim()}-D input.")
    time_dim %= input.dim()  # resets have fewer axes, so a negative index would name another axis
    if input.shape[time_dim] == 0:
        raise UsageError(f"input has no step: its axis {time_dim} is 0 long. Expected at least 1.")
    if resets is not None and resets.shape[time_dim] != input.shape[time_dim]:
        raise UsageError(
            f"resets have {resets.shape[time_dim]} steps. Expected {input.shape[time_dim]}, as the "
            "input has."
        )
    return time_dim


def _parts(
    module: Callable[..., tuple[Any, Any]],
    input: Tensor,
    length: int,
    state: Any,
    resets: Tensor | None,
    time_dim: int,
) -> Iterator[Part]:
    begin = 0
    for x in torch.split(input, length, time_dim):
        options = {}
        if resets is not None:
            options["resets"] = resets.narrow(time_dim, begin, x.shape[time_dim])
        output, state = module(x, _detached(state), **options)
        steps = slice(begin, begin + x.shape[time_dim])
        yield Part(steps, output, state)
        begin = steps.stop


def _detached(state: Any) -> Any:
    if state is None:
        return None
    if isinstance(state, Tensor):
        return state.detach()
    if isinstance(state, tuple | list):
        return tuple(_detached(part) for part in state)
    raise UsageError(
        f"The state is a {type(state).__name__}. Expected a tensor, None, or a tuple of them."
    )
