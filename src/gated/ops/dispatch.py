"""Selects the backend that computes a recurrence.

A backend is a module with the functions `supports`, `step`, `sequence` and, where one call runs a
whole network, `stack`. To add a backend, write such a module and add it to `BACKENDS`; every
function of `gated.ops`, every layer of `gated.nn` and the contract tests then include it. A backend
may also provide `stream`, for single steps that are faster than `stack` over one step, and `trace`,
for gates that it has computed anyway.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import torch
from torch import Tensor

from gated.errors import UsageError
from gated.ops import onnx_backend, reference_backend, torch_backend
from gated.ops.cpu import backend as cpu_backend
from gated.ops.cpu import extension
from gated.ops.cpu import stream as cpu_stream
from gated.ops.cpu.stream import Stream
from gated.ops.recurrence import NO_EXTRAS, Extras, Recurrence, State, Weights

__all__ = ["BACKENDS", "Backend", "check_name", "choose", "effective_name", "use_backend"]


@dataclass(frozen=True)
class Backend:
    """One implementation of the recurrences."""

    name: str
    supports: Callable[..., bool]  # (Recurrence, Extras); the extras may be left out
    step: Callable[[Recurrence, Weights, Tensor, State], State]
    sequence: Callable[..., tuple[Tensor, State]]  # (Recurrence, Weights, x, State, Extras)
    stack: Callable[..., tuple[Tensor, State]] | None = None  # None: composed from `sequence`
    stream: Callable[..., Stream | None] | None = None  # (Recurrence, Weights of all, parameters)
    trace: Callable[..., tuple[dict[str, Tensor], State] | None] | None = None  # of its kernels
    why_not: Callable[[], str | None] = lambda: None  # why it is unavailable, else None


BACKENDS = {  # fastest first: "auto" selects the first that supports the recurrence
    "cpu": Backend(
        "cpu",
        cpu_backend.supports,
        cpu_backend.step,
        cpu_backend.sequence,
        cpu_backend.stack,
        cpu_stream.stream,
        cpu_backend.trace,
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

_ONNX = Backend(  # only while torch.onnx.export records, and then for every name
    "onnx",
    onnx_backend.supports,
    onnx_backend.step,
    onnx_backend.sequence,
    onnx_backend.stack,
)

_forced: ContextVar[str] = ContextVar("gated_backend", default="auto")


@contextmanager
def use_backend(name: str) -> Iterator[None]:
    """Compute every recurrence inside the `with` block with one backend.

    It applies where `backend` is "auto", the default; a backend named in a call or a constructor
    has precedence. The choice holds for the current thread and asynchronous task (PEP 567). It has
    no effect in a graph of torch.compile, which cannot trace a context variable: there, name the
    backend in the constructor.

    Args:
        name: a key of `BACKENDS`, or "auto" for the fastest that supports the recurrence.

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


def choose(recurrence: Recurrence, name: str = "auto", extras: Extras = NO_EXTRAS) -> Backend:
    """Return the backend that computes `recurrence` with extras of these kinds.

    If `name` is "auto", the name of `use_backend` counts; if that is "auto" too, the first of
    `BACKENDS` that supports the recurrence.

    Raises:
        UsageError: the named backend does not exist or does not support it.
    """
    check_name(name)
    if onnx_backend.is_recording():
        return _ONNX
    name = effective_name(name)
    if name == "auto":
        for backend in BACKENDS.values():  # ends with the reference, which supports everything
            if backend.supports(recurrence, extras):
                if backend.name != "cpu":
                    extension.warn_if_absent()
                return backend
    backend = BACKENDS[name]
    if not backend.supports(recurrence, extras):
        able = [other.name for other in BACKENDS.values() if other.supports(recurrence, extras)]
        why = backend.why_not()
        raise UsageError(
            f'backend "{name}" cannot compute the {recurrence}{extras.description()}'
            f"{'' if why is None else f': {why}'}. "
            f'Expected one of {able} or "auto", which selects the fastest of them.'
        )
    return backend


def effective_name(name: str) -> str:
    """Return the effective name: `name`, or where that is "auto" the name of `use_backend`."""
    if name == "auto" and not torch.compiler.is_compiling():
        return _forced.get()
    return name


def check_name(name: str) -> None:
    """Raise UsageError unless `name` is "auto" or a key of `BACKENDS`."""
    if not isinstance(name, str) or (name != "auto" and name not in BACKENDS):
        raise UsageError(
            f'backend {name!r} is unknown. Expected "auto" or one of {list(BACKENDS)}.'
        )
