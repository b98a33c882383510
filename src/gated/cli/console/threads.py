"""Limits the threads that torch uses."""

import os

import torch

__all__ = ["limit_threads"]


def limit_threads() -> int:
    """Use one thread, unless `OMP_NUM_THREADS` gives another number; return the number.

    The network's matrices are small: a second thread gains little on an idle machine, and on a
    busy one, threads that wait for each other take ten times as long. One thread also gives the
    same bits on machines with any number of cores.
    """
    if not os.environ.get("OMP_NUM_THREADS"):
        torch.set_num_threads(1)
    return torch.get_num_threads()
