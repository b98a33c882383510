"""What it costs to see the gates of a layer: `layer.gates(x)` beside a plain call."""

from collections.abc import Sequence

import torch

from benchmarks.common.measure import in_fresh_process, machine, timed
from benchmarks.common.report import Column, Report, Row, Sheet
from benchmarks.layers.cases import Case
from benchmarks.layers.timing import FULL, TimingPlan, time_in_turns
from gated.nn import GRU, LSTM, RNN

__all__ = ["CASES", "measure", "run"]

_LAYERS = {"rnn": RNN, "lstm": LSTM, "gru": GRU}
_SIZES = ((128, 1, 64, 64), (512, 8, 128, 128), (128, 32, 64, 256))
CASES = tuple(Case(kind, *sizes) for kind in ("lstm", "gru") for sizes in _SIZES)
"""One sequence, some long ones, and a batch."""

_COLUMNS = (
    Column("case", "layer"),
    Column("plain_ms", "plain, ms", 3),
    Column("gates_ms", "gates, ms", 3),
    Column("ratio", "gates ÷ plain", 2),
    Column("quartiles", "quartiles"),
)


def run(threads: int, cases: Sequence[Case] = CASES, plan: TimingPlan = FULL) -> Report:
    """Time all cases in a process of its own."""
    rows = in_fresh_process(threads, measure, cases, plan)
    title = "all gates and states of all steps, against a call of the layer; without gradients"
    return Report("gates", {}, machine(threads), [Sheet("gates", title, _COLUMNS, rows)])


def measure(cases: Sequence[Case], plan: TimingPlan) -> list[Row]:
    """A row for each case."""
    return [_measured(case, plan) for case in cases]


def _measured(case: Case, plan: TimingPlan) -> Row:
    """Time both calls of a case in turn."""
    layer = _LAYERS[case.kind](case.input_size, case.hidden_size).eval()
    x = torch.randn(case.steps, case.batch, case.input_size)
    calls = {"plain": lambda: layer(x), "gates": lambda: layer.gates(x)}
    with torch.no_grad():
        first = {name: timed(call)[1] for name, call in calls.items()}
        timings = time_in_turns(calls, plan, first)
    ratio = timings.ratio("gates", "plain")
    return {
        "case": str(case),
        "plain_ms": 1e3 * timings.of("plain").median,
        "gates_ms": 1e3 * timings.of("gates").median,
        "ratio": ratio.median,
        "quartiles": f"{ratio.q1:.2f} to {ratio.q3:.2f}",
    }
