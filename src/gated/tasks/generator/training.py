"""Trains the network of a generator on windows of its pieces."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gated.numeric import converted
from gated.tasks.generator.codecs import Codec, Symbols
from gated.tasks.generator.feedback import fed_back
from gated.tasks.generator.heads import FedBackHead
from gated.tasks.generator.network import GeneratorNetwork
from gated.tasks.generator.scoring import has_units, nats_per_unit
from gated.tasks.generator.steps import StepBatch, stack
from gated.tasks.generator.trainable_network import TrainableGeneratorNetwork
from gated.tasks.network.sequence_model import SequenceConfig
from gated.train import Loop, Progress, TrainingPlan, seeded
from gated.train.checkpoint import Checkpoint, Stage, fingerprint, run_stage, stage_random

__all__ = ["Trained", "TrainingSettings", "sizes_and_settings", "split", "train"]

_EVALUATIONS = 20
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
        network: with fixed weights.
        steps: until the network that was kept.
        score: nats per unit of the validation pieces; NaN without any.
    """

    network: GeneratorNetwork
    steps: int
    score: float


def sizes_and_settings(model: Any, codec: Codec) -> tuple[SequenceConfig, TrainingSettings]:
    """The sizes of the network of a `Generator`, and how to train it.

    Args:
        model: with its hyperparameters; those that are None get a value that suits the medium.
        codec: of the pieces.
    """
    chosen = {
        name: default if getattr(model, name) is None else getattr(model, name)
        for name, default in asdict(codec.defaults).items()
    }
    sizes = {name: chosen[name] for name in ("hidden_size", "num_layers", "dropout")}
    config = SequenceConfig(codec.width, lookup=codec.lookup, **sizes)
    return config, TrainingSettings(
        chosen["max_steps"],
        chosen["batch_size"],
        chosen["window"],
        chosen["learning_rate"],
        model.weight_decay,
        model.augment,
        min(_EVALUATIONS, chosen["max_steps"]),
        model.seed,
    )


def split(
    codec: Codec, pieces: Sequence[Symbols], share: float, seed: int
) -> tuple[list[Symbols], list[Symbols]]:
    """Divide pieces into those to learn from and those to validate on.

    Of a single piece, the end is the validation part: for a text the last chapters. Nothing is held
    out where a single piece cannot be divided, or where the held-out part would have no score.

    Args:
        codec: of the pieces.
        pieces: at least one.
        share: of the pieces, or of the single one; 0 for none.
        seed: of the draw.
    """
    if share == 0:
        return list(pieces), []
    if len(pieces) == 1:
        only = pieces[0]
        cut = codec.cut(only, len(only) - round(share * len(only)))
        parts = [only[:cut]], [only[cut:]]
        is_divided = 0 < cut < len(only) and has_units(codec, parts[1])
        return parts if is_divided else ([only], [])
    count = min(max(1, round(share * len(pieces))), len(pieces) - 1)
    order = np.random.default_rng(seed).permutation(len(pieces))
    held = set(order[:count].tolist())
    validation = [pieces[index] for index in sorted(held)]
    if not has_units(codec, validation):
        return list(pieces), []
    return [piece for index, piece in enumerate(pieces) if index not in held], validation


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

    Raises:
        GatedError: the checkpoint is of another training.
    """
    saved = None
    if checkpoint is not None:
        saved = checkpoint.load(_fingerprint(codec, settings, config, pieces, validation))
    with seeded(settings.seed) as generator:
        random = stage_random(saved)
        network = TrainableGeneratorNetwork(config, codec.head)
        windows = _Windows(pieces, codec, settings)
        first = windows.draw(torch.Generator().manual_seed(settings.seed), _FIRST_WINDOWS)
        network.scale_inputs(first.inputs[first.mask])
        loop = Loop(
            network,
            windows.draw,
            lambda batch: _loss(network, codec, batch),
            settings.plan,
            generator,
            score=(lambda: nats_per_unit(network.frozen(), codec, validation))
            if validation
            else None,
        )
        run_stage(Stage("training", loop, random), saved, checkpoint, progress)
    if not validation:
        return Trained(network.frozen(), loop.step, float("nan"))
    return Trained(network.frozen(), loop.best_step, loop.best_score)


def _fingerprint(
    codec: Codec,
    settings: TrainingSettings,
    config: SequenceConfig,
    pieces: Sequence[Symbols],
    validation: Sequence[Symbols],
) -> str:
    """Of all that a training depends on."""
    stored = sorted(codec.to_json().items())
    plain = [each for each in stored if not isinstance(each[1], np.ndarray)]
    arrays = [value for _, value in stored if isinstance(value, np.ndarray)]
    facts = [codec.medium, plain, asdict(settings), asdict(config), len(pieces), len(validation)]
    return fingerprint("generator", facts, [*arrays, *pieces, *validation])


class _Windows:
    """Draws windows of training pieces, so that each step is in a window equally often.

    A window begins at any of its places before a piece, or within it, and is cut to the piece.
    """

    def __init__(self, pieces: Sequence[Symbols], codec: Codec, settings: TrainingSettings) -> None:
        self._pieces, self._codec, self._settings = pieces, codec, settings
        begins = [len(piece) + settings.window - 1 for piece in pieces]
        self._ends = np.cumsum(begins)

    def draw(self, generator: torch.Generator, count: int | None = None) -> StepBatch:
        """Draw a batch of windows, with all its randomness from the generator."""
        random = np.random.default_rng(int(torch.randint(2**62, (1,), generator=generator)))
        window = self._settings.window
        places = random.integers(self._ends[-1], size=count or self._settings.batch_size)
        parts = []
        for place in places:
            row = int(np.searchsorted(self._ends, place, side="right"))
            piece = self._pieces[row]
            begin = int(place - self._ends[row]) + len(piece)  # from 1 − window to the last step
            if self._settings.augment:
                piece = self._codec.augmented(piece, random)
            end = min(max(begin + window, 1), len(piece))
            parts.append(self._codec.steps(piece, min(max(begin, 0), end - 1), end))
        return converted(stack(parts), torch.from_numpy)


def _loss(network: TrainableGeneratorNetwork, codec: Codec, batch: StepBatch) -> Tensor:
    batch, reads_own = fed_back(network, codec, batch)
    features, _ = network.features(batch.inputs)
    head = network.head.now()
    nats = head.nats(features, batch.targets, batch.allowed)
    if reads_own is not None and isinstance(head, FedBackHead):
        nats = torch.where(reads_own, head.fed_back_nats(features, batch.targets), nats)
    loss: Tensor = (nats * batch.mask).sum() / batch.mask.sum()
    return loss
