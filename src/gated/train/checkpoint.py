"""Writes the checkpoint of an interrupted training, and resumes from it to the same bits.

A training has one stage or several, each with a loop. The file contains the state of the loop of
the current stage, torch's random state at the beginning of the stage, and what earlier stages gave.

    with resumable(path) as checkpoint:
        saved = checkpoint.load(fingerprint("words", settings, arrays))
        random = stage_random(saved)  # before the network of the stage is made
        run_stage(Stage("training", loop, random), saved, checkpoint, progress)

A training of several stages begins with that of `saved.name`, and takes the results of the earlier
ones from `saved.earlier`.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gated.errors import GatedError, ModelFileError
from gated.files import remove_leftovers, special_kind
from gated.train.interrupt import CtrlC
from gated.train.loop import Loop
from gated.train.loop_state import restore
from gated.train.progress import Progress
from gated.train.stored_values import mapping_of, number, optional, record, text
from gated.train.tensor_file import flatten_state, load_tensors, save_tensors

__all__ = [
    "KIND",
    "VERSION",
    "Checkpoint",
    "Earlier",
    "SavedStage",
    "Stage",
    "fingerprint",
    "opened",
    "resumable",
    "run_stage",
    "stage_random",
]

KIND, VERSION = "checkpoint", 5
_LOOP, _EARLIER, _RANDOM = "loop", "earlier.", "stage_random"


def _checked_later(value: Any, where: str) -> None:
    """Accept a value that is checked by what resumes from it."""


_HEADER = record(
    {
        "fingerprint": text(),
        "stage": text(),
        "seconds": number(0),
        "loop": _checked_later,
        "earlier": optional(mapping_of(_checked_later)),
    }
)


@dataclass(frozen=True)
class Earlier:
    """What the earlier stages of a training gave.

    Attributes:
        facts: plain values.
        weights: tensors by name, such as those of the best network.
    """

    facts: dict[str, Any]
    weights: Mapping[str, Tensor]


@dataclass(frozen=True)
class Stage:
    """The current stage of a training.

    Attributes:
        name: of the stage, one in a training.
        loop: its training loop.
        random: torch's random state at the beginning of the stage; see `stage_random`.
        earlier: what the earlier stages gave; None in the first.
    """

    name: str
    loop: Loop[Any]
    random: Tensor
    earlier: Earlier | None = None


@dataclass(frozen=True)
class SavedStage:
    """The content of a checkpoint. Who resumes from it checks `name` and `earlier`.

    Attributes:
        path: of the file.
        name: of the stage.
        loop: the state of its loop without the tensors.
        tensors: the tensors of the loop, by name.
        random: torch's random state at the beginning of the stage.
        earlier: what the earlier stages gave; None in the first.
    """

    path: Path
    name: str
    loop: Any
    tensors: dict[str, Tensor]
    random: Tensor
    earlier: Earlier | None

    def unusable(self) -> ModelFileError:
        """Make the error for a checkpoint whose content is invalid."""
        return _unusable(self.path)

    def restore(self, loop: Loop[Any]) -> None:
        """Set the loop to the last step of the stage.

        Raises:
            ModelFileError: the file is damaged, or of another loop.
        """
        try:
            restore(loop, self.loop, self.tensors, _LOOP)
        except ValueError as error:
            raise self.unusable() from error


class Checkpoint:
    """The progress of a training, and the file for it. `resumable` returns it.

    Args:
        path: of the file.
        ctrl_c: delays interruptions.

    Attributes:
        is_written: whether the file was written.
    """

    def __init__(self, path: str | Path, ctrl_c: CtrlC) -> None:
        self.path, self._ctrl_c = Path(path), ctrl_c
        self.is_written = False
        self._fingerprint = ""
        self._stage: Stage | None = None
        self._began, self._seconds_before = time.monotonic(), 0.0

    @property
    def seconds(self) -> float:
        """How long the training took, with the part before an interruption."""
        return self._seconds_before + time.monotonic() - self._began

    def load(self, fingerprint: str) -> SavedStage | None:
        """Load the checkpoint of the same training; None if there is no file.

        Args:
            fingerprint: of all that the training depends on; see the function of that name.

        Raises:
            ModelFileError: damaged, no checkpoint, or of another version.
            GatedError: it belongs to other data or settings.
        """
        self._fingerprint, self._began = fingerprint, time.monotonic()
        remove_leftovers(self.path)
        if not self.path.exists():
            return None
        saved, self._seconds_before = _load(self.path, fingerprint)
        return saved

    def check(self) -> None:
        """Raise KeyboardInterrupt if Ctrl-C was pressed; `resumable` then writes the file.

        Raises:
            KeyboardInterrupt: Ctrl-C was pressed.
        """
        self._ctrl_c.check()

    def track(self, stage: Stage) -> None:
        """Set the current stage."""
        self._stage = stage

    def write(self) -> None:
        """Write the progress of the training, if it has made a step.

        Raises:
            GatedError: the file cannot be written.
        """
        stage = self._stage
        if stage is None or not stage.loop.is_whole:
            return
        if stage.loop.step > 0 or stage.earlier is not None:
            _save(self.path, self._fingerprint, stage, self.seconds)
            self.is_written = True

    def remove(self) -> None:
        """Remove the file after a training."""
        if self._stage is not None:
            self.path.unlink(missing_ok=True)
            self.is_written = False


def fingerprint(training: str, facts: Any, arrays: Iterable[NDArray[Any]]) -> str:
    """A hash of all that a training depends on, so that it resumes only from its own checkpoint.

    Args:
        training: the kind of training.
        facts: hyperparameters and the like: values that JSON can hold, or numbers of NumPy.
        arrays: the data, of any type but object.

    Example:
        >>> data = np.zeros(3)
        >>> fingerprint("words", {"seed": 0}, [data]) == fingerprint("words", {"seed": 1}, [data])
        False
    """
    described = json.dumps([training, facts], default=lambda number: number.item())
    digest = hashlib.sha256(described.encode())
    for array in arrays:
        assert array.dtype != object  # its bytes are addresses
        digest.update(f"{array.dtype.str} {array.shape}".encode())
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def opened(
    checkpoint: str | Path | Checkpoint | None,
) -> AbstractContextManager[Checkpoint | None]:
    """The context of `resumable` for a path; a null context for an open checkpoint or None."""
    if checkpoint is None or isinstance(checkpoint, Checkpoint):
        return nullcontext(checkpoint)
    return resumable(checkpoint)


@contextmanager
def resumable(path: str | Path) -> Iterator[Checkpoint]:
    """A context for a training and the use of its result.

    If the block ends with an error or is interrupted, the progress of the training is written to
    the file; otherwise the file is removed.

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


