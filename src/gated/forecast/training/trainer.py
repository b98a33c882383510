"""Trains a network in stages: on all but the held-out part, validated there; then on all.

Training begins with the pretrained weights, from scratch, or both ways; then the held-out windows
decide. Any stage can be interrupted anywhere and resumed to the same bits.
"""

import hashlib
import json
import math
from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from gated.arrays import IntArray
from gated.forecast.config import SHIPPED_SHARE, ForecasterConfig, dense_cutoffs
from gated.forecast.data.windows import Window
from gated.forecast.model.network import NetworkConfig, SeasonNetwork
from gated.forecast.model.pretrained import pretrained_names, tunable_network
from gated.forecast.training.checkpoint import Checkpoint, RunningStage, SavedStage
from gated.forecast.training.fitted import Fitted
from gated.forecast.training.preparation import prepare, rows_with_room
from gated.forecast.training.sampler import Sampler
from gated.forecast.training.trained_network import TrainedNetwork
from gated.forecast.training.zero_shot import fit_zero_shot
from gated.table import Table
from gated.train import Loop, Progress, TrainingPlan, seeded, training_device

# The true cutoff of a training window counts as much as four earlier ones: it is the one that
# has the full context, as in forecasting.
_LAST_WEIGHT = 4.0
# How a network was made, by how it began and whether training lowered its error.
_ORIGINS = {
    ("tune", True): "tuned",
    ("tune", False): "shipped",
    ("scratch", True): "scratch",
    ("scratch", False): "scratch",
}


def fit(
    table: Table,
    h: int,
    settings: ForecasterConfig,
    *,
    progress: Callable[[str, Progress], None] | None = None,
    checkpoint: Checkpoint | None = None,
) -> Fitted:
    """Make a forecaster for a table.

    Args:
        table: the past.
        h: the horizon.
        settings: hyperparameters and seed; whether and how to learn.
        progress: called after every step with the stage ("tune", "scratch" or "finish").
        checkpoint: of `resumable`; an earlier fit is resumed from its file.

    Raises:
        GatedError: the checkpoint belongs to other data or settings.
    """
    if not settings.ways_to_learn:
        return fit_zero_shot(table, h, settings)
    with seeded(int(settings.seed)) as generator:
        fitted = Trainer(table, h, settings, generator, progress, checkpoint).run()
    if checkpoint is not None:
        checkpoint.check()  # pressed during the last validation
    return fitted


