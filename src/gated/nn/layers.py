"""Defines the layers RNN, LSTM and GRU, which run over whole sequences.

They replace `torch.nn.RNN`, `torch.nn.LSTM` and `torch.nn.GRU`: the arguments and their order, the
names of the parameters, the initial values under a seed, the results and the errors are the same,
so a `state_dict` can be exchanged in both directions. The additional options are keyword-only and
off by default:

- `reset` of the GRU: "after" as in torch, or "before", a different model (Cho et al. 2014,
  arXiv 1406.1078 v3);
- `recurrent_dropout` and `zoneout` while training (`gated.ops.reference.extras`): drawn at each
  call; the same seed gives the same numbers on every backend;
- `layer_norm` of the GRU and the LSTM (`gated.ops.reference.norm`), with gains as additional
  parameters;
- `learned_state`: where no state is given, the initial state is the parameters h_0 and c_0 instead
  of zero;
- `recompute`: training stores less between forward and backward and takes more time: backward
  computes the gates again, or, on a backend other than "cpu", the whole call;
- `backend`: the backend that computes the layer: a key of `gated.ops.BACKENDS`, or "auto" for the
  fastest backend that supports it.

A call accepts `resets`, a bool mask that is True where a new sequence begins inside the input: the
state is set to zero before that step, so that no information passes the boundary in either
direction. `gates(input)` returns every gate of every step. `step(x, state)` computes one step
without autograd, for streams. `gated.nn.truncated_bptt` runs a layer over a long sequence in parts.

The output may be changed in place before backward, which then takes longer, since it computes the
output again.

On a CPU, dropout between layers draws the same numbers as torch's kernels under the same seed, on
every backend. On a GPU, a backend other than "torch" draws other numbers of the same distribution.
"""

from typing import Any

import torch
from torch import Tensor

from gated.nn.recurrent.base import Recurrent
from gated.nn.recurrent.input_layout import Sequences
from gated.nn.recurrent.options import Shares
from gated.nn.recurrent.torch_tools import is_traced, observable, quantisable, traced
from gated.ops.recurrence import Recurrence
from gated.ops.reference.gru import Reset
from gated.ops.reference.rnn import Nonlinearity

__all__ = ["GRU", "LSTM", "RNN"]


class RNN(Recurrent):
    """Elman's recurrent network, as `torch.nn.RNN`: h_t = tanh(W_x x_t + b_x + W_h h_{t-1} + b_h).

    Args:
        input_size: features I of the input.
        hidden_size: features H of the hidden state.
        num_layers: number of layers L; each reads the hidden states of the previous layer.
        nonlinearity: "tanh" or "relu".
        bias: whether b_x and b_h exist.
        batch_first: whether input and output are `[B, T, ·]` rather than `[T, B, ·]`.
        dropout: probability of setting a feature between layers to zero in training.
        bidirectional: whether a second, backward run over time is concatenated (D = 2, else 1).
        device: of the parameters.
        dtype: of the parameters.
        recurrent_dropout: probability of setting a feature of h_{t-1} to zero at the input of the
            recurrent product in training; the features are the same at every step.
        zoneout: probability that a unit keeps its previous value at a step in training; in
            evaluation the weight of the previous value in the mixture.
        learned_state: whether h_0 exists as a parameter, used as the initial state where none is
            given.
        recompute: whether backward computes the gates again instead of keeping them.
        backend: a key of `gated.ops.BACKENDS`, or "auto".

    Shape:
        Input `[T, B, I]`, unbatched `[T, I]`, or a PackedSequence, and the initial hidden state
        `[L·D, B, H]` (unbatched `[L·D, H]`), zero by default. Resets bool
        `[T, B]`, laid out as the input. Output `[T, B, D·H]`, or packed as the input was, and the
        last hidden state `[L·D, B, H]`.

    Raises:
        ValueError, TypeError, RuntimeError: as in torch.nn.RNN.
        UsageError: the backend is unknown or cannot compute this layer, or an option is out
            of range.

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
        _raise_for_projection(unknown)
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
        self, input: Sequences, hx: Tensor | None = None, resets: Sequences | None = None
    ) -> tuple[Sequences, Tensor]:
        """Return every hidden state of the last layer, and the last one of every layer."""
        if is_traced(input):
            return traced(self, input, hx, resets)  # type: ignore[no-any-return]
        output, (h_n,) = self._run(input, None if hx is None else (hx,), resets)
        return output, h_n


@observable
@quantisable
class LSTM(Recurrent):
    """The long short-term memory, as `torch.nn.LSTM`; gates i, f, g, o.

    Args:
        input_size: features I of the input.
        hidden_size: features H of the cell state.
        num_layers: number of layers L; each reads the hidden states of the previous layer.
        bias: whether b_x and b_h exist.
        batch_first: whether input and output are `[B, T, ·]` rather than `[T, B, ·]`.
        dropout: probability of setting a feature between layers to zero in training.
        bidirectional: whether a second, backward run over time is concatenated (D = 2, else 1).
        proj_size: features P of the hidden state, fewer than H, projected by `weight_hr`
            (arXiv 1402.1128); 0 for P = H and no projection.
        device: of the parameters.
        dtype: of the parameters.
        recurrent_dropout: probability of setting a feature of h_{t-1} to zero at the input of the
            recurrent product in training; the features are the same at every step.
        zoneout: probability that a unit keeps its previous value at a step in training; in
            evaluation the weight of the previous value in the mixture. One number, or a pair for h
            and c.
        layer_norm: whether each product of a step is normalised over its features, and c
            before its tanh.
        learned_state: whether h_0 and c_0 exist as parameters, used as the initial state where none
            is given.
        recompute: whether backward computes the gates again instead of keeping them.
        backend: a key of `gated.ops.BACKENDS`, or "auto".

    Shape:
        Input `[T, B, I]`, unbatched `[T, I]`, or a PackedSequence, and the pair of the initial
        hidden state `[L·D, B, P]` and cell state `[L·D, B, H]` (unbatched without B), zero by
        default. Resets bool `[T, B]`, laid out as the input. Output `[T, B, D·P]`, or packed as the
        input was, and the pair of the last states.

    Raises:
        ValueError, TypeError, RuntimeError: as in torch.nn.LSTM.
        UsageError: the backend is unknown or cannot compute this layer, or an option is out
            of range.

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
        resets: Sequences | None = None,
    ) -> tuple[Sequences, tuple[Tensor, Tensor]]:
        """Return every hidden state of the last layer, and the last h and c of every layer."""
        if is_traced(input):
            return traced(self, input, hx, resets)  # type: ignore[no-any-return]
        output, (h_n, c_n) = self._run(input, hx, resets)
        return output, (h_n, c_n)


