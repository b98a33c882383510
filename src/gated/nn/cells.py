"""Defines RNNCell, LSTMCell and GRUCell, which compute one time step.

They replace the cells of torch.nn: the arguments and their order, the names of the parameters, the
initial values under a seed, the results and the errors are the same. `reset`, `zoneout`,
`layer_norm` and `backend` are additional, keyword-only options; `gated.nn.layers` describes them. A
cell has no recurrent dropout: its mask must be the same at every step of a sequence, and a cell has
no information about where a sequence begins.
"""

import torch
from torch import Tensor, nn

from gated.nn.recurrent.checks import check_cell_dimensions, check_cell_sizes, check_kind_of_state
from gated.nn.recurrent.extra_draws import zoneout_of
from gated.nn.recurrent.options import (
    Shares,
    extra_options_repr,
    norm_parameters,
    reset_added_parameters,
)
from gated.nn.recurrent.torch_tools import ForTorchTools, is_traced, quantisable, traced
from gated.ops.dispatch import check_name, choose
from gated.ops.recurrence import GATES, Recurrence, State, Weights
from gated.ops.reference.extras import zoned
from gated.ops.reference.gru import Reset
from gated.ops.reference.rnn import Nonlinearity

__all__ = ["GRUCell", "LSTMCell", "RNNCell"]


class _Cell(ForTorchTools, nn.RNNCellBase):
    """The common base class. Its methods take a state as a tuple, (h,) or (h, c), each `[B, H]`."""

    def __init__(
        self,
        recurrence: Recurrence,
        input_size: int,
        hidden_size: int,
        bias: bool,
        device: torch.device | str | None,
        dtype: torch.dtype | None,
        zoneout: float | tuple[float, float],
        backend: str,
    ) -> None:
        gates = GATES[recurrence.kind]
        super().__init__(input_size, hidden_size, bias, gates, device=device, dtype=dtype)
        check_name(backend)
        self.recurrence = recurrence
        self.shares = Shares.of(recurrence.kind, zoneout)
        self.backend = backend
        if recurrence.layer_norm:
            added = norm_parameters(recurrence.kind, self.weight_ih, hidden_size, bias)
            for name, values in added.items():
                setattr(self, name, nn.Parameter(values))

    def reset_parameters(self) -> None:
        """Draw new initial weights, as torch.nn does."""
        super().reset_parameters()
        reset_added_parameters(self)

    def extra_repr(self) -> str:
        """The options that differ from the default."""
        recurrence = self.recurrence
        return super().extra_repr() + extra_options_repr(
            reset=(recurrence.reset, "after"),
            zoneout=(self.shares.zoneout(recurrence.kind), 0.0),
            layer_norm=(recurrence.layer_norm, False),
            backend=(self.backend, "auto"),
        )

    def _step(self, recurrence: Recurrence, input: Tensor, state: State | None) -> State:
        check_kind_of_state(recurrence.kind, state)
        check_cell_dimensions(recurrence.kind, input, state)
        if input.dim() == 2:
            return self._step_batch(recurrence, input, state)
        state = None if state is None else tuple(s.unsqueeze(0) for s in state)
        return tuple(s.squeeze(0) for s in self._step_batch(recurrence, input.unsqueeze(0), state))

    def _step_batch(self, recurrence: Recurrence, input: Tensor, state: State | None) -> State:
        if state is None:
            zeros = input.new_zeros(input.size(0), self.hidden_size)
            state = (zeros, zeros) if recurrence.kind == "lstm" else (zeros,)
        check_cell_sizes(input, state, self.input_size, self.hidden_size)
        after = choose(recurrence, self.backend).step(recurrence, self._weights(), input, state)
        if not any(self.shares):
            return after
        shares = (
            zoneout_of(share, input, self.hidden_size, self.training)
            for share in (self.shares.zoneout_h, self.shares.zoneout_c)[: len(state)]
        )
        return tuple(zoned(*each) for each in zip(shares, state, after, strict=True))

    def _weights(self) -> Weights:
        weights = Weights(self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh)
        if not self.recurrence.layer_norm:
            return weights
        return weights._replace(
            **{name: getattr(self, name) for name in ("gain_ih", "gain_hh")},
            gain_c=getattr(self, "gain_c", None),
            bias_c=getattr(self, "bias_c", None),
        )


