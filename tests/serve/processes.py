"""Runs the server as a process of its own, forked so that nothing is imported again."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx

from gated.serve import Settings, run

__all__ = ["running"]


@contextmanager
def running(settings: Settings) -> Iterator[int]:
    """A server in a child process, which answers; yield its id. It is killed in the end."""
    child = os.fork()
    if not child:
        status = 1
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            run(settings)
            status = 0
        finally:
            os._exit(status)
    try:
        _wait_for(settings.port)
        yield child
    finally:
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _wait_for(port: int) -> None:
    for _ in range(1200):
        with suppress(httpx.HTTPError):
            if httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200:
                return
        time.sleep(0.05)
    raise AssertionError("the server did not start")
