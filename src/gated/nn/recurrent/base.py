"""Defines the base class of RNN, LSTM and GRU, which converts a call of torch to one backend call.

Every input that torch accepts (unbatched, batched with either axis first, packed, with or without a
state) becomes a time-first tensor, or packed rows, and a state of every layer and direction.

The class derives from `torch.nn.RNNBase`, which provides the parameters, `flatten_parameters`,
`all_weights` and pickling. It does not derive from `torch.nn.GRU` and its siblings, because
torch.compile breaks the graph at every instance of those, even with a backend that it can compile.
"""

from functools import partial
from typing import Any

from torch import Tensor, nn

from gated.errors import UsageError
from gated.nn.recurrent.checks import check_kind_of_state, check_layer_dimensions, check_steps
from gated.nn.recurrent.extra_draws import draw
from gated.nn.recurrent.gates import trace
from gated.nn.recurrent.input_layout import InputLayout, Sequences
from gated.nn.recurrent.options import (
    Shares,
    extra_options_repr,
    norm_parameters,
    reset_added_parameters,
)
from gated.nn.recurrent.steps import Streaming
from gated.nn.recurrent.torch_tools import ForTorchTools
from gated.ops.dispatch import check_name, choose
from gated.ops.recurrence import NO_EXTRAS, Extras, Recurrence, State, Weights
from gated.ops.stack import compose

__all__ = ["Recurrent"]

# The checked arguments of a call: the layout of its input, the rows, the state and the extras.
CallArguments = tuple[InputLayout, Tensor, State, list[Extras] | None]


