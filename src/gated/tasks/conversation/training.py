"""Trains the network of a conversation: until the loss of held-out replies no longer falls, then
as long on all dialogues.

The first network shows how good the replies are; the second one also knows the dialogues that were
held out. The loss is −log of the softmax over candidates: the replies of the batch, and others at
random.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from gated.arrays import IntArray
from gated.tasks.conversation.examples import DialogueBatch, Examples
from gated.tasks.conversation.network import ConversationConfig, ConversationNetwork
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
from gated.train.stored_values import record, whole

__all__ = ["Trained", "TrainingSettings", "train"]

_CANDIDATES = 256  # other replies of a batch
_CHECKED_WITH, _AT_ONCE = 1_024, 64  # other replies, and dialogues, of a held-out batch
_EVALUATIONS, _PATIENCE = 20, 6
_SHORTEST = 4  # the second run has at least so large a part of the steps: 1/4
_FIRST, _FINAL = "held_out", "all"  # the stages: without the held-out dialogues, and with them


@dataclass(frozen=True)
class TrainingSettings:
    """How to train.

    Attributes:
        steps: of a run, at most.
        batch_size: dialogues in a batch.
        learning_rate: the peak.
        seed: of all randomness.
    """

    steps: int
    batch_size: int
    learning_rate: float
    seed: int

    def plan(self, steps: int) -> TrainingPlan:
        """The plan of a run of so many steps."""
        return TrainingPlan(
            steps,
            self.learning_rate,
            weight_decay=2e-2,
            decayed="matrices",
            averaging=0.97,
            evaluations=_EVALUATIONS,
            patience=_PATIENCE,
        )


@dataclass(frozen=True)
class Trained:
    """The trained networks.

    Attributes:
        network: of all dialogues, in evaluation mode.
        checked: of all but the held-out ones, in evaluation mode; None where none was held out.
        steps: of the training of `network`.
    """

    network: ConversationNetwork
    checked: ConversationNetwork | None
    steps: int


def train(
    examples: Examples,
    config: ConversationConfig,
    settings: TrainingSettings,
    held: IntArray,
    progress: Callable[[Progress], None] | None = None,
    checkpoint: Checkpoint | None = None,
) -> Trained:
    """Train from random weights, without the held-out dialogues and then on all.

    Args:
        examples: all dialogues.
        config: sizes of the networks.
        settings: see there.
        held: positions of the held-out dialogues; none: one run of all steps.
        progress: called after each step; the steps count over both runs.
        checkpoint: of an interrupted training, to go on from there, in either run.

    Raises:
        GatedError: the checkpoint is of another training.
    """
    saved = None
    if checkpoint is not None:
        facts = [asdict(settings), asdict(config)]
        saved = checkpoint.load(fingerprint("conversation", facts, [*examples.arrays(), held]))
    has_check = len(held) > 0
    if saved is not None and saved.name not in ((_FIRST, _FINAL) if has_check else (_FINAL,)):
        raise saved.unusable()
    if saved is not None and (saved.earlier is not None) != (has_check and saved.name == _FINAL):
        raise saved.unusable()
    run = _Run(examples, config, settings)
    if not has_check:
        network, _ = run.train(_Stage(_FINAL, saved, checkpoint), held, settings.steps, progress)
        return Trained(network, None, settings.steps)
    if saved is None or saved.name == _FIRST:
        stage = _Stage(_FIRST, saved, checkpoint)
        report = shifted(progress, 0, 2 * settings.steps)
        checked, best = run.train(stage, held, settings.steps, report)
        steps, saved = max(best, settings.steps // _SHORTEST), None
    else:
        checked, steps = _before(saved, config, settings)
    stage = _Stage(_FINAL, saved, checkpoint, Earlier({"steps": steps}, checked.state_dict()))
    report = shifted(progress, settings.steps, settings.steps + steps)
    network, _ = run.train(stage, held[:0], steps, report)
    return Trained(network, checked, steps)


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


@dataclass(frozen=True)
class _Run:
    """A training from random weights.

    Attributes:
        examples: all dialogues.
        config: sizes of the network.
        settings: see there.
    """

    examples: Examples
    config: ConversationConfig
    settings: TrainingSettings

    def train(
        self,
        stage: _Stage,
        held: IntArray,
        steps: int,
        progress: Callable[[Progress], None] | None,
    ) -> tuple[ConversationNetwork, int]:
        """Train on all but the held-out dialogues.

        Returns:
            The network in evaluation mode, and the steps that gave its weights.
        """
        members = np.setdiff1d(np.arange(len(self.examples.lengths)), held)
        with seeded(self.settings.seed) as generator:
            random = stage_random(stage.saved)
            network = ConversationNetwork(self.config)
            loop = Loop(
                network,
                self._drawn_from(members),
                partial(_loss, network),
                self.settings.plan(steps),
                generator,
                score=self._score(network, held) if len(held) else None,
            )
            running = Stage(stage.name, loop, random, stage.earlier)
            run_stage(running, stage.saved, stage.checkpoint, progress)
        return network, loop.best_step if len(held) else steps

    def _drawn_from(self, members: IntArray) -> Callable[[torch.Generator], DialogueBatch]:
        """Draw batches of some dialogues, with other replies of them as candidates."""
        similar = SimilarLengths(self.examples.lengths, members)
        candidates = self.examples.replies_in(members)  # a held-out reply is no wrong one

        def draw(generator: torch.Generator) -> DialogueBatch:
            chosen = similar.draw(self.settings.batch_size, generator)
            others = torch.randperm(len(candidates), generator=generator)[:_CANDIDATES]
            return self.examples.batch(chosen, candidates[others.numpy()])

        return draw

    def _score(self, network: ConversationNetwork, held: IntArray) -> Callable[[], float]:
        """The loss of the held-out dialogues."""
        replies = len(self.examples.replies)
        others = np.random.default_rng(self.settings.seed).permutation(replies)
        others = others[:_CHECKED_WITH].astype(np.int64)
        parts = [held[at : at + _AT_ONCE] for at in range(0, len(held), _AT_ONCE)]
        checks = [self.examples.batch(part, others) for part in parts]

        def score() -> float:
            with torch.no_grad():
                losses = [float(_loss(network, batch)) * len(batch.true) for batch in checks]
            return sum(losses) / sum(len(batch.true) for batch in checks)

        return score


def _loss(network: ConversationNetwork, batch: DialogueBatch) -> Tensor:
    u, _ = network.read(network.turns(batch.turns)[batch.places])
    scores = network.scores(u.flatten(0, 1)[batch.asked], network.replies(batch.replies))
    return cross_entropy(scores, batch.true)


def _before(
    saved: SavedStage, config: ConversationConfig, settings: TrainingSettings
) -> tuple[ConversationNetwork, int]:
    """The network and the steps that the first run gave, from the checkpoint of the second one.

    Raises:
        ModelFileError: the file is damaged.
    """
    assert saved.earlier is not None
    network = ConversationNetwork(config)
    try:
        record({"steps": whole(1, settings.steps)})(saved.earlier.facts, "earlier")
        check_weights(saved.earlier.weights, network.state_dict())
    except ValueError as error:
        raise saved.unusable() from error
    network.load_state_dict(dict(saved.earlier.weights))
    return network.eval(), int(saved.earlier.facts["steps"])
