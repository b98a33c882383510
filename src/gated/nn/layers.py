"""RNN, LSTM and GRU over whole sequences, drop-in for torch.nn's.

The arguments, their order, the parameters' names, the initial numbers under a seed, the results
and the errors are those of `torch.nn.RNN`, `torch.nn.LSTM` and `torch.nn.GRU`, so a `state_dict`
goes either way. Further options are keyword-only, and do nothing unless asked for:

- `reset` of the GRU: "after" as in torch, or "before", a different model (Cho et al. 2014,
  arXiv 1406.1078 v3);
- `recurrent_dropout` and `zoneout` while training (`gated.ops.reference.extras`): drawn anew each
  call, the same numbers under the same seed whatever the backend;
- `layer_norm` of the GRU and the LSTM (`gated.ops.reference.norm`), with gains as further
  parameters;
- `learned_state`: where no state is given, begin from the parameters h_0 and c_0, not from zero;
- `recompute`: training keeps less memory between forward and backward, for more time: the gates are
  computed again; by a backend other than "cpu", the whole call;
- `backend`: what computes it, a key of `gated.ops.BACKENDS`, or "auto" for the fastest that can.

A call takes `resets`, a bool mask that is True where a new sequence begins inside the input: the
state is cleared before that step, so that nothing passes the boundary in either direction.
`gates(input)` returns every gate of every step, `step(x, state)` runs one step without autograd,
for streams, `gated.nn.truncated_bptt` walks a long sequence in parts.

The output is kept for the gradient: where one is wanted, change it in a copy, as torch asks for its
own LSTM in float32. Autograd refuses a backward pass after a change in place.

Dropout between layers draws on a CPU the numbers that torch's kernels draw under the same seed,
whatever the backend; on a GPU a backend other than "torch" shares their distribution only.
"""

from typing import Any

import torch
from torch import Tensor

from gated.nn.recurrent.base import Recurrent
from gated.nn.recurrent.input_layout import Sequences
from gated.nn.recurrent.options import Shares
from gated.ops.recurrence import Recurrence
from gated.ops.reference.gru import Reset
from gated.ops.reference.rnn import Nonlinearity

__all__ = ["GRU", "LSTM", "RNN"]


class RNN(Recurrent):
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
        recurrent_dropout: probability of zeroing a feature of h_{t-1} where it enters the
            recurrent product, the same features at every step, while training.
        zoneout: probability that a unit keeps its last value at a step while training; in
            evaluation the share of the last value that stays.
        learned_state: whether h_0 exists as a parameter, used where no state is given.
        recompute: whether backward computes the gates again instead of keeping them.
        backend: a key of `gated.ops.BACKENDS`, or "auto".

    Shape:
        Input `[T, B, I]`, unbatched `[T, I]`, or a PackedSequence, and the initial hidden state
        `[L·D, B, H]` (unbatched `[L·D, H]`), zero unless given. Resets bool
        `[T, B]`, laid out as the input. Output `[T, B, D·H]`, or packed as the input was, and the
        last hidden state `[L·D, B, H]`.

    Raises:
        ValueError, TypeError, RuntimeError: as torch.nn.RNN does.
        UsageError: the backend is unknown or lacks what is asked, or an option is out of range.

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
        recurrent_dropout: float = 0.0,
        zoneout: float = 0.0,
        learned_state: bool = False,
        recompute: bool = False,
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
            shares=Shares.of("rnn", zoneout, recurrent_dropout),
            learned_state=learned_state,
            recompute=recompute,
            **unknown,
        )

    @property
    def nonlinearity(self) -> Nonlinearity:
        """ "tanh" or "relu"."""
        return self.recurrence.nonlinearity

    def forward(
        self, input: Sequences, hx: Tensor | None = None, *, resets: Sequences | None = None
    ) -> tuple[Sequences, Tensor]:
        """Every hidden state of the last layer, and the last one of every layer."""
        output, (h_n,) = self._run(input, None if hx is None else (hx,), resets)
        return output, h_n


