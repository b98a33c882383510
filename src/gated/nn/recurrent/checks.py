"""Checks the arguments of layers and cells.

Exception types and messages are those of torch.nn (2.13), since programs and torch's tests match
them. `torch.nn.RNNBase.check_input` already checks the sizes of a layer's input.
"""

from torch import Tensor

from gated.errors import UsageError
from gated.ops.recurrence import Kind, State

__all__ = [
    "check_cell_dimensions",
    "check_cell_sizes",
    "check_kind_of_state",
    "check_layer_dimensions",
    "check_runs_forward",
    "check_steps",
]


def check_kind_of_state(kind: Kind, state: object) -> None:
    """Check that the state is None, one tensor in a tuple, or the LSTM's pair."""
    if state is None:
        return
    names = ("h", "c") if kind == "lstm" else ("h",)
    expected = "a tensor" if kind != "lstm" else "the pair (h_0, c_0)"
    if not isinstance(state, tuple | list):
        raise TypeError(f"{kind.upper()}: Expected hx to be {expected}, got {_type_name(state)}")
    if len(state) != len(names):
        raise RuntimeError(f"{kind.upper()}: Expected hx to be {expected}, got {len(state)} states")
    for name, part in zip(names, state, strict=True):
        if not isinstance(part, Tensor):
            raise TypeError(
                f"{kind.upper()}: Expected hx to be {expected}, got {_type_name(part)} for {name}_0"
            )


def _type_name(thing: object) -> str:
    return "None" if thing is None else f"a {type(thing).__name__}"


def check_layer_dimensions(kind: Kind, input: Tensor, state: State | None) -> None:
    """Check that the input is 2-D or 3-D and that the states have as many dimensions."""
    dim = input.dim()
    if dim not in (2, 3):
        noun = "D tensor" if kind == "rnn" else "D"
        raise ValueError(f"{kind.upper()}: Expected input to be 2D or 3D, got {dim}{noun} instead")
    if state is None or [s.dim() for s in state] == [dim] * len(state):
        return
    batched = "batched" if dim == 3 else "unbatched"
    if kind == "lstm":
        h, c = state
        raise RuntimeError(
            f"For {batched} {dim}-D input, hx and cx should also be {dim}-D "
            f"but got ({h.dim()}-D, {c.dim()}-D) tensors"
        )
    raise RuntimeError(
        f"For {batched} {dim}-D input, hx should also be {dim}-D but got {state[0].dim()}-D tensor"
    )


def check_steps(x: Tensor) -> None:
    """Check that a time-first sequence has at least one step."""
    if x.size(0) == 0:
        raise RuntimeError("Expected sequence length to be larger than 0 in RNN")


def check_cell_dimensions(kind: Kind, input: Tensor, state: State | None) -> None:
    """Check that input and states have 1 or 2 dimensions."""
    name = f"{kind.upper()}Cell"
    if input.dim() not in (1, 2):
        raise ValueError(f"{name}: Expected input to be 1D or 2D, got {input.dim()}D instead")
    for index, s in enumerate(state or ()):
        if s.dim() not in (1, 2):
            label = f"hx[{index}]" if kind == "lstm" else "hidden"
            raise ValueError(f"{name}: Expected {label} to be 1D or 2D, got {s.dim()}D instead")


def check_cell_sizes(input: Tensor, state: State, input_size: int, hidden_size: int) -> None:
    """Check that the input is `[B, I]` and each state `[B, H]`."""
    if input.size(1) != input_size:
        raise RuntimeError(
            f"input has inconsistent input_size: got {input.size(1)} expected {input_size}"
        )
    for index, s in enumerate(state):
        if s.size(0) != input.size(0):
            raise RuntimeError(
                f"Input batch size {input.size(0)} doesn't match "
                f"hidden{index} batch size {s.size(0)}"
            )
        if s.size(1) != hidden_size:
            raise RuntimeError(
                f"hidden{index} has inconsistent hidden_size: "
                f"got {s.size(1)}, expected {hidden_size}"
            )


def check_runs_forward(bidirectional: bool) -> None:
    """Check that a layer has no backward direction, since `step` runs forward in time."""
    if bidirectional:
        raise UsageError(
            "step was called on a bidirectional layer, whose second direction begins at the end of "
            "a sequence. Expected bidirectional=False, or a call on whole sequences."
        )
