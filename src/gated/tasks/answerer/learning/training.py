"""Trains a network of answers: several starts from random weights, of which the best is kept.

Some stories have a simple wrong explanation beside the right one, and a start may end there. So a
start whose held-out answers are not nearly all right is followed by another one, and the one with
the lowest held-out loss is kept. Every second start has memories of words: they are needed where
sentences must be joined before it is known what is asked, and in the way where the order of the
words decides, as in "The square is above the circle."
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gated.arrays import IntArray
from gated.numeric import converted
from gated.tasks.answerer.examples import Examples, StoryBatch
from gated.tasks.answerer.learning.scoring import true_parts
from gated.tasks.answerer.learning.unknown_words import (
    with_rare_unknown_words,
    with_unknown_questions,
)
from gated.tasks.answerer.network import StoryConfig, StoryNetwork
from gated.tasks.answerer.trainable_network import TrainableStoryNetwork
from gated.tasks.calibration import best_temperature
from gated.tasks.data.batches import SimilarLengths
from gated.train import Loop, Progress, TrainingPlan, seeded, shifted
from gated.train.checkpoint import (
    Checkpoint,
    Earlier,
    SavedStage,
    Stage,
    fingerprint,
    run_stage,
    stage_random,
)
from gated.train.loop_state import check_weights
from gated.train.stored_values import number, record, whole

__all__ = ["Trained", "TrainingSettings", "train"]

_EVALUATIONS, _PATIENCE = 25, 10
_SOLVED = 2e-3  # nats: the held-out loss at which training stops
_NEARLY_ALL = 0.98  # of the held-out answers: no other start is needed


@dataclass(frozen=True)
class TrainingSettings:
    """How to train.

    Attributes:
        steps: of a start, at most.
        starts: at most; 1 where nothing is held out.
        batch_size: examples in a batch.
        learning_rate: the peak.
        seed: of all randomness.
        word_memories: whether the networks have memories of words; None: every second one.
    """

    steps: int
    starts: int
    batch_size: int
    learning_rate: float
    seed: int
    word_memories: bool | None

    @property
    def plan(self) -> TrainingPlan:
        """The plan of a start."""
        return TrainingPlan(
            self.steps,
            self.learning_rate,
            weight_decay=1e-2,
            decayed="matrices",
            averaging=0.97,
            evaluations=_EVALUATIONS,
            patience=_PATIENCE,
            goal=_SOLVED,
        )


@dataclass(frozen=True)
class Trained:
    """A trained network, and how it was trained.

    Attributes:
        network: with fixed weights.
        steps: of the start that gave its weights.
        starts: made.
        accuracy: share of the held-out answers that are right; NaN where none is held out.
        log_loss: mean −log p of the held-out answers, in nats, with the temperature; NaN likewise.
        held_out: number of held-out examples.
    """

    network: StoryNetwork
    steps: int
    starts: int
    accuracy: float
    log_loss: float
    held_out: int

    @property
    def facts(self) -> dict[str, Any]:
        """How it was trained, as plain values."""
        has_check = self.held_out > 0
        return {
            "held_out": self.held_out,
            "accuracy": self.accuracy if has_check else None,
            "log_loss": self.log_loss if has_check else None,
            "steps": self.steps,
            "starts": self.starts,
        }


def train(
    examples: Examples,
    config: StoryConfig,
    settings: TrainingSettings,
    held: IntArray,
    progress: Callable[[Progress], None] | None = None,
    checkpoint: Checkpoint | None = None,
) -> Trained:
    """Train from random weights, again while the held-out answers are not nearly all right.

    Args:
        examples: all of them.
        config: sizes of the network.
        settings: see there.
        held: positions of the held-out examples; none: one start of all steps.
        progress: called after each step; the steps count over all starts.
        checkpoint: of an interrupted training, to go on from there.

    Raises:
        GatedError: the checkpoint is of another training.
    """
    saved = None
    if checkpoint is not None:
        facts = [asdict(settings), asdict(config)]
        saved = checkpoint.load(fingerprint("answerer", facts, [*examples.arrays(), held]))
    if len(held) == 0:
        settings = replace(settings, starts=1)
    found, first = _before(saved, config, settings)
    for start in range(first, settings.starts):
        run = _Start(examples, _of_start(config, settings, start), settings, held)
        stage = _Stage(start, saved, checkpoint, found)
        before, total = start * settings.steps, settings.starts * settings.steps
        run.train(stage, shifted(progress, before, total))
        saved = None
        found = run.better_than(found, start)
        if found.accuracy >= _NEARLY_ALL:
            break
    assert found is not None
    return found.trained(config, settings, len(held))


@dataclass(frozen=True)
class _Found:
    """The best start so far.

    Attributes:
        weights: of its network, with the temperature.
        steps: of its training.
        kept: its number, from 0.
        starts: made so far.
        accuracy, log_loss: see `Trained`; 0 where nothing is held out.
    """

    weights: dict[str, Tensor]
    steps: int
    kept: int
    starts: int
    accuracy: float
    log_loss: float

    @property
    def facts(self) -> dict[str, int | float]:
        """All but the weights."""
        names = ("steps", "kept", "starts", "accuracy", "log_loss")
        return {name: getattr(self, name) for name in names}

    def trained(self, config: StoryConfig, settings: TrainingSettings, held_out: int) -> Trained:
        """The network, and how it was trained."""
        network = TrainableStoryNetwork(_of_start(config, settings, self.kept))
        network.load_state_dict(self.weights)
        accuracy, log_loss = self.accuracy, self.log_loss
        if held_out == 0:
            accuracy = log_loss = float("nan")
        return Trained(network.frozen(), self.steps, self.starts, accuracy, log_loss, held_out)


@dataclass(frozen=True)
class _Stage:
    """Where a start stands in a training that can be resumed.

    Attributes:
        start: its number, from 0.
        saved: its state in an interrupted training; None to begin.
        checkpoint: None for a training that cannot be resumed.
        found: the best of the starts before; None for the first.
    """

    start: int
    saved: SavedStage | None
    checkpoint: Checkpoint | None
    found: _Found | None


class _Start:
    """One training from random weights."""

    def __init__(
        self, examples: Examples, config: StoryConfig, settings: TrainingSettings, held: IntArray
    ) -> None:
        self._examples, self._config, self._settings = examples, config, settings
        self._held = held
        self._counts = torch.from_numpy(examples.question_counts)
        members = np.setdiff1d(np.arange(len(examples)), held)
        self._similar = SimilarLengths(examples.lengths, members)
        self._network: TrainableStoryNetwork
        self._steps = settings.steps

    def train(self, stage: _Stage, progress: Callable[[Progress], None] | None) -> None:
        """Train, from the saved step if there is one."""
        with seeded(self._settings.seed + stage.start) as generator:
            random = stage_random(stage.saved)
            self._network = TrainableStoryNetwork(self._config)
            score = self._score if len(self._held) else None
            plan = self._settings.plan
            loop = Loop(self._network, self._draw, self._loss, plan, generator, score=score)
            found = stage.found
            earlier = None if found is None else Earlier(found.facts, found.weights)
            running = Stage(f"start {stage.start}", loop, random, earlier)
            run_stage(running, stage.saved, stage.checkpoint, progress)
        if score is not None:
            self._steps = loop.best_step

    def better_than(self, found: _Found | None, start: int) -> _Found:
        """This start, or the best one before it, whichever has the lower held-out loss."""
        if len(self._held) == 0:
            return _Found(self._network.state_dict(), self._steps, start, start + 1, 0.0, 0.0)
        parts = true_parts(self._network, self._examples, self._held)
        temperature = best_temperature(parts.logits, parts.labels)
        self._network.temperature.fill_(temperature)
        counts = self._counts
        unknown = true_parts(
            self._network,
            self._examples,
            self._held,
            lambda batch: with_unknown_questions(batch, counts),
        )
        less_sure = max(temperature, best_temperature(unknown.logits, unknown.labels))
        self._network.unknown_temperature.fill_(less_sure)
        loss = float(parts.losses(temperature).mean())
        if found is not None and found.log_loss <= loss:
            return replace(found, starts=start + 1)
        accuracy = float(parts.right.double().mean())
        return _Found(self._network.state_dict(), self._steps, start, start + 1, accuracy, loss)

    def _draw(self, generator: torch.Generator) -> tuple[StoryBatch, Tensor]:
        """Draw a batch of questions, a few of whose words are unknown, and their answers."""
        chosen = self._similar.draw(self._settings.batch_size, generator)
        batch = converted(self._examples.batch(chosen), torch.from_numpy)
        changed = with_rare_unknown_words(batch, self._counts, generator)
        return changed, torch.from_numpy(self._examples.answers_of(chosen))

    def _loss(self, drawn: tuple[StoryBatch, Tensor]) -> Tensor:
        return self._network.losses(*drawn).mean()

    def _score(self) -> float:
        return float(true_parts(self._network, self._examples, self._held).losses().mean())


def _of_start(config: StoryConfig, settings: TrainingSettings, start: int) -> StoryConfig:
    """The network of a start."""
    given = settings.word_memories
    return replace(config, word_memories=start % 2 == 1 if given is None else given)


def _before(
    saved: SavedStage | None, config: StoryConfig, settings: TrainingSettings
) -> tuple[_Found | None, int]:
    """The best start before the saved one, and the number of the saved one.

    Raises:
        ModelFileError: the file is damaged.
    """
    if saved is None:
        return None, 0
    names = [f"start {start}" for start in range(settings.starts)]
    if saved.name not in names or (saved.earlier is None) != (saved.name == names[0]):
        raise saved.unusable()
    if saved.earlier is None:
        return None, 0
    start, earlier = names.index(saved.name), saved.earlier
    check = record(
        {
            "steps": whole(0, settings.steps),
            "kept": whole(0, start - 1),
            "starts": whole(start, start),
            "accuracy": number(0, 1),
            "log_loss": number(0),
        }
    )
    try:
        check(earlier.facts, "earlier")
        own = TrainableStoryNetwork(_of_start(config, settings, earlier.facts["kept"]))
        check_weights(earlier.weights, own.state_dict())
    except ValueError as error:
        raise saved.unusable() from error
    return _Found(dict(earlier.weights), **earlier.facts), start
