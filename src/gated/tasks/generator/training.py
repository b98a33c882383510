"""Trains the network of a generator on windows of its pieces."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from gated.tasks.generator.checkpoint import Checkpoint
from gated.tasks.generator.codecs import Codec, Symbols
from gated.tasks.generator.feedback import fed_back
from gated.tasks.generator.heads import FedBackHead
from gated.tasks.generator.network import GeneratorNetwork
from gated.tasks.generator.scoring import nats_per_unit
from gated.tasks.generator.steps import StepBatch, stack
from gated.tasks.network.sequence_model import SequenceConfig
from gated.train import Loop, Progress, TrainingPlan, seeded

__all__ = ["Trained", "TrainingSettings", "split", "train"]

_FIRST_WINDOWS = 64  # that scale the input layer


@dataclass(frozen=True)
class TrainingSettings:
    """How to train.

    Attributes:
        steps: of training.
        batch_size: windows in a batch.
        window: steps of a window.
        learning_rate: the peak.
        weight_decay: of the matrices.
        augment: whether pieces are varied at random.
        evaluations: of the validation pieces.
        seed: of all randomness.
    """

    steps: int
    batch_size: int
    window: int
    learning_rate: float
    weight_decay: float
    augment: bool
    evaluations: int
    seed: int

    @property
    def plan(self) -> TrainingPlan:
        """The plan of the training."""
        return TrainingPlan(
            self.steps,
            self.learning_rate,
            weight_decay=self.weight_decay,
            decayed="matrices",
            averaging=0.99,
            evaluations=self.evaluations,
            patience=self.evaluations,
        )


@dataclass(frozen=True)
class Trained:
    """A trained network, and how it was trained.

    Attributes:
        network: in evaluation mode.
        steps: until the network that was kept.
        score: nats per unit of the validation pieces; NaN without any.
    """

    network: GeneratorNetwork
    steps: int
    score: float


def split(
    pieces: Sequence[Symbols], share: float, seed: int
) -> tuple[list[Symbols], list[Symbols]]:
    """Divide pieces into those to learn from and those to validate on.

    Of a single piece, the end is the validation part: for a text the last chapters.

    Args:
        pieces: at least one.
        share: of the pieces, or of the single one; 0 for none.
        seed: of the draw.
    """
    if share == 0:
        return list(pieces), []
    if len(pieces) == 1:
        only = pieces[0]
        cut = len(only) - round(share * len(only))
        parts = [only[:cut]], [only[cut:]]
        return parts if 0 < cut < len(only) else ([only], [])
    count = min(max(1, round(share * len(pieces))), len(pieces) - 1)
    order = np.random.default_rng(seed).permutation(len(pieces))
    held = set(order[:count].tolist())
    return (
        [piece for index, piece in enumerate(pieces) if index not in held],
        [pieces[index] for index in sorted(held)],
    )


def train(
    pieces: Sequence[Symbols],
    validation: Sequence[Symbols],
    codec: Codec,
    config: SequenceConfig,
    settings: TrainingSettings,
    progress: Callable[[Progress], None] | None = None,
    checkpoint: Checkpoint | None = None,
) -> Trained:
    """Train on windows; keep the averaged weights with the best score of the validation pieces.

    Args:
        pieces: to learn from.
        validation: to score; none: the last averaged weights are kept.
        codec: of the pieces.
        config: sizes of the network.
        settings: see there.
        progress: called after each step.
        checkpoint: of an interrupted training, to go on from there.
    """
    with seeded(settings.seed) as generator:
        network = GeneratorNetwork(config, codec.head)
        windows = _Windows(pieces, codec, settings)
        first = windows.draw(torch.Generator().manual_seed(settings.seed), _FIRST_WINDOWS)
        network.scale_inputs(first.inputs[first.mask])
        loop = Loop(
            network,
            windows.draw,
            lambda batch: _loss(network, codec, batch),
            settings.plan,
            generator,
            score=(lambda: nats_per_unit(network, codec, validation)) if validation else None,
        )
        if checkpoint is not None:
            checkpoint.resume(loop)
        loop.run(progress)
    if not validation:
        return Trained(network, loop.step, float("nan"))
    return Trained(network, loop.best_step, loop.best_score)


class _Windows:
    """Draws windows of training pieces: each step is as probable as any other."""

    def __init__(self, pieces: Sequence[Symbols], codec: Codec, settings: TrainingSettings) -> None:
        self._pieces, self._codec, self._settings = pieces, codec, settings
        self._ends = np.cumsum([len(piece) for piece in pieces])

    def draw(self, generator: torch.Generator, count: int | None = None) -> StepBatch:
        """Draw a batch of windows, with all its randomness from the generator."""
        seed = int(torch.randint(2**62, (1,), generator=generator))
        random = np.random.default_rng(seed)
        size = count or self._settings.batch_size
        places = random.integers(self._ends[-1], size=size)
        rows = np.searchsorted(self._ends, places, side="right")
        parts = []
        for row, place in zip(rows, places, strict=True):
            piece, window = self._pieces[row], self._settings.window
            if self._settings.augment:
                piece = self._codec.augmented(piece, random)
            inside = int(place - self._ends[row]) + len(self._pieces[row])
            # The place is anywhere in its window, which is moved inside the piece.
            begin = inside - int(random.integers(window))
            begin = min(max(begin, 0), max(len(piece) - window, 0))
            parts.append(self._codec.steps(piece, begin, min(begin + window, len(piece))))
        return stack(parts)


def _loss(network: GeneratorNetwork, codec: Codec, batch: StepBatch) -> Tensor:
    batch, reads_own = fed_back(network, codec, batch)
    features, _ = network.features(batch.inputs)
    nats = network.head.nats(features, batch.targets, batch.allowed)
    if reads_own is not None and isinstance(network.head, FedBackHead):
        own = network.head.fed_back_nats(features, batch.targets)
        nats = torch.where(reads_own, own, nats)
    return (nats * batch.mask).sum() / batch.mask.sum()
