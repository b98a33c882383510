"""Measures peak GFLOP/s and bandwidths of the machine from Python: the roofs of the roofline.

The peak is that of a square matrix product by each of torch's two libraries: BLAS, which
`torch.mm` calls, and oneDNN. Either can be much faster than the other: a BLAS may use only half of
the vector width of a processor that it does not recognise.

A bandwidth is that of reading floats, by a sum or by a matrix-vector product, whichever is faster.
It is computed from the difference between two sizes that fit the same cache, so that the overhead
of the call cancels. The first-level cache is left out: reading all of it takes less time than a
call from Python.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from torch.nn.functional import linear

from benchmarks.layers.timing import TimingPlan

__all__ = ["MM", "MachineLimit", "bandwidths", "matrix_products"]

MM, _ONEDNN = "torch.mm", "oneDNN product"

_CACHES = Path("/sys/devices/system/cpu/cpu0/cache")
_UNITS = {"K": 1024, "M": 1024**2, "G": 1024**3}
_LARGEST_CACHE = 64 * 1024**2  # assumed where the system does not list its caches
_PRODUCTS = (512, 1024, 2048)
_COLUMNS = 1024  # of the matrix that is read


@dataclass(frozen=True)
class MachineLimit:
    """A measured peak or bandwidth.

    Attributes:
        what: "torch.mm", "oneDNN product", "L2", "L3" or "memory".
        rate: measured.
        unit: "GFLOP/s" or "GB/s" (10⁹).
    """

    what: str
    rate: float
    unit: str


def matrix_products(plan: TimingPlan) -> list[MachineLimit]:
    """The fastest of three square products of each library, with torch's number of threads."""
    rates: dict[str, float] = {}
    for n in _PRODUCTS:
        a, b, out = torch.randn(n, n), torch.randn(n, n), torch.empty(n, n)
        calls: dict[str, Callable[[], object]] = {MM: partial(torch.mm, a, b, out=out)}
        if torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
            calls[_ONEDNN] = partial(linear, a.to_mkldnn(), b.to_mkldnn())
        for what, call in calls.items():
            rates[what] = max(rates.get(what, 0.0), 2 * n**3 / _fastest(call, plan) / 1e9)
    return [MachineLimit(what, rate, "GFLOP/s") for what, rate in rates.items()]


def bandwidths(plan: TimingPlan) -> list[MachineLimit]:
    """Of the second-level cache, the third-level cache if there is one, and the memory."""
    threads = torch.get_num_threads()
    return [
        MachineLimit(name, _bandwidth(small, large, plan), "GB/s")
        for name, small, large in _sizes_by_level(threads)
    ]


def _sizes_by_level(threads: int) -> Iterator[tuple[str, int, int]]:
    """Name of each level, and two sizes in bytes that fit it, for all threads together."""
    below = 0
    largest = _LARGEST_CACHE
    for level, size, is_private in sorted(_caches()):
        largest = size * threads if is_private else size
        if level > 1:
            small, large = max(2 * below, largest // 4), largest * 3 // 4
            if small * 3 // 2 <= large:
                yield f"L{level}", small, large
        below = largest
    yield "memory", 4 * largest, 8 * largest


def _caches() -> Iterator[tuple[int, int, bool]]:
    """Level, bytes, and whether each core has its own, of every data cache."""
    for index in _CACHES.glob("index*"):
        kind, level, size, sharing = (
            (index / name).read_text().strip()
            for name in ("type", "level", "size", "shared_cpu_list")
        )
        if kind != "Instruction":
            yield int(level), int(size[:-1]) * _UNITS[size[-1]], sharing.isdigit()


def _bandwidth(small: int, large: int, plan: TimingPlan) -> float:
    """Bytes per nanosecond: difference of two sizes in bytes ÷ difference of their seconds."""
    few, many = (max(2, size // 4 // _COLUMNS) for size in (small, large))
    vector, matrix = torch.ones(_COLUMNS), torch.ones(many, _COLUMNS)
    difference = 4 * (many - few) * _COLUMNS
    rates = []
    for reads in (
        [partial(torch.sum, rows) for rows in (matrix, matrix[:few])],
        [partial(torch.mv, rows, vector) for rows in (matrix, matrix[:few])],
    ):
        slow, fast = (_fastest(read, plan) for read in reads)
        if slow > fast:  # otherwise the noise is larger than the difference
            rates.append(difference / (slow - fast) / 1e9)
    return max(rates, default=float("nan"))


def _fastest(call: Callable[[], object], plan: TimingPlan) -> float:
    """Seconds of the fastest of many calls: a limit is a maximum, not a typical value."""
    call()
    begin = end = time.perf_counter()
    fastest = float("inf")
    while end - begin < plan.budget or fastest == float("inf"):
        before = time.perf_counter()
        call()
        end = time.perf_counter()
        fastest = min(fastest, end - before)
    return fastest
