"""The pretraining run: synthetic windows in, weights out; it can stop and go on anywhere."""

import ctypes
import json
import math
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import torch

from gated.errors import UsageError
from gated.files import append_line
from gated.forecast.model.network import SeasonNetwork
from gated.forecast.model.pretrained import load_weights, untrained_network
from gated.pretrain.curriculum import Curriculum
from gated.pretrain.schedule import Schedule
from gated.pretrain.state import load_run, save_run
from gated.train.interrupt import CtrlC

__all__ = ["Run", "RunConfig", "Score"]

# What a run says of itself now and then: name to figure.
Score = dict[str, float]

_STATE, _LEVEL, _LOG = "state.safetensors", "level.safetensors", "log.jsonl"
_CLIP = 1.0
_WEIGHT_DECAY = 0.02
_BETAS = (0.9, 0.98)
_LOSS_FADES = 0.99
# glibc gives large blocks back to the system and asks for them again in every step, unless told.
_M_MMAP_THRESHOLD, _M_TRIM_THRESHOLD, _KEEP = -3, -1, 1 << 30


@dataclass(frozen=True)
class RunConfig:
    """What makes a run: two with the same are the same to the bit on the same machine.

    Attributes:
        hidden_size, num_layers: of the network.
        schedule: the learning rate, and how many windows.
        windows: in a batch.
        averaging: decay of the running average of the weights, per step.
        seed: of weights and series.
    """

    schedule: Schedule
    hidden_size: int = 192
    num_layers: int = 3
    windows: int = 256
    averaging: float = 0.999
    seed: int = 0

    def network(self) -> SeasonNetwork:
        """A fresh network."""
        return untrained_network(self.hidden_size, self.num_layers)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "RunConfig":
        """Back from plain values."""
        return cls(**{**stored, "schedule": Schedule(**stored["schedule"])})


