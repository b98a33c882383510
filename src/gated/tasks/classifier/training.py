"""Trains a network of labels: early stopping on held-out sequences, then perhaps on all of them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from gated.arrays import BoolArray, IntArray
from gated.tasks.classifier.network import LabelNetwork
from gated.tasks.data.augmentation import Augmentation
from gated.tasks.data.batches import SimilarLengths, channel_statistics
from gated.tasks.data.sequences import PaddedBatch, Sequences
from gated.tasks.network.sequence_model import SequenceConfig
from gated.train import Loop, Progress, TrainingPlan, seeded

__all__ = ["Trained", "TrainingSettings", "train"]

_SMOOTHING = 0.05  # of the labels: keeps the logits of a small set bounded
_EVALUATIONS = 20
_PATIENCE = 8
_LOWEST_TEMPERATURE, _HIGHEST_TEMPERATURE = 0.25, 8.0


@dataclass(frozen=True)
class TrainingSettings:
    """How to train.

    Attributes:
        steps: at most.
        batch_size: sequences in a batch.
        learning_rate: the peak.
        augmentation: of the training sequences.
        seed: of all randomness.
        refit: whether a second run on all sequences follows the one with held-out sequences.
    """

    steps: int
    batch_size: int
    learning_rate: float
    augmentation: Augmentation
    seed: int
    refit: bool = True

    def plan(self, steps: int) -> TrainingPlan:
        """The plan of a run of so many steps."""
        return TrainingPlan(
            steps,
            self.learning_rate,
            weight_decay=2e-2,
            decayed="matrices",
            averaging=0.99,
            evaluations=_EVALUATIONS,
            patience=_PATIENCE,
        )


@dataclass(frozen=True)
class Trained:
    """A trained network, and how it was trained.

    Attributes:
        network: in evaluation mode.
        steps: of the training that gave its weights.
        accuracy, log_loss: on the held-out sequences; NaN where none was held out.
        held_out: number of held-out sequences.
        refit: whether the held-out sequences were part of the training that gave its weights.
    """

    network: LabelNetwork
    steps: int
    accuracy: float
    log_loss: float
    held_out: int
    refit: bool


def train(
    sequences: Sequences,
    labels: IntArray,
    weights: Tensor,
    config: SequenceConfig,
    settings: TrainingSettings,
    validation: BoolArray,
    progress: Callable[[Progress], None] | None = None,
) -> Trained:
    """Train until the held-out log loss no longer falls; with `refit`, as long on all sequences.

    Args:
        sequences: n sequences, none empty.
        labels: [n] index of the label, 0 … K − 1.
        weights: [K] weight of each label in the loss.
        config: sizes of the network.
        settings: see there.
        validation: [n] which sequences to hold out in the first run; none: one run only.
        progress: called after each step; the steps count over all runs.
    """
    if not validation.any():
        run = _Run(sequences, labels, weights, config, settings, settings.steps, None)
        run.train(progress, 0, settings.steps)
        return Trained(run.network, settings.steps, float("nan"), float("nan"), 0, refit=False)
    total = settings.steps * (2 if settings.refit else 1)
    first = _Run(
        sequences, labels, weights, config, settings, settings.steps, np.flatnonzero(validation)
    )
    first.train(progress, 0, total)
    held_logits, held_labels = first.held_logits(), torch.from_numpy(labels[validation])
    temperature = _best_temperature(held_logits, held_labels)
    accuracy = float((held_logits.argmax(1) == held_labels).double().mean())
    loss = float(cross_entropy(held_logits / temperature, held_labels))
    final, steps = first, first.best_step
    if settings.refit:
        steps = max(first.best_step, settings.steps // 4)
        final = _Run(sequences, labels, weights, config, settings, steps, None)
        final.train(progress, settings.steps, settings.steps + steps)
    final.network.temperature.fill_(temperature)
    held = int(validation.sum())
    return Trained(final.network, steps, accuracy, loss, held, refit=settings.refit)


class _Run:
    """One training from random weights."""

    def __init__(
        self,
        sequences: Sequences,
        labels: IntArray,
        weights: Tensor,
        config: SequenceConfig,
        settings: TrainingSettings,
        steps: int,
        held: IntArray | None,
    ) -> None:
        self._sequences, self._labels, self._weights = sequences, labels, weights
        self._settings, self._steps, self._held = settings, steps, held
        is_held = np.zeros(len(sequences), dtype=bool)
        if held is not None:
            is_held[held] = True
            self._held_sequences = Sequences.of([sequences[index] for index in held])
        self._members = np.flatnonzero(~is_held)
        self._similar = SimilarLengths(sequences.lengths, self._members)
        self._config = config
        self.best_step = steps

    def train(self, progress: Callable[[Progress], None] | None, before: int, total: int) -> None:
        """Train; steps before this run and in all are for the progress only."""
        settings = self._settings
        with seeded(settings.seed) as generator:
            self.network = LabelNetwork(self._config, len(self._weights))
            self.network.model.scaler.fit(*channel_statistics(self._sequences, self._members))
            has_score = self._held is not None
            loop = Loop(
                self.network,
                self._draw,
                self._loss,
                settings.plan(self._steps),
                generator,
                score=self._score if has_score else None,
            )
            loop.run(None if progress is None else _shifted(progress, before, total))
        self.best_step = loop.best_step if has_score else self._steps

    def held_logits(self) -> Tensor:
        """[m, K] the logits of the held-out sequences."""
        return self.network.predict_logits(self._held_sequences)

    def _draw(self, generator: torch.Generator) -> tuple[PaddedBatch, Tensor]:
        """Draw a batch of sequences, and their labels."""
        indices = self._similar.draw(self._settings.batch_size, generator)
        batch = self._sequences.padded(indices)
        spread = self.network.model.scaler.spread
        changed = self._settings.augmentation.apply(batch, spread, generator)
        return changed, torch.from_numpy(self._labels[indices])

    def _loss(self, drawn: tuple[PaddedBatch, Tensor]) -> Tensor:
        batch, labels = drawn
        return cross_entropy(self.network(batch), labels, self._weights, label_smoothing=_SMOOTHING)

    def _score(self) -> float:
        assert self._held is not None
        labels = torch.from_numpy(self._labels[self._held])
        return float(cross_entropy(self.held_logits(), labels))


def _shifted(
    progress: Callable[[Progress], None], before: int, total: int
) -> Callable[[Progress], None]:
    """Report the progress of one run as that of the whole training."""

    def report(found: Progress) -> None:
        left = found.seconds_left * (total - before - found.step) / max(found.steps - found.step, 1)
        progress(Progress(before + found.step, total, found.loss, found.score, left))

    return report


def _best_temperature(logits: Tensor, labels: Tensor) -> float:
    """The temperature with the lowest log loss, of a fine grid."""
    grid = torch.logspace(
        np.log10(_LOWEST_TEMPERATURE), np.log10(_HIGHEST_TEMPERATURE), 61, dtype=torch.float64
    )
    losses = torch.stack([cross_entropy(logits.double() / t, labels) for t in grid])
    return float(grid[losses.argmin()])
