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
from gated.forecast.facts import Facts
from gated.forecast.holdout import Holdout, hold_out
from gated.forecast.judging import Judging
from gated.forecast.network import NetworkConfig, SeasonNetwork
from gated.forecast.prepare import Extended, extend
from gated.forecast.sampling import Sampler
from gated.forecast.settings import Settings, dense_cutoffs
from gated.forecast.verdict import Verdict
from gated.forecast.windows import Layout
from gated.table import Table
from gated.train import Loop, Plan, Progress, load_tensors, save_tensors, seeded
from gated.train.checkpoint import flatten_state, unflatten_state

_CHECKPOINT_VERSION = 1
# The true cutoff of a training window counts as much as four earlier ones: it is the one that
# has the full context, as in forecasting.
_LAST_WEIGHT = 4.0


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
    with seeded(int(settings.seed)) as generator:
        return Fitting(table, h, settings, generator, progress, checkpoint).run()


class Fitting:
    """The two stages of one fit, and what they share. To be made and run inside `seeded`."""

    def __init__(
        self,
        table: Table,
        h: int,
        settings: Settings,
        generator: torch.Generator,
        progress: Callable[[str, Progress], None] | None = None,
        checkpoint: str | Path | None = None,
    ) -> None:
        self.table, self.h, self.settings = table, h, settings
        self.generator, self.progress = generator, progress
        self.checkpoint = Path(checkpoint) if checkpoint is not None else None
        frequency = table.frequency
        layout = Layout.plan(
            frequency.season_length, frequency.long_season, h, int(table.lengths.max())
        )
        self.holdout, self.facts = self._set_apart(layout)
        # Nothing held out is measured, not even for scaling, before it has been judged on.
        self.data = self._lay_out(layout, self.holdout.end)
        points = int(np.isfinite(self.data.values).sum())
        self.learning = settings.learning(points)
        config = NetworkConfig(
            layout=layout,
            hidden_size=settings.hidden_size,
            num_layers=settings.num_layers,
            dropout=settings.dropout_for(points),
            covariates=len(self.facts.known.features),
            calendar=len(self.facts.calendar_names),
            past_covariates=len(self.facts.past.features),
            static=len(self.facts.static.features),
        )
        self.network = SeasonNetwork(config)
        self.judging = Judging(self.data, self.holdout, frequency.season_length)
        self._running: tuple[Loop, Verdict | None, int] | None = None

    def run(self) -> Fitted:
        """Both stages, from the checkpoint where there is one."""
        saved = self._load_checkpoint()
        try:
            if saved is not None and saved["verdict"] is not None:
                verdict, learned_for = Verdict.from_json(saved["verdict"]), saved["learned_for"]
            else:
                verdict, learned_for = self.learn(saved)
                saved = None
            if self.holdout.exists:
                self.finish(verdict, learned_for, saved)
        except KeyboardInterrupt:
            if self.checkpoint is not None and self._running is not None:
                self._save_checkpoint(self.checkpoint, *self._running)
            raise
        if self.checkpoint is not None:
            self.checkpoint.unlink(missing_ok=True)
        self.network.eval()
        return Fitted(self.facts, self.network, verdict)

    def learn(self, saved: dict[str, Any] | None = None) -> tuple[Verdict, int]:
        """Train on all but the held-out part and judge there: (verdict, best number of steps)."""
        if not self.holdout.exists:
            # A few steps would be memorised, and nothing could tell: better not to learn at all.
            return self.judging.verdict(self.network), 0
        loop = self._loop(self.holdout.end, self.learning, scored=True)
        self._run("learn", loop, None, 0, saved)
        return self.judging.verdict(self.network), loop.best_step or loop.step

    def finish(
        self, verdict: Verdict, learned_for: int, saved: dict[str, Any] | None = None
    ) -> None:
        """Go on briefly over all data."""
        self.data = self._lay_out(self.network.config.layout, None)
        plan = self.settings.finishing(learned_for)
        loop = self._loop(self.table.lengths, plan, scored=False)
        self._run("finish", loop, verdict, learned_for, saved)

    def _set_apart(self, layout: Layout) -> tuple[Holdout, Facts]:
        """The held-out part, and what is learned before it.

        Windows in which the series is shut throughout tell nothing; which steps are shut is only
        known from the facts. So the windows are chosen again once these are.
        """
        table, seed = self.table, self.settings.seed
        told = np.isfinite(table.y)
        first = hold_out(table.offsets, told, layout.patch, self.h, seed)
        facts = Facts.learn(table, first.end, self.settings.holidays)
        told &= ~facts.shut_before(table)
        return hold_out(table.offsets, told, layout.patch, self.h, seed), facts

    def _lay_out(self, layout: Layout, end: NDArray[np.int64] | None) -> Extended:
        """All rows, with room for one horizon behind each series."""
        names = len(self.table.covariate_names)
        unknown = np.full((len(self.table.ids), layout.rows_after, names), np.nan)
        return extend(self.table, self.facts, layout, unknown, end)

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
        verdict: Verdict | None,
        learned_for: int,
        saved: dict[str, Any] | None,
    ) -> None:
        if saved is not None:
            loop.load_state(saved["loop"])
        self._running = (loop, verdict, learned_for)
        progress = self.progress
        loop.run((lambda p: progress(stage, p)) if progress is not None else None)

    def _save_checkpoint(
        self, path: Path, loop: Loop, verdict: Verdict | None, learned_for: int
    ) -> None:
        tensors, skeleton = flatten_state(loop.state())
        header = {
            "fingerprint": self._fingerprint(),
            "loop": skeleton,
            "verdict": verdict.to_json() if verdict else None,
            "learned_for": learned_for,
        }
        save_tensors(path, tensors, header, kind="checkpoint", version=_CHECKPOINT_VERSION)

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
        for array in (self.data.offsets, self.table.y):
            digest.update(np.ascontiguousarray(array).tobytes())
        source = self.data.source
        for part in (source.covariates, source.past_covariates, source.calendar, source.static):
            digest.update(part.numpy().tobytes())
        return digest.hexdigest()