class Recurrent(ForTorchTools, Streaming):
    """The common base class. Its methods take a state as a tuple, (h,) or (h, c): `[L·D, B, ·]`."""

    def __init__(
        self,
        recurrence: Recurrence,
        *sizes_and_options: Any,
        backend: str,
        shares: Shares,
        learned_state: bool,
        recompute: bool,
        **options: Any,
    ) -> None:
        mode = (
            f"RNN_{recurrence.nonlinearity.upper()}"
            if recurrence.kind == "rnn"
            else recurrence.kind.upper()
        )
        super().__init__(mode, *sizes_and_options, **options)
        check_name(backend)
        if not isinstance(learned_state, bool):
            raise UsageError(f"learned_state is {learned_state!r}. Expected True or False.")
        if not isinstance(recompute, bool):
            raise UsageError(f"recompute is {recompute!r}. Expected True or False.")
        self.recurrence = recurrence
        self.backend = backend
        self.shares = shares
        self.learned_state = learned_state
        self.recompute = recompute
        self._suffixes = [names[0].removeprefix("weight_ih_") for names in self._all_weights]
        self._weight_names = [  # by the fields of `Weights`
            {name.removesuffix(f"_{suffix}"): name for name in names}
            for names, suffix in zip(self._all_weights, self._suffixes, strict=True)
        ]
        if recurrence.layer_norm:
            self._add_norm()
        if learned_state:
            for name, features in zip(("h_0", "c_0"), self._state_sizes, strict=False):
                zeros = self.all_weights[0][0].detach().new_zeros(len(self._suffixes), features)
                setattr(self, name, nn.Parameter(zeros))
        # None for a field of `Weights` that has no parameter.
        self._weight_fields = [
            [names.get(field) for field in Weights._fields] for names in self._weight_names
        ]

    def _add_norm(self) -> None:
        recurrence, like = self.recurrence, self.all_weights[0][0]
        for names, suffix in zip(self._weight_names, self._suffixes, strict=True):
            added = norm_parameters(recurrence.kind, like, self.hidden_size, self.bias)
            for field, values in added.items():
                names[field] = f"{field}_{suffix}"
                setattr(self, names[field], nn.Parameter(values))

    def reset_parameters(self) -> None:
        """Draw new initial weights, as torch.nn does."""
        super().reset_parameters()
        reset_added_parameters(self)

    def extra_repr(self) -> str:
        """The options that differ from the default."""
        recurrence, shares = self.recurrence, self.shares
        return super().extra_repr() + extra_options_repr(
            reset=(recurrence.reset, "after"),
            recurrent_dropout=(shares.recurrent_dropout, 0.0),
            zoneout=(shares.zoneout(recurrence.kind), 0.0),
            layer_norm=(recurrence.layer_norm, False),
            learned_state=(self.learned_state, False),
            recompute=(self.recompute, False),
            backend=(self.backend, "auto"),
        )

    def gates(
        self, input: Sequences, hx: Any = None, *, resets: Sequences | None = None
    ) -> dict[str, dict[str, Sequences]]:
        """Return every gate and state at every step, for each layer and direction.

        The values equal those of a call with these arguments, including the masks under the same
        seed, and have gradients. Where none is needed, the C++ recurrences give the gates that they
        keep for backward.

        Args:
            input: as in a call.
            hx: as in a call.
            resets: as in a call.

        Returns:
            A dict by layer and direction, with the suffixes of the parameters' names ("l0",
            "l0_reverse", "l1" …), of dicts by name: r, z, n for a GRU; i, f, g, o, c for an LSTM;
            and h for all three. Each has the layout of the output of a call, with H features, h
            with P.

        Example:
            >>> import torch
            >>> from gated.nn import GRU
            >>> layer = GRU(10, 20, 2, bidirectional=True)
            >>> gates = layer.gates(torch.randn(5, 3, 10))
            >>> list(gates), list(gates["l0"])
            (['l0', 'l0_reverse', 'l1', 'l1_reverse'], ['r', 'z', 'n', 'h'])
            >>> gates["l1_reverse"]["z"].shape
            torch.Size([5, 3, 20])
        """
        state = hx if hx is None or self.recurrence.kind == "lstm" else (hx,)
        layout, x, state, extras = self._call_arguments(input, state, resets)
        own = NO_EXTRAS if extras is None else extras[0]
        traces = trace(
            choose(self.recurrence, self.backend, own),
            self.recurrence,
            self._weights(),
            x,
            layout.batch_sizes,
            state,
            dropout=self.dropout,
            training=self.training,
            bidirectional=self.bidirectional,
            extras=extras,
        )
        return {
            suffix: {name: layout.restored(rows) for name, rows in found.items()}
            for suffix, found in zip(self._suffixes, traces, strict=True)
        }

    def _run(
        self, input: Sequences, state: State | None, resets: Sequences | None
    ) -> tuple[Sequences, State]:
        layout, x, state, extras = self._call_arguments(input, state, resets)
        output, state = self._compute(x, layout.batch_sizes, state, extras)
        return layout.restored(output), tuple(layout.restored_state(s) for s in state)

    def _call_arguments(
        self, input: Sequences, state: State | None, resets: Sequences | None
    ) -> CallArguments:
        """Check the arguments, convert them to the internal layout and draw the extras."""
        check_kind_of_state(self.recurrence.kind, state)
        if isinstance(input, Tensor):
            check_layer_dimensions(self.recurrence.kind, input, state)
        layout = InputLayout.of(input, self.batch_first)
        x = layout.rows(input)
        self.check_input(x, layout.batch_sizes)
        state = self._checked_state(x, layout, state)
        if layout.packed is None:
            check_steps(x)
        return layout, x, state, self._extras(x, layout, resets)

    def _checked_state(self, x: Tensor, layout: InputLayout, state: State | None) -> State:
        """Return the initial state in the internal layout; by default it is zero or learned."""
        lead = (len(self._suffixes), layout.batch(x))
        sizes = [(*lead, features) for features in self._state_sizes]
        if state is None and self.learned_state:
            learned = [getattr(self, name) for name in ("h_0", "c_0")[: len(sizes)]]
            return tuple(s[:, None].expand(size) for s, size in zip(learned, sizes, strict=True))
        if state is None:
            return tuple(x.new_zeros(size) for size in sizes)
        state = tuple([layout.state(s) for s in state])
        for index, (s, size) in enumerate(zip(state, sizes, strict=True)):
            if s.shape != size:
                label = f"hidden[{index}]" if len(sizes) > 1 else "hidden"
                self.check_hidden_size(s, size, f"Expected {label} size {{}}, got {{}}")
        return tuple([layout.sorted(s) for s in state])

    def _extras(
        self, x: Tensor, layout: InputLayout, resets: Sequences | None
    ) -> list[Extras] | None:
        if resets is None and not any(self.shares):
            return None
        if resets is not None and self.learned_state:
            raise UsageError(
                "resets were given to a layer with learned_state=True. A reset clears the state to "
                "zero, but this layer begins its sequences from a learned state. Expected only one "
                "of the two: leave out resets and call the layer for each sequence, or packed."
            )
        return draw(
            self.shares,
            x,
            layout.batch_sizes,
            None if resets is None else layout.resets(resets, x),
            sizes=(self._state_sizes[0], self.hidden_size),
            directions=[0, 1] * self.num_layers if self.bidirectional else [0] * self.num_layers,
            training=self.training,
        )

    def _compute(
        self, x: Tensor, batch_sizes: Tensor | None, state: State, extras: list[Extras] | None
    ) -> tuple[Tensor, State]:
        backend = choose(self.recurrence, self.backend, NO_EXTRAS if extras is None else extras[0])
        stack = backend.stack or partial(compose, backend.sequence)
        return stack(
            self.recurrence,
            self._weights(),
            x,
            batch_sizes,
            state,
            dropout=self.dropout,
            training=self.training,
            bidirectional=self.bidirectional,
            extras=extras,
            recompute=self.recompute,
        )

    @property
    def _flat_weights(self) -> list[Any | None]:
        """The weights in the order of `_flat_weights_names`, as `torch.nn.RNNBase` has them."""
        return vars(self)["_flat_weights"]  # type: ignore[no-any-return]

    @_flat_weights.setter
    def _flat_weights(self, weights: list[Any | None]) -> None:
        own = [self._parameters.get(name) for name in self._flat_weights_names]
        vars(self)["_flat_weights"] = weights
        vars(self)["_computes_with_flat"] = any(
            weight is not parameter and parameter is not None
            for weight, parameter in zip(weights, own, strict=False)
        )

    def _weights(self) -> list[Weights]:
        """Return the weights of every layer and direction, in the order of the layers.

        They are the parameters; or what was assigned to `_flat_weights`, as in torch's layers,
        until a parameter is replaced.
        """
        own: dict[str, Any] = self._parameters  # several times as fast as a module's attribute
        if self._computes_with_flat:
            self._update_flat_weights()
        if self._computes_with_flat:
            own = {**own, **dict(zip(self._flat_weights_names, self._flat_weights, strict=True))}
        return [
            Weights._make(
                [
                    None if name is None else own[name] if name in own else getattr(self, name)
                    for name in names
                ]
            )
            for names in self._weight_fields
        ]

    @property
    def _state_sizes(self) -> tuple[int, ...]:
        """The features of each part of the state: P for h, and H for the LSTM's c."""
        output_size = self.proj_size or self.hidden_size
        is_lstm = self.recurrence.kind == "lstm"
        return (output_size, self.hidden_size) if is_lstm else (output_size,)
