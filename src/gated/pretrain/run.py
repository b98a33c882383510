"""Runs the pretraining of the forecasting network on synthetic series, in a folder.

The folder holds the saved state, from which the run can be resumed, and the log. The training
steps are those of `gated.train.Loop`.
"""

import ctypes
import json
import math
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gated.errors import UsageError
from gated.files import append_line
from gated.forecast.model.network import SeasonNetwork
from gated.forecast.model.trainable_network import TrainableNetwork
from gated.forecast.model.weights.older_weights import converted
from gated.forecast.model.weights.pretrained import load_weights
from gated.pretrain.curriculum import Batch, Curriculum
from gated.pretrain.state import load_run, save_run
from gated.train import Loop, TrainingPlan, WarmupStableDecay
from gated.train.interrupt import CtrlC

__all__ = ["Run", "RunConfig", "Score"]

# Figures by name, for the log.
Score = dict[str, float]

_STATE, _BEFORE_DECAY, _LOG = "state.safetensors", "before_decay.safetensors", "log.jsonl"
# Of what an older network did not have: small, but large enough for a gradient.
_TRAINABLE_LOGIT = -3.0
# glibc returns large blocks to the system and requests them again in every step, by default.
_M_MMAP_THRESHOLD, _M_TRIM_THRESHOLD, _KEEP = -3, -1, 1 << 30


@dataclass(frozen=True)
class RunConfig:
    """Settings of a run: two runs with the same are the same to the bit on the same machine.

    Attributes:
        budget: windows in all.
        learning_rate: the peak, from the end of the warm-up to the decay.
        warm_up: windows until the peak.
        decay: share of the budget over which the learning rate falls.
        hidden_size, num_layers: of the network.
        batch_size: windows in a batch; fewer where windows are long.
        averaging: decay of the running average of the weights, per step.
        seed: of weights and series.
    """

    budget: int
    learning_rate: float = 2e-3
    warm_up: int = 75_000
    decay: float = 0.3
    hidden_size: int = 192
    num_layers: int = 3
    batch_size: int = 256
    averaging: float = 0.999
    seed: int = 0

    @property
    def decay_start(self) -> int:
        """The window at which the learning rate begins to fall."""
        return self._schedule.decay_start(self.budget)

    @property
    def plan(self) -> TrainingPlan:
        """The plan of the training loop; its budget counts windows."""
        return TrainingPlan(
            self.budget,
            self.learning_rate,
            self._schedule,
            beta2=0.98,
            weight_decay=0.02,
            decayed="matrices",
            averaging=self.averaging,
            precision="bfloat16",
            loss_smoothing=0.99,
        )

    def network(self) -> TrainableNetwork:
        """A network with random weights."""
        return TrainableNetwork.untrained(self.hidden_size, self.num_layers)

    @property
    def _schedule(self) -> WarmupStableDecay:
        return WarmupStableDecay(self.warm_up, self.decay)


