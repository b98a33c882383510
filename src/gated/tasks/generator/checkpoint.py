"""Writes the state of an interrupted training of a generator, and resumes from it."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from gated.errors import GatedError, ModelFileError
from gated.files import remove_leftovers
from gated.train import Loop, load_tensors, save_tensors
from gated.train.interrupt import CtrlC
from gated.train.loop_state import restore
from gated.train.stored_values import number, record, text
from gated.train.tensor_file import flatten_state

__all__ = ["Checkpoint", "opened", "resumable"]

KIND, VERSION = "generator training", 1
_LOOP = "loop"
_HEADER = record(
    {
        "fingerprint": text(),
        "seconds": number(0),
        "loop": lambda value, where: None,  # checked against the loop that resumes from it
    }
)


class Checkpoint:
    """The file of a training that ended early. `resumable` returns it.

    Args:
        path: of the file.

    Attributes:
        resumed: the steps that the file had; 0 for a new training.
        seconds: that those steps took.
    """

    def __init__(self, path: str | Path) -> None:
        self.path, self._fingerprint = Path(path), ""
        self._loop: Loop[Any] | None = None
        self._began = time.monotonic()
        self.resumed, self.seconds = 0, 0.0

    def resume(self, loop: Loop[Any], fingerprint: str) -> None:
        """Set a new loop to the last step of the file, where there is one.

        Args:
            loop: of the training.
            fingerprint: of the data and the settings.

        Raises:
            ModelFileError: the file is damaged or of another kind.
            GatedError: it is of other data or settings.
        """
        self._fingerprint, self._began = fingerprint, time.monotonic()
        remove_leftovers(self.path)
        if self.path.exists():
            try:
                tensors, header = load_tensors(self.path, kind=KIND, version=VERSION)
                _HEADER(header, "header")
            except (ModelFileError, ValueError) as error:
                raise self._unusable() from error
            if header["fingerprint"] != self._fingerprint:
                raise GatedError(
                    f"{self.path} is of a training with other data or settings. Expected the same. "
                    "Repeat the command as it was, or delete the file to begin anew."
                )
            try:
                restore(loop, header["loop"], tensors, _LOOP)
            except ValueError as error:
                raise self._unusable() from error
            self.resumed, self.seconds = loop.step, header["seconds"]
        self._loop = loop

    def _unusable(self) -> ModelFileError:
        return ModelFileError(
            f"{self.path}: is no file of an interrupted training, or it is damaged. Expected what "
            "Ctrl-C left. Delete the file to begin anew."
        )

    def write(self) -> None:
        """Write the training so far, if it has made a step.

        Raises:
            GatedError: the file cannot be written.
        """
        loop = self._loop
        if loop is not None and loop.is_whole and loop.step > 0:
            tensors, skeleton = flatten_state(loop.state(), _LOOP)
            seconds = self.seconds + time.monotonic() - self._began
            header = {"fingerprint": self._fingerprint, "seconds": seconds, "loop": skeleton}
            save_tensors(self.path, tensors, header, kind=KIND, version=VERSION)


@contextmanager
def resumable(path: str | Path) -> Iterator[Checkpoint]:
    """A context for a training and the use of its result.

    An interruption or an error writes the file; at the end without one the file is removed.

    Raises:
        GatedError: the file cannot be written.
    """
    with CtrlC() as ctrl_c:
        checkpoint = Checkpoint(path)
        try:
            yield checkpoint
            ctrl_c.check()
        except BaseException:
            with ctrl_c.held():
                checkpoint.write()
            raise
        with ctrl_c.held():
            checkpoint.path.unlink(missing_ok=True)


def opened(
    checkpoint: str | Path | Checkpoint | None,
) -> AbstractContextManager[Checkpoint | None]:
    """The context of `resumable` for a path; a null context for an open checkpoint or None."""
    if checkpoint is None or isinstance(checkpoint, Checkpoint):
        return nullcontext(checkpoint)
    return resumable(checkpoint)