@quantisable
class GRU(Recurrent):
    """The gated recurrent unit, as `torch.nn.GRU`; gates r, z, n.

    Args:
        input_size: features I of the input.
        hidden_size: features H of the hidden state.
        num_layers: number of layers L; each reads the hidden states of the previous layer.
        bias: whether b_x and b_h exist.
        batch_first: whether input and output are `[B, T, ·]` rather than `[T, B, ·]`.
        dropout: probability of setting a feature between layers to zero in training.
        bidirectional: whether a second, backward run over time is concatenated (D = 2, else 1).
        device: of the parameters.
        dtype: of the parameters.
        reset: where the reset gate acts, "after" the recurrent product as in torch, or "before"
            it. Weights of one variant are not valid for the other.
        recurrent_dropout: probability of setting a feature of h_{t-1} to zero at the input of the
            recurrent product in training; the features are the same at every step.
        zoneout: probability that a unit keeps its previous value at a step in training; in
            evaluation the weight of the previous value in the mixture.
        layer_norm: whether each product of a step is normalised over its features.
        learned_state: whether h_0 exists as a parameter, used as the initial state where none is
            given.
        recompute: whether backward computes the gates again instead of keeping them.
        backend: a key of `gated.ops.BACKENDS`, or "auto".

    Shape:
        Input `[T, B, I]`, unbatched `[T, I]`, or a PackedSequence, and the initial hidden state
        `[L·D, B, H]` (unbatched `[L·D, H]`), zero by default. Resets bool
        `[T, B]`, laid out as the input. Output `[T, B, D·H]`, or packed as the input was, and the
        last hidden state `[L·D, B, H]`.

    Raises:
        ValueError, TypeError, RuntimeError: as in torch.nn.GRU.
        UsageError: the backend is unknown or cannot compute this layer, or an option is out
            of range.

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
        _raise_for_projection(unknown)
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
        self, input: Sequences, hx: Tensor | None = None, resets: Sequences | None = None
    ) -> tuple[Sequences, Tensor]:
        """Return every hidden state of the last layer, and the last one of every layer."""
        if is_traced(input):
            return traced(self, input, hx, resets)  # type: ignore[no-any-return]
        output, (h_n,) = self._run(input, None if hx is None else (hx,), resets)
        return output, h_n


def _raise_for_projection(unknown: dict[str, Any]) -> None:
    if "proj_size" in unknown:
        raise ValueError("proj_size argument is only supported for LSTM, not RNN or GRU")
