"""Times one step of a stream: microseconds from Python, without gradients."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn

from benchmarks.common.measure import timed
from benchmarks.layers.implementations import onnx_runtime
from benchmarks.layers.implementations.workload import layer_pair, require_agreement
from benchmarks.layers.timing import RoundTimings, TimingPlan, time_in_turns
from gated.ops.recurrence import Kind

__all__ = ["BATCH", "HIDDEN", "INPUT", "StreamTimings", "time_streaming"]

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
class StreamTimings:
    """Seconds per step of every implementation of a kind.

    Attributes:
        kind: "rnn", "lstm" or "gru".
        ours: the name of gated's implementation.
        timings: by name of the implementation.
    """

    kind: Kind
    ours: str
    timings: RoundTimings


def time_streaming(kind: Kind, threads: int, plan: TimingPlan, steps: int = 200) -> StreamTimings:
    """Time `steps` consecutive steps by each implementation in turn.

    Raises:
        GatedError: the results of two implementations differ.
    """
    ours, theirs = layer_pair(kind, INPUT, HIDDEN)
    for layer in (ours, theirs):
        layer.eval()
    implementations = _implementations(kind, ours, theirs, threads)

    xs = torch.randn(steps, 1, BATCH, INPUT)
    states = 2 if kind == "lstm" else 1
    initial = tuple(torch.zeros(1, BATCH, HIDDEN) for _ in range(states))
    with torch.no_grad():
        expected = theirs(xs[:_CHECKED_STEPS, 0])[0]
        first: dict[str, float] = {}
        calls: dict[str, Callable[[], object]] = {}
        for name, step in implementations.items():
            outputs, _ = _run(step, xs[:_CHECKED_STEPS], initial)
            require_agreement(f"{name}, {_CHECKED_STEPS} steps", [torch.cat(outputs)], [expected])
            calls[name] = partial(_run, step, xs, initial)
            _, first[name] = timed(calls[name])
        timings = time_in_turns(calls, plan, first)
    per_step = {name: [one / steps for one in ones] for name, ones in timings.seconds.items()}
    return StreamTimings(kind, next(iter(implementations)), RoundTimings(per_step))


def _implementations(
    kind: Kind, ours: nn.RNNBase, theirs: nn.RNNBase, threads: int
) -> dict[str, Step]:
    """Name to step function; gated's fastest first."""
    name = kind.upper()
    steps: dict[str, Step] = {}
    if hasattr(ours, "step"):
        steps[f"gated {name}.step"] = _step_method(ours)
    steps[f"gated {name}, one-step call"] = _one_step_call(ours)
    steps[f"torch.nn.{name}, one-step call"] = _one_step_call(theirs)
    steps[f"torch.nn.{name}Cell"] = _cell(kind, theirs)
    if onnx_runtime.is_installed():
        steps["ONNX Runtime, one-step call"] = onnx_runtime.Session(kind, theirs, threads).run
    return steps


def _run(step: Step, xs: Tensor, state: State) -> tuple[list[Tensor], State]:
    outputs = []
    for x in xs:
        output, state = step(x, state)
        outputs.append(output.view(1, BATCH, HIDDEN))
    return outputs, state


def _as_tuple(state: Tensor | State) -> State:
    return (state,) if isinstance(state, Tensor) else state


def _step_method(layer: nn.RNNBase) -> Step:
    """`layer.step(x, state)`, with x `[B, I]` and the state of the layer's call."""
    step = layer.step
    if layer.mode == "LSTM":
        return lambda x, state: step(x[0], state)  # type: ignore[operator]

    def run(x: Tensor, state: State) -> tuple[Tensor, State]:
        output, h = step(x[0], state[0])  # type: ignore[operator]
        return output, (h,)

    return run


def _one_step_call(layer: nn.RNNBase) -> Step:
    """The call of the layer for a sequence of one step."""

    def run(x: Tensor, state: State) -> tuple[Tensor, State]:
        output, last = layer(x, state if layer.mode == "LSTM" else state[0])
        return output, _as_tuple(last)

    return run


def _cell(kind: Kind, layer: nn.RNNBase) -> Step:
    """torch's cell with the layer's weights; its states have no axis of layers."""
    cell = _CELLS[kind](INPUT, HIDDEN)
    weights = layer.state_dict()
    cell.load_state_dict({name.removesuffix("_l0"): one for name, one in weights.items()})

    def run(x: Tensor, state: State) -> tuple[Tensor, State]:
        without_layers = tuple(one.view(BATCH, HIDDEN) for one in state)
        last = _as_tuple(cell(x[0], without_layers if kind == "lstm" else without_layers[0]))
        return last[0], last

    return run