@quantisable
class RNNCell(_Cell):
    """One step of Elman's recurrent network, as `torch.nn.RNNCell`.

    Args:
        input_size: features I of the input.
        hidden_size: features H of the hidden state.
        bias: whether b_x and b_h exist.
        nonlinearity: "tanh" or "relu".
        device: of the parameters.
        dtype: of the parameters.
        zoneout: probability that a unit keeps its previous value in training; in evaluation the
            weight of the previous value in the mixture.
        backend: a key of `gated.ops.BACKENDS`, or "auto".

    Shape:
        Input `[B, I]` and hidden state `[B, H]`, zero by default; next hidden state `[B, H]`.
        All of them may be given without B.

    Raises:
        ValueError, RuntimeError: as in torch.nn.RNNCell; an unknown nonlinearity raises at the
            call.
        UsageError: the backend is unknown or cannot compute this cell, or an option is out
            of range.

    Example:
        >>> cell = RNNCell(10, 20)
        >>> cell(torch.randn(3, 10), torch.randn(3, 20)).shape
        torch.Size([3, 20])
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: Nonlinearity = "tanh",
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
        *,
        zoneout: float = 0.0,
        backend: str = "auto",
    ) -> None:
        recurrence = Recurrence("rnn")  # as in torch, the call checks the nonlinearity
        super().__init__(recurrence, input_size, hidden_size, bias, device, dtype, zoneout, backend)
        self.nonlinearity = nonlinearity

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """The next hidden state."""
        if is_traced(input):
            return traced(self, input, hx)  # type: ignore[no-any-return]
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        recurrence = Recurrence("rnn", nonlinearity=self.nonlinearity)
        (h,) = self._step(recurrence, input, None if hx is None else (hx,))
        return h


@quantisable
class LSTMCell(_Cell):
    """One step of the long short-term memory, as `torch.nn.LSTMCell`; gates i, f, g, o.

    Args:
        input_size: features I of the input.
        hidden_size: features H of the hidden state and of the cell state.
        bias: whether b_x and b_h exist.
        device: of the parameters.
        dtype: of the parameters.
        zoneout: probability that a unit keeps its previous value in training; in evaluation the
            weight of the previous value in the mixture. One number, or a pair for h and c.
        layer_norm: whether each product is normalised over its features, and c before its tanh.
        backend: a key of `gated.ops.BACKENDS`, or "auto".

    Shape:
        Input `[B, I]` and the pair of hidden state and cell state `[B, H]`, zero by default;
        returns the next pair. All of them may be given without B.

    Raises:
        ValueError, RuntimeError: as in torch.nn.LSTMCell.
        UsageError: the backend is unknown or cannot compute this cell, or an option is out
            of range.

    Example:
        >>> cell = LSTMCell(10, 20)
        >>> h, c = cell(torch.randn(3, 10))
        >>> h.shape, c.shape
        (torch.Size([3, 20]), torch.Size([3, 20]))
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
        *,
        zoneout: float | tuple[float, float] = 0.0,
        layer_norm: bool = False,
        backend: str = "auto",
    ) -> None:
        recurrence = Recurrence("lstm", layer_norm=layer_norm)
        super().__init__(recurrence, input_size, hidden_size, bias, device, dtype, zoneout, backend)

    def forward(
        self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Tensor, Tensor]:
        """The next hidden state and cell state."""
        if is_traced(input):
            return traced(self, input, hx)  # type: ignore[no-any-return]
        h, c = self._step(self.recurrence, input, hx)
        return h, c


@quantisable
class GRUCell(_Cell):
    """One step of the gated recurrent unit, as `torch.nn.GRUCell`; gates r, z, n.

    Args:
        input_size: features I of the input.
        hidden_size: features H of the hidden state.
        bias: whether b_x and b_h exist.
        device: of the parameters.
        dtype: of the parameters.
        reset: where the reset gate acts, "after" the recurrent product as in torch, or "before"
            it. Weights of one variant are not valid for the other.
        zoneout: probability that a unit keeps its previous value in training; in evaluation the
            weight of the previous value in the mixture.
        layer_norm: whether each product is normalised over its features.
        backend: a key of `gated.ops.BACKENDS`, or "auto".

    Shape:
        Input `[B, I]` and hidden state `[B, H]`, zero by default; next hidden state `[B, H]`.
        All of them may be given without B.

    Raises:
        ValueError, RuntimeError: as in torch.nn.GRUCell.
        UsageError: the backend is unknown or cannot compute this cell, or an option is out
            of range.

    Example:
        >>> cell = GRUCell(10, 20, reset="before")
        >>> cell(torch.randn(3, 10)).shape
        torch.Size([3, 20])
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
        *,
        reset: Reset = "after",
        zoneout: float = 0.0,
        layer_norm: bool = False,
        backend: str = "auto",
    ) -> None:
        recurrence = Recurrence("gru", reset=reset, layer_norm=layer_norm)
        super().__init__(recurrence, input_size, hidden_size, bias, device, dtype, zoneout, backend)

    @property
    def reset(self) -> Reset:
        """Where the reset gate acts, "after" or "before" the recurrent product."""
        return self.recurrence.reset

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """The next hidden state."""
        if is_traced(input):
            return traced(self, input, hx)  # type: ignore[no-any-return]
        (h,) = self._step(self.recurrence, input, None if hx is None else (hx,))
        return h
