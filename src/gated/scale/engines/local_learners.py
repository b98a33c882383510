"""Trains on several processes of this machine: `python -m gated.scale.engines.learner`.

If a process dies, all begin again from the last checkpoint.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import gated.errors
from gated.errors import GatedError
from gated.scale.engines.engine import ATTEMPTS, ONE_THREAD

__all__ = ["learn_here", "with_modules"]

_POLL = 0.2  # seconds
_ERRORS = {name: kind for name, kind in vars(gated.errors).items() if isinstance(kind, type)}


def learn_here(working: str, workers: int) -> None:
    """Train on some processes until one attempt succeeds.

    Args:
        working: the address of the folder of the job.
        workers: how many processes.

    Raises:
        GatedError: the training failed, or its processes died again and again.
    """
    for _ in range(ATTEMPTS):
        with tempfile.TemporaryDirectory() as place:
            ended = _attempt(working, workers, Path(place))
            messages = [path.read_text() for path in sorted(Path(place).glob("error-*"))]
        if messages:
            kind, _, message = messages[0].partition("\n")
            raise _ERRORS.get(kind, GatedError)(message)
        if ended:
            return
    raise GatedError(
        f"The processes of the training died {ATTEMPTS} times. The usual cause is too little "
        "memory: give more workers on more machines. What is done is kept: the same call continues."
    )


def with_modules() -> dict[str, str]:
    """The environment of a process with the modules of this one, and one thread."""
    path = os.pathsep.join(path for path in sys.path if path)
    return {**os.environ, **ONE_THREAD, "PYTHONPATH": path}


def _attempt(working: str, workers: int, place: Path) -> bool:
    """Whether all processes came to their end; if one does not, the others are ended."""
    meeting = (place / "meeting").as_uri()
    environment = {**with_modules(), "GLOO_SOCKET_IFNAME": "lo"}
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "gated.scale.engines.learner", working, str(rank),
             str(workers), meeting, str(place / f"error-{rank}")],
            stdin=subprocess.PIPE,  # its end tells a process that this one has died
            env=environment,
        )
        for rank in range(workers)
    ]  # fmt: skip
    try:
        while True:
            codes = [process.poll() for process in processes]
            if any(code not in (None, 0) for code in codes):
                return False
            if all(code == 0 for code in codes):
                return True
            time.sleep(_POLL)
    finally:
        for process in processes:
            process.kill()
            process.wait()
            assert process.stdin is not None
            process.stdin.close()
