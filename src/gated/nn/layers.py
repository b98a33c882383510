"""RNN, LSTM and GRU over whole sequences, drop-in for torch.nn's.

The arguments, their order, the parameters' names, the initial numbers under a seed, the results
and the errors are those of `torch.nn.RNN`, `torch.nn.LSTM` and `torch.nn.GRU`, so a `state_dict`
goes either way. Further options are keyword-only:

- `backend`: what computes it, a key of `gated.ops.BACKENDS`, or "auto" for the fastest that can;
- `reset` of the GRU: "after" as in torch, or "before", a different model (Cho et al. 2014,
  arXiv 1406.1078 v3).

Dropout between layers draws on a CPU the numbers that torch's kernels draw under the same seed,
whatever the backend; on a GPU a backend other than "torch" shares their distribution only.

All three are a `torch.nn.RNNBase`, which brings the parameters, `flatten_parameters`,
`all_weights` and pickling. They are on purpose not a `torch.nn.GRU` and so on: torch.compile
breaks its graph at every instance of those, and so would do with backends it can compile.
"""

from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from gated.nn.checks import check_layer_dimensions, check_steps
from gated.nn.stack import compose
from gated.ops.dispatch import check_name, choose
from gated.ops.gru.reference import Reset
from gated.ops.recurrence import Recurrence, State, Weights
from gated.ops.rnn.reference import Nonlinearity

__all__ = ["GRU", "LSTM", "RNN"]

Sequences = Tensor | PackedSequence


class _Recurrent(nn.RNNBase):
    """What the three share. Inside, a state is a tuple, (h,) or (h, c), each `[L·D, B, ·]`."""

    def __init__(
        self, asked: Recurrence, *sizes_and_options: Any, backend: str, **options: Any
    ) -> None:
        mode = f"RNN_{asked.nonlinearity.upper()}" if asked.kind == "rnn" else asked.kind.upper()
        super().__init__(mode, *sizes_and_options, **options)
        check_name(backend)
        self.recurrence = asked
        self.backend = backend

    def extra_repr(self) -> str:
        """The options that differ from the default."""
        backend = "" if self.backend == "auto" else f", backend={self.backend}"
        return super().extra_repr() + backend

    def _run(self, input: Sequences, state: State | None) -> tuple[Sequences, State]:
        if isinstance(input, PackedSequence):
            return self._run_packed(input, state)
        check_layer_dimensions(self.recurrence.kind, input, state)
        if input.dim() == 3:
            return self._run_batch(input, state)
        batch_dim = 0 if self.batch_first else 1
        state = None if state is None else tuple(s.unsqueeze(1) for s in state)
        output, state = self._run_batch(input.unsqueeze(batch_dim), state)
        return output.squeeze(batch_dim), tuple(s.squeeze(1) for s in state)

    def _run_batch(self, input: Tensor, state: State | None) -> tuple[Tensor, State]:
        state = self._checked_state(input, None, state)
        x = input.transpose(0, 1) if self.batch_first else input  # [T, B, I]
        check_steps(x)
        output, state = self._compute(x, None, state)
        return (output.transpose(0, 1) if self.batch_first else output), state

    def _run_packed(
        self, input: PackedSequence, state: State | None
    ) -> tuple[PackedSequence, State]:
        rows, batch_sizes, order, original_order = input
        state = self._checked_state(rows, batch_sizes, state)
        if order is not None:  # packed longest first, while states come in the caller's order
            state = tuple(s.index_select(1, order) for s in state)
        output, state = self._compute(rows, batch_sizes, state)
        if original_order is not None:
            state = tuple(s.index_select(1, original_order) for s in state)
        return PackedSequence(output, batch_sizes, order, original_order), state

    def _checked_state(
        self, input: Tensor, batch_sizes: Tensor | None, state: State | None
    ) -> State:
        """The initial state, zero unless given, once input and state have the right sizes."""
        self.check_input(input, batch_sizes)
        h_size = self.get_expected_hidden_size(input, batch_sizes)  # [L·D, B, P]
        c_size = (*h_size[:2], self.hidden_size)
        sizes = (h_size, c_size) if self.recurrence.kind == "lstm" else (h_size,)
        if state is None:
            return tuple(input.new_zeros(size) for size in sizes)
        for index, (s, size) in enumerate(zip(state, sizes, strict=True)):
            label = f"hidden[{index}]" if len(sizes) > 1 else "hidden"
            self.check_hidden_size(s, size, f"Expected {label} size {{}}, got {{}}")
        return state

    def _compute(self, x: Tensor, batch_sizes: Tensor | None, state: State) -> tuple[Tensor, State]:
        backend = choose(self.recurrence, self.backend)
        stack = backend.stack or partial(compose, backend.sequence)
        return stack(
            self.recurrence,
            [self._named(weights) for weights in self.all_weights],
            x,
            batch_sizes,
            state,
            dropout=self.dropout,
            training=self.training,
            bidirectional=self.bidirectional,
        )

    def _named(self, weights: list[nn.Parameter]) -> Weights:
        if self.bias:
            return Weights(*weights)
        weight_ih, weight_hh, *weight_hr = weights
        return Weights(weight_ih, weight_hh, None, None, *weight_hr)


