"""Trains each method for the same wall-clock time, so that its schedule ends when the time does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any

from benchmarks.common.measure import timed
from benchmarks.sequences.speed.tasks import training_loop
from gated import Generator

__all__ = ["Trained", "steps_within", "trained_generator"]

_WARM_UP, _SAMPLE = 5, 20  # steps


@dataclass(frozen=True)
class Trained:
    """Figures of one training.

    Attributes:
        nats: a unit of the test part.
        steps: of the training.
        seconds: of the training, without the steps that were timed before it.
        weights: of the network.
    """

    nats: float
    steps: int
    seconds: float
    weights: int


def steps_within(seconds: float, step: Callable[[], object]) -> int:
    """How many training steps fit into the time: at least one.

    Some steps are taken and timed; their mean counts, because batches differ in length.
    """
    for _ in range(_WARM_UP):
        step()
    return max(1, int(seconds / mean(timed(step)[1] for _ in range(_SAMPLE))))


def trained_generator(
    medium: str,
    learned: Sequence[Any],
    test: Sequence[Any],
    seconds: float,
    seed: int,
    settings: Mapping[str, Any],
) -> Trained:
    """Train our generator for the time, without held-out pieces; score the test.

    Args:
        medium: of the pieces.
        learned: pieces to learn from.
        test: pieces to score.
        seconds: of the training.
        seed: of all randomness.
        settings: arguments of `Generator` that are not its defaults.
    """
    params: dict[str, Any] = {**settings, "medium": medium, "validation": 0, "seed": seed}
    loop = training_loop(lambda: Generator(**params).fit(learned))
    steps = steps_within(seconds, loop.advance)
    model, spent = timed(Generator(**params, max_steps=steps).fit, learned)
    return Trained(model.score(test), steps, spent, model.weights_)
