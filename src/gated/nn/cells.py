"""RNNCell, LSTMCell and GRUCell: one time step, drop-in for torch.nn's.

The arguments, their order, the parameters' names, the initial numbers under a seed, the results
and the errors are those of torch.nn's cells; `reset`, `zoneout`, `layer_norm` and `backend` are
further, keyword-only options, explained in `gated.nn.layers`. A cell has no recurrent dropout: its
mask must be the same at every step of a sequence, and a cell does not know where one begins.
"""

import torch
from torch import Tensor, nn

from gated.nn.recurrent.checks import check_cell_dimensions, check_cell_sizes, check_kind_of_state
from gated.nn.recurrent.extras import zoneout_of
from gated.nn.recurrent.options import Shares, further_repr, make_neutral, norm_parameters
from gated.ops.dispatch import check_name, choose
from gated.ops.recurrence import GATES, Recurrence, State, Weights
from gated.ops.reference.extras import zoned
from gated.ops.reference.gru import Reset
from gated.ops.reference.rnn import Nonlinearity

__all__ = ["GRUCell", "LSTMCell", "RNNCell"]


class _Cell(nn.RNNCellBase):
    """What the three share. Inside, a state is a tuple, (h,) or (h, c), each `[B, H]`."""

    def __init__(
        self,
        asked: Recurrence,
        input_size: int,
        hidden_size: int,
        bias: bool,
        device: torch.device | str | None,
        dtype: torch.dtype | None,
        zoneout: float | tuple[float, float],
        backend: str,
    ) -> None:
        gates = GATES[asked.kind]
        super().__init__(input_size, hidden_size, bias, gates, device=device, dtype=dtype)
        check_name(backend)
        self.recurrence = asked
        self.shares = Shares.of(asked.kind, zoneout)
        self.backend = backend
        if asked.layer_norm:
            added = norm_parameters(asked.kind, self.weight_ih, hidden_size, bias)
            for name, values in added.items():
                setattr(self, name, nn.Parameter(values))

    def reset_parameters(self) -> None:
        """Draw the weights anew, as torch.nn does."""
        super().reset_parameters()
        make_neutral(self)

    def extra_repr(self) -> str:
        """The options that differ from the default."""
        asked = self.recurrence
        return super().extra_repr() + further_repr(
            reset=(asked.reset, "after"),
            zoneout=(self.shares.zoneout(asked.kind), 0.0),
            layer_norm=(asked.layer_norm, False),
            backend=(self.backend, "auto"),
        )

    def _step(self, asked: Recurrence, input: Tensor, state: State | None) -> State:
        check_kind_of_state(asked.kind, state)
        check_cell_dimensions(asked.kind, input, state)
        if input.dim() == 2:
            return self._step_batch(asked, input, state)
        state = None if state is None else tuple(s.unsqueeze(0) for s in state)
        return tuple(s.squeeze(0) for s in self._step_batch(asked, input.unsqueeze(0), state))

    def _step_batch(self, asked: Recurrence, input: Tensor, state: State | None) -> State:
        if state is None:
            zeros = input.new_zeros(input.size(0), self.hidden_size)
            state = (zeros, zeros) if asked.kind == "lstm" else (zeros,)
        check_cell_sizes(input, state, self.input_size, self.hidden_size)
        after = choose(asked, self.backend).step(asked, self._weights(), input, state)
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


class RNNCell(_Cell):
    """One step of Elman's recurrent network, as `torch.nn.RNNCell`.

    Args:
        input_size: features I of the input.
        hidden_size: features H of the hidden state.
        bias: whether b_x and b_h exist.
        nonlinearity: "tanh" or "relu".
        device: of the parameters.
        dtype: of the parameters.
        zoneout: probability that a unit keeps its last value while training; in evaluation the
            share of the last value that stays.
        backend: a key of `gated.ops.BACKENDS`, or "auto".

    Shape:
        Input `[B, I]` and hidden state `[B, H]`, zero unless given; next hidden state `[B, H]`.
        Or all of them without B.

    Raises:
        ValueError, RuntimeError: as torch.nn.RNNCell does, an unknown nonlinearity when called.
        UsageError: the backend is unknown or lacks what is asked, or an option is out of range.

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
        asked = Recurrence("rnn")  # torch meets an unknown nonlinearity when called
        super().__init__(asked, input_size, hidden_size, bias, device, dtype, zoneout, backend)
        self.nonlinearity = nonlinearity

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """The next hidden state."""
        if self.nonlinearity not in ("tanh", "relu"):
            raise RuntimeError(f"Unknown nonlinearity: {self.nonlinearity}")
        asked = Recurrence("rnn", nonlinearity=self.nonlinearity)
        (h,) = self._step(asked, input, None if hx is None else (hx,))
        return h


class LSTMCell(_Cell):
    """One step of the long short-term memory, as `torch.nn.LSTMCell`; gates i, f, g, o.

    Args:
        input_size: features I of the input.
        hidden_size: features H of the hidden state and of the cell state.
        bias: whether b_x and b_h exist.
        device: of the parameters.
        dtype: of the parameters.
        zoneout: probability that a unit keeps its last value while training; in evaluation the
            share of the last value that stays. One number, or a pair for h and c.
        layer_norm: whether each product is normalised over its features, and c where the output
            gate meets it.
        backend: a key of `gated.ops.BACKENDS`, or "auto".

    Shape:
        Input `[B, I]` and the pair of hidden state and cell state `[B, H]`, zero unless given;
        the next pair. Or all of them without B.

    Raises:
        ValueError, RuntimeError: as torch.nn.LSTMCell does.
        UsageError: the backend is unknown or lacks what is asked, or an option is out of range.

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
        asked = Recurrence("lstm", layer_norm=layer_norm)
        super().__init__(asked, input_size, hidden_size, bias, device, dtype, zoneout, backend)

    def forward(
        self, input: Tensor, hx: tuple[Tensor, Tensor] | None = None
    ) -> tuple[Tensor, Tensor]:
        """The next hidden state and cell state."""
        h, c = self._step(self.recurrence, input, hx)
        return h, c


class GRUCell(_Cell):
    """One step of the gated recurrent unit, as `torch.nn.GRUCell`; gates r, z, n.

    Args:
        input_size: features I of the input.
        hidden_size: features H of the hidden state.
        bias: whether b_x and b_h exist.
        device: of the parameters.
        dtype: of the parameters.
        reset: where the reset gate acts, "after" the recurrent product as in torch, or "before"
            it. Weights of the one are not weights of the other.
        zoneout: probability that a unit keeps its last value while training; in evaluation the
            share of the last value that stays.
        layer_norm: whether each product is normalised over its features.
        backend: a key of `gated.ops.BACKENDS`, or "auto".

    Shape:
        Input `[B, I]` and hidden state `[B, H]`, zero unless given; next hidden state `[B, H]`.
        Or all of them without B.

    Raises:
        ValueError, RuntimeError: as torch.nn.GRUCell does.
        UsageError: the backend is unknown or lacks what is asked, or an option is out of range.

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
        asked = Recurrence("gru", reset=reset, layer_norm=layer_norm)
        super().__init__(asked, input_size, hidden_size, bias, device, dtype, zoneout, backend)

    @property
    def reset(self) -> Reset:
        """Where the reset gate acts, "after" or "before" the recurrent product."""
        return self.recurrence.reset

    def forward(self, input: Tensor, hx: Tensor | None = None) -> Tensor:
        """The next hidden state."""
        (h,) = self._step(self.recurrence, input, None if hx is None else (hx,))
        return h
