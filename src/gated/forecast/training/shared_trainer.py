"""Trains one network on several workers, each of which has other series.

All workers know a sample of whole series: profile, held-out windows and validation are those of the
sample, as if it were the table. Training windows are drawn from the worker's own series, without as
many last steps as the sample holds out. A worker may hold a part of its series at a time.
"""

from collections.abc import Callable
from typing import Protocol

import numpy as np
import torch

from gated.arrays import BoolArray, IntArray
from gated.forecast.config import ForecasterConfig
from gated.forecast.data.windows import Window
from gated.forecast.model.trainable_network import TrainableNetwork
from gated.forecast.training.preparation import rows_with_horizon
from gated.forecast.training.sampler import Sampler
from gated.forecast.training.trainer import Trainer
from gated.table import Table
from gated.train import Loop, Progress, TrainingPlan
from gated.train.checkpoint import Checkpoint
from gated.train.workers import Workers

__all__ = ["SharedTrainer", "Tables"]

_STEPS_OF_A_TABLE = 32


class Tables(Protocol):
    """Some tables, each of which may be read when it is looked up."""

    def __len__(self) -> int: ...

    def __getitem__(self, number: int) -> Table: ...


class SharedTrainer(Trainer):
    """Runs the stages of one fit together with other workers, inside `seeded`.

    Every draw is seeded by step and worker, so that a training resumes to the same bits from the
    checkpoint of any worker.

    Args:
        sample: the past of some series, the same for all workers.
        own: the past of the series of this worker, in one or several tables; each is looked up
            when the training comes to it, and let go after some steps.
        points: observed values of the whole table, about; they decide how long is trained.
        h, settings, generator, progress, checkpoint: as in `Trainer`.
        workers: all workers.
    """

    def __init__(
        self,
        sample: Table,
        own: Tables,
        points: int,
        h: int,
        settings: ForecasterConfig,
        generator: torch.Generator,
        workers: Workers,
        progress: Callable[[str, Progress], None] | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> None:
        super().__init__(sample, h, settings, generator, progress, checkpoint)
        self.own, self.workers = own, workers
        self.scratch_plan = settings.scratch_plan(points)
        self.tuning_plan = settings.tuning_plan(points)

    def _initial_network(self, start: str) -> TrainableNetwork:
        torch.manual_seed(int(self.settings.seed))  # the same weights for all workers
        return super()._initial_network(start)

    def _loop(
        self,
        network: TrainableNetwork,
        end: IntArray,
        start: str,
        plan: TrainingPlan,
        *,
        scored: bool,
    ) -> Loop[Window]:
        loop = super()._loop(network, end, start, plan, scored=scored)
        held_out = int((self.table.lengths - end).max())
        held: dict[int, Sampler] = {}  # by the number of its table; at most one

        def draw_batch(generator: torch.Generator) -> Window:
            number = loop.step // _STEPS_OF_A_TABLE % len(self.own)
            if number not in held:
                held.clear()
                held[number] = self._sampler(self.own[number], held_out)
            seed = self.workers.seed(int(self.settings.seed), loop.step, len(start) + scored)
            torch.manual_seed(seed)  # of dropout
            return network.tensors(held[number].draw(generator.manual_seed(seed)))

        loop.draw_batch = draw_batch
        loop.average_gradients = self.workers.average_gradients
        if loop.score is not None:
            score = loop.score
            loop.score = lambda: self.workers.mean(score())
        return loop

    def _sampler(self, own: Table, held_out: int) -> Sampler:
        """Draws from the series of a table, without their last steps."""
        end = np.maximum(own.lengths - held_out, 0)
        shown = _before(own.offsets, np.where(end < 2, own.lengths, end))
        data = rows_with_horizon(own, self.profile, self.config.layout, shown)
        batch_size = max(1, self.settings.batch_size // self.workers.count)
        return Sampler(data, end, self.h, batch_size)


def _before(offsets: IntArray, end: IntArray) -> BoolArray:
    """[R] the rows of each series before its end [N]."""
    lengths = np.diff(offsets)
    step = np.arange(int(offsets[-1])) - np.repeat(offsets[:-1], lengths)
    return np.asarray(step < np.repeat(end, lengths))
