"""Thousands of series in a few megabytes: whole numbers on each series' own scale, zipped.

A page unpacks only the block whose series is shown. Values are kept to 1 part in 65,535 of their
series' range, finer than any screen; whole numbers of a smaller range are kept exactly.
"""

import base64
import gzip
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray, IntArray
from gated.report.content import Ahead, Series, SeriesSource

__all__ = ["Packed", "pack", "zipped"]


PER_BLOCK = 64
_STEPS = 65_535
_SAMPLED = 64  # series that are packed to see how large all will be
_MARGIN = 0.9  # the sample may be smaller than the rest
_FEWEST_KEPT = 2  # of a past, in horizons


@dataclass(frozen=True)
class Packed:
    """Series as a page holds them.

    Attributes:
        labels: [N].
        facts: name to [N] figures.
        axis: the times that the series' steps point to: days or seconds since 1970, or numbers.
        unit: "day", "second" or "step": what the axis counts.
        blocks: zipped JSON in base64, `PER_BLOCK` series each.
        kept: steps of the past that were kept of each series; None: all.
        total: how many series there were.
    """

    labels: list[str]
    facts: dict[str, list[str]]
    axis: list[int]
    unit: str
    blocks: list[str]
    kept: int | None
    total: int


def pack(series: SeriesSource, budget: int) -> Packed:
    """Pack series into about `budget` bytes.

    Where that is too little for all, their pasts are shortened, to two horizons at least; where
    that is still too much, the first series that fit are kept.
    """
    total = len(series)
    kept, count = _that_fits(series, budget)
    times, unit = _axis(series[index] for index in range(count))
    labels: list[str] = []
    facts: dict[str, list[str]] = {}
    blocks = []
    for begin in range(0, count, PER_BLOCK):
        block = [series[index] for index in range(begin, min(begin + PER_BLOCK, count))]
        for one in block:
            for name in one.facts:
                facts.setdefault(name, [""] * len(labels))
            labels.append(one.label)
            for name, column in facts.items():
                column.append(one.facts.get(name, ""))
        blocks.append(zipped([_packed(one, times, unit, kept) for one in block]))
    return Packed(labels, facts, times.tolist(), unit, blocks, kept, total)


def zipped(content: Any) -> str:
    """JSON, zipped, in base64; the same content gives the same text."""
    text = json.dumps(content, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(gzip.compress(text.encode(), 6, mtime=0)).decode()


def _that_fits(series: SeriesSource, budget: int) -> tuple[int | None, int]:
    """How much of each past is kept (None: all), and of how many series."""
    total = len(series)
    if not total:
        return None, 0
    chosen = np.unique(np.linspace(0, total - 1, min(total, _SAMPLED)).astype(np.int64))
    sample = [series[int(index)] for index in chosen]
    times, unit = _axis(sample)

    def each(kept: int | None) -> float:
        parts = [
            zipped([_packed(one, times, unit, kept) for one in sample[i : i + PER_BLOCK]])
            for i in range(0, len(sample), PER_BLOCK)
        ]
        names = sum(len(one.label) + sum(map(len, one.facts.values())) + 8 for one in sample)
        return (sum(map(len, parts)) + names) / len(sample)

    room = _MARGIN * budget
    if each(None) * total <= room:
        return None, total
    kept = max(len(one.y) for one in sample)
    least = _FEWEST_KEPT * max((len(a.ds) for one in sample for a in one.ahead), default=1)
    while kept > least:
        kept = max(least, kept * 2 // 3)
        if each(kept) * total <= room:
            return kept, total
    return least, max(1, min(total, int(room / each(least))))


def _axis(series: Iterable[Series]) -> tuple[IntArray, str]:
    """All times that occur, rising, and what they count."""
    parts: set[bytes] = set()
    found: list[NDArray[Any]] = []
    for one in series:
        for ds in (one.ds, *(ahead.ds for ahead in one.ahead)):
            key = ds.tobytes()
            if len(ds) and key not in parts:  # most series share their times
                parts.add(key)
                found.append(ds)
    if not found:
        return np.empty(0, dtype=np.int64), "step"
    times = np.unique(np.concatenate(found))
    if times.dtype.kind != "M":
        return times.astype(np.int64), "step"
    is_daily = bool((times == times.astype("M8[D]")).all())
    unit = "day" if is_daily else "second"
    return np.unique(_numbered(times, unit)), unit


def _numbered(ds: NDArray[Any], unit: str) -> IntArray:
    if unit == "step":
        return ds.astype(np.int64)
    numbers: IntArray = ds.astype(f"M8[{'D' if unit == 'day' else 's'}]").astype(np.int64)
    return numbers


def _packed(one: Series, axis: IntArray, unit: str, kept: int | None) -> dict[str, Any]:
    """One series as plain values; see `unpacked` in script/data.js."""
    begin = 0
    if kept is not None:
        first = [np.searchsorted(one.ds, ahead.ds[0]) for ahead in one.ahead if len(ahead.ds)]
        begin = max(0, min([len(one.y), *map(int, first)]) - kept)
    past = one.y[begin:]
    lines = [line for ahead in one.ahead for line in _lines(ahead)]
    low, step = _scale([past, *lines])
    return {
        "o": low,
        "s": step,
        "t": _where(_numbered(one.ds[begin:], unit), axis),
        "y": _whole(past, low, step),
        "a": [
            {
                "t": _where(_numbered(ahead.ds, unit), axis),
                "m": _whole(ahead.median, low, step),
                "b": {
                    f"{level:g}": [_whole(end, low, step) for end in ahead.bands[level]]
                    for level in sorted(ahead.bands)
                },
                "x": {name: _whole(line, low, step) for name, line in ahead.beside.items()},
            }
            for ahead in one.ahead
        ],
    }


def _lines(ahead: Ahead) -> list[FloatArray]:
    ends = [end for pair in ahead.bands.values() for end in pair]
    return [ahead.median, *ends, *ahead.beside.values()]


def _scale(lines: Sequence[FloatArray]) -> tuple[float, float]:
    """Where 0 stands, and how much 1 is."""
    values = np.concatenate(lines)
    values = values[np.isfinite(values)]
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    if high - low < _STEPS and bool((values == np.round(values)).all()):
        return low, 1.0
    step = high / _STEPS - low / _STEPS  # divided first: the difference may leave float64
    return low, step or 1.0


def _whole(values: FloatArray, low: float, step: float) -> list[int | None]:
    with np.errstate(over="ignore"):
        numbers = np.rint(values / step - low / step)
    return [int(n) if np.isfinite(n) else None for n in numbers.tolist()]


def _where(times: IntArray, axis: IntArray) -> list[int]:
    """Places on the axis: [first, −count] where they follow each other, else all of them."""
    places = np.searchsorted(axis, times)
    if len(places) and places[-1] - places[0] == len(places) - 1:
        return [int(places[0]), -len(places)]
    return [int(place) for place in places]
