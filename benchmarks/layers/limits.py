"""What the machine can do at most, as far as Python can see: the roofs of the roofline.

The peak is that of a square matrix product, by each of torch's two libraries: BLAS, which
`torch.mm` calls, and oneDNN. Either can be the faster by far: a BLAS may leave half of a
processor's vector width unused where it does not know the maker.

A bandwidth is that of reading floats, by a sum or by a product of a matrix with a vector,
whichever is faster. It comes from the difference of two sizes that live in the same cache, so that
the cost of the call falls out. The first-level cache is left out: reading all of it takes less
time than a call from Python.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch
from torch.nn.functional import linear

from benchmarks.layers.timing import Pace

__all__ = ["MM", "Limit", "bandwidths", "matrix_products"]

MM, _ONEDNN = "torch.mm", "oneDNN product"

_CACHES = Path("/sys/devices/system/cpu/cpu0/cache")
_UNITS = {"K": 1024, "M": 1024**2, "G": 1024**3}
_LARGEST_CACHE = 64 * 1024**2  # assumed where the system does not tell
_PRODUCTS = (512, 1024, 2048)
_COLUMNS = 1024  # of the matrix that is read


@dataclass(frozen=True)
class Limit:
    """A roof.

    Attributes:
        what: "torch.mm", "oneDNN product", "L2", "L3" or "memory".
        rate: measured.
        unit: "GFLOP/s" or "GB/s" (10⁹).
    """

    what: str
    rate: float
    unit: str


def matrix_products(pace: Pace) -> list[Limit]:
    """The fastest of three square products by each library, with torch's number of threads."""
    rates: dict[str, float] = {}
    for n in _PRODUCTS:
        a, b, out = torch.randn(n, n), torch.randn(n, n), torch.empty(n, n)
        calls: dict[str, Callable[[], object]] = {MM: partial(torch.mm, a, b, out=out)}
        if torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
            calls[_ONEDNN] = partial(linear, a.to_mkldnn(), b.to_mkldnn())
        for what, call in calls.items():
            rates[what] = max(rates.get(what, 0.0), 2 * n**3 / _best(call, pace) / 1e9)
    return [Limit(what, rate, "GFLOP/s") for what, rate in rates.items()]


def bandwidths(pace: Pace) -> list[Limit]:
    """Of the second-level cache, the third where there is one, and the memory."""
    threads = torch.get_num_threads()
    return [Limit(name, _rate(low, high, pace), "GB/s") for name, low, high in _spans(threads)]


def _spans(threads: int) -> Iterator[tuple[str, int, int]]:
    """Of each level, its name and two sizes in bytes that live in it, all threads together."""
    below = 0
    largest = _LARGEST_CACHE
    for level, size, is_private in sorted(_caches()):
        largest = size * threads if is_private else size
        if level > 1:
            low, high = max(2 * below, largest // 4), largest * 3 // 4
            if low * 3 // 2 <= high:
                yield f"L{level}", low, high
        below = largest
    yield "memory", 4 * largest, 8 * largest


def _caches() -> Iterator[tuple[int, int, bool]]:
    """Level, bytes, and whether each core has its own, of every cache that holds data."""
    for index in _CACHES.glob("index*"):
        kind, level, size, sharing = (
            (index / name).read_text().strip()
            for name in ("type", "level", "size", "shared_cpu_list")
        )
        if kind != "Instruction":
            yield int(level), int(size[:-1]) * _UNITS[size[-1]], sharing.isdigit()


def _rate(low: int, high: int, pace: Pace) -> float:
    """Bytes per nanosecond, from the seconds that the bytes between two sizes take."""
    few, many = (max(2, size // 4 // _COLUMNS) for size in (low, high))
    vector, matrix = torch.ones(_COLUMNS), torch.ones(many, _COLUMNS)
    extra = 4 * (many - few) * _COLUMNS
    rates = []
    for reads in (
        [partial(torch.sum, rows) for rows in (matrix, matrix[:few])],
        [partial(torch.mv, rows, vector) for rows in (matrix, matrix[:few])],
    ):
        slow, fast = (_best(read, pace) for read in reads)
        if slow > fast:  # not so where noise drowns the difference
            rates.append(extra / (slow - fast) / 1e9)
    return max(rates, default=float("nan"))


def _best(call: Callable[[], object], pace: Pace) -> float:
    """Seconds of the fastest of many calls: a roof is what can be had, not what one gets."""
    call()
    begin = end = time.perf_counter()
    best = float("inf")
    while end - begin < pace.budget or best == float("inf"):
        before = time.perf_counter()
        call()
        end = time.perf_counter()
        best = min(best, end - before)
    return best
