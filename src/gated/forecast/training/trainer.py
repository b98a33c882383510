"""Trainer, in stages: learn on all but the held-out part and judge there; then finish on all.

There are two ways to begin: from the shipped network, and from scratch. Both are tried where both
may win, and the held-out windows decide. Without any learning the shipped network forecasts as it
is. A stage can be interrupted anywhere and taken up again to the same bits.
"""

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from gated.arrays import IntArray
from gated.forecast.config import SHIPPED_SHARE, ForecasterConfig, dense_cutoffs
from gated.forecast.data.dataset import Dataset, build_dataset
from gated.forecast.data.patching import PatchLayout
from gated.forecast.data.table_profile import TableProfile
from gated.forecast.model.network import NetworkConfig, SeasonNetwork
from gated.forecast.model.pretrained import pretrained_names, pretrained_network, tunable_network
from gated.forecast.training.checkpoint import Checkpoint, RunningStage, SavedStage, resumable
from gated.forecast.training.combination import Combination
from gated.forecast.training.sampler import Sampler
from gated.forecast.training.trained_network import TrainedNetwork
from gated.forecast.training.validation import Validation
from gated.forecast.training.validation_split import ValidationSplit, split_validation
from gated.table import Table
from gated.train import Loop, Plan, Progress, seeded

# The true cutoff of a training window counts as much as four earlier ones: it is the one that
# has the full context, as in forecasting.
_LAST_WEIGHT = 4.0
# How a network came about, by how it began and whether learning did any good.
_ORIGINS = {
    ("tune", True): "tuned",
    ("tune", False): "shipped",
    ("scratch", True): "scratch",
    ("scratch", False): "scratch",
}


@dataclass(frozen=True)
class Fitted:
    """All that fitting learned."""

    profile: TableProfile
    network: SeasonNetwork
    combination: Combination


def fit(
    table: Table,
    h: int,
    settings: ForecasterConfig,
    *,
    progress: Callable[[str, Progress], None] | None = None,
    checkpoint: str | Path | Checkpoint | None = None,
) -> Fitted:
    """Make a forecaster for a table.

    Args:
        table: the past.
        h: the horizon.
        settings: hyperparameters and seed; whether and how to learn.
        progress: called after every step with the stage ("tune", "scratch" or "finish").
        checkpoint: a file; read if it exists, written on interruption, removed when done. One that
            `resumable` made is removed by whoever made it, when all is done.

    Raises:
        GatedError: the checkpoint belongs to other data or settings.
    """
    with _resumable(checkpoint) as kept, seeded(int(settings.seed)) as generator:
        return Trainer(table, h, settings, generator, progress, kept).run()