@dataclass
class Run:
    """A pretraining run in a folder.

    Args:
        folder: holds the state, the state at the end of the level stretch, and the log.
        config: what to run; a folder that holds a run of another config is refused, but for its
            budget, as long as its learning rate is level.
        device: where; bfloat16 is used on any.
        score: takes the averaged network, for the log.
        every: seconds between two entries of the log, each with a saved state.
        start: a file of shipped weights to begin with, where the folder holds no run yet.

    Attributes:
        before: the runs that made the weights it began with, the earliest first.
    """

    folder: Path
    config: RunConfig
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    score: Callable[[SeasonNetwork], Score] | None = None
    every: float = 600.0
    start: Path | None = None
    windows: int = field(default=0, init=False)
    steps: int = field(default=0, init=False)
    seconds: float = field(default=0.0, init=False)
    loss: float = field(default=math.nan, init=False)
    skipped: int = field(default=0, init=False)
    before: list[dict[str, Any]] = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        _keep_memory()
        torch.manual_seed(self.config.seed)
        self.generator = torch.Generator().manual_seed(self.config.seed)
        self.network = self.config.network().to(self.device)
        self.average = {k: v.detach().clone() for k, v in self.network.state_dict().items()}
        decayed = [p for p in self.network.parameters() if p.ndim > 1]
        others = [p for p in self.network.parameters() if p.ndim <= 1]
        groups: list[dict[str, Any]] = [
            {"params": decayed},
            {"params": others, "weight_decay": 0.0},
        ]
        self.optimizer = torch.optim.AdamW(
            groups, betas=_BETAS, weight_decay=_WEIGHT_DECAY, fused=True
        )
        self.curriculum = Curriculum(self.config.windows, self.generator)
        self.folder.mkdir(parents=True, exist_ok=True)
        if (self.folder / _STATE).exists():
            self._take_up(self.folder / _STATE)
        elif self.start is not None:
            self._begin_with(self.start)

    @property
    def done(self) -> bool:
        """Whether the budget is used up."""
        return self.windows >= self.config.schedule.budget

    def run(self, seconds: float = math.inf) -> None:
        """Train until the budget is used up, or for so long; then save.

        Ctrl-C saves after a whole step, then interrupts.
        """
        begun = last = time.monotonic()
        with CtrlC() as ctrl_c:
            while not self.done and time.monotonic() - begun < seconds:
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
    def told(self) -> dict[str, Any]:
        """What this run is, for those that begin with its weights and for their card."""
        return {
            "windows": self.windows,
            "seed": self.config.seed,
            "learning_rate": self.config.schedule.peak,
            "hours": round(self.seconds / 3_600, 2),
            "device": str(self.device),
        }

    def averaged(self) -> SeasonNetwork:
        """The network with the averaged weights, on the CPU, in evaluation mode."""
        network = self.config.network()
        network.load_state_dict(self.average)
        return network.eval()

    def _advance(self) -> None:
        """Learn from one batch."""
        self._keep_level()
        batch = self.curriculum.draw()
        rate = self.config.schedule.rate(self.windows + batch.size)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        batch = batch.to(self.device)
        with torch.autocast(self.device.type, torch.bfloat16):
            output = self.network(batch.window, batch.dense, batch.leads)
        loss = self.network.loss(output)
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), _CLIP)
        self.windows += batch.size
        if not norm.isfinite():
            self.skipped += 1  # told in the log: a run overnight must not end for one batch
            return
        self.optimizer.step()
        self.steps += 1
        value = float(loss.detach())
        fresh = math.isnan(self.loss)
        self.loss = value if fresh else _LOSS_FADES * self.loss + (1 - _LOSS_FADES) * value
        keep = min(self.config.averaging, self.steps / (self.steps + 9))
        with torch.no_grad():
            average, weights = list(self.average.values()), list(self.network.state_dict().values())
            torch._foreach_lerp_(average, weights, 1 - keep)

    def _keep_level(self) -> None:
        """Save what a longer run could go on from, before a batch that may begin the decay."""
        decays_from = self.config.schedule.decays_from
        if self.windows < decays_from <= self.windows + self.config.windows:
            self._save(_LEVEL)

    def _save(self, name: str) -> None:
        header = {
            "config": asdict(self.config),
            "windows": self.windows,
            "steps": self.steps,
            "skipped": self.skipped,
            "seconds": self.seconds,
            "loss": repr(self.loss),
            "before": self.before,
        }
        path = self.folder / name
        save_run(path, self.network, self.average, self.optimizer, self.generator, header)

    def _take_up(self, path: Path) -> None:
        header = load_run(path, self.network, self.average, self.optimizer, self.generator)
        found, asked = RunConfig.from_json(header["config"]), self.config
        if replace(found, schedule=replace(found.schedule, budget=asked.schedule.budget)) != asked:
            raise UsageError(f"{path}: is a run of {found}, not of {asked}. Choose another folder.")
        self.windows, self.steps = header["windows"], header["steps"]
        self.skipped = header["skipped"]
        level = self.windows <= min(found.schedule.decays_from, asked.schedule.decays_from)
        if found.schedule != asked.schedule and not level:
            raise UsageError(
                f"{path}: the learning rate of this run falls since window "
                f"{found.schedule.decays_from:,}. To make it longer, go on from {_LEVEL}: copy it "
                f"over {_STATE} in a folder of its own."
            )
        self.seconds, self.loss = header["seconds"], float(header["loss"])
        self.before = header["before"]

    def _begin_with(self, path: Path) -> None:
        tensors, header = load_weights(path)
        sizes = (header["hidden_size"], header["num_layers"])
        if sizes != (self.config.hidden_size, self.config.num_layers):
            raise UsageError(
                f"{path}: holds {sizes[1]} blocks of width {sizes[0]}; this run has "
                f"{self.config.num_layers} of {self.config.hidden_size}. Pass --hidden-size and "
                "--num-layers to match."
            )
        self.network.load_state_dict({name: value.float() for name, value in tensors.items()})
        for name, value in self.network.state_dict().items():
            self.average[name].copy_(value)
        self.before = header["runs"]

    def _log(self) -> None:
        """Save, then note how far the run is; the score comes from the averaged weights."""
        self._save(_STATE)
        entry = {
            "windows": self.windows,
            "seconds": round(self.seconds),
            "windows_per_second": round(self.windows / max(self.seconds, 1e-9)),
            "learning_rate": self.config.schedule.rate(self.windows),
            "loss": round(self.loss, 5),
            "skipped": self.skipped,
            **(self.score(self.averaged()) if self.score is not None else {}),
        }
        append_line(self.folder / _LOG, json.dumps(entry))
        print(json.dumps(entry), flush=True)


def _keep_memory() -> None:
    """Have the C library keep what a step frees: on Linux a third of a step's time on a CPU."""
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        library.mallopt(_M_MMAP_THRESHOLD, _KEEP)
        library.mallopt(_M_TRIM_THRESHOLD, _KEEP)