class Trainer:
    """The stages of one fit, and what they share. To be made and run inside `seeded`."""

    def __init__(
        self,
        table: Table,
        h: int,
        settings: ForecasterConfig,
        generator: torch.Generator,
        progress: Callable[[str, Progress], None] | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> None:
        self.table, self.h, self.settings = table, h, settings
        self.generator, self.progress, self.checkpoint = generator, progress, checkpoint
        self.device = training_device(settings.device)
        prepared = prepare(
            table, h, holidays=settings.holidays, seed=int(settings.seed), is_trained=True
        )
        self.profile, self.split, self.data = prepared.profile, prepared.split, prepared.data
        self.validation = prepared.validation
        points = int(np.isfinite(self.data.values).sum())
        self.learning, self.tuning = settings.learning(points), settings.tuning(points)
        self.config = NetworkConfig(
            layout=prepared.layout,
            hidden_size=settings.hidden_size,
            num_layers=settings.num_layers,
            dropout=settings.dropout_for(points),
            covariates=len(self.profile.known.features),
            calendar=len(self.profile.calendar_names),
            past_covariates=len(self.profile.past.features),
            static=len(self.profile.static.features),
        )

    def run(self) -> Fitted:
        """All stages, from the checkpoint where there is one."""
        ways = self.settings.ways_to_learn
        if not self.split.exists:
            # A few steps would be memorised, and nothing could show it: better not to train at all.
            if ways[0] == "tune":
                return fit_zero_shot(self.table, self.h, self.settings)
            network = self._finished(self._begin("scratch"))
            return Fitted(self.profile, network, self.validation.combination(network, "scratch"))
        saved = self._saved(ways)
        best = saved.best if saved is not None else None
        for start in ways:
            if saved is None or saved.name == start:
                best = self._better(best, self.learn(start, best, saved))
                saved = None
        assert best is not None
        network = self._network(best)
        combination = self.validation.combination(network, _ORIGINS[best.start, best.steps > 0])
        if best.steps:
            network = self.finish(best, saved)
        return Fitted(self.profile, self._finished(network), combination)

    def learn(
        self, start: str, best: TrainedNetwork | None = None, saved: SavedStage | None = None
    ) -> TrainedNetwork:
        """Train in one way on all but the held-out part, and validate there."""
        random = self._random(saved)
        network = self._begin(start)
        untouched = self.validation.score(network.eval()) if start == "tune" else math.inf
        plan = self.tuning if start == "tune" else self.learning
        loop = self._loop(network, self.split.end, start, plan, scored=True)
        begun = _copy(network)
        self._run(RunningStage(start, loop, random, best), saved)
        if untouched <= loop.best_score:
            return TrainedNetwork(start, untouched, 0, begun)
        return TrainedNetwork(start, loop.best_score, loop.best_step or loop.step, _copy(network))

    def finish(self, best: TrainedNetwork, saved: SavedStage | None = None) -> SeasonNetwork:
        """Go on briefly over all data."""
        random = self._random(saved)
        self.data = rows_with_room(self.table, self.profile, self.config.layout, None)
        network = self._network(best).train()
        learned = self.tuning if best.start == "tune" else self.learning
        plan = self.settings.finishing(best.steps, learned.learning_rate)
        loop = self._loop(network, self.table.lengths, best.start, plan, scored=False)
        self._run(RunningStage("finish", loop, random, best), saved)
        return network

    @staticmethod
    def _finished(network: SeasonNetwork) -> SeasonNetwork:
        """A network that is only to forecast, on the processor and without gradients."""
        return network.eval().cpu().requires_grad_(False)

    def _saved(self, ways: Sequence[str]) -> SavedStage | None:
        """The stage of an earlier fit that was interrupted; None without a checkpoint."""
        if self.checkpoint is None:
            return None
        saved = self.checkpoint.load(self._fingerprint())
        if saved is not None:
            saved.check_best(ways, self.learning.budget, self._begun_weights)
        return saved

    def _begun_weights(self, start: str) -> dict[str, Tensor]:
        with torch.random.fork_rng(devices=[]):  # what is drawn here is thrown away
            return self._begin(start).state_dict()

    def _begin(self, start: str) -> SeasonNetwork:
        network = tunable_network(self.config) if start == "tune" else SeasonNetwork(self.config)
        return network.to(self.device)

    def _network(self, learned: TrainedNetwork) -> SeasonNetwork:
        """A network with learned weights, in evaluation mode."""
        with torch.random.fork_rng(devices=[]):  # what is drawn here is thrown away
            network = self._begin(learned.start)
        network.load_state_dict(learned.weights)
        return network.eval()

    @staticmethod
    def _better(first: TrainedNetwork | None, second: TrainedNetwork) -> TrainedNetwork:
        return first if first is not None and first.score <= second.score else second

    def _loop(
        self,
        network: SeasonNetwork,
        end: IntArray,
        start: str,
        plan: TrainingPlan,
        *,
        scored: bool,
    ) -> Loop[Window]:
        sampler = Sampler(self.data, end, self.h, self.settings.batch_size)
        layout = self.config.layout
        dense = dense_cutoffs(layout.leads, layout.context)

        def draw_batch(generator: torch.Generator) -> Window:
            return sampler.draw(generator).to(self.device)

        def batch_loss(window: Window) -> Tensor:
            return network.loss(network(window, dense), _LAST_WEIGHT)

        score = (lambda: self.validation.score(network)) if scored else None
        shares = dict.fromkeys(pretrained_names(), SHIPPED_SHARE) if start == "tune" else {}
        return Loop(network, draw_batch, batch_loss, plan, self.generator, score, shares)

    @staticmethod
    def _random(saved: SavedStage | None) -> Tensor:
        """Torch's random state when the stage began: now, or in the run that is resumed."""
        if saved is not None:
            saved.restore_random()
        return torch.get_rng_state()

    def _run(self, stage: RunningStage, saved: SavedStage | None) -> None:
        if saved is not None:
            saved.restore(stage.loop)
        if self.checkpoint is not None:
            self.checkpoint.follow(stage)
        name, progress = stage.name, self.progress
        stage.loop.run((lambda p: progress(name, p)) if progress is not None else None)

    def _fingerprint(self) -> str:
        settings = [self.settings.to_json(), self.config.to_json(), self.h]
        described = json.dumps(settings, default=lambda number: number.item())  # of NumPy
        digest = hashlib.sha256(described.encode())
        for array in (self.data.offsets, self.table.y):
            digest.update(np.ascontiguousarray(array).tobytes())
        source = self.data.source
        for part in (source.covariates, source.past_covariates, source.calendar, source.static):
            digest.update(part.numpy().tobytes())
        return digest.hexdigest()


def _copy(network: SeasonNetwork) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in network.state_dict().items()}
