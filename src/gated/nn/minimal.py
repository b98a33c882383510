"""Defines the layers MinGRU and MinLSTM, which run over whole sequences.

Their gates do not depend on the previous state, so all steps can be computed at once.

The interface is that of `gated.nn.GRU`: layouts, layers, directions, dropout, packed sequences and
`resets` have the same meaning. `gated.ops.minimal.reference` gives the equations and the conversion
of weights with the paper's sign of z. The paper is arXiv 2410.01201.
"""

import math
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout as drop_out
from torch.nn.utils.rnn import PackedSequence

from gated.errors import UsageError
from gated.nn.recurrent.checks import check_runs_forward
from gated.nn.recurrent.extra_draws import draw
from gated.nn.recurrent.input_layout import InputLayout, Sequences
from gated.nn.recurrent.options import Shares, extra_options_repr
from gated.nn.recurrent.torch_tools import is_traced, no_counterpart, traced
from gated.ops.minimal import reference
from gated.ops.minimal.functional import GATES, Scan, check_scan, run
from gated.ops.minimal.reference import Kind
from gated.ops.recurrence import Extras, State
from gated.ops.stack import compose

__all__ = ["MinGRU", "MinLSTM"]

Weights = tuple[Tensor, Tensor | None]


class _Minimal(nn.Module):
    """The common base class of both layers."""

    kind: Kind

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
        scan: Scan = "plain",
    ) -> None:
        super().__init__()
        sizes = {"input_size": input_size, "hidden_size": hidden_size, "num_layers": num_layers}
        for name, size in sizes.items():
            if not isinstance(size, int) or isinstance(size, bool) or size < 1:
                raise UsageError(f"{name} is {size!r}. Expected a whole number of at least 1.")
        if not isinstance(dropout, int | float) or not 0 <= dropout <= 1:
            raise UsageError(f"dropout is {dropout!r}. Expected a number from 0 to 1.")
        check_scan(scan)
        self.input_size = input_size
        self.hidden_size = hidden_size
        self.num_layers = num_layers
        self.bias = bias
        self.batch_first = batch_first
        self.dropout = float(dropout)
        self.bidirectional = bidirectional
        self.scan = scan

        rows, directions = GATES[self.kind] * hidden_size, 2 if bidirectional else 1
        self._suffixes = []
        for index in range(num_layers * directions):
            layer, direction = divmod(index, directions)
            suffix = f"l{layer}" + ("_reverse" if direction == 1 else "")
            columns = input_size if layer == 0 else directions * hidden_size
            weight = torch.empty(rows, columns, device=device, dtype=dtype)
            self.register_parameter(f"weight_ih_{suffix}", nn.Parameter(weight))
            shift = torch.empty(rows, device=device, dtype=dtype) if bias else None
            shift = None if shift is None else nn.Parameter(shift)
            self.register_parameter(f"bias_ih_{suffix}", shift)
            self._suffixes.append(suffix)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw each weight and bias from U(−k, k), k = 1/√(features that the layer reads)."""
        for weight, bias in self._weights():
            bound = 1 / math.sqrt(weight.shape[1])
            for parameter in (weight, bias):
                if parameter is not None:
                    nn.init.uniform_(parameter, -bound, bound)

    def extra_repr(self) -> str:
        """The sizes, and the options that differ from the default."""
        return f"{self.input_size}, {self.hidden_size}" + extra_options_repr(
            num_layers=(self.num_layers, 1),
            bias=(self.bias, True),
            batch_first=(self.batch_first, False),
            dropout=(self.dropout, 0.0),
            bidirectional=(self.bidirectional, False),
            scan=(self.scan, "plain"),
        )

    def forward(
        self, input: Sequences, hx: Tensor | None = None, resets: Sequences | None = None
    ) -> tuple[Sequences, Tensor]:
        """Return every hidden state of the last layer, and the last one of every layer."""
        if is_traced(input):
            return traced(self, input, hx, resets)  # type: ignore[no-any-return]
        self._check_features(input, (2, 3))
        layout = InputLayout.of(input, self.batch_first)
        x = layout.rows(input)
        if x.shape[0] == 0:  # len(x) would fix the number of steps in an exported program
            raise UsageError("The input has no time step. Expected at least 1.")
        directions = [0, 1] * self.num_layers if self.bidirectional else [0] * self.num_layers
        size = (len(directions), layout.batch(x), self.hidden_size)
        h = x.new_zeros(size) if hx is None else layout.state(hx)
        if h.shape != size:
            raise UsageError(f"hx has shape {list(h.shape)}. Expected {list(size)}, [L·D, B, H].")
        extras = draw(
            Shares(),
            x,
            layout.batch_sizes,
            None if resets is None else layout.resets(resets, x),
            sizes=(self.hidden_size, self.hidden_size),
            directions=directions,
            training=self.training,
        )
        output, (h_n,) = compose(
            partial(_sequence, self.kind),
            self.scan,
            self._weights(),
            x,
            layout.batch_sizes,
            (layout.sorted(h),),
            dropout=self.dropout,
            training=self.training,
            bidirectional=self.bidirectional,
            extras=extras,
        )
        return layout.restored(output), layout.restored_state(h_n)

    def __prepare_scriptable__(self) -> nn.Module:
        """Raise UsageError for torch.jit.script, which compiles layers of torch.nn."""
        raise UsageError(no_counterpart(self))

    def step(self, x: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Compute one time step of every layer without autograd, for a stream of values.

        The results equal those of a call over a sequence of one step, up to rounding. They never
        require gradients. In training mode dropout is drawn again at every step.

        Args:
            x: `[B, I]`, or `[I]` for a single sequence; `batch_first` has no effect.
            state: `[L, B, H]` or `[L, H]`; None at the beginning of a sequence.

        Returns:
            The output `[B, H]` (or `[H]`) and the state for the next step.

        Raises:
            UsageError: a shape does not match, or the layer is bidirectional.

        Example:
            >>> from gated.nn import MinGRU
            >>> layer, x = MinGRU(3, 4), torch.randn(5, 2, 3)
            >>> state = None
            >>> for x_t in x:
            ...     output, state = layer.step(x_t, state)
            >>> torch.allclose(output, layer(x)[0][-1], atol=1e-6)
            True
        """
        check_runs_forward(self.bidirectional)
        self._check_features(x, (1, 2))
        size = (self.num_layers, *x.shape[:-1], self.hidden_size)
        h = x.new_zeros(size) if state is None else state
        if h.shape != size:
            raise UsageError(f"state has shape {list(h.shape)}. Expected {list(size)}.")
        states: list[Tensor] = []
        with torch.no_grad():
            for layer, (weight, bias) in enumerate(self._weights()):
                x = x if layer == 0 else drop_out(x, self.dropout, self.training)
                x = reference.step(self.kind, x, h[layer], weight, bias)
                states.append(x)
            return x, torch.stack(states)

    def _check_features(self, input: Sequences, dims: tuple[int, int]) -> None:
        tensor = input.data if isinstance(input, PackedSequence) else input
        if isinstance(input, Tensor) and tensor.dim() not in dims:
            raise UsageError(
                f"The input has shape {list(tensor.shape)}. Expected {dims[1]} axes, or {dims[0]} "
                "unbatched."
            )
        if tensor.shape[-1] != self.input_size:
            raise UsageError(
                f"The input has {tensor.shape[-1]} features. Expected input_size={self.input_size}."
            )

    def _weights(self) -> list[Weights]:
        """Return weight and bias of every layer and direction, in the order of the layers."""
        names = [(f"weight_ih_{suffix}", f"bias_ih_{suffix}") for suffix in self._suffixes]
        return [(getattr(self, weight), getattr(self, bias)) for weight, bias in names]


