"""How many threads the terminal lets torch use."""

import os

import torch

__all__ = ["settle_threads"]


def settle_threads() -> int:
    """Use one thread, unless `OMP_NUM_THREADS` asks for another number; return how many.

    The network's matrices are small: a second thread gains little on an idle machine, and where
    other programs want the cores too, threads that wait for each other cost ten times the time.
    One thread also gives the same bits on machines with any number of cores.
    """
    if not os.environ.get("OMP_NUM_THREADS"):
        torch.set_num_threads(1)
    return torch.get_num_threads()
