"""Which backend computes a recurrence: one registry, one choice.

A backend answers two questions: can you do this (`supports`), and then do it (`step`,
`sequence`, and `stack` where one call runs a whole network). To add one, write a module with
these functions and name it in `BACKENDS`; every function of `gated.ops`, every layer of
`gated.nn` and the contract tests then know it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import torch
from torch import Tensor

from gated.errors import UsageError
from gated.ops import reference_backend, torch_backend
from gated.ops.recurrence import Recurrence, State, Weights

__all__ = ["BACKENDS", "Backend", "choose", "use_backend"]


@dataclass(frozen=True)
class Backend:
    """One way to compute the recurrences."""

    name: str
    supports: Callable[[Recurrence], bool]
    step: Callable[[Recurrence, Weights, Tensor, State], State]
    sequence: Callable[[Recurrence, Weights, Tensor, State], tuple[Tensor, State]]
    stack: Callable[..., tuple[Tensor, State]] | None = None  # None: composed from `sequence`


BACKENDS = {  # fastest first: "auto" takes the first that supports what is asked
    "torch": Backend(
        "torch",
        torch_backend.supports,
        torch_backend.step,
        torch_backend.sequence,
        torch_backend.stack,
    ),
    "reference": Backend(
        "reference",
        reference_backend.supports,
        reference_backend.step,
        reference_backend.sequence,
    ),
}

_forced: ContextVar[str] = ContextVar("gated_backend", default="auto")


@contextmanager
def use_backend(name: str) -> Iterator[None]:
    """Compute every recurrence inside the `with` block by one backend.

    Holds wherever `backend="auto"` stands, which is the default everywhere; a backend named in
    a call or a constructor keeps precedence. Threads and asynchronous tasks do not disturb each
    other (PEP 567). A graph of torch.compile does not see the block, since the compiler cannot
    trace a context variable: there, name the backend in the constructor.

    Args:
        name: a key of `BACKENDS`, or "auto" for the fastest that supports what is asked.

    Raises:
        UsageError: no backend has this name.

    Example:
        >>> import torch
        >>> from gated import nn, ops
        >>> layer, x = nn.GRU(3, 4), torch.zeros(5, 2, 3)
        >>> with ops.use_backend("reference"):
        ...     output, h_n = layer(x)
        >>> torch.allclose(output, layer(x)[0])
        True
    """
    check_name(name)
    token = _forced.set(name)
    try:
        yield
    finally:
        _forced.reset(token)


def choose(asked: Recurrence, name: str = "auto") -> Backend:
    """The backend that computes `asked`.

    A `name` other than "auto" decides; else that of `use_backend`; else the first of `BACKENDS`
    that supports `asked`.

    Raises:
        UsageError: the named backend does not exist or does not support `asked`.
    """
    if name == "auto" and not torch.compiler.is_compiling():
        name = _forced.get()
    check_name(name)
    if name == "auto":
        return next(backend for backend in BACKENDS.values() if backend.supports(asked))
    backend = BACKENDS[name]
    if not backend.supports(asked):
        able = [other.name for other in BACKENDS.values() if other.supports(asked)]
        raise UsageError(
            f'backend "{name}" cannot compute the {asked}. Expected one of {able} or "auto", '
            "which takes the fastest of them."
        )
    return backend


def check_name(name: str) -> None:
    """Raise UsageError unless `name` is "auto" or a key of `BACKENDS`."""
    if name != "auto" and name not in BACKENDS:
        raise UsageError(
            f'backend {name!r} is unknown. Expected "auto" or one of {list(BACKENDS)}.'
        )