class RNN(_Recurrent):
    """Elman's recurrent network, as `torch.nn.RNN`: h_t = tanh(W_x x_t + b_x + W_h h_{t-1} + b_h).

    Args:
        input_size: features I of the input.
        hidden_size: features H of the hidden state.
        num_layers: layers L, each reading the hidden states of the one before.
        nonlinearity: "tanh" or "relu".
        bias: whether b_x and b_h exist.
        batch_first: whether input and output are `[B, T, ·]` rather than `[T, B, ·]`.
        dropout: probability of zeroing a feature between layers while training.
        bidirectional: whether a second run backward in time is joined on (D = 2, else 1).
        device: of the parameters.
        dtype: of the parameters.
        backend: a key of `gated.ops.BACKENDS`, or "auto".

    Shape:
        Input `[T, B, I]`, unbatched `[T, I]`, or a PackedSequence, and the initial hidden state
        `[L·D, B, H]` (unbatched `[L·D, H]`), zero unless given. Output `[T, B, D·H]`, or packed
        as the input was, and the last hidden state `[L·D, B, H]`.

    Raises:
        ValueError, TypeError, RuntimeError: as torch.nn.RNN does.
        UsageError: the backend is unknown.

    Example:
        >>> output, h_n = RNN(10, 20, 2)(torch.randn(5, 3, 10), torch.randn(2, 3, 20))
        >>> output.shape, h_n.shape
        (torch.Size([5, 3, 20]), torch.Size([2, 3, 20]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        nonlinearity: Nonlinearity = "tanh",
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
        *,
        backend: str = "auto",
        **unknown: Any,
    ) -> None:
        _refuse_projection(unknown)
        if nonlinearity not in ("tanh", "relu"):
            raise ValueError(
                f"Unknown nonlinearity '{nonlinearity}'. Select from 'tanh' or 'relu'."
            )
        super().__init__(
            Recurrence("rnn", nonlinearity=nonlinearity),
            input_size,
            hidden_size,
            num_layers,
            bias,
            batch_first,
            dropout,
            bidirectional,
            device=device,
            dtype=dtype,
            backend=backend,
            **unknown,
        )

    @property
    def nonlinearity(self) -> Nonlinearity:
        """ "tanh" or "relu"."""
        return self.recurrence.nonlinearity

    def forward(self, input: Sequences, hx: Tensor | None = None) -> tuple[Sequences, Tensor]:
        """Every hidden state of the last layer, and the last one of every layer."""
        output, (h_n,) = self._run(input, None if hx is None else (hx,))
        return output, h_n


class LSTM(_Recurrent):
    """The long short-term memory, as `torch.nn.LSTM`; gates i, f, g, o.

    Args:
        input_size: features I of the input.
        hidden_size: features H of the cell state.
        num_layers: layers L, each reading the hidden states of the one before.
        bias: whether b_x and b_h exist.
        batch_first: whether input and output are `[B, T, ·]` rather than `[T, B, ·]`.
        dropout: probability of zeroing a feature between layers while training.
        bidirectional: whether a second run backward in time is joined on (D = 2, else 1).
        proj_size: features P of the hidden state, fewer than H, projected by `weight_hr`
            (arXiv 1402.1128); 0 for P = H and no projection.
        device: of the parameters.
        dtype: of the parameters.
        backend: a key of `gated.ops.BACKENDS`, or "auto".

    Shape:
        Input `[T, B, I]`, unbatched `[T, I]`, or a PackedSequence, and the pair of the initial
        hidden state `[L·D, B, P]` and cell state `[L·D, B, H]` (unbatched without B), zero unless
        given. Output `[T, B, D·P]`, or packed as the input was, and the pair of the last states.

    Raises:
        ValueError, TypeError, RuntimeError: as torch.nn.LSTM does.
        UsageError: the backend is unknown.

    Example:
        >>> output, (h_n, c_n) = LSTM(10, 20, proj_size=4)(torch.randn(5, 3, 10))
        >>> output.shape, h_n.shape, c_n.shape
        (torch.Size([5, 3, 4]), torch.Size([1, 3, 4]), torch.Size([1, 3, 20]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        proj_size: int = 0,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
        *,
        backend: str = "auto",
    ) -> None:
        super().__init__(
            Recurrence("lstm"),
            input_size,
            hidden_size,
            num_layers,
            bias,
            batch_first,
            dropout,
            bidirectional,
            proj_size,
            device=device,
            dtype=dtype,
            backend=backend,
        )

    def forward(
        self, input: Sequences, hx: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Sequences, tuple[Tensor, Tensor]]:
        """Every hidden state of the last layer, and the last two states of every layer."""
        output, (h_n, c_n) = self._run(input, hx)
        return output, (h_n, c_n)


class GRU(_Recurrent):
    """The gated recurrent unit, as `torch.nn.GRU`; gates r, z, n.

    Args:
        input_size: features I of the input.
        hidden_size: features H of the hidden state.
        num_layers: layers L, each reading the hidden states of the one before.
        bias: whether b_x and b_h exist.
        batch_first: whether input and output are `[B, T, ·]` rather than `[T, B, ·]`.
        dropout: probability of zeroing a feature between layers while training.
        bidirectional: whether a second run backward in time is joined on (D = 2, else 1).
        device: of the parameters.
        dtype: of the parameters.
        reset: where the reset gate acts, "after" the recurrent product as in torch, or "before"
            it. Weights of the one are not weights of the other.
        backend: a key of `gated.ops.BACKENDS`, or "auto".

    Shape:
        Input `[T, B, I]`, unbatched `[T, I]`, or a PackedSequence, and the initial hidden state
        `[L·D, B, H]` (unbatched `[L·D, H]`), zero unless given. Output `[T, B, D·H]`, or packed
        as the input was, and the last hidden state `[L·D, B, H]`.

    Raises:
        ValueError, TypeError, RuntimeError: as torch.nn.GRU does.
        UsageError: `reset` or the backend is unknown, or the backend lacks this `reset`.

    Example:
        >>> output, h_n = GRU(10, 20, 2, bidirectional=True)(torch.randn(5, 3, 10))
        >>> output.shape, h_n.shape
        (torch.Size([5, 3, 40]), torch.Size([4, 3, 20]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bias: bool = True,
        batch_first: bool = False,
        dropout: float = 0.0,
        bidirectional: bool = False,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
        *,
        reset: Reset = "after",
        backend: str = "auto",
        **unknown: Any,
    ) -> None:
        _refuse_projection(unknown)
        super().__init__(
            Recurrence("gru", reset=reset),
            input_size,
            hidden_size,
            num_layers,
            bias,
            batch_first,
            dropout,
            bidirectional,
            device=device,
            dtype=dtype,
            backend=backend,
            **unknown,
        )

    @property
    def reset(self) -> Reset:
        """Where the reset gate acts, "after" or "before" the recurrent product."""
        return self.recurrence.reset

    def extra_repr(self) -> str:
        """The options that differ from the default."""
        return super().extra_repr() + ("" if self.reset == "after" else f", reset={self.reset}")

    def forward(self, input: Sequences, hx: Tensor | None = None) -> tuple[Sequences, Tensor]:
        """Every hidden state of the last layer, and the last one of every layer."""
        output, (h_n,) = self._run(input, None if hx is None else (hx,))
        return output, h_n


def _refuse_projection(unknown: dict[str, Any]) -> None:
    if "proj_size" in unknown:
        raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
