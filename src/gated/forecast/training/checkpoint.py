"""Saves and loads the stage of a fit that was interrupted.

The file holds the state of the stage's loop, the random state that the stage began with, and the
best network of the stages before. Each of the three has tensor names of its own.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from gated.errors import GatedError
from gated.forecast.training.trained_network import TrainedNetwork
from gated.train import Loop, load_tensors, save_tensors
from gated.train.checkpoint import flatten_state, unflatten_state

__all__ = ["RunningStage", "SavedStage", "load_stage", "save_stage"]

_KIND, _VERSION = "checkpoint", 3
_LOOP, _BEST, _RANDOM = "loop", "best_network.", "stage_random"


@dataclass(frozen=True)
class RunningStage:
    """The stage at hand, or the last one that ended.

    Attributes:
        name: "tune", "scratch" or "finish".
        loop: its training loop.
        random: torch's random state when the stage began.
        best: the best network of the stages before; None in the first.
    """

    name: str
    loop: Loop
    random: Tensor
    best: TrainedNetwork | None


@dataclass(frozen=True)
class SavedStage:
    """What a checkpoint holds: as `RunningStage`, with the state of the loop."""

    name: str
    loop: dict[str, Any]
    random: Tensor
    best: TrainedNetwork | None


def save_stage(path: Path, fingerprint: str, running: RunningStage) -> None:
    """Write all that is needed to go on to the same bits.

    Args:
        path: where; replaced if it exists.
        fingerprint: of the data and the settings.
        running: the stage, between two steps.

    Raises:
        GatedError: the file cannot be written.
    """
    tensors, skeleton = flatten_state(running.loop.state(), _LOOP)
    tensors[_RANDOM] = running.random
    best = running.best
    if best is not None:
        tensors |= {_BEST + name: value for name, value in best.weights.items()}
    header = {
        "fingerprint": fingerprint,
        "stage": running.name,
        "loop": skeleton,
        "best": best.to_json() if best is not None else None,
    }
    save_tensors(path, tensors, header, kind=_KIND, version=_VERSION)


def load_stage(path: Path, fingerprint: str) -> SavedStage:
    """Read what `save_stage` wrote.

    Raises:
        ModelFileError: damaged, not a checkpoint, or of another version.
        GatedError: it belongs to other data or settings.
    """
    tensors, header = load_tensors(path, kind=_KIND, version=_VERSION)
    if header["fingerprint"] != fingerprint:
        raise GatedError(
            f"{path}: was written for other data or settings. Give the same table "
            "and options as then, or remove the file to start afresh."
        )
    best = None
    if header["best"] is not None:
        weights = {
            name.removeprefix(_BEST): value
            for name, value in tensors.items()
            if name.startswith(_BEST)
        }
        best = TrainedNetwork.from_json(header["best"], weights)
    loop = unflatten_state(tensors, header["loop"])
    return SavedStage(header["stage"], loop, tensors[_RANDOM], best)
