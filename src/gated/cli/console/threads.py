"""Limits the threads of the libraries that compute."""

import os
import sys

__all__ = ["limit_threads"]

_ASKED = "OMP_NUM_THREADS"


def limit_threads() -> None:
    """Use one thread, unless `OMP_NUM_THREADS` gives another number.

    The network's matrices are small: a second thread gains little on an idle machine, and on a
    busy one, threads that wait for each other take ten times as long. One thread also gives the
    same bits on machines with any number of cores.

    NumPy and torch read the variable when they are imported, so that this is called first.
    """
    if os.environ.get(_ASKED):
        return
    torch = sys.modules.get("torch")
    if torch is not None:  # in a process that has imported it before
        torch.set_num_threads(1)
    os.environ[_ASKED] = "1"
