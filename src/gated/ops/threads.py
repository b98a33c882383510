"""Gives the number of threads of the C++ recurrences."""

import os
import sys

__all__ = ["thread_count"]


def thread_count() -> int:
    """Return the number of threads of torch where it is loaded, so that both have one setting.

    Without torch it is `OMP_NUM_THREADS`, or the number of processors that this process may use.
    """
    torch = sys.modules.get("torch")
    if torch is not None:
        return int(torch.get_num_threads())
    asked = os.environ.get("OMP_NUM_THREADS", "").split(",")[0]
    return int(asked) if asked.isdecimal() and int(asked) else len(os.sched_getaffinity(0))
