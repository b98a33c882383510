"""Computes single steps of a whole network for a stream of values: `layer.step(x, state)`."""

from typing import Any

import torch
from torch import Tensor, nn

from gated.nn.recurrent.checks import check_runs_forward
from gated.nn.recurrent.options import Shares
from gated.ops.cpu.stream import Stream
from gated.ops.dispatch import choose, effective_name
from gated.ops.recurrence import Recurrence, Weights

__all__ = ["Streaming"]


class Streaming(nn.RNNBase):
    """Adds `step` to a layer and caches the weights in the layout of the kernels.

    A change of a parameter renews the cache. The cache is not part of a copy, a pickle or a
    state_dict.
    """

    recurrence: Recurrence
    backend: str
    shares: Shares
    _stream: tuple[str | None, Stream | None] = (None, None)  # the backend's name, its cache

    def step(self, x: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """Compute one time step of every layer without autograd.

        The results equal those of a call over a sequence of one step, up to rounding. A step takes
        a few microseconds, so use it for streams of values. Results never require gradients. Hooks
        do not run, except in a layer with a forward pre-hook, where a step is a call. In training
        mode dropout, zoneout and recurrent dropout are drawn again at every step.

        The first step copies the weights to the layout of the kernels, and the step after any
        change of a parameter copies them again: by an optimiser, through `parameter.data` or a view
        of NumPy, or by another process that shares them.

        Args:
            x: `[B, I]`, or `[I]` for a single sequence; `batch_first` has no effect.
            state: as in a call, `[L, B, ·]` or `[L, ·]`; None at the beginning of a sequence.

        Returns:
            The output `[B, P]` (or `[P]`) and the state for the next step.

        Raises:
            UsageError: the layer is bidirectional.
            ValueError, RuntimeError: as in a call.

        Example:
            >>> from gated.nn import GRU
            >>> layer, x = GRU(3, 4, 2).eval(), torch.randn(5, 1, 3)
            >>> state = None
            >>> for x_t in x:
            ...     output, state = layer.step(x_t, state)
            >>> torch.allclose(output, layer(x)[0][-1], atol=1e-6)
            True
        """
        check_runs_forward(self.bidirectional)
        if state is not None and not torch.compiler.is_compiling():
            stream = self._current_stream()
            parts = self._parts_of(state)
            result = None
            if stream is not None and parts is not None and isinstance(x, Tensor):
                result = stream.step(x, parts)
            if result is not None:
                output, final = result
                return output, (final if len(final) == 2 else final[0])
        return self._step_as_sequence(x, state)

    def _parts_of(self, state: Any) -> tuple[Tensor, ...] | None:
        """Return (h,) or (h, c), or None for another type, which the call then checks."""
        is_lstm = self.recurrence.kind == "lstm"
        if is_lstm and (not isinstance(state, tuple | list) or len(state) != 2):
            return None
        parts = tuple(state) if is_lstm else (state,)
        return parts if all(isinstance(part, Tensor) for part in parts) else None

    def _current_stream(self) -> Stream | None:
        """Return the stream of the current weights; None where a step must run as a call."""
        if (self.training and self.dropout > 0) or any(self.shares) or self._forward_pre_hooks:
            return None
        if self._computes_with_flat:
            return None
        name, stream = self._stream
        if (
            stream is None
            or name != effective_name(self.backend)
            or not stream.is_current(self._parameters)
        ):
            stream = self._new_stream()
            self._stream = effective_name(self.backend), stream
        return stream

    def _new_stream(self) -> Stream | None:
        backend = choose(self.recurrence, self.backend)
        if backend.stream is None:
            return None
        weights = self._weights()
        own = {id(parameter) for parameter in self._parameters.values()}
        if any(w is not None and id(w) not in own for layer in weights for w in layer):
            return None  # a parametrization computes them: their changes cannot be detected
        return backend.stream(self.recurrence, weights, self._parameters)

    def _step_as_sequence(self, x: Tensor, state: Any) -> tuple[Tensor, Any]:
        if not isinstance(x, Tensor):
            raise TypeError(f"step: Expected x to be a tensor, got a {type(x).__name__}")
        if x.dim() not in (1, 2):
            raise ValueError(f"step: Expected x to be 1D or 2D, got {x.dim()}D instead")
        time = 1 if self.batch_first and x.dim() == 2 else 0
        with torch.no_grad():
            # A forward pre-hook may make the weights: weight_norm, spectral_norm, prune.
            run = self.__call__ if self._forward_pre_hooks else self.forward
            output, state = run(x.unsqueeze(time), state)
        return output.squeeze(time), state

    def _weights(self) -> list[Weights]:
        """Return the weights of every layer and direction, in the order of the layers."""
        raise NotImplementedError

    def __getstate__(self) -> dict[str, Any]:
        """Return the state for pickling and copying, without the cached weights."""
        kept: dict[str, Any] = super().__getstate__()  # type: ignore[no-untyped-call]
        kept.pop("_stream", None)
        return kept
