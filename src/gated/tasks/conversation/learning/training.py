"""Trains the network of a conversation, until the loss of held-out replies no longer falls.

The loss is −log of the softmax over candidates: the replies of the batch, and others at random.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from gated.arrays import IntArray
from gated.numeric import converted
from gated.tasks.conversation.examples import DialogueBatch, Examples
from gated.tasks.conversation.network import ConversationConfig, ConversationNetwork
from gated.tasks.conversation.trainable_network import TrainableConversationNetwork
from gated.tasks.data.batches import SimilarLengths
from gated.tasks.network.trainable_model import tensors_of
from gated.train import Loop, Progress, TrainingPlan, seeded
from gated.train.checkpoint import Checkpoint, Stage, fingerprint, run_stage, stage_random

__all__ = ["Trained", "TrainingSettings", "train"]

_CANDIDATES = 256  # other replies of a batch
_CHECKED_WITH, _AT_ONCE = 1_024, 64  # other replies, and dialogues, of a held-out batch
_EVALUATIONS, _PATIENCE = 20, 6
_STAGE = "training"


@dataclass(frozen=True)
class TrainingSettings:
    """How to train.

    Attributes:
        steps: at most.
        batch_size: dialogues in a batch.
        learning_rate: the peak.
        seed: of all randomness.
    """

    steps: int
    batch_size: int
    learning_rate: float
    seed: int

    @property
    def plan(self) -> TrainingPlan:
        """The plan of the training."""
        return TrainingPlan(
            self.steps,
            self.learning_rate,
            weight_decay=2e-2,
            decayed="matrices",
            averaging=0.97,
            evaluations=_EVALUATIONS,
            patience=_PATIENCE,
        )


@dataclass(frozen=True)
class Trained:
    """A trained network.

    Attributes:
        network: with fixed weights.
        steps: of the training that gave its weights.
    """

    network: ConversationNetwork
    steps: int


def train(
    examples: Examples,
    config: ConversationConfig,
    settings: TrainingSettings,
    held: IntArray,
    progress: Callable[[Progress], None] | None = None,
    checkpoint: Checkpoint | None = None,
) -> Trained:
    """Train from random weights.

    Args:
        examples: all dialogues.
        config: sizes of the network.
        settings: see there.
        held: positions of the held-out dialogues; none: all steps.
        progress: called after each step.
        checkpoint: of an interrupted training, to go on from there.

    Raises:
        GatedError: the checkpoint is of another training.
    """
    saved = None
    if checkpoint is not None:
        facts = [asdict(settings), asdict(config)]
        saved = checkpoint.load(fingerprint("conversation", facts, [*examples.arrays(), held]))
    if saved is not None and (saved.name != _STAGE or saved.earlier is not None):
        raise saved.unusable()
    members = np.setdiff1d(np.arange(len(examples.lengths)), held)
    similar = SimilarLengths(examples.lengths, members)
    candidates = examples.replies_in(members)  # a held-out reply is no wrong one

    def draw(generator: torch.Generator) -> DialogueBatch:
        chosen = similar.draw(settings.batch_size, generator)
        others = torch.randperm(len(candidates), generator=generator)[:_CANDIDATES]
        return _as_tensors(examples.batch(chosen, candidates[others.numpy()]))

    with seeded(settings.seed) as generator:
        random = stage_random(saved)
        network = TrainableConversationNetwork(config)

        def loss(batch: DialogueBatch) -> Tensor:
            now = network.now()
            turns = now.turns(batch.turns)[batch.places]
            u, _ = now.read(turns, tensors_of(now.initial_state(len(turns))))
            scores = now.scores(u.flatten(0, 1)[batch.asked], now.replies(batch.replies))
            return cross_entropy(scores, batch.true)

        def score() -> float:
            with torch.no_grad():
                losses = [float(loss(batch)) * len(batch.true) for batch in checks]
            return sum(losses) / sum(len(batch.true) for batch in checks)

        has_score = len(held) > 0
        others = np.random.default_rng(settings.seed).permutation(len(examples.replies))
        others = others[:_CHECKED_WITH].astype(np.int64)
        parts = [held[at : at + _AT_ONCE] for at in range(0, len(held), _AT_ONCE)]
        checks = [_as_tensors(examples.batch(part, others)) for part in parts]
        loop = Loop(
            network, draw, loss, settings.plan, generator, score=score if has_score else None
        )
        run_stage(Stage(_STAGE, loop, random), saved, checkpoint, progress)
    return Trained(network.frozen(), loop.best_step if has_score else settings.steps)


def _as_tensors(batch: DialogueBatch) -> DialogueBatch:
    return converted(batch, torch.from_numpy)
