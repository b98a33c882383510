"""One worker of a training on this machine; see `local_learners`.

It ends with its input, so that it does not outlive the process that started it.
"""

import os
import sys
import threading
from pathlib import Path

from gated.errors import GatedError
from gated.files import write_whole
from gated.scale.learning import join_and_learn

__all__ = ["main"]


def main(working: str, rank: str, count: str, meeting: str, errors: str) -> None:
    """Train; an error of gated is written to a file: its type and its message."""
    threading.Thread(target=_end_with_stdin, daemon=True).start()
    try:
        join_and_learn(working, int(rank), int(count), meeting)
    except GatedError as error:
        write_whole(Path(errors), f"{type(error).__name__}\n{error}".encode())
        sys.exit(1)


def _end_with_stdin() -> None:
    while os.read(0, 1):  # not sys.stdin, whose lock would be held at the end of the process
        pass
    os._exit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
