"""Trains a network in stages: first without the held-out part, for validation; then on all data.

Training starts from the pretrained weights, from scratch, or in two stages from both; the error on
the held-out windows selects the network. Each stage can be interrupted and resumed to the same
bits.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gated.arrays import IntArray
from gated.forecast.config import PRETRAINED_RATE_FACTOR, ForecasterConfig, dense_cutoffs
from gated.forecast.data.covariate_selection import without_uninformative
from gated.forecast.data.windows import Window
from gated.forecast.model.network import NetworkConfig
from gated.forecast.model.trainable_network import TrainableNetwork
from gated.forecast.model.weights.pretrained import pretrained_names
from gated.forecast.training.fitted import Fitted
from gated.forecast.training.preparation import prepare, rows_with_horizon
from gated.forecast.training.sampler import Sampler
from gated.forecast.training.trained_network import TrainedNetwork, best_before
from gated.forecast.training.zero_shot import fit_zero_shot, zero_shot
from gated.forecast.validation.combination import relative_error
from gated.table import Table
from gated.train import Loop, Progress, TrainingPlan, seeded, training_device
from gated.train.checkpoint import (
    Checkpoint,
    SavedStage,
    Stage,
    fingerprint,
    run_stage,
    stage_random,
)

# The last cutoff of a training window has the weight of four others, because it has the full
# context, as in forecasting.
_LAST_WEIGHT = 4.0
# The origin of a network, by its start and whether training lowered its error.
_ORIGINS = {
    ("tune", True): "tuned",
    ("tune", False): "pretrained",
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
    """Fit a network to a table, or validate the pretrained one.

    Args:
        table: the past.
        h: the horizon.
        settings: hyperparameters, seed and training mode.
        progress: called after every step with the stage ("tune", "scratch" or "finish").
        checkpoint: checkpoint of `resumable`; an interrupted fit is resumed from its file.

    Raises:
        GatedError: the checkpoint belongs to other data or settings.
    """
    if not settings.starts:
        return fit_zero_shot(table, h, settings)
    with seeded(int(settings.seed)) as generator:
        fitted = Trainer(table, h, settings, generator, progress, checkpoint).run()
    if checkpoint is not None:
        checkpoint.check()  # Ctrl-C may have been pressed during the last validation
    return fitted


class Trainer:
    """Runs the stages of one fit. It must be created and run inside `seeded`."""

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
            table,
            h,
            holidays=settings.holidays,
            seed=int(settings.seed),
            adapt=without_uninformative,
        )
        self.profile, self.split, self.data = prepared.profile, prepared.split, prepared.data
        self.validation = prepared.validation
        points = int(np.isfinite(self.data.values).sum())
        self.scratch_plan = settings.scratch_plan(points)
        self.tuning_plan = settings.tuning_plan(points)
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
        """Run all stages, from the checkpoint if there is one."""
        starts = self.settings.starts
        if not self.split.exists:
            # The series are too short for a validation, which would detect overfitting: the
            # pretrained network is not trained.
            if starts[0] == "tune":
                return fit_zero_shot(self.table, self.h, self.settings)
            network = self._initial_network("scratch").frozen()
            return Fitted.of(
                self.table, self.profile, network, self.validation.validated(network, "scratch")
            )
        saved, best = self._saved(starts)
        for start in starts:
            if saved is None or saved.name == start:
                best = self._better(best, self.train(start, best, saved))
                saved = None
        assert best is not None
        at_once = zero_shot(self.table, self.h, self.settings)
        assert at_once.loss is not None  # there are held-out windows
        if not _trained_is_better(best.score, at_once.loss):
            fitted = at_once.fitted
            relative = {"training": relative_error(best.score, at_once.loss)}
            combination = replace(fitted.combination, instead=relative)
            # Training used the other columns, and did not help: there is nothing to advise.
            return Fitted(replace(fitted.profile, unused=()), fitted.network, combination)
        network = self._network(best).frozen()
        validated = self.validation.validated(network, _ORIGINS[best.start, best.steps > 0])
        self.profile = self.profile.with_closed_calendar(self.table)
        relative = {"no training": relative_error(at_once.loss, best.score)}
        if best.steps:
            network = self.finish(best, saved).frozen()
        fitted = Fitted.of(self.table, self.profile, network, validated)
        combination = replace(fitted.combination, instead=relative)
        return replace(fitted, combination=combination)

    def train(
        self, start: str, best: TrainedNetwork | None = None, saved: SavedStage | None = None
    ) -> TrainedNetwork:
        """Train from one start without the held-out part, and validate on it."""
        random = stage_random(saved)
        network = self._initial_network(start)
        initial_score = self.validation.score(network.eval()) if start == "tune" else math.inf
        plan = self.tuning_plan if start == "tune" else self.scratch_plan
        loop = self._loop(network, self.split.end, start, plan, scored=True)
        initial = _copy(network)
        self._run(start, loop, random, best, saved)
        if initial_score <= loop.best_score:
            return TrainedNetwork(start, initial_score, 0, initial)
        return TrainedNetwork(start, loop.best_score, loop.best_step or loop.step, _copy(network))

    def finish(self, best: TrainedNetwork, saved: SavedStage | None = None) -> TrainableNetwork:
        """Continue training briefly on all data."""
        random = stage_random(saved)
        self.data = rows_with_horizon(self.table, self.profile, self.config.layout, None)
        network = self._network(best).train()
        trained = self.tuning_plan if best.start == "tune" else self.scratch_plan
        plan = self.settings.final_plan(best.steps, trained.learning_rate)
        loop = self._loop(network, self.table.lengths, best.start, plan, scored=False)
        self._run("finish", loop, random, best, saved)
        return network

    def _saved(self, starts: Sequence[str]) -> tuple[SavedStage | None, TrainedNetwork | None]:
        """The stage of an interrupted fit, and the best network before it; None without one."""
        saved = None if self.checkpoint is None else self.checkpoint.load(self._fingerprint())
        if saved is None:
            return None, None
        return saved, best_before(saved, starts, self.scratch_plan.budget, self._initial_weights)

    def _initial_weights(self, start: str) -> dict[str, Tensor]:
        with torch.random.fork_rng(devices=[]):  # only the names and shapes are used
            return self._initial_network(start).state_dict()

    def _initial_network(self, start: str) -> TrainableNetwork:
        make = TrainableNetwork.tunable if start == "tune" else TrainableNetwork
        return make(self.config).to(self.device)

    def _network(self, trained: TrainedNetwork) -> TrainableNetwork:
        """A network with trained weights, in evaluation mode."""
        with torch.random.fork_rng(devices=[]):  # the initial values are replaced
            network = self._initial_network(trained.start)
        network.load_state_dict(trained.weights)
        return network.eval()

    @staticmethod
    def _better(first: TrainedNetwork | None, second: TrainedNetwork) -> TrainedNetwork:
        return first if first is not None and first.score <= second.score else second

    def _loop(
        self,
        network: TrainableNetwork,
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
            return network.tensors(sampler.draw(generator))

        def batch_loss(window: Window) -> Tensor:
            return network.loss(network(window, dense), _LAST_WEIGHT)

        score = (lambda: self.validation.score(network)) if scored else None
        shares = (
            dict.fromkeys(pretrained_names(), PRETRAINED_RATE_FACTOR) if start == "tune" else {}
        )
        return Loop(network, draw_batch, batch_loss, plan, self.generator, score, shares)

    def _run(
        self,
        name: str,
        loop: Loop[Any],
        random: Tensor,
        best: TrainedNetwork | None,
        saved: SavedStage | None,
    ) -> None:
        stage = Stage(name, loop, random, best.as_earlier() if best is not None else None)
        progress = self.progress
        follow = (lambda step: progress(name, step)) if progress is not None else None
        run_stage(stage, saved, self.checkpoint, follow)

    def _fingerprint(self) -> str:
        settings = [self.settings.to_json(), self.config.to_json(), self.h]
        source = self.data.source
        parts = (source.covariates, source.past_covariates, source.calendar, source.static)
        arrays: list[NDArray[Any]] = [self.data.offsets, self.table.y, *parts]
        return fingerprint("forecaster", settings, arrays)


def _trained_is_better(loss: float, without_training: float) -> bool:
    """Whether a trained network is kept, by the losses on the held-out windows."""
    return loss < without_training


def _copy(network: TrainableNetwork) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in network.state_dict().items()}
