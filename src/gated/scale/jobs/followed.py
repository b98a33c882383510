"""Follows a training by the file that its first worker writes, on whatever machine that is."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from gated.scale.jobs.storage import Folder
from gated.scale.jobs.tasks import PROGRESS

__all__ = ["followed"]

_SECONDS = 1.0


@contextmanager
def followed(folder: Folder, tell: Callable[[int, int, float], None]) -> Iterator[None]:
    """Tell how far the training of a job is, while a block runs it.

    Args:
        folder: of the job.
        tell: called from another thread with the steps done, all steps of the current part of the
            training, and the seconds left of it.
    """
    ended = threading.Event()

    def watch() -> None:
        told = None
        while not ended.wait(_SECONDS):
            if PROGRESS not in folder.names():
                continue
            content = folder.read(PROGRESS)
            if content != told:
                step = json.loads(content)
                tell(step["step"], step["steps"], step["seconds_left"])
                told = content

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
