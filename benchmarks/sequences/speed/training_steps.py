"""Times a training step of each estimator against the same model with torch.nn.GRU.

A step is what `gated.train.Loop.advance` does: draw a batch, forward, backward, clip, update the
weights and their average. Both models have the same weights, batches and loop; only their
recurrences differ. The loss and the gradient of a batch are compared first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from statistics import geometric_mean
from typing import Any

import torch
from torch import Tensor, nn

import gated.nn
from benchmarks.common.folders import Folder
from benchmarks.common.measure import in_fresh_process, machine, show_progress, timed
from benchmarks.common.report import Column, Report, Row, Sheet
from benchmarks.layers.implementations.workload import require_agreement
from benchmarks.layers.timing import Call, TimingPlan, time_in_turns
from benchmarks.sequences.speed.tasks import TASKS, training_loop
from gated.errors import GatedError
from gated.train import Loop

__all__ = ["on_torch", "run"]

_STEPS = 3  # of a call: batches differ in length, so one would not be typical
_SEED = 0
# A call is some steps, and is not repeated within a measurement.
_FULL = TimingPlan(budget=60.0, sample=0.0, min_rounds=7, max_rounds=15)
_QUICK = replace(_FULL, budget=0.0, min_rounds=3)
_GOAL, _AIM = 2.0, 4.0


def run(folder: Folder, tasks: Sequence[str], threads: int, *, quick: bool) -> Report:
    """Time the training steps of tasks.

    Args:
        folder: of the data sets.
        tasks: keys of `TASKS`.
        threads: of both models.
        quick: three rounds a task, to try the benchmark.

    Raises:
        GatedError: the two models give another loss or gradient.
    """
    described = machine(threads)
    plan = _QUICK if quick else _FULL
    rows: list[Row] = []
    for task in tasks:
        show_progress(f"training steps of {task}")
        rows.append(in_fresh_process(threads, _measured, folder, task, plan))
    mean = geometric_mean(float(str(row["ratio"])) for row in rows)
    rows.append({"task": "geometric mean", "ratio": mean})
    columns = (
        Column("task", "task"),
        Column("data", "data"),
        Column("ratio", "torch.nn ÷ ours", 2),
        Column("spread", "± %", 0),
        Column("ours_ms", "ours, ms", 1),
        Column("torch_ms", "torch.nn, ms", 1),
        Column("draw_ms", "draw, ms", 1),
        Column("weights", "weights", 0),
        Column("rounds", "rounds", 0),
        Column("difference", "difference", 7),
    )
    notes = [
        "A step: draw a batch, forward, backward, clip, update of weights and averages, by the "
        "estimator's own loop with its defaults; torch.nn: the same with torch.nn.GRU, same "
        "weights and batches.",
        f"Medians of the rounds; in each, both take the same {_STEPS} steps in turn. ±: half the "
        "difference of the ratio's quartiles, in percent of it. The time of the draw is part of "
        "both.",
        "Difference: of the loss and of the whole gradient of a batch, relative to their largest "
        "value.",
        f"The goal is a ratio of {_GOAL:.0f}, the aim {_AIM:.0f}.",
    ]
    sheet = Sheet("steps", "Training step, higher ratios are better", columns, rows)
    facts: dict[str, str | int | bool] = {"part": "training steps", "quick": quick}
    return Report("sequences", facts, described, [sheet], notes)


def _measured(folder: Folder, task: str, plan: TimingPlan) -> Row:
    """Compare the two models of one task, then time them."""
    begin = partial(TASKS[task].begin, folder)
    # Evaluations are not part of a step.
    ours = replace(training_loop(begin), score=None)
    theirs = on_torch(replace(training_loop(begin), score=None))
    difference = require_agreement(task, _one_batch(ours), _one_batch(theirs))
    calls: dict[str, Call] = {"ours": _Steps(ours), "torch": _Steps(theirs)}
    first = {name: timed(call)[1] for name, call in calls.items()}
    timings = time_in_turns(calls, plan, first)
    draws: dict[str, Call] = {"draw": _Steps(ours, _draw)}
    draw = time_in_turns(draws, plan, {"draw": timed(draws["draw"])[1]}).of("draw")
    ratio = timings.ratio("torch", "ours")
    return {
        "task": task,
        "data": TASKS[task].data,
        "ratio": ratio.median,
        "ratio_q1": ratio.q1,
        "ratio_q3": ratio.q3,
        "spread": 50 * (ratio.q3 - ratio.q1) / ratio.median,
        "ours_ms": 1e3 * timings.of("ours").median / _STEPS,
        "torch_ms": 1e3 * timings.of("torch").median / _STEPS,
        "draw_ms": 1e3 * draw.median / _STEPS,
        "weights": sum(parameter.numel() for parameter in ours.model.parameters()),
        "rounds": len(timings.seconds["ours"]),
        "difference": difference,
    }


def on_torch(loop: Loop[Any]) -> Loop[Any]:
    """The loop with torch.nn.GRU in the place of each gated.nn.GRU, with the same weights.

    Raises:
        GatedError: the model has none.
    """
    replaced = 0
    for module in list(loop.model.modules()):
        for name, layer in list(module.named_children()):
            if isinstance(layer, gated.nn.GRU):
                setattr(module, name, _torch_gru(layer))
                replaced += 1
    if not replaced:
        raise GatedError("The model has no gated.nn.GRU. Expected one at least to replace.")
    return replace(loop)  # with an optimiser of the new parameters


def _torch_gru(layer: gated.nn.GRU) -> nn.GRU:
    other = nn.GRU(
        layer.input_size,
        layer.hidden_size,
        layer.num_layers,
        bias=layer.bias,
        batch_first=layer.batch_first,
        bidirectional=layer.bidirectional,
    )
    other.load_state_dict(layer.state_dict())
    return other


@dataclass(frozen=True)
class _Steps:
    """Takes the same few steps of a loop at each call: the draws begin anew."""

    loop: Loop[Any]
    step: Callable[[Loop[Any]], object] = Loop.advance

    def __call__(self) -> None:
        _seed(self.loop)
        for _ in range(_STEPS):
            self.step(self.loop)


def _draw(loop: Loop[Any]) -> object:
    return loop.draw_batch(loop.generator)


def _one_batch(loop: Loop[Any]) -> list[Tensor]:
    """The loss of the first batch, and its gradient of all parameters end to end."""
    _seed(loop)
    loop.model.train()
    loss = loop.batch_loss(_draw(loop))
    gradients = torch.autograd.grad(loss, list(loop.model.parameters()))
    return [loss.detach(), torch.cat([gradient.flatten() for gradient in gradients])]


def _seed(loop: Loop[Any]) -> None:
    """Begin the draws of batches, and those of dropout, anew."""
    loop.generator.manual_seed(_SEED)
    torch.manual_seed(_SEED)
