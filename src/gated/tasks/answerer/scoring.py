"""Compares the answers of a network with the true ones."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from gated.arrays import IntArray
from gated.tasks.answerer.examples import IGNORED, Examples, StoryBatch
from gated.tasks.answerer.network import StoryNetwork

__all__ = ["TrueParts", "batches_of", "true_parts"]

_MOST_SENTENCES = 8_192  # of a batch, with padding


@dataclass(frozen=True)
class TrueParts:
    """The logits of M parts of the true answers of n examples, each given the true ones before it.

    Attributes:
        logits: [M, P].
        labels: [M] the true parts.
        example: [M] the example of each part, from 0 to n − 1.
    """

    logits: Tensor
    labels: Tensor
    example: Tensor

    def losses(self, temperature: float = 1.0) -> Tensor:
        """[n] −log p of each true answer in nats."""
        of_parts = cross_entropy(self.logits / temperature, self.labels, reduction="none")
        return torch.zeros(self._count).index_add(0, self.example, of_parts)

    @property
    def right(self) -> Tensor:
        """[n] bool: the most probable part after each other is the true answer."""
        wrong = (self.logits.argmax(1) != self.labels).float()
        return torch.zeros(self._count).index_add(0, self.example, wrong) == 0

    @property
    def _count(self) -> int:
        return int(self.example.max()) + 1


def true_parts(
    network: StoryNetwork,
    examples: Examples,
    chosen: IntArray,
    change: Callable[[StoryBatch], StoryBatch] | None = None,
) -> TrueParts:
    """Compute the logits of the true answers of some examples, without gradients.

    Args:
        network: the network, which is set to evaluation mode.
        examples: with answers.
        chosen: positions, at least one.
        change: of each batch before it is read.
    """
    network.eval()
    logits, labels, places = [], [], []
    with torch.no_grad():
        for positions in batches_of(examples.lengths[chosen]):
            indices = chosen[positions]
            answers = examples.answers_of(indices)
            is_part = answers != IGNORED
            batch = examples.batch(indices)
            read = batch if change is None else change(batch)
            logits.append(network.logits(read, answers)[is_part])
            labels.append(answers[is_part])
            of_each = torch.from_numpy(positions)[:, None].expand_as(answers)
            places.append(of_each[is_part])
    return TrueParts(torch.cat(logits), torch.cat(labels), torch.cat(places))


def batches_of(lengths: IntArray) -> list[IntArray]:
    """Positions of examples of similar lengths, few enough for one batch each.

    >>> [batch.tolist() for batch in batches_of(np.array([5, 8_000, 4, 3_000]))]
    [[2, 0], [3], [1]]
    """
    order = np.argsort(lengths, kind="stable")
    found: list[IntArray] = []
    begin = 0
    for end in range(1, len(order) + 1):
        is_last = end == len(order)
        if is_last or (end + 1 - begin) * max(lengths[order[end]], 1) > _MOST_SENTENCES:
            found.append(order[begin:end])
            begin = end
    return found