def stage_random(saved: SavedStage | None) -> Tensor:
    """Torch's random state at the beginning of a stage: now, or in the interrupted run.

    With a saved stage, torch's random state is set to it, so that the stage begins with the same
    network.

    Raises:
        ModelFileError: the file is damaged.
    """
    if saved is not None:
        try:
            torch.set_rng_state(saved.random)
        except (RuntimeError, TypeError) as error:
            raise saved.unusable() from error
    return torch.get_rng_state()


def run_stage(
    stage: Stage,
    saved: SavedStage | None,
    checkpoint: Checkpoint | None,
    progress: Callable[[Progress], None] | None,
) -> None:
    """Run the loop of a stage, from the saved step if there is one.

    Args:
        stage: the stage.
        saved: its state in an interrupted run; None to begin.
        checkpoint: keeps the stage; None for a training that cannot be resumed.
        progress: called after each step.

    Raises:
        ModelFileError: the saved state is damaged, or of another loop.
    """
    if saved is not None:
        saved.restore(stage.loop)
    if checkpoint is not None:
        checkpoint.track(stage)
    stage.loop.run(progress)


def _write_after(error: BaseException, checkpoint: Checkpoint) -> None:
    """Write the progress of a training that ended early; if writing fails, report both."""
    try:
        checkpoint.write()
    except GatedError as unwritten:
        if isinstance(error, GatedError):
            raise GatedError(f"{error}\n{unwritten}") from error
        raise


def _save(path: Path, fingerprint: str, stage: Stage, seconds: float) -> None:
    """Write a stage, between two steps; an existing file is replaced.

    Raises:
        GatedError: the file cannot be written.
    """
    tensors, skeleton = flatten_state(stage.loop.state(), _LOOP)
    tensors[_RANDOM] = stage.random
    earlier = stage.earlier
    if earlier is not None:
        tensors |= {_EARLIER + name: value for name, value in earlier.weights.items()}
    header = {
        "fingerprint": fingerprint,
        "stage": stage.name,
        "seconds": seconds,
        "loop": skeleton,
        "earlier": earlier.facts if earlier is not None else None,
    }
    save_tensors(path, tensors, header, kind=KIND, version=VERSION)


def _load(path: Path, fingerprint: str) -> tuple[SavedStage, float]:
    """Read a file of `_save`, and its seconds.

    Raises:
        ModelFileError: damaged, no checkpoint, or of another version.
        GatedError: it belongs to other data or settings.
    """
    try:
        tensors, header = load_tensors(path, kind=KIND, version=VERSION)
        _HEADER(header, "header")
        random = tensors.pop(_RANDOM)
    except (ModelFileError, LookupError, ValueError) as error:
        if special_kind(path) is not None:  # a pipe or a device is not to be deleted
            raise
        raise _unusable(path) from error
    if header["fingerprint"] != fingerprint:
        raise GatedError(
            f"{path}: this checkpoint belongs to other data or settings. Give the same data and "
            "options as in the interrupted run, or remove the file to start again."
        )
    weights = {
        name.removeprefix(_EARLIER): tensors.pop(name)
        for name in list(tensors)
        if name.startswith(_EARLIER)
    }
    facts = header["earlier"]
    earlier = Earlier(facts, weights) if facts is not None else None
    saved = SavedStage(path, header["stage"], header["loop"], tensors, random, earlier)
    return saved, header["seconds"]


def _unusable(path: Path) -> ModelFileError:
    return ModelFileError(
        f"{path}: is no checkpoint of this version of gated, or it is damaged. Expected what an "
        "interrupted training left. Move or delete the file to start again."
    )
