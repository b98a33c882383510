"""Writes the checkpoint of an interrupted fit, and resumes a fit from it.

The file contains the state of the training loop of the current stage, the random state at the
beginning of the stage, and the best network of the previous stages.
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
from gated.train.interrupt import CtrlC
from gated.train.loop_state import check_weights, restore
from gated.train.stored_values import one_of, optional, record, text, whole
from gated.train.tensor_file import damaged, flatten_state

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
        "loop": lambda value, where: None,  # checked against the loop that resumes from it
        "best": optional(record({"start": text(), "score": text(), "steps": whole(0, 10**9)})),
    }
)


@dataclass(frozen=True)
class RunningStage:
    """The current stage of a fit, or the last one that ended.

    Attributes:
        name: "tune", "scratch" or "finish".
        loop: its training loop.
        random: torch's random state at the beginning of the stage.
        best: the best network of the previous stages; None in the first.
    """

    name: str
    loop: Loop[Any]
    random: Tensor
    best: TrainedNetwork | None


@dataclass(frozen=True)
class SavedStage:
    """The content of a checkpoint; it is checked when a fit is resumed.

    Attributes:
        path: path of the file.
        name: "tune", "scratch" or "finish".
        loop: the state of its loop without the tensors.
        tensors: the tensors of the loop, by name.
        random: torch's random state at the beginning of the stage.
        best: the best network of the previous stages; None in the first.
    """

    path: Path
    name: str
    loop: Any
    tensors: dict[str, Tensor]
    random: Tensor
    best: TrainedNetwork | None

    def check_best(
        self, starts: Sequence[str], most_steps: int, weights: Callable[[str], Mapping[str, Tensor]]
    ) -> None:
        """Check the best network of the previous stages.

        Args:
            starts: the training stages of the fit, in order.
            most_steps: the largest number of steps of a stage.
            weights: returns the initial weights of a stage.

        Raises:
            ModelFileError: the file is damaged.
        """
        previous = starts[: starts.index(self.name)] if self.name in starts else starts
        best = self.best
        try:
            if self.name not in (*starts, "finish") or (best is None) != (not previous):
                raise ValueError(f"stage {self.name!r} is not a stage of this fit")
            if best is not None:
                one_of(previous)(best.start, "best.start")
                whole(0, most_steps)(best.steps, "best.steps")
                check_weights(best.weights, weights(best.start))
        except ValueError as error:
            raise damaged(self.path, _KIND, error) from error

    def restore_random(self) -> None:
        """Set torch's random state to that at the beginning of the stage.

        Raises:
            ModelFileError: the file is damaged.
        """
        try:
            torch.set_rng_state(self.random)
        except (RuntimeError, TypeError) as error:
            raise damaged(self.path, _KIND, f"a random state ({error})") from error

    def restore(self, loop: Loop[Any]) -> None:
        """Set the loop to the last step of the stage.

        Raises:
            ModelFileError: the file is damaged, or of another loop.
        """
        try:
            restore(loop, self.loop, self.tensors, _LOOP)
        except ValueError as error:
            raise damaged(self.path, _KIND, error) from error


class Checkpoint:
    """The progress of a fit, and the file for it. `resumable` returns it.

    Args:
        path: path of the file.
        ctrl_c: delays interruptions.

    Attributes:
        is_written: whether the file was written.
    """

    def __init__(self, path: str | Path, ctrl_c: CtrlC) -> None:
        self.path, self._ctrl_c = Path(path), ctrl_c
        self.is_written = False
        self._fingerprint = ""
        self._running: RunningStage | None = None

    def load(self, fingerprint: str) -> SavedStage | None:
        """Load the checkpoint of a fit of the same data and settings; None if there is no file.

        Raises:
            ModelFileError: damaged, not a checkpoint, or of another version.
            GatedError: it belongs to other data or settings.
        """
        self._fingerprint = fingerprint
        remove_leftovers(self.path)
        return _load_stage(self.path, fingerprint) if self.path.exists() else None

    def check(self) -> None:
        """Raise KeyboardInterrupt if Ctrl-C was pressed; `resumable` then writes the file.

        Raises:
            KeyboardInterrupt: Ctrl-C was pressed.
        """
        self._ctrl_c.check()

    def track(self, running: RunningStage) -> None:
        """Set the current stage."""
        self._running = running

    def write(self) -> None:
        """Write the progress of the fit, if it has made a training step.

        Raises:
            GatedError: the file cannot be written.
        """
        if self._running is not None and self._running.loop.is_whole:
            _save_stage(self.path, self._fingerprint, self._running)
            self.is_written = True

    def remove(self) -> None:
        """Remove the file after a fit that trained a network."""
        if self._running is not None:
            self.path.unlink(missing_ok=True)
            self.is_written = False


def opened(
    checkpoint: str | Path | Checkpoint | None,
) -> AbstractContextManager[Checkpoint | None]:
    """The context of `resumable` for a path; a null context for an open checkpoint or None."""
    if checkpoint is None or isinstance(checkpoint, Checkpoint):
        return nullcontext(checkpoint)
    return resumable(checkpoint)


@contextmanager
def resumable(path: str | Path) -> Iterator[Checkpoint]:
    """A context for a fit and the use of its result.

    If the block ends with an error or is interrupted, the progress of the fit is written to the
    file; otherwise the file is removed.

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
            if ctrl_c.is_pressed:  # pressed at the very end: the user wants to resume later
                checkpoint.write()


def _write_after(error: BaseException, checkpoint: Checkpoint) -> None:
    """Write the progress of a fit that ended with an error; if writing fails, report both."""
    try:
        checkpoint.write()
    except GatedError as unwritten:
        if isinstance(error, GatedError):
            raise GatedError(f"{error}\n{unwritten}") from error
        raise


def _save_stage(path: Path, fingerprint: str, running: RunningStage) -> None:
    """Write the state that is needed to resume to the same bits.

    Args:
        path: path of the file; an existing file is replaced.
        fingerprint: hash of the data and the settings.
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
    """Read a file of `_save_stage`.

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
            f"{path}: this checkpoint belongs to other data or settings. Give the same table and "
            "options as in the interrupted run, or remove the file to start again."
        )
    return SavedStage(path, header["stage"], header["loop"], tensors, random, best)
