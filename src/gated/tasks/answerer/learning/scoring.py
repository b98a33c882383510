"""Compares the answers of a network with the true ones."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from gated.arrays import IntArray
from gated.numeric import converted
from gated.tasks.answerer.examples import IGNORED, Examples, StoryBatch, batches_of
from gated.tasks.answerer.trainable_network import TrainableStoryNetwork

__all__ = ["TrueParts", "true_parts"]


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
    network: TrainableStoryNetwork,
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
            answers = torch.from_numpy(examples.answers_of(indices))
            is_part = answers != IGNORED
            batch = converted(examples.batch(indices), torch.from_numpy)
            read = batch if change is None else change(batch)
            logits.append(network.now().logits(read, answers)[is_part])
            labels.append(answers[is_part])
            of_each = torch.from_numpy(positions)[:, None].expand_as(answers)
            places.append(of_each[is_part])
    return TrueParts(torch.cat(logits), torch.cat(labels), torch.cat(places))