def _resumable(
    checkpoint: str | Path | Checkpoint | None,
) -> AbstractContextManager[Checkpoint | None]:
    if checkpoint is None or isinstance(checkpoint, Checkpoint):
        return nullcontext(checkpoint)
    return resumable(checkpoint)


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
        frequency = table.frequency
        layout = PatchLayout.plan(
            frequency.season_length, frequency.long_season, h, int(table.lengths.max())
        )
        self.split, self.profile = self._set_apart(layout)
        if not settings.ways_to_learn:
            self.profile = self.profile.without_learning()
        # Nothing held out is measured, not even for scaling, before it has been judged on.
        self.data = self._lay_out(layout, self.split.end)
        own = self.data.source.own_seasons(self.split.end)
        self.profile = replace(self.profile, own_seasons=own)
        points = int(np.isfinite(self.data.values).sum())
        self.learning, self.tuning = settings.learning(points), settings.tuning(points)
        self.config = NetworkConfig(
            layout=layout,
            hidden_size=settings.hidden_size,
            num_layers=settings.num_layers,
            dropout=settings.dropout_for(points),
            covariates=len(self.profile.known.features),
            calendar=len(self.profile.calendar_names),
            past_covariates=len(self.profile.past.features),
            static=len(self.profile.static.features),
        )
        self.validation = Validation(self.data, self.split, frequency.season_length)

    def run(self) -> Fitted:
        """All stages, from the checkpoint where there is one."""
        ways = self.settings.ways_to_learn
        if not ways or not self.split.exists:
            # A few steps would be memorised, and nothing could tell: better not to learn at all.
            return self._without_learning(shipped=not ways or ways[0] == "tune")
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
        return Fitted(self.profile, network.eval(), combination)

    def learn(
        self, start: str, best: TrainedNetwork | None = None, saved: SavedStage | None = None
    ) -> TrainedNetwork:
        """Train in one way on all but the held-out part, and judge there."""
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
        self.data = self._lay_out(self.config.layout, None)
        network = self._network(best).train()
        learned = self.tuning if best.start == "tune" else self.learning
        plan = self.settings.finishing(best.steps, learned.learning_rate)
        loop = self._loop(network, self.table.lengths, best.start, plan, scored=False)
        self._run(RunningStage("finish", loop, random, best), saved)
        return network

    def _without_learning(self, *, shipped: bool) -> Fitted:
        network = (
            pretrained_network(self.config.layout) if shipped else self._begin("scratch").eval()
        )
        combination = self.validation.combination(network, "shipped" if shipped else "scratch")
        return Fitted(self.profile, network, combination)

    def _saved(self, ways: Sequence[str]) -> SavedStage | None:
        """Where an earlier fit was interrupted; None where there is nothing to go on from."""
        if self.checkpoint is None:
            return None
        saved = self.checkpoint.load(self._fingerprint())
        if saved is not None:
            saved.check_best(ways, self.learning.steps, self._begun_weights)
        return saved

    def _begun_weights(self, start: str) -> dict[str, Tensor]:
        with torch.random.fork_rng(devices=[]):  # what is drawn here is thrown away
            return self._begin(start).state_dict()

    def _begin(self, start: str) -> SeasonNetwork:
        return tunable_network(self.config) if start == "tune" else SeasonNetwork(self.config)

    def _network(self, learned: TrainedNetwork) -> SeasonNetwork:
        """A network with learned weights, in evaluation mode."""
        with torch.random.fork_rng(devices=[]):  # what is drawn here is thrown away
            network = self._begin(learned.start)
        network.load_state_dict(learned.weights)
        return network.eval()

    @staticmethod
    def _better(first: TrainedNetwork | None, second: TrainedNetwork) -> TrainedNetwork:
        return first if first is not None and first.score <= second.score else second

    def _set_apart(self, layout: PatchLayout) -> tuple[ValidationSplit, TableProfile]:
        """The held-out part, and what is learned before it.

        Windows in which the series is shut throughout tell nothing; which steps are shut is only
        known from the profile. So the windows are chosen again once these are.
        """
        table, seed = self.table, self.settings.seed
        told = np.isfinite(table.y)
        first = split_validation(table.offsets, told, layout.patch, self.h, seed)
        profile = TableProfile.learn(table, first.end, self.settings.holidays)
        told &= ~profile.closed_before(table)
        return split_validation(table.offsets, told, layout.patch, self.h, seed), profile

    def _lay_out(self, layout: PatchLayout, end: IntArray | None) -> Dataset:
        """All rows, with room for one horizon behind each series."""
        names = len(self.table.covariate_names)
        unknown = np.full((len(self.table.ids), layout.rows_after, names), np.nan)
        return build_dataset(self.table, self.profile, layout, unknown, end)

    def _loop(
        self,
        network: SeasonNetwork,
        end: IntArray,
        start: str,
        plan: Plan,
        *,
        scored: bool,
    ) -> Loop:
        sampler = Sampler(self.data, end, self.h, self.settings.batch_size)
        layout = self.config.layout
        dense = dense_cutoffs(layout.leads, layout.context)

        def step_loss(generator: torch.Generator) -> Tensor:
            output = network(sampler.draw(generator), dense)
            return network.loss(output, _LAST_WEIGHT)

        score = (lambda: self.validation.score(network)) if scored else None
        shares = dict.fromkeys(pretrained_names(), SHIPPED_SHARE) if start == "tune" else {}
        return Loop(network, step_loss, plan, self.generator, score, shares)

    @staticmethod
    def _random(saved: SavedStage | None) -> Tensor:
        """Torch's random state when the stage began: now, or in the run that is gone on with."""
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