class LSTM(Recurrent):
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
        recurrent_dropout: probability of zeroing a feature of h_{t-1} where it enters the
            recurrent product, the same features at every step, while training.
        zoneout: probability that a unit keeps its last value at a step while training; in
            evaluation the share of the last value that stays. One number, or a pair for h and c.
        layer_norm: whether each product of a step is normalised over its features, and c where
            the output gate meets it.
        learned_state: whether h_0 and c_0 exist as parameters, used where no state is given.
        recompute: whether backward computes the gates again instead of keeping them.
        backend: a key of `gated.ops.BACKENDS`, or "auto".

    Shape:
        Input `[T, B, I]`, unbatched `[T, I]`, or a PackedSequence, and the pair of the initial
        hidden state `[L·D, B, P]` and cell state `[L·D, B, H]` (unbatched without B), zero unless
        given. Resets bool `[T, B]`, laid out as the input. Output `[T, B, D·P]`, or packed as the
        input was, and the pair of the last states.

    Raises:
        ValueError, TypeError, RuntimeError: as torch.nn.LSTM does.
        UsageError: the backend is unknown or lacks what is asked, or an option is out of range.

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
        recurrent_dropout: float = 0.0,
        zoneout: float | tuple[float, float] = 0.0,
        layer_norm: bool = False,
        learned_state: bool = False,
        recompute: bool = False,
        backend: str = "auto",
    ) -> None:
        super().__init__(
            Recurrence("lstm", layer_norm=layer_norm),
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
            shares=Shares.of("lstm", zoneout, recurrent_dropout),
            learned_state=learned_state,
            recompute=recompute,
        )

    def forward(
        self,
        input: Sequences,
        hx: tuple[Tensor, Tensor] | None = None,
        *,
        resets: Sequences | None = None,
    ) -> tuple[Sequences, tuple[Tensor, Tensor]]:
        """Every hidden state of the last layer, and the last two states of every layer."""
        output, (h_n, c_n) = self._run(input, hx, resets)
        return output, (h_n, c_n)


class GRU(Recurrent):
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
        recurrent_dropout: probability of zeroing a feature of h_{t-1} where it enters the
            recurrent product, the same features at every step, while training.
        zoneout: probability that a unit keeps its last value at a step while training; in
            evaluation the share of the last value that stays.
        layer_norm: whether each product of a step is normalised over its features.
        learned_state: whether h_0 exists as a parameter, used where no state is given.
        recompute: whether backward computes the gates again instead of keeping them.
        backend: a key of `gated.ops.BACKENDS`, or "auto".

    Shape:
        Input `[T, B, I]`, unbatched `[T, I]`, or a PackedSequence, and the initial hidden state
        `[L·D, B, H]` (unbatched `[L·D, H]`), zero unless given. Resets bool
        `[T, B]`, laid out as the input. Output `[T, B, D·H]`, or packed as the input was, and the
        last hidden state `[L·D, B, H]`.

    Raises:
        ValueError, TypeError, RuntimeError: as torch.nn.GRU does.
        UsageError: the backend is unknown or lacks what is asked, or an option is out of range.

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
        recurrent_dropout: float = 0.0,
        zoneout: float = 0.0,
        layer_norm: bool = False,
        learned_state: bool = False,
        recompute: bool = False,
        backend: str = "auto",
        **unknown: Any,
    ) -> None:
        _refuse_projection(unknown)
        super().__init__(
            Recurrence("gru", reset=reset, layer_norm=layer_norm),
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
            shares=Shares.of("gru", zoneout, recurrent_dropout),
            learned_state=learned_state,
            recompute=recompute,
            **unknown,
        )

    @property
    def reset(self) -> Reset:
        """Where the reset gate acts, "after" or "before" the recurrent product."""
        return self.recurrence.reset

    def forward(
        self, input: Sequences, hx: Tensor | None = None, *, resets: Sequences | None = None
    ) -> tuple[Sequences, Tensor]:
        """Every hidden state of the last layer, and the last one of every layer."""
        output, (h_n,) = self._run(input, None if hx is None else (hx,), resets)
        return output, h_n


def _refuse_projection(unknown: dict[str, Any]) -> None:
    if "proj_size" in unknown:
        raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
