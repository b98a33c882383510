"""Writes the state of an interrupted training of a generator, and resumes from it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gated.errors import GatedError
from gated.files import remove_leftovers
from gated.train import Loop, load_tensors, save_tensors
from gated.train.interrupt import CtrlC
from gated.train.loop_state import restore
from gated.train.stored_values import record, text
from gated.train.tensor_file import damaged, flatten_state

__all__ = ["Checkpoint", "resumable"]

KIND, VERSION = "generator training", 1
_LOOP = "loop"


class Checkpoint:
    """The file of a training that ended early. `resumable` returns it.

    Args:
        path: of the file.
        fingerprint: of the data and the settings.

    Attributes:
        resumed: the step that the training was resumed at; 0 for a new one.
        is_written: whether the file was written.
    """

    def __init__(self, path: str | Path, fingerprint: str) -> None:
        self.path, self._fingerprint = Path(path), fingerprint
        self._loop: Loop[Any] | None = None
        self.resumed, self.is_written = 0, False

    def resume(self, loop: Loop[Any]) -> None:
        """Set a new loop to the last step of the file, where there is one.

        Raises:
            ModelFileError: the file is damaged or of another kind.
            GatedError: it is of other data or settings.
        """
        remove_leftovers(self.path)
        if self.path.exists():
            tensors, header = load_tensors(self.path, kind=KIND, version=VERSION)
            try:
                record({"fingerprint": text(), "loop": lambda value, where: None})(header, "header")
            except ValueError as error:
                raise damaged(self.path, KIND, error) from error
            if header["fingerprint"] != self._fingerprint:
                raise GatedError(
                    f"{self.path} is of a training with other data or settings. Expected the same. "
                    "Repeat the command as it was, or delete the file to begin anew."
                )
            try:
                restore(loop, header["loop"], tensors, _LOOP)
            except ValueError as error:
                raise damaged(self.path, KIND, error) from error
            self.resumed = loop.step
        self._loop = loop

    def write(self) -> None:
        """Write the training so far, if it has made a step.

        Raises:
            GatedError: the file cannot be written.
        """
        loop = self._loop
        if loop is not None and loop.is_whole and loop.step > 0:
            tensors, skeleton = flatten_state(loop.state(), _LOOP)
            header = {"fingerprint": self._fingerprint, "loop": skeleton}
            save_tensors(self.path, tensors, header, kind=KIND, version=VERSION)
            self.is_written = True


@contextmanager
def resumable(path: str | Path, fingerprint: str) -> Iterator[Checkpoint]:
    """A context for a training: an interruption or an error writes the file, success removes it.

    Raises:
        GatedError: the file cannot be written.
    """
    with CtrlC() as ctrl_c:
        checkpoint = Checkpoint(path, fingerprint)
        try:
            yield checkpoint
            ctrl_c.check()
        except BaseException:
            with ctrl_c.held():
                checkpoint.write()
            raise
        with ctrl_c.held():
            checkpoint.path.unlink(missing_ok=True)
