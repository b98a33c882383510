"""Fitting, in two stages: learn on all but the held-out part and judge there; then finish on all.

A stage can be interrupted anywhere and taken up again to the same bits.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gated.errors import GatedError
from gated.forecast import rules
from gated.forecast.holdout import Holdout, hold_out
from gated.forecast.inference import forecast_windows
from gated.forecast.metrics import seasonal_naive_scale
from gated.forecast.network import QUANTILES, NetworkConfig, SeasonNetwork
from gated.forecast.prepare import Extended, Facts, extend
from gated.forecast.settings import Settings, dense_cutoffs
from gated.forecast.verdict import Verdict, judge, unchecked
from gated.forecast.windows import Layout
from gated.table import Table
from gated.train import Loop, Plan, Progress, load_tensors, save_tensors, seeded
from gated.train.checkpoint import flatten_state, unflatten_state

FloatArray = NDArray[np.float64]

_CHECKPOINT_VERSION = 1
# The true cutoff of a training window counts as much as four earlier ones: it is the one that
# has the full context, as in forecasting.
_LAST_WEIGHT = 4.0
# This share of training windows ends in a silent stretch, for stale tables and long horizons.
_STALE_SHARE = 0.05
_LONGEST_STALE = 12
# Rules that read years of minutes learn nothing from the first of them.
_RULE_MEMORY = 4096


@dataclass(frozen=True)
class Fitted:
    """All that fitting learned."""

    facts: Facts
    network: SeasonNetwork
    verdict: Verdict


def fit(
    table: Table,
    h: int,
    settings: Settings,
    *,
    progress: Callable[[str, Progress], None] | None = None,
    checkpoint: str | Path | None = None,
) -> Fitted:
    """Learn a forecaster from a table.

    Args:
        table: the past.
        h: the horizon trained for.
        settings: hyperparameters and seed.
        progress: called after every step with the stage ("learn" or "finish").
        checkpoint: a file; read if it exists, written on interruption, removed when done.

    Raises:
        GatedError: the checkpoint belongs to other data or settings.
    """
    with seeded(settings.seed) as generator:
        fitting = _Fitting(table, h, settings, generator, progress, checkpoint)
        return fitting.run()


class _Fitting:
    def __init__(
        self,
        table: Table,
        h: int,
        settings: Settings,
        generator: torch.Generator,
        progress: Callable[[str, Progress], None] | None,
        checkpoint: str | Path | None,
    ) -> None:
        self.table, self.h, self.settings = table, h, settings
        self.generator, self.progress = generator, progress
        self.checkpoint = Path(checkpoint) if checkpoint is not None else None
        frequency = table.frequency
        layout = Layout.plan(
            frequency.season_length, frequency.long_season, h, int(table.lengths.max())
        )
        self.facts = Facts.learn(table)
        self.data = extend(table, self.facts, layout)
        self.holdout = hold_out(table.lengths, layout.patch, h, settings.seed)
        points = int(np.isfinite(self.data.values).sum())
        self.learning = settings.learning(points)
        config = NetworkConfig(
            layout=layout,
            hidden_size=settings.hidden_size,
            num_layers=settings.num_layers,
            dropout=settings.dropout_for(points),
            covariates=len(self.facts.covariate_names),
            calendar=len(self.facts.calendar_names),
        )
        self.network = SeasonNetwork(config)
        self.judging = _Judging(table, self.data, self.holdout)

    def run(self) -> Fitted:
        saved = self._load_checkpoint()
        verdict = Verdict.from_json(saved["verdict"]) if saved and saved["verdict"] else None
        learned_for = saved["learned_for"] if saved else 0
        if verdict is None:
            loop = self._loop(self.holdout.end, self.learning, scored=self.holdout.exists)
            self._run("learn", loop, saved, None, 0)
            verdict = self.judging.verdict(self.network)
            learned_for = loop.best_step or loop.step
            saved = None
        if self.holdout.exists:
            plan = self.settings.finishing(learned_for)
            loop = self._loop(self.table.lengths, plan, scored=False)
            self._run("finish", loop, saved, verdict, learned_for)
        if self.checkpoint is not None:
            self.checkpoint.unlink(missing_ok=True)
        self.network.eval()
        return Fitted(self.facts, self.network, verdict)

    def _loop(self, end: NDArray[np.int64], plan: Plan, *, scored: bool) -> Loop:
        sampler = Sampler(self.data, end, self.h, self.settings.batch_size)
        layout = self.network.config.layout
        dense = dense_cutoffs(layout.leads, layout.context)

        def step_loss(generator: torch.Generator) -> Tensor:
            output = self.network(sampler.draw(generator), dense)
            return self.network.loss(output, _LAST_WEIGHT)

        score = (lambda: self.judging.score(self.network)) if scored else None
        return Loop(self.network, step_loss, plan, self.generator, score)

    def _run(
        self,
        stage: str,
        loop: Loop,
        saved: dict[str, Any] | None,
        verdict: Verdict | None,
        learned_for: int,
    ) -> None:
        if saved is not None:
            loop.load_state(saved["loop"])
        progress = self.progress
        try:
            loop.run((lambda p: progress(stage, p)) if progress is not None else None)
        except KeyboardInterrupt:
            if self.checkpoint is not None:
                self._save_checkpoint(loop, verdict, learned_for)
            raise

    def _save_checkpoint(self, loop: Loop, verdict: Verdict | None, learned_for: int) -> None:
        tensors, skeleton = flatten_state(loop.state())
        header = {
            "fingerprint": self._fingerprint(),
            "loop": skeleton,
            "verdict": verdict.to_json() if verdict else None,
            "learned_for": learned_for,
        }
        assert self.checkpoint is not None
        save_tensors(
            self.checkpoint, tensors, header, kind="checkpoint", version=_CHECKPOINT_VERSION
        )

    def _load_checkpoint(self) -> dict[str, Any] | None:
        if self.checkpoint is None or not self.checkpoint.exists():
            return None
        tensors, header = load_tensors(
            self.checkpoint, kind="checkpoint", version=_CHECKPOINT_VERSION
        )
        if header["fingerprint"] != self._fingerprint():
            raise GatedError(
                f"{self.checkpoint}: was written for other data or settings. Give the same table "
                "and options as then, or remove the file to start afresh."
            )
        return {**header, "loop": unflatten_state(tensors, header["loop"])}

    def _fingerprint(self) -> str:
        described = json.dumps([self.settings.to_json(), self.network.config.to_json(), self.h])
        digest = hashlib.sha256(described.encode())
        for array in (self.data.values, self.data.covariates, self.data.offsets):
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()


class Sampler:
    """Draws training windows: series by the root of their length, cutoffs evenly.

    Args:
        data: all rows.
        end: [N] steps from here on do not exist for training.
        h: the horizon trained for.
        batch_size: windows drawn at once.

    Raises:
        GatedError: no series has two observed steps to learn from.
    """

    def __init__(self, data: Extended, end: NDArray[np.int64], h: int, batch_size: int) -> None:
        self.source, self.batch_size = data.source, batch_size
        self.end = torch.from_numpy(end)
        self.series = torch.from_numpy(np.flatnonzero(end >= 2))
        patch = data.source.layout.patch
        self.first = torch.minimum(torch.full_like(self.end, 2 * patch), self.end // 2)
        # The last cutoffs see only part of their horizon; beyond half of it they teach little.
        self.last = torch.maximum(self.end - max(1, min(h, 2 * patch) // 2), self.first)
        self.weight = self.end[self.series].double().sqrt()

    def draw(self, generator: torch.Generator) -> Any:
        """A batch of windows."""
        size = (self.batch_size,)
        chosen = torch.multinomial(
            self.weight, self.batch_size, replacement=True, generator=generator
        )
        series = self.series[chosen]
        first, last = self.first[series], self.last[series]
        where = torch.rand(size, generator=generator)
        cutoff = first + (where * (last - first + 1)).long()
        silent = torch.rand(size, generator=generator) < _STALE_SHARE
        # Never silent for more than half of what the window could show.
        longest = (cutoff // (2 * self.source.layout.patch)).clamp(max=_LONGEST_STALE)
        stale = (1 + torch.rand(size, generator=generator) * longest).long().clamp(max=longest)
        stale = stale * silent
        return self.source.cut(series, cutoff, end=self.end[series], stale=stale)


class _Judging:
    """The held-out windows, ready to be scored again and again."""

    def __init__(self, table: Table, data: Extended, holdout: Holdout) -> None:
        self.table, self.data, self.holdout = table, data, holdout
        rows = data.offsets[holdout.series] + holdout.cutoff
        steps = rows[:, None] + np.arange(holdout.h)
        self.inside = steps < data.offsets[holdout.series + 1][:, None]
        steps = np.minimum(steps, len(data.values) - 1)
        self.y = np.where(self.inside, data.values[steps], np.nan)  # [M, h]
        self.closed = data.closed[steps]
        naive = seasonal_naive_scale(data.values, data.offsets, table.frequency.season_length)
        spread = data.scale.spread
        weight = np.where(np.isfinite(naive) & (naive > 1e-6 * spread), naive, spread)
        self.weight = weight[holdout.series]

    def score(self, network: SeasonNetwork) -> float:
        """Mean pinball loss, each window in units of its series' seasonal-naive error."""
        error = self.y[..., None] - self._network(network)
        levels = np.array(QUANTILES)
        pinball = np.maximum(levels * error, (levels - 1) * error)
        return float(np.nanmean(np.nanmean(pinball, axis=(1, 2)) / self.weight))

    def verdict(self, network: SeasonNetwork) -> Verdict:
        """Network against rules."""
        if not self.holdout.exists:
            return unchecked("theta")
        points = {name: self._rule(name) for name in rules.RULES}
        return judge(self.y, self._network(network), points, self.weight, ~self.closed)

    def _network(self, network: SeasonNetwork) -> FloatArray:
        holdout, scale = self.holdout, self.data.scale
        scaled = forecast_windows(
            network, self.data.source, holdout.series, holdout.cutoff, holdout.h
        ).astype(np.float64)
        center, spread = scale.center[holdout.series], scale.spread[holdout.series]
        return scaled * spread[:, None, None] + center[:, None, None]

    def _rule(self, name: str) -> FloatArray:
        begin = self.data.offsets[self.holdout.series]
        end = begin + self.holdout.cutoff
        begin = np.maximum(begin, end - _RULE_MEMORY)
        past = [self.data.values[a:b] for a, b in zip(begin, end, strict=True)]
        offsets = np.concatenate([[0], np.cumsum([len(p) for p in past])])
        season = self.table.frequency.season_length
        return rules.apply(name, np.concatenate(past), offsets, season, self.holdout.h)
