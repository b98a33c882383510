"""Packs thousands of series into a few megabytes of compressed integers.

The page unpacks only the block of the series that it shows. Values are rounded to 1 part in 65,535
of the range of their series, which is finer than the resolution of a screen; integers of a smaller
range are exact.
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
from gated.report.content import Series, SeriesForecast, SeriesSource

__all__ = ["PER_BLOCK", "Packed", "as_json", "pack", "runs", "zipped"]

PER_BLOCK = 64
_STEPS = 65_535
_SAMPLED = 64  # series that are packed to estimate the size of all
_MARGIN = 0.9  # the other series may be larger than the sample
_FEWEST_KEPT = 2  # of the past of a series, in horizons


@dataclass(frozen=True)
class Packed:
    """Series as they are stored in a page.

    Attributes:
        labels: [N].
        methods: names of the other methods, in the order of their colours.
        axis: all times, which series refer to by index: days or seconds since 1970, or steps.
        unit: of the axis: "day", "second" or "step".
        first: the series that is drawn first, and its content, which needs no unpacking.
        blocks: zipped JSON in base64, `PER_BLOCK` series each.
        kept: steps of the past of each series that are stored; None for all.
        total: series of the report, stored or not.
    """

    labels: list[str]
    methods: list[str]
    axis: list[int]
    unit: str
    first: tuple[int, dict[str, Any]] | None
    blocks: list[str]
    kept: int | None
    total: int


def pack(series: SeriesSource, budget: int, first: int = 0, per_series: int = 0) -> Packed:
    """Pack series into about `budget` bytes.

    Where the series need more, their past is shortened, to two horizons at least. Where that is
    still too much, only the first series are packed.

    Args:
        series: the series.
        budget: in bytes.
        first: the series that is drawn first.
        per_series: bytes that the page needs for each series besides its values and its label.
    """
    total = len(series)
    kept, count = _fit_budget(series, budget, per_series)
    if not count:
        return Packed([], [], [], "step", None, [], None, total)
    times, unit = _axis(series[index] for index in range(count))
    labels: list[str] = []
    methods: dict[str, None] = {}
    blocks = []
    for begin in range(0, count, PER_BLOCK):
        block = [series[index] for index in range(begin, min(begin + PER_BLOCK, count))]
        for one in block:
            labels.append(one.label)
            for forecast in one.forecasts:
                methods.update(dict.fromkeys(forecast.competitors))
        blocks.append(zipped([_packed(one, times, unit, kept) for one in block]))
    first = first if first < count else 0
    drawn = (first, _packed(series[first], times, unit, kept))
    return Packed(labels, list(methods), times.tolist(), unit, drawn, blocks, kept, total)


def as_json(content: Any) -> str:
    """Return short JSON; the same content gives the same text."""
    return json.dumps(content, separators=(",", ":"), allow_nan=False, ensure_ascii=False)


def zipped(content: Any) -> str:
    """Return JSON, zipped, in base64; the same content gives the same text."""
    # A label from a damaged file may hold half of a surrogate pair, which has no UTF-8.
    data = as_json(content).encode(errors="replace")
    return base64.b64encode(gzip.compress(data, 6, mtime=0)).decode()


def runs(axis: Sequence[int]) -> list[list[int]]:
    """Return an axis as runs of equal steps: [first, step, count] each.

    >>> runs([0, 7, 14, 21, 30, 31])
    [[0, 7, 4], [30, 1, 2]]
    """
    found: list[list[int]] = []
    for value in axis:
        run = found[-1] if found else None
        if run is not None and run[2] == 1:
            run[1:] = [value - run[0], 2]
        elif run is not None and value == run[0] + run[1] * run[2]:
            run[2] += 1
        else:
            found.append([value, 1, 1])
    return found


def _fit_budget(series: SeriesSource, budget: int, per_series: int) -> tuple[int | None, int]:
    """Return the steps of the past to keep (None for all), and the number of series."""
    total = len(series)
    if not total:
        return None, 0
    chosen = np.unique(np.linspace(0, total - 1, min(total, _SAMPLED)).astype(np.int64))
    sample = [series[int(index)] for index in chosen]
    times, unit = _axis(sample)

    def bytes_per_series(kept: int | None) -> float:
        parts = [
            zipped([_packed(one, times, unit, kept) for one in sample[i : i + PER_BLOCK]])
            for i in range(0, len(sample), PER_BLOCK)
        ]
        names = sum(len(as_json(one.label)) + 1 for one in sample)
        return (sum(map(len, parts)) + names) / len(sample) + per_series

    room = _MARGIN * budget
    if bytes_per_series(None) * total <= room:
        return None, total
    kept = max(len(one.y) for one in sample)
    least = _FEWEST_KEPT * max((len(f.ds) for one in sample for f in one.forecasts), default=1)
    while kept > least:
        kept = max(least, kept * 2 // 3)
        if bytes_per_series(kept) * total <= room:
            return kept, total
    return least, max(1, min(total, int(room / bytes_per_series(least))))


def _axis(series: Iterable[Series]) -> tuple[IntArray, str]:
    """Return all times of the series, rising, and their unit."""
    parts: set[bytes] = set()
    found: list[NDArray[Any]] = []
    for one in series:
        for ds in (one.ds, *(forecast.ds for forecast in one.forecasts)):
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
    """Return one series as JSON values; `unpacked` in script/data.js reads them."""
    begin = 0
    if kept is not None:
        first = [np.searchsorted(one.ds, f.ds[0]) for f in one.forecasts if len(f.ds)]
        begin = max(0, min([len(one.y), *map(int, first)]) - kept)
    past = one.y[begin:]
    lines = [line for forecast in one.forecasts for line in _lines(forecast)]
    low, step = _scale([past, *lines])
    return {
        "o": low,
        "s": step,
        "t": _indices(_numbered(one.ds[begin:], unit), axis),
        "y": _integers(past, low, step),
        "n": one.point_name,
        "a": [
            {
                "t": _indices(_numbered(forecast.ds, unit), axis),
                "p": _integers(forecast.point, low, step),
                "b": {
                    f"{level:g}": [_integers(end, low, step) for end in forecast.bands[level]]
                    for level in sorted(forecast.bands)
                },
                "x": {
                    name: _integers(line, low, step) for name, line in forecast.competitors.items()
                },
                "c": [] if forecast.closed is None else np.flatnonzero(forecast.closed).tolist(),
            }
            for forecast in one.forecasts
        ],
    }


def _lines(forecast: SeriesForecast) -> list[FloatArray]:
    ends = [end for pair in forecast.bands.values() for end in pair]
    return [forecast.point, *ends, *forecast.competitors.values()]


def _scale(lines: Sequence[FloatArray]) -> tuple[float, float]:
    """Return the values of the integers: value = offset + step × integer."""
    values = np.concatenate(lines)
    values = values[np.isfinite(values)]
    if not len(values):
        return 0.0, 1.0
    low, high = float(values.min()), float(values.max())
    if high - low < _STEPS and bool((values == np.round(values)).all()):
        return low, 1.0
    step = high / _STEPS - low / _STEPS  # divided first: the difference may leave float64
    return low, step or 1.0


def _integers(values: FloatArray, low: float, step: float) -> list[int | None]:
    with np.errstate(over="ignore"):
        numbers = np.rint(values / step - low / step)
    return [int(n) if np.isfinite(n) else None for n in numbers.tolist()]


def _indices(times: IntArray, axis: IntArray) -> list[int]:
    """Return indices into the axis: [first, −count] where they are consecutive, else all."""
    indices = np.searchsorted(axis, times)
    if len(indices) and indices[-1] - indices[0] == len(indices) - 1:
        return [int(indices[0]), -len(indices)]
    return [int(index) for index in indices]
