"""Runs the command line on a file in a process of its own, and says how it ended."""

import os
import resource
import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NoReturn

__all__ = ["MOST_MEMORY", "Outcome", "outcome_of"]

MOST_MEMORY = 2 << 30
_ADDRESSES = 8 << 30  # more than torch reserves; a table that needs it fails before the machine
_SECONDS = 60  # of the processor
_LONGEST = 600  # seconds of waiting
_KIB = 1024


@dataclass(frozen=True)
class Outcome:
    """How a run of the command ended.

    Attributes:
        code: the exit code; negative for the signal that ended it.
        memory: the most memory that it had, in bytes.
        errors: what it wrote to stderr.
        seconds: those of the processor.
    """

    code: int
    memory: int
    errors: str
    seconds: float

    @property
    def fault(self) -> str:
        """What is wrong with the end; empty for an answer or a question."""
        if self.code < 0:
            return f"signal {signal.Signals(-self.code).name}"
        if self.code not in (0, 2):
            lines = [line for line in self.errors.splitlines() if line.startswith("Error:")]
            return f"exit {self.code}: {''.join(lines)[:200]}"
        if self.memory > MOST_MEMORY:
            return f"{self.memory >> 20} MiB of memory"
        return "no message" if self.code == 2 and not self.errors.strip() else ""


def outcome_of(
    arguments: Sequence[str],
    meanwhile: Callable[[], None] | None = None,
    before: Callable[[], None] | None = None,
) -> Outcome:
    """Run the command line in a copy of this process.

    Args:
        arguments: those after `gated`.
        meanwhile: called while the command runs.
        before: called in the copy, before the command runs.
    """
    with tempfile.TemporaryFile() as errors:
        child = os.fork()
        if child == 0:
            if before is not None:
                before()
            _run(arguments, errors.fileno())
        if meanwhile is not None:
            meanwhile()
        _, status, usage = os.wait4(child, 0)
        errors.seek(0)
        said = errors.read().decode(errors="replace")
    code = os.waitstatus_to_exitcode(status)
    return Outcome(code, usage.ru_maxrss * _KIB, said, usage.ru_utime + usage.ru_stime)


def _run(arguments: Sequence[str], errors: int) -> NoReturn:
    try:
        resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS + 1))
        signal.alarm(_LONGEST)
        resource.setrlimit(resource.RLIMIT_AS, (_ADDRESSES, _ADDRESSES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(os.open(os.devnull, os.O_RDWR), 1)
        os.dup2(errors, 2)
        sys.stdin = os.fdopen(0)
        sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
        sys.argv = ["gated", *arguments]
        from gated.cli import main

        main()
    except SystemExit as end:
        _leave(end.code if isinstance(end.code, int) else int(end.code is not None))
    except BaseException:  # whatever the command raises is the finding
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]
        _leave(1)
    _leave(0)


def _leave(code: int) -> NoReturn:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
