"""One step at a time, as a stream is served: microseconds from Python, without gradients."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

from benchmarks.common.measure import timed
from benchmarks.layers.implementations import onnx_runtime
from benchmarks.layers.implementations.workload import layers, require_agreement
from benchmarks.layers.timing import Pace, Rounds, interleaved
from gated.ops.recurrence import Kind

__all__ = ["BATCH", "HIDDEN", "INPUT", "Streamed", "stream"]

BATCH, INPUT, HIDDEN = 1, 8, 64

State = tuple[Tensor, ...]
Step = Callable[[Tensor, State], tuple[Tensor, State]]

_CELLS: dict[Kind, Callable[[int, int], nn.RNNCellBase]] = {
    "rnn": nn.RNNCell,
    "lstm": nn.LSTMCell,
    "gru": nn.GRUCell,
}
_CHECKED_STEPS = 20


@dataclass(frozen=True)
class Streamed:
    """The rounds of every way to take a step, and which of them is ours."""

    kind: Kind
    ours: str
    rounds: Rounds


def stream(kind: Kind, threads: int, pace: Pace, steps: int = 200) -> Streamed:
    """Take `steps` steps in turn by each way, the state handed on; seconds are those of one step.

    Raises:
        GatedError: one of them computes something else.
    """
    ours, theirs = layers(kind, INPUT, HIDDEN)
    name = kind.upper()
    ways: dict[str, Step] = {f"gated {name}, one-step call": _one_step_call(ours)}
    if hasattr(ours, "step"):
        ways = {f"gated {name}.step": _own_step(ours), **ways}
    mine = next(iter(ways))
    ways[f"torch.nn.{name}, one-step call"] = _one_step_call(theirs)
    ways[f"torch.nn.{name}Cell"] = _cell(kind, theirs)
    if onnx_runtime.is_installed():
        ways["ONNX Runtime, one-step call"] = onnx_runtime.Session(kind, theirs, threads).run
    for layer in (ours, theirs):
        layer.eval()

    xs = torch.randn(steps, 1, BATCH, INPUT)
    states = 2 if kind == "lstm" else 1
    initial = tuple(torch.zeros(1, BATCH, HIDDEN) for _ in range(states))
    with torch.no_grad():
        expected = theirs(xs[:_CHECKED_STEPS, 0])[0]
        first: dict[str, float] = {}
        calls: dict[str, Callable[[], object]] = {}
        for way, step in ways.items():
            got, _ = _run(step, xs[:_CHECKED_STEPS], initial)
            require_agreement(f"{way}, {_CHECKED_STEPS} steps", [torch.cat(got)], [expected])
            calls[way] = partial(_run, step, xs, initial)
            _, first[way] = timed(calls[way])
        taken = interleaved(calls, pace, first)
    per_step = {way: [one / steps for one in seconds] for way, seconds in taken.seconds.items()}
    return Streamed(kind, mine, Rounds(per_step))


def _run(step: Step, xs: Tensor, state: State) -> tuple[list[Tensor], State]:
    outputs = []
    for x in xs:
        output, state = step(x, state)
        outputs.append(output.view(1, BATCH, HIDDEN))
    return outputs, state


def _tuple(state: Tensor | State) -> State:
    return (state,) if isinstance(state, Tensor) else state


def _own_step(layer: nn.RNNBase) -> Step:
    """`layer.step(x, state)`: x `[B, I]`; the state as the layer's call takes and gives it."""
    step = layer.step
    if layer.mode == "LSTM":
        return lambda x, state: step(x[0], state)  # type: ignore[operator]

    def run(x: Tensor, state: State) -> tuple[Tensor, State]:
        output, h = step(x[0], state[0])  # type: ignore[operator]
        return output, (h,)

    return run


def _one_step_call(layer: nn.RNNBase) -> Step:
    """The layer itself, called for a sequence of one step."""

    def run(x: Tensor, state: State) -> tuple[Tensor, State]:
        output, last = layer(x, state if layer.mode == "LSTM" else state[0])
        return output, _tuple(last)

    return run


def _cell(kind: Kind, layer: nn.RNNBase) -> Step:
    """torch's cell with the layer's weights; its states are kept without the layers' axis."""
    cell = _CELLS[kind](INPUT, HIDDEN)
    weights = layer.state_dict()
    cell.load_state_dict({name.removesuffix("_l0"): one for name, one in weights.items()})

    def run(x: Tensor, state: State) -> tuple[Tensor, State]:
        flat = tuple(one.view(BATCH, HIDDEN) for one in state)
        last = _tuple(cell(x[0], flat if kind == "lstm" else flat[0]))
        return last[0], last

    return run
