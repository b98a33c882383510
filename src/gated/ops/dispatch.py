"""Which backend computes a recurrence: one registry, one choice.

A backend answers two questions: can you do this (`supports`), and then do it (`step`,
`sequence`, and `stack` where one call runs a whole network). To add one, write a module with
these functions and name it in `BACKENDS`; every function of `gated.ops`, every layer of
`gated.nn` and the contract tests then know it. What a backend may have besides: a `stream` of
single steps that is faster than `stack` over one step at a time.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import torch
from torch import Tensor

from gated.errors import UsageError
from gated.ops import reference_backend, torch_backend
from gated.ops.cpu import backend as cpu_backend
from gated.ops.cpu import extension
from gated.ops.cpu import stream as cpu_stream
from gated.ops.cpu.stream import Stream
from gated.ops.recurrence import NO_EXTRAS, Extras, Recurrence, State, Weights

__all__ = ["BACKENDS", "Backend", "check_name", "choose", "in_force", "use_backend"]


@dataclass(frozen=True)
class Backend:
    """One way to compute the recurrences."""

    name: str
    supports: Callable[..., bool]  # (Recurrence, Extras); the extras may be left out
    step: Callable[[Recurrence, Weights, Tensor, State], State]
    sequence: Callable[..., tuple[Tensor, State]]  # (Recurrence, Weights, x, State, Extras)
    stack: Callable[..., tuple[Tensor, State]] | None = None  # None: composed from `sequence`
    stream: Callable[..., Stream | None] | None = None  # (Recurrence, Weights of all, parameters)
    why_not: Callable[[], str | None] = lambda: None  # why it can do nothing at all here, if so


BACKENDS = {  # fastest first: "auto" takes the first that supports what is asked
    "cpu": Backend(
        "cpu",
        cpu_backend.supports,
        cpu_backend.step,
        cpu_backend.sequence,
        cpu_backend.stack,
        cpu_stream.stream,
        extension.reason,
    ),
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


def choose(asked: Recurrence, name: str = "auto", extras: Extras = NO_EXTRAS) -> Backend:
    """The backend that computes `asked` with these extras, or with others of the same kinds.

    A `name` other than "auto" decides; else that of `use_backend`; else the first of `BACKENDS`
    that supports it.

    Raises:
        UsageError: the named backend does not exist or does not support it.
    """
    check_name(name)
    name = in_force(name)
    if name == "auto":
        for backend in BACKENDS.values():  # ends with the reference, which supports everything
            if backend.supports(asked, extras):
                if backend.name != "cpu":
                    extension.warn_if_absent()
                return backend
    backend = BACKENDS[name]
    if not backend.supports(asked, extras):
        able = [other.name for other in BACKENDS.values() if other.supports(asked, extras)]
        why = backend.why_not()
        raise UsageError(
            f'backend "{name}" cannot compute the {asked}{extras.in_words()}'
            f"{'' if why is None else f': {why}'}. "
            f'Expected one of {able} or "auto", which takes the fastest of them.'
        )
    return backend


def in_force(name: str) -> str:
    """The name that counts here: `name`, or where that is "auto" the one of `use_backend`."""
    if name == "auto" and not torch.compiler.is_compiling():
        return _forced.get()
    return name


def check_name(name: str) -> None:
    """Raise UsageError unless `name` is "auto" or a key of `BACKENDS`."""
    if not isinstance(name, str) or (name != "auto" and name not in BACKENDS):
        raise UsageError(
            f'backend {name!r} is unknown. Expected "auto" or one of {list(BACKENDS)}.'
        )
