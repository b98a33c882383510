"""Averages what several workers of one training compute, by `torch.distributed`.

Every worker has the whole network and a part of the data. After each backward pass, the gradients
are averaged over all, so that every worker makes the same step, as DistributedDataParallel does.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import distributed, nn

__all__ = ["Workers"]


@dataclass(frozen=True)
class Workers:
    """The workers of the default process group, which exists.

    Attributes:
        rank: the number of this worker.
        count: how many there are.
    """

    rank: int
    count: int

    @classmethod
    def joined(cls) -> "Workers":
        """The workers of the process group that this process has joined."""
        return cls(distributed.get_rank(), distributed.get_world_size())

    def average_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """Replace each gradient by its mean over all workers; one that is absent counts as 0."""
        gradients = []
        for parameter in parameters:
            if parameter.grad is None:
                parameter.grad = torch.zeros_like(parameter)
            gradients.append(parameter.grad)
        flat = torch.cat([gradient.flatten() for gradient in gradients])
        distributed.all_reduce(flat)
        flat /= self.count
        begin = 0
        for gradient in gradients:
            gradient.copy_(flat[begin : begin + gradient.numel()].view_as(gradient))
            begin += gradient.numel()

    def mean(self, value: float) -> float:
        """The mean of a number over all workers, which is the same for each."""
        total = torch.tensor(value, dtype=torch.float64)
        distributed.all_reduce(total)
        return float(total) / self.count

    def wait(self) -> None:
        """Wait until all workers are here."""
        self.mean(0.0)

    def seed(self, *numbers: int) -> int:
        """A seed of some numbers that differs between workers."""
        total = self.rank
        for number in numbers:
            total = (total * 0x9E3779B1 + number + 1) % 2**61
        return total