@dataclass
class Run:
    """A pretraining run in a folder; resumed where the folder holds one.

    Args:
        folder: holds the state, the state before the decay of the learning rate, and the log.
        config: settings. A folder with a run of other settings is refused; only the budget may
            differ, and only before the decay.
        device: where to train.
        score: computes figures of the averaged network, for the log.
        every: seconds between two entries of the log, each with a saved state.
        start: a file of pretrained weights to begin with, where the folder holds no run yet.

    Attributes:
        loop: the training loop.
        seconds: of training so far.
        before: `summary` of the runs that trained the weights in `start`, the earliest first.

    Raises:
        UsageError: the folder holds a run of other settings, or `start` weights of another size.
        ModelFileError: a file is damaged, or of another kind.
    """

    folder: Path
    config: RunConfig
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    score: Callable[[SeasonNetwork], Score] | None = None
    every: float = 600.0
    start: Path | None = None
    loop: Loop[Batch] = field(init=False)
    seconds: float = field(default=0.0, init=False)
    before: list[dict[str, Any]] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        _keep_memory()
        torch.manual_seed(self.config.seed)
        self.network = self.config.network()
        self.folder.mkdir(parents=True, exist_ok=True)
        is_resumed = (self.folder / _STATE).exists()
        if self.start is not None and not is_resumed:
            self._load_start(self.start)
        self.network.to(self.device)
        curriculum = Curriculum(self.config.batch_size)
        self.loop = Loop(
            self.network,
            lambda generator: curriculum.draw(generator).to(self.device),
            self._batch_loss,
            self.config.plan,
            torch.Generator().manual_seed(self.config.seed),
            batch_size=lambda batch: batch.size,
        )
        if is_resumed:
            self._resume(self.folder / _STATE)

    @property
    def windows(self) -> int:
        """Windows trained on so far."""
        return self.loop.used

    def run(self, seconds: float = math.inf) -> None:
        """Train until the budget is used up, or for so long; then save.

        Ctrl-C saves at the end of a step, then interrupts.
        """
        begun = last = time.monotonic()
        with CtrlC() as ctrl_c:
            while not self.loop.done and time.monotonic() - begun < seconds:
                now = time.monotonic()
                with ctrl_c.held():
                    self._advance()
                self.seconds += time.monotonic() - now
                if time.monotonic() - last > self.every:
                    self._log()
                    last = time.monotonic()
                try:
                    ctrl_c.check()
                except KeyboardInterrupt:
                    with ctrl_c.held():
                        self._save(_STATE)
                    raise
        self._log()

    @property
    def summary(self) -> dict[str, Any]:
        """This run in a few figures, for the card of its weights and for later runs."""
        return {
            "windows": self.windows,
            "seed": self.config.seed,
            "learning_rate": self.config.learning_rate,
            "hours": round(self.seconds / 3_600, 2),
            "device": str(self.device),
        }

    def averaged(self) -> SeasonNetwork:
        """The network with the averaged weights, for forecasts."""
        network = self.config.network()
        network.load_state_dict(self.loop.average)
        return network.frozen()

    def _batch_loss(self, batch: Batch) -> Tensor:
        output = self.network(batch.window, batch.dense, batch.leads)
        with torch.autocast(self.device.type, enabled=False):  # the loss itself in float32
            return self.network.loss(output)

    def _advance(self) -> None:
        """Train on one batch; save the state first where this batch may begin the decay."""
        if self.windows < self.config.decay_start <= self.windows + self.config.batch_size:
            self._save(_BEFORE_DECAY)
        self.loop.advance()

    def _save(self, name: str) -> None:
        header = {"config": asdict(self.config), "seconds": self.seconds, "before": self.before}
        save_run(self.folder / name, self.loop.state(), header)

    def _resume(self, path: Path) -> None:
        state, header = load_run(path)
        found, expected = RunConfig(**header["config"]), self.config
        if replace(found, budget=expected.budget) != expected:
            raise UsageError(
                f"{path}: is a run of {found}. Expected {expected}. Choose another folder."
            )
        is_before_decay = state["used"] <= min(found.decay_start, expected.decay_start)
        if found.budget != expected.budget and not is_before_decay:
            raise UsageError(
                f"{path}: the learning rate of this run falls since window "
                f"{found.decay_start:,}. Expected the budget of {found.budget:,} windows; to train "
                f"longer, resume from {_BEFORE_DECAY}: copy it over {_STATE} in another folder."
            )
        self.loop.load_state(state)
        self.seconds, self.before = header["seconds"], header["before"]

    def _load_start(self, path: Path) -> None:
        arrays, header = load_weights(path)
        sizes = (header["hidden_size"], header["num_layers"])
        if sizes != (self.config.hidden_size, self.config.num_layers):
            raise UsageError(
                f"{path}: holds {sizes[1]} blocks of width {sizes[0]}. Expected "
                f"{self.config.num_layers} of width {self.config.hidden_size}, as in this run. "
                "Pass --hidden-size and --num-layers to match."
            )
        weights = {name: array.astype(np.float32) for name, array in arrays.items()}
        given = converted(weights, _TRAINABLE_LOGIT)
        self.network.load_state_dict({name: torch.from_numpy(a) for name, a in given.items()})
        self.before = header["runs"]

    def _log(self) -> None:
        """Save, then append an entry to the log; the score is that of the averaged weights."""
        self._save(_STATE)
        entry = {
            "windows": self.windows,
            "seconds": round(self.seconds),
            "windows_per_second": round(self.windows / max(self.seconds, 1e-9)),
            "learning_rate": self.loop.learning_rate,
            "loss": round(self.loop.loss, 5),
            "skipped": self.loop.skipped,
            **(self.score(self.averaged()) if self.score is not None else {}),
        }
        append_line(self.folder / _LOG, json.dumps(entry))
        print(json.dumps(entry), flush=True)


def _keep_memory() -> None:
    """Make the C library keep freed memory; on Linux this saves a third of a step on a CPU."""
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.mallopt(_M_MMAP_THRESHOLD, _KEEP)
        library.mallopt(_M_TRIM_THRESHOLD, _KEEP)
