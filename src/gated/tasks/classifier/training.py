"""Trains a network of labels: early stopping on held-out sequences, then perhaps on all of them."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy

from gated.arrays import BoolArray, IntArray
from gated.nn.blocks import RecurrentBlock
from gated.nn.init import chrono
from gated.numeric import converted
from gated.tasks.calibration import HIGHEST_TEMPERATURE, LOWEST_TEMPERATURE, best_temperature
from gated.tasks.classifier.network import LabelNetwork
from gated.tasks.classifier.trainable_network import TrainableLabelNetwork
from gated.tasks.data.augmentation import ARRAYS, SOUND, Augmentation
from gated.tasks.data.batches import SimilarLengths, channel_statistics
from gated.tasks.data.frontend import Frontend
from gated.tasks.data.sequences import PaddedBatch, Sequences
from gated.tasks.network.scaling import channels, unit_of
from gated.tasks.network.sequence_model import SequenceConfig
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
from gated.train.stored_values import number, record, whole

__all__ = ["Trained", "TrainingSettings", "settings_of", "sizes_of", "train"]

_SMOOTHING = 0.05  # of the labels: keeps the logits of a small set bounded
_FIRST, _FINAL = "held_out", "all"  # the stages: without the held-out sequences, and with them
_EVALUATIONS = 20
_SOUND_STEPS, _ARRAY_STEPS = 1_500, 800
_CEPSTRA = 20  # that the network reads of the 40 bands of sound
_MANY = 10_000  # sequences from which on one run is enough, where refit is "auto"
_LONG = 0.5  # of the units begin with a long memory, where that is asked for
_PATIENCE = 8


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
        chrono: steps that half of the units remember at most at first; None for torch's start.
    """

    steps: int
    batch_size: int
    learning_rate: float
    augmentation: Augmentation
    seed: int
    refit: bool = True
    chrono: int | None = None

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
        network: with fixed weights.
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

    @property
    def facts(self) -> dict[str, Any]:
        """How it was trained, as plain values."""
        has_check = self.held_out > 0
        return {
            "held_out": self.held_out,
            "refit": self.refit,
            "accuracy": self.accuracy if has_check else None,
            "log_loss": self.log_loss if has_check else None,
            "steps": self.steps,
        }


def sizes_of(model: Any, frontend: Frontend) -> SequenceConfig:
    """The sizes of the network of a `SequenceClassifier`."""
    is_sound = frontend.rate is not None
    return SequenceConfig(
        frontend.width,
        model.hidden_size,
        model.num_layers,
        model.dropout,
        is_centred=is_sound,
        cepstra=_CEPSTRA if is_sound else 0,
    )


def settings_of(model: Any, frontend: Frontend, sequences: int, seed: int) -> TrainingSettings:
    """How to train a `SequenceClassifier` on so many sequences."""
    is_sound = frontend.rate is not None
    varied = SOUND if is_sound else ARRAYS
    return TrainingSettings(
        model.max_steps or (_SOUND_STEPS if is_sound else _ARRAY_STEPS),
        model.batch_size,
        model.learning_rate,
        varied if model.augment else Augmentation(),
        seed,
        refit=sequences < _MANY if model.refit == "auto" else bool(model.refit),
        chrono=None if model.chrono is None else int(model.chrono),
    )


