"""Trains layers on problems that need memory, and counts the steps until they are solved."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, median

import torch

from benchmarks.common.measure import in_fresh_process, machine, show_progress
from benchmarks.common.report import Column, Report, Row, Sheet, spread
from benchmarks.memory.models import Model
from benchmarks.memory.problems import PROBLEMS
from gated.insight import state_gradients
from gated.train import Loop, TrainingPlan, WarmupStableDecay

__all__ = ["Settings", "run"]

_TEST = 1_000  # sequences
_SMOOTHING = 0.9  # of the loss that counts as solved


@dataclass(frozen=True)
class Settings:
    """The settings of all trainings.

    Attributes:
        problem: name in `PROBLEMS`.
        steps: T of the problem.
        hidden: features of the state.
        batch: sequences of a training step; each is drawn anew.
        budget: training steps.
        rate: the learning rate.
    """

    problem: str
    steps: int
    hidden: int = 64
    batch: int = 32
    budget: int = 3_000
    rate: float = 3e-3


@dataclass(frozen=True)
class Measured:
    """What one training gave.

    Attributes:
        test: loss on new sequences.
        solved: the training step at which the smoothed loss was low enough; NaN: at none.
        before, after: the half-life of the gradient of the state in steps, untrained and trained;
            negative: it grows.
        seconds: of the training.
        weights: of the model.
    """

    test: float
    solved: float
    before: float
    after: float
    seconds: float
    weights: int


def run(settings: Settings, layers: Sequence[str], seeds: Sequence[int], threads: int) -> Report:
    """Train each layer with each seed."""
    described, problem = machine(threads), PROBLEMS[settings.problem]
    rows: list[Row] = []
    for layer in layers:
        found = []
        for seed in seeds:
            show_progress(f"{layer}, seed {seed}")
            found.append(in_fresh_process(threads, measure, settings, layer, seed))
        solved = [one.solved for one in found]
        rows.append(
            {
                "layer": layer,
                "test": spread([one.test for one in found]),
                "solved": None if any(map(math.isnan, solved)) else spread(solved),
                "times": f"{sum(not math.isnan(one) for one in solved)} of {len(found)}",
                "before": median(one.before for one in found),
                "after": median(one.after for one in found),
                "seconds": mean(one.seconds for one in found),
                "weights": found[0].weights,
            }
        )
    facts: dict[str, str | int | bool] = {
        **{name: value for name, value in vars(settings).items() if name != "rate"},
        "learning rate": f"{settings.rate:g}",
        "seeds": ", ".join(map(str, seeds)),
        "loss without memory": f"{problem.memoryless(settings.steps):.4f}",
        "solved at": f"{problem.solved(settings.steps):.4f}",
    }
    title = f"{settings.problem}, T = {settings.steps:,}: loss on {_TEST:,} new sequences"
    return Report("memory", facts, described, [Sheet("layers", title, _COLUMNS, rows)])


_COLUMNS = (
    Column("layer", "layer"),
    Column("test", "test loss", 6),
    Column("solved", "solved at step", 0),
    Column("times", "solved"),
    Column("before", "half-life of the gradient before", 1),
    Column("after", "after", 1),
    Column("seconds", "seconds", 0),
    Column("weights", "weights"),
)


def measure(settings: Settings, layer: str, seed: int) -> Measured:
    """Train one layer, and score it on new sequences."""
    problem, steps = PROBLEMS[settings.problem], settings.steps
    torch.manual_seed(seed)
    model = Model(layer, problem.inputs, problem.outputs, settings.hidden, steps)
    drawn = problem.draw(steps, 2, torch.Generator().manual_seed(1))[0]
    before = _half_life(model, drawn)
    losses: list[float] = []

    def loss(batch: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        found = problem.loss(model(batch[0]), batch[1])
        losses.append(float(found.detach()))
        return found

    plan = TrainingPlan(
        settings.budget,
        settings.rate,
        schedule=WarmupStableDecay(warm_up=100),
        weight_decay=0.0,
        averaging=0.95,
    )
    begin = time.perf_counter()
    loop = Loop(
        model,
        lambda generator: problem.draw(steps, settings.batch, generator),
        loss,
        plan,
        torch.Generator().manual_seed(seed),
    )
    loop.run()
    seconds = time.perf_counter() - begin
    sequence, target = problem.draw(steps, _TEST, torch.Generator().manual_seed(10**6))
    test = float(problem.loss(model.tested(sequence), target))
    solved = _solved(losses, problem.solved(steps))
    return Measured(test, solved, before, _half_life(model, drawn), seconds, model.weights)


def _solved(losses: Sequence[float], limit: float) -> float:
    """The first step at which the smoothed loss is below the limit."""
    smooth = losses[0]
    for step, loss in enumerate(losses, start=1):
        smooth = _SMOOTHING * smooth + (1 - _SMOOTHING) * loss
        if smooth < limit:
            return float(step)
    return math.nan


def _half_life(model: Model, sequence: torch.Tensor) -> float:
    """The half-life of the state's gradient over the last 200 steps; NaN without such a layer."""
    if not hasattr(model.layer, "recurrence"):
        return math.nan
    return state_gradients(model.layer, sequence[-200:]).half_life
