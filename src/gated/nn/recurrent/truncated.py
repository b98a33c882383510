"""Truncated backpropagation through time: a long sequence in parts, with the state carried on.

A sequence of 100,000 steps need not fit into one graph. It is read in parts; each begins with the
state that the one before ended with, but no gradient passes back over the cut: Williams and Peng
1990, "An efficient gradient-based algorithm for on-line training of recurrent network
trajectories", Neural Computation 2(4).
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import torch
from torch import Tensor

from gated.errors import UsageError

__all__ = ["Part", "truncated_bptt"]


class Part(NamedTuple):
    """What one part of a sequence gave."""

    steps: slice  # which of all steps this part is: target[part.steps], or target[:, part.steps]
    output: Any  # what the module returned first, with its graph back to the cut
    state: Any  # the state after the part, still with its graph


def truncated_bptt(
    module: Callable[..., tuple[Any, Any]],
    input: Tensor,
    length: int,
    hx: Any = None,
    *,
    resets: Tensor | None = None,
    time_dim: int | None = None,
) -> Iterator[Part]:
    """Run `module` over `input` in parts of `length` steps, cutting the graph between them.

    Each part is computed when it is asked for, so with the weights as the optimiser left them
    after the part before.

    Args:
        module: a layer of `gated.nn` or `torch.nn`, or any callable that takes (input, state) and
            returns (output, state), where None is the state to begin with.
        input: the whole sequence, `[T, B, I]`, with `batch_first` `[B, T, I]`, or unbatched
            `[T, I]`.
        length: steps of a part, at least 1; the last part may be shorter.
        hx: the state to begin with, as `module` takes it. No gradient reaches it.
        resets: handed on to `module`, part by part, where given; it lies as the input does.
        time_dim: which axis is time; by default 1 for a batch of a module that says `batch_first`,
            else 0.

    Returns:
        An iterator over the parts, in order. The state of one may begin another call, as when the
        next part of the data arrives.

    Raises:
        UsageError: `length` is not a whole number of at least 1, the input is no tensor or has no
            step, `time_dim` is no axis of it, `resets` are of another length, or the module is
            bidirectional and would need the future's state.

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
    if not isinstance(length, int) or isinstance(length, bool) or length < 1:
        raise UsageError(f"length is {length!r}. Expected a whole number of at least 1.")
    if not isinstance(input, Tensor):
        raise UsageError(f"input is a {type(input).__name__}. Expected a padded tensor.")
    if getattr(module, "bidirectional", False):
        raise UsageError(
            "The module is bidirectional: its reverse run begins at the end of the sequence, which "
            "the first part does not know. Expected a module that runs forward only."
        )
    if time_dim is None:
        time_dim = 1 if input.dim() == 3 and getattr(module, "batch_first", False) else 0
    if not -input.dim() <= time_dim < input.dim():
        raise UsageError(f"time_dim is {time_dim}. Expected an axis of the {input.dim()}-D input.")
    time_dim %= input.dim()  # resets have fewer axes, so that an axis from the end is another
    if input.shape[time_dim] == 0:
        raise UsageError(f"input has no step: its axis {time_dim} is 0 long. Expected at least 1.")
    if resets is not None and resets.shape[time_dim] != input.shape[time_dim]:
        raise UsageError(
            f"resets have {resets.shape[time_dim]} steps. Expected {input.shape[time_dim]}, as the "
            "input has."
        )
    return _parts(module, input, length, hx, resets, time_dim)


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