def _sequence(
    kind: Kind, scan: Scan, weights: Weights, x: Tensor, state: State, extras: Extras
) -> tuple[Tensor, State]:
    (h,) = state
    output, h = run(kind, x, h, *weights, extras.resets, scan)
    return output, (h,)


class MinGRU(_Minimal):
    """The minimal GRU of arXiv 2410.01201: z_t and the candidate depend only on x_t.

    Args:
        input_size: features I of the input.
        hidden_size: features H of the hidden state.
        num_layers: number of layers L; each reads the hidden states of the previous layer.
        bias: whether the gates have a bias.
        batch_first: whether input and output are `[B, T, ·]` rather than `[T, B, ·]`.
        dropout: probability of setting a feature between layers to zero in training.
        bidirectional: whether a second, backward run over time is concatenated (D = 2, else 1).
        device: of the parameters.
        dtype: of the parameters.
        scan: the algorithm: "plain", a parallel scan as accurate as "steps"; "log", the scan of the
            paper, which loses precision on long sequences; "steps", one step after the other.

    Shape:
        Input `[T, B, I]`, unbatched `[T, I]`, or a PackedSequence, and the initial hidden state
        `[L·D, B, H]` (unbatched `[L·D, H]`), zero by default. Resets bool
        `[T, B]`, laid out as the input. Output `[T, B, D·H]`, or packed as the input was, and the
        last hidden state `[L·D, B, H]`.

    Raises:
        UsageError: an option is out of range, a shape does not match, or resets are given with
            scan="log".

    Example:
        >>> output, h_n = MinGRU(10, 20, 2)(torch.randn(5, 3, 10))
        >>> output.shape, h_n.shape
        (torch.Size([5, 3, 20]), torch.Size([2, 3, 20]))
    """

    kind = "mingru"


class MinLSTM(_Minimal):
    """The minimal LSTM of arXiv 2410.01201: its gates depend only on x_t; it has no c.

    Args:
        input_size: features I of the input.
        hidden_size: features H of the hidden state.
        num_layers: number of layers L; each reads the hidden states of the previous layer.
        bias: whether the gates have a bias.
        batch_first: whether input and output are `[B, T, ·]` rather than `[T, B, ·]`.
        dropout: probability of setting a feature between layers to zero in training.
        bidirectional: whether a second, backward run over time is concatenated (D = 2, else 1).
        device: of the parameters.
        dtype: of the parameters.
        scan: the algorithm: "plain", a parallel scan as accurate as "steps"; "log", the scan of the
            paper, which loses precision on long sequences; "steps", one step after the other.

    Shape:
        As for `MinGRU`.

    Raises:
        UsageError: an option is out of range, a shape does not match, or resets are given with
            scan="log".

    Example:
        >>> output, h_n = MinLSTM(10, 20, bidirectional=True)(torch.randn(5, 3, 10))
        >>> output.shape, h_n.shape
        (torch.Size([5, 3, 40]), torch.Size([2, 3, 20]))
    """

    kind = "minlstm"