def train(
    sequences: Sequences,
    labels: IntArray,
    weights: NDArray[np.float32],
    config: SequenceConfig,
    settings: TrainingSettings,
    validation: BoolArray,
    progress: Callable[[Progress], None] | None = None,
    checkpoint: Checkpoint | None = None,
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
        checkpoint: of an interrupted training, to go on from there, in either run.

    Raises:
        GatedError: the checkpoint is of another training.
    """
    saved = None
    if checkpoint is not None:
        facts = [asdict(settings), asdict(config), weights.tolist()]
        arrays = [labels, validation, *(sequences[index] for index in range(len(sequences)))]
        saved = checkpoint.load(fingerprint("classifier", facts, arrays))
    if saved is not None and saved.name not in (_FIRST, _FINAL):
        raise saved.unusable()
    final = partial(_Run, sequences, labels, weights, config, settings)
    if not validation.any():
        if saved is not None and saved.earlier is not None:
            raise saved.unusable()
        run = final(settings.steps, None)
        run.train(_Stage(_FINAL, saved, checkpoint), progress)
        return Trained(
            run.network.frozen(), settings.steps, float("nan"), float("nan"), 0, refit=False
        )
    if saved is not None and saved.name == _FINAL and not settings.refit:
        raise saved.unusable()
    total = settings.steps * (2 if settings.refit else 1)
    if saved is None or saved.name == _FIRST:
        run = final(settings.steps, np.flatnonzero(validation))
        run.train(_Stage(_FIRST, saved, checkpoint), shifted(progress, 0, total))
        found = _Found.of(run, settings)
        saved = None
    else:
        found = _Found.before(saved, settings)
    if settings.refit:
        run = final(found.steps, None)
        stage = _Stage(_FINAL, saved, checkpoint, Earlier(asdict(found), {}))
        run.train(stage, shifted(progress, settings.steps, settings.steps + found.steps))
    run.network.temperature.fill_(found.temperature)
    held, refit = int(validation.sum()), settings.refit
    return Trained(run.network.frozen(), found.steps, found.accuracy, found.log_loss, held, refit)


@dataclass(frozen=True)
class _Found:
    """What the first run gave.

    Attributes:
        steps: of the run whose weights are kept.
        temperature: of the probabilities.
        accuracy, log_loss: on the held-out sequences.
    """

    steps: int
    temperature: float
    accuracy: float
    log_loss: float

    @classmethod
    def of(cls, run: "_Run", settings: TrainingSettings) -> "_Found":
        """Evaluate the network of the first run."""
        logits, labels = run.held_logits(), run.held_labels
        temperature = best_temperature(logits, labels)
        accuracy = float((logits.argmax(1) == labels).double().mean())
        loss = float(cross_entropy(logits / temperature, labels))
        steps = max(run.best_step, settings.steps // 4) if settings.refit else run.best_step
        return cls(steps, temperature, accuracy, loss)

    @classmethod
    def before(cls, saved: SavedStage, settings: TrainingSettings) -> "_Found":
        """Read it from the checkpoint of the final run.

        Raises:
            ModelFileError: the file is damaged.
        """
        check = record(
            {
                "steps": whole(0, settings.steps),
                "temperature": number(LOWEST_TEMPERATURE / 2, 2 * HIGHEST_TEMPERATURE),
                "accuracy": number(0, 1),
                "log_loss": number(0),
            }
        )
        try:
            if saved.earlier is None:
                raise ValueError("the first run is missing")
            check(saved.earlier.facts, "earlier")
        except ValueError as error:
            raise saved.unusable() from error
        return cls(**saved.earlier.facts)


@dataclass(frozen=True)
class _Stage:
    """Where a run stands in a training that can be resumed.

    Attributes:
        name: of the stage.
        saved: its state in an interrupted training; None to begin.
        checkpoint: None for a training that cannot be resumed.
        earlier: what the first run gave; None in it.
    """

    name: str
    saved: SavedStage | None
    checkpoint: Checkpoint | None
    earlier: Earlier | None = None


class _Run:
    """One training from random weights."""

    def __init__(
        self,
        sequences: Sequences,
        labels: IntArray,
        weights: NDArray[np.float32],
        config: SequenceConfig,
        settings: TrainingSettings,
        steps: int,
        held: IntArray | None,
    ) -> None:
        self._sequences, self._labels = sequences, labels
        self._weights = torch.from_numpy(weights)
        self._settings, self._steps, self._held = settings, steps, held
        is_held = np.zeros(len(sequences), dtype=bool)
        if held is not None:
            is_held[held] = True
            self._held_sequences = Sequences.of([sequences[index] for index in held])
        self._members = np.flatnonzero(~is_held)
        spread = channel_statistics(sequences, self._members)[1]
        self._spread = torch.from_numpy(unit_of(spread))
        self._similar = SimilarLengths(sequences.lengths, self._members)
        self._config = config
        self.best_step = steps

    def train(self, stage: _Stage, progress: Callable[[Progress], None] | None) -> None:
        """Train, from the saved step if there is one."""
        settings = self._settings
        with seeded(settings.seed) as generator:
            random = stage_random(stage.saved)
            self.network = TrainableLabelNetwork(self._config, len(self._weights))
            if settings.chrono is not None:
                for block in self.network.model.blocks:
                    recurrent = cast("RecurrentBlock", block).recurrent
                    chrono(recurrent, settings.chrono, share=_LONG)
            read = partial(channels, cepstra=self._config.cepstra)
            statistics = channel_statistics(self._sequences, self._members, read)
            self.network.model.scaler.fit(*statistics)
            has_score = self._held is not None
            loop = Loop(
                self.network,
                self._draw,
                self._loss,
                settings.plan(self._steps),
                generator,
                score=self._score if has_score else None,
            )
            running = Stage(stage.name, loop, random, stage.earlier)
            run_stage(running, stage.saved, stage.checkpoint, progress)
        self.best_step = loop.best_step if has_score else self._steps

    def held_logits(self) -> Tensor:
        """[m, K] the logits of the held-out sequences."""
        return torch.from_numpy(self.network.frozen().predict_logits(self._held_sequences))

    @property
    def held_labels(self) -> Tensor:
        """[m] the labels of the held-out sequences."""
        assert self._held is not None
        return torch.from_numpy(self._labels[self._held])

    def _draw(self, generator: torch.Generator) -> tuple[PaddedBatch, Tensor]:
        """Draw a batch of sequences, and their labels."""
        indices = self._similar.draw(self._settings.batch_size, generator)
        batch = converted(self._sequences.padded(indices), torch.from_numpy)
        changed = self._settings.augmentation.apply(batch, self._spread, generator)
        return changed, torch.from_numpy(self._labels[indices])

    def _loss(self, drawn: tuple[PaddedBatch, Tensor]) -> Tensor:
        batch, labels = drawn
        return cross_entropy(self.network(batch), labels, self._weights, label_smoothing=_SMOOTHING)

    def _score(self) -> float:
        return float(cross_entropy(self.held_logits(), self.held_labels))
