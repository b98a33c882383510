"""Trains a network of symbols with the CTC loss, and keeps the weights of the lowest held-out loss.

The loss of a string is −log of the total probability of all alignments that write it (Graves et
al. 2006). Where the times of the words are known, an alignment may write a symbol only while its
word sounds and shortly after it, so that a stream answers in time (Sak et al. 2015, arXiv
1507.06947, restrict the delay in the same way).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import ctc_loss

from gated.numeric import converted
from gated.tasks.data.sequences import PaddedBatch, Sequences
from gated.tasks.network.sequence_model import SequenceConfig
from gated.tasks.transcriber.decoding.error_rate import symbol_errors
from gated.tasks.transcriber.decoding.search import greedy
from gated.tasks.transcriber.network import BLANK, SymbolNetwork
from gated.tasks.transcriber.trainable_network import TrainableSymbolNetwork
from gated.train import Loop, Progress, TrainingPlan, seeded
from gated.train.checkpoint import Checkpoint, Stage, run_stage, stage_random

__all__ = ["HeldOut", "Session", "StringBatch", "Strings", "Trained", "TrainingSettings", "train"]

_EVALUATIONS = 20
_PATIENCE = 8
_FORBIDDEN = -30.0  # log-probability of a symbol outside its word


@dataclass(frozen=True)
class StringBatch:
    """A batch of sequences with their strings.

    Attributes:
        sequences: padded.
        symbols: [Σ U] the strings end to end, 1 … K.
        counts: [B] symbols of each.
        allowed: [B, T, K + 1] which symbols may be written at a step; None: all.
    """

    sequences: PaddedBatch
    symbols: Tensor
    counts: Tensor
    allowed: Tensor | None = None

    @classmethod
    def of(
        cls, sequences: PaddedBatch, strings: list[list[int]], allowed: Tensor | None = None
    ) -> "StringBatch":
        """Join the strings of a batch."""
        symbols = [symbol for string in strings for symbol in string]
        return cls(
            sequences,
            torch.tensor(symbols, dtype=torch.long),
            torch.tensor([len(string) for string in strings]),
            allowed,
        )


class Strings(Protocol):
    """Where the strings of the training come from."""

    def draw(self, generator: torch.Generator) -> StringBatch:
        """A batch, varied at random."""

    def statistics(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """[I] mean and [I] standard deviation of each channel."""


@dataclass(frozen=True)
class HeldOut:
    """Strings that the network does not learn from.

    Attributes:
        sequences: n of them.
        strings: the symbols of each, 1 … K.
    """

    sequences: Sequences
    strings: list[list[int]]


@dataclass(frozen=True)
class TrainingSettings:
    """How to train.

    Attributes:
        steps: at most.
        learning_rate: the peak.
        seed: of all randomness.
    """

    steps: int
    learning_rate: float
    seed: int

    @property
    def plan(self) -> TrainingPlan:
        """The plan of the run."""
        return TrainingPlan(
            self.steps,
            self.learning_rate,
            weight_decay=2e-2,
            decayed="matrices",
            averaging=0.99,
            evaluations=_EVALUATIONS,
            patience=_PATIENCE,
        )


@dataclass(frozen=True)
class Session:
    """How a training is followed, and resumed.

    Attributes:
        progress: called after each step.
        checkpoint: of an interrupted training, to go on from there; None for none.
        fingerprint: of all that the training depends on; needed with a checkpoint.
    """

    progress: Callable[[Progress], None] | None = None
    checkpoint: Checkpoint | None = None
    fingerprint: str = ""


@dataclass(frozen=True)
class Trained:
    """A trained network, and how it was trained.

    Attributes:
        network: with fixed weights.
        steps: up to the kept weights.
        error_rate: of the symbols of the held-out strings; NaN where none was held out.
        right: number of held-out strings without an error.
    """

    network: SymbolNetwork
    steps: int
    error_rate: float
    right: int


def train(
    strings: Strings,
    held_out: HeldOut | None,
    config: SequenceConfig,
    symbols: int,
    settings: TrainingSettings,
    session: Session,
) -> Trained:
    """Train until the CTC loss of the held-out strings no longer falls.

    Args:
        strings: draws the batches.
        held_out: to stop early, and to measure; None: all steps.
        config: sizes of the network.
        symbols: number of symbols K.
        settings: see there.
        session: how it is followed, and resumed.

    Raises:
        GatedError: the checkpoint is of another training.
    """
    checkpoint = session.checkpoint
    saved = None if checkpoint is None else checkpoint.load(session.fingerprint)
    with seeded(settings.seed) as generator:
        random = stage_random(saved)
        network = TrainableSymbolNetwork(config, symbols)
        network.model.scaler.fit(*strings.statistics())
        loop = Loop(
            network,
            strings.draw,
            lambda batch: string_loss(network(batch.sequences), batch),
            settings.plan,
            generator,
            score=None if held_out is None else lambda: _held_out_loss(network, held_out),
        )
        run_stage(Stage("training", loop, random), saved, checkpoint, session.progress)
    fixed = network.frozen()
    if held_out is None:
        return Trained(fixed, loop.step, float("nan"), 0)
    found = [[run.symbol for run in greedy(each)] for each in fixed.predict(held_out.sequences)]
    errors = [symbol_errors(f, e) for f, e in zip(found, held_out.strings, strict=True)]
    total = sum(map(len, held_out.strings))
    return Trained(fixed, loop.best_step, sum(errors) / max(total, 1), errors.count(0))


def string_loss(log_probs: Tensor, batch: StringBatch) -> Tensor:
    """The CTC loss of a batch, a symbol: log-probabilities [B, T, K + 1] to a scalar."""
    if batch.allowed is not None:
        log_probs = log_probs.masked_fill(~batch.allowed, _FORBIDDEN)
    total = ctc_loss(
        log_probs.transpose(0, 1),
        batch.symbols,
        batch.sequences.lengths,
        batch.counts,
        blank=BLANK,
        reduction="sum",
        zero_infinity=True,  # a sequence that was varied may have become too short for its string
    )
    return total / batch.counts.sum().clamp(min=1)


def _held_out_loss(network: TrainableSymbolNetwork, held_out: HeldOut) -> float:
    total, count = 0.0, 0
    for indices in held_out.sequences.batches():
        chosen = [held_out.strings[index] for index in indices]
        padded = converted(held_out.sequences.padded(indices), torch.from_numpy)
        batch = StringBatch.of(padded, chosen)
        symbols = int(batch.counts.sum())
        with torch.no_grad():
            total += float(string_loss(network(batch.sequences), batch)) * symbols
        count += symbols
    return total / max(count, 1)
