"""The file that an interrupted fit leaves, and a later one goes on from.

It holds the state of the stage's loop, the random state that the stage began with, and the best
network of the stages before. Each of the three has tensor names of its own.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gated.errors import GatedError
from gated.files import remove_leftovers
from gated.forecast.training.trained_network import TrainedNetwork
from gated.train import Loop, load_tensors, save_tensors
from gated.train.checkpoint import damaged, flatten_state
from gated.train.interrupt import CtrlC
from gated.train.loop_state import check_weights, restore
from gated.train.stored_values import one_of, optional, record, text, whole

__all__ = [
    "Checkpoint",
    "RunningStage",
    "SavedStage",
    "opened",
    "resumable",
]

_KIND, _VERSION = "checkpoint", 4
_LOOP, _BEST, _RANDOM = "loop", "best_network.", "stage_random"
_HEADER = record(
    {
        "fingerprint": text(),
        "stage": text(),
        "loop": lambda value, where: None,  # checked against the loop that goes on from it
        "best": optional(record({"start": text(), "score": text(), "steps": whole(0, 10**9)})),
    }
)


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
    loop: Loop[Any]
    random: Tensor
    best: TrainedNetwork | None


@dataclass(frozen=True)
class SavedStage:
    """What a checkpoint holds; it is checked when the fit goes on from it.

    Attributes:
        path: of the file.
        name: "tune", "scratch" or "finish".
        loop: the state of its loop, but for the tensors.
        tensors: those of the loop, by name.
        random: torch's random state when the stage began.
        best: the best network of the stages before; None in the first.
    """

    path: Path
    name: str
    loop: Any
    tensors: dict[str, Tensor]
    random: Tensor
    best: TrainedNetwork | None

    def check_best(
        self, ways: Sequence[str], most_steps: int, weights: Callable[[str], Mapping[str, Tensor]]
    ) -> None:
        """Check what came before the stage.

        Args:
            ways: in which the fit learns, in their order.
            most_steps: that a way may take.
            weights: gives those of a network that began in one of the ways.

        Raises:
            ModelFileError: the file is damaged.
        """
        earlier = ways[: ways.index(self.name)] if self.name in ways else ways
        best = self.best
        try:
            if self.name not in (*ways, "finish") or (best is None) != (not earlier):
                raise ValueError(f"stage {self.name!r} is none of this fit")
            if best is not None:
                one_of(earlier)(best.start, "best.start")
                whole(0, most_steps)(best.steps, "best.steps")
                check_weights(best.weights, weights(best.start))
        except ValueError as error:
            raise damaged(self.path, _KIND, error) from error

    def restore_random(self) -> None:
        """Go back to torch's random state when the stage began.

        Raises:
            ModelFileError: the file is damaged.
        """
        try:
            torch.set_rng_state(self.random)
        except (RuntimeError, TypeError) as error:
            raise damaged(self.path, _KIND, f"a random state ({error})") from error

    def restore(self, loop: Loop[Any]) -> None:
        """Go back to the last step of the stage.

        Raises:
            ModelFileError: the file is damaged, or of another loop.
        """
        try:
            restore(loop, self.loop, self.tensors, _LOOP)
        except ValueError as error:
            raise damaged(self.path, _KIND, error) from error


class Checkpoint:
    """Where a fit stands, and the file that is to hold it. Made by `resumable`.

    Args:
        path: of the file.
        ctrl_c: delays interruptions.

    Attributes:
        is_written: whether the file was written since.
    """

    def __init__(self, path: str | Path, ctrl_c: CtrlC) -> None:
        self.path, self._ctrl_c = Path(path), ctrl_c
        self.is_written = False
        self._fingerprint = ""
        self._running: RunningStage | None = None

    def load(self, fingerprint: str) -> SavedStage | None:
        """What an earlier fit of the same data and settings left; None where there is no file.

        Raises:
            ModelFileError: damaged, not a checkpoint, or of another version.
            GatedError: it belongs to other data or settings.
        """
        self._fingerprint = fingerprint
        remove_leftovers(self.path)
        return _load_stage(self.path, fingerprint) if self.path.exists() else None

    def check(self) -> None:
        """Interrupt now if Ctrl-C was pressed; `resumable` then writes the file.

        Raises:
            KeyboardInterrupt: it was pressed.
        """
        self._ctrl_c.check()

    def follow(self, running: RunningStage) -> None:
        """Take note of the stage that is run from now on."""
        self._running = running

    def write(self) -> None:
        """Write where the fit stands, if it has learned anything yet.

        Raises:
            GatedError: the file cannot be written.
        """
        if self._running is not None and self._running.loop.is_whole:
            _save_stage(self.path, self._fingerprint, self._running)
            self.is_written = True

    def remove(self) -> None:
        """Remove the file, if the fit has learned what it was for."""
        if self._running is not None:
            self.path.unlink(missing_ok=True)
            self.is_written = False


def opened(
    checkpoint: str | Path | Checkpoint | None,
) -> AbstractContextManager[Checkpoint | None]:
    """The block of `resumable` for a path; nothing for one that is open already, or for None."""
    if checkpoint is None or isinstance(checkpoint, Checkpoint):
        return nullcontext(checkpoint)
    return resumable(checkpoint)


@contextmanager
def resumable(path: str | Path) -> Iterator[Checkpoint]:
    """A block around a fit, and around what is to be done with its result.

    If the block ends with an error or is interrupted, the file holds what was learned until then;
    otherwise there is none.

    Raises:
        GatedError: the file cannot be written.
    """
    with CtrlC() as ctrl_c:
        checkpoint = Checkpoint(path, ctrl_c)
        try:
            yield checkpoint
            ctrl_c.check()
        except BaseException as error:
            with ctrl_c.held():
                _write_after(error, checkpoint)
            raise
        with ctrl_c.held():
            checkpoint.remove()
            if ctrl_c.is_pressed:  # in the last moment, and whoever presses wants to go on later
                checkpoint.write()


def _write_after(error: BaseException, checkpoint: Checkpoint) -> None:
    """Write where a fit stood when it ended with an error; both are said if this fails too."""
    try:
        checkpoint.write()
    except GatedError as unwritten:
        if isinstance(error, GatedError):
            raise GatedError(f"{error}\n{unwritten}") from error
        raise


def _save_stage(path: Path, fingerprint: str, running: RunningStage) -> None:
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


def _load_stage(path: Path, fingerprint: str) -> SavedStage:
    """Read what `_save_stage` wrote.

    Raises:
        ModelFileError: damaged, not a checkpoint, or of another version.
        GatedError: it belongs to other data or settings.
    """
    tensors, header = load_tensors(path, kind=_KIND, version=_VERSION)
    try:
        _HEADER(header, "header")
        random = tensors.pop(_RANDOM)
        best = None
        weights = {
            name.removeprefix(_BEST): tensors.pop(name)
            for name in list(tensors)
            if name.startswith(_BEST)
        }
        if header["best"] is not None:
            best = TrainedNetwork.from_json(header["best"], weights)
    except (LookupError, ValueError) as error:
        raise damaged(path, _KIND, error) from error
    if header["fingerprint"] != fingerprint:
        raise GatedError(
            f"{path}: was written for other data or settings. Give the same table "
            "and options as then, or remove the file to start afresh."
        )
    return SavedStage(path, header["stage"], header["loop"], tensors, random, best)
