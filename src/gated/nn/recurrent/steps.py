"""Single steps of a whole network, for serving a stream: `layer.step(x, state)`."""

from typing import Any

import torch
from torch import Tensor, nn

from gated.nn.recurrent.checks import check_runs_forward
from gated.nn.recurrent.options import Shares
from gated.ops.cpu.stream import Stream
from gated.ops.dispatch import choose, in_force
from gated.ops.recurrence import Recurrence, Weights

__all__ = ["Streaming"]


class Streaming(nn.RNNBase):
    """What lets a layer be stepped. The weights, laid out for it, are kept beside the layer.

    They are made anew when a parameter has changed, and are no part of the layer: neither a copy
    nor a pickle nor a state_dict holds them.
    """

    recurrence: Recurrence
    backend: str
    shares: Shares
    _stream: tuple[str | None, Stream | None] = (None, None)  # and the backend's name it is for

    def step(self, x: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """One time step of every layer, without autograd.

        The same numbers as a call over a sequence of one step, but for rounding, in a few
        microseconds: what to serve a stream of values with. Results never require gradients, and
        hooks do not run. In training mode dropout, zoneout and recurrent dropout are drawn anew at
        every step.

        The weights are laid out for this at the first step, and again after every change of a
        parameter that torch knows of: by an optimiser, `load_state_dict`, `to`, assignment. Torch
        does not know of a change through `parameter.data` or a NumPy view: assign the parameter
        anew after one.

        Args:
            x: `[B, I]`, or `[I]` for a single sequence; `batch_first` does not matter.
            state: as in a call, `[L, B, ·]` or `[L, ·]`; None at the beginning of a sequence.

        Returns:
            The output `[B, P]` (or `[P]`) and the state to hand to the next step.

        Raises:
            UsageError: the layer is bidirectional.
            ValueError, RuntimeError: as a call does.

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
        """(h,) or (h, c); None where a call must say whether it takes such a state."""
        is_lstm = self.recurrence.kind == "lstm"
        if is_lstm and (not isinstance(state, tuple | list) or len(state) != 2):
            return None
        parts = tuple(state) if is_lstm else (state,)
        return parts if all(isinstance(part, Tensor) for part in parts) else None

    def _current_stream(self) -> Stream | None:
        """That of the weights as they are now; None where a step is a call like any other."""
        if (self.training and self.dropout > 0) or any(self.shares):
            return None
        name, stream = self._stream
        if (
            stream is None
            or name != in_force(self.backend)
            or not stream.is_current(self._parameters)
        ):
            stream = self._new_stream()
            self._stream = in_force(self.backend), stream
        return stream

    def _new_stream(self) -> Stream | None:
        backend = choose(self.recurrence, self.backend)
        if backend.stream is None:
            return None
        weights = self._weights()
        own = {id(parameter) for parameter in self._parameters.values()}
        if any(w is not None and id(w) not in own for layer in weights for w in layer):
            return None  # computed, by a parametrization: they change unseen
        return backend.stream(self.recurrence, weights, self._parameters)

    def _step_as_sequence(self, x: Tensor, state: Any) -> tuple[Tensor, Any]:
        if not isinstance(x, Tensor):
            raise TypeError(f"step: Expected x to be a tensor, got a {type(x).__name__}")
        if x.dim() not in (1, 2):
            raise ValueError(f"step: Expected x to be 1D or 2D, got {x.dim()}D instead")
        time = 1 if self.batch_first and x.dim() == 2 else 0
        with torch.no_grad():
            output, state = self.forward(x.unsqueeze(time), state)
        return output.squeeze(time), state

    def _weights(self) -> list[Weights]:
        """Those of every layer and direction, layers outermost."""
        raise NotImplementedError

    def __getstate__(self) -> dict[str, Any]:
        """What pickling and copying take along."""
        kept: dict[str, Any] = super().__getstate__()  # type: ignore[no-untyped-call]
        kept.pop("_stream", None)
        return kept
