"""Chooses the sequences of a training: those held out, those of a batch; and their statistics."""

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray

from gated.arrays import BoolArray, IntArray
from gated.tasks.data.sequences import Sequences

__all__ = ["SimilarLengths", "channel_statistics", "held_out"]

# Sequences of a batch are taken from a window of similar lengths, this many batches wide.
_NEIGHBOURS = 4


def held_out(labels: IntArray, share: float, seed: int) -> BoolArray:
    """Choose sequences to validate on: the share of each label, none of a label with one sequence.

    Args:
        labels: [n] index of the label.
        share: of each label, at least one sequence.
        seed: of the draw.

    >>> int(held_out(np.array([0] * 10 + [1] * 10), 0.2, seed=0).sum())
    4
    """
    chosen = np.zeros(len(labels), dtype=bool)
    if share == 0:
        return chosen
    generator = np.random.default_rng(seed)
    for label in np.unique(labels):
        members = np.flatnonzero(labels == label)
        if len(members) > 1:
            count = max(1, round(share * len(members)))
            chosen[generator.permutation(members)[:count]] = True
    return chosen


class SimilarLengths:
    """Draws batches of sequences of similar lengths, so that little of a batch is padding.

    Args:
        lengths: [n] of all sequences.
        members: [m] positions of the sequences to draw from.
    """

    def __init__(self, lengths: IntArray, members: IntArray) -> None:
        self._members = members[np.argsort(lengths[members], kind="stable")]

    def draw(self, size: int, generator: torch.Generator) -> IntArray:
        """Positions of `size` sequences, or of all where there are fewer."""
        size = min(size, len(self._members))
        window = min(len(self._members), _NEIGHBOURS * size)
        # Windows that would pass the ends are moved inside: each sequence is drawn about as often.
        free = len(self._members) - window
        begin = int(torch.randint(-window, free + window + 1, (1,), generator=generator))
        begin = min(max(begin, 0), free)
        chosen = torch.randperm(window, generator=generator)[:size].numpy() + begin
        found: IntArray = self._members[chosen]
        return found


def channel_statistics(
    sequences: Sequences,
    members: IntArray,
    channels: Callable[[NDArray[np.float32]], NDArray[np.float32]] | None = None,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Mean and standard deviation of each channel over some sequences.

    Args:
        sequences: all of them.
        members: positions of those that count.
        channels: makes the channels of steps [N, I]; by default they are the values themselves.
    """
    values = np.concatenate([sequences[index] for index in members])
    if channels is not None:
        values = channels(values)
    mean, spread = values.mean(0, dtype=np.float64), values.std(0, dtype=np.float64)
    return mean.astype(np.float32), spread.astype(np.float32)
