"""Converts the states of series to arrays of few bytes, and back, without any loss.

Values are stored in the smallest type that holds them exactly: whole numbers below 128 take one
byte. Only observed values are stored; a bit for each step says which these are.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import BoolArray, FloatArray, IntArray, ObjectArray
from gated.forecast.data.series.past_facts import PastFacts
from gated.forecast.live import surprise, widths
from gated.forecast.live.state.past import Past
from gated.forecast.live.state.states import States

__all__ = ["arrays_of", "states_of"]

_WHOLE = (np.int8, np.int16, np.int32)
_FACTS = ("observed", "zeros", "negative", "fractional")


def arrays_of(states: States) -> dict[str, NDArray[Any]]:
    """The arrays of the states of N series."""
    past, every = states.past, np.arange(len(states.past))
    values, closed, _ = past.newest(every)
    observed = np.isfinite(values)
    facts = {f"facts.{name}": getattr(past.facts, name) for name in _FACTS}
    adapting = {f"widths.{name}": getattr(states.widths, name) for name in widths.ARRAYS}
    latest = {f"latest.{name}": getattr(states.latest, name) for name in surprise.ARRAYS}
    found: dict[str, NDArray[Any]] = {
        "values": _smallest(values[observed]),
        "observed": np.packbits(observed),
        "closed": np.packbits(closed) if closed.any() else np.zeros(0, dtype=np.uint8),
        "length": past.length,
        "last": past.last.astype(np.int64),
        "followed": past.followed,
        **facts,
        **adapting,
        **latest,
    }
    whole = {name: _smallest_whole(array) for name, array in found.items() if array.dtype == "i8"}
    return found | whole


def states_of(
    arrays: dict[str, NDArray[Any]], ids: ObjectArray, rows: int, h: int, *, dated: bool
) -> States:
    """The states of arrays of `arrays_of`.

    Args:
        arrays: the arrays.
        ids: [N] labels of the series.
        rows: steps that are kept, at most.
        h: steps ahead, at most.
        dated: whether times are dates.

    Raises:
        ValueError: the arrays do not fit each other.
    """
    count = len(ids)
    last = _checked(arrays, "last", (count,)).astype(np.int64)
    followed = _checked(arrays, "followed", (count, 2)).astype(bool)
    past = Past(rows, ids, last.astype("M8[ns]") if dated else last, followed)
    past.length = _checked(arrays, "length", (count,)).astype(np.int64)
    if (past.length < 0).any():
        raise ValueError("a length is negative")
    past._grow(int(past.length.max(initial=0)))
    _fill(past, arrays)
    facts = (_checked(arrays, f"facts.{name}", (count,)) for name in _FACTS)
    types = (np.int64, np.int64, np.bool_, np.bool_)
    past.facts = PastFacts(*(part.astype(kind) for part, kind in zip(facts, types, strict=True)))
    states = States.of(past, h)
    for part, name, names in (
        (states.widths, "widths", widths.ARRAYS),
        (states.latest, "latest", surprise.ARRAYS),
    ):
        for own in names:
            like = getattr(part, own)
            stored = _checked(arrays, f"{name}.{own}", like.shape)
            setattr(part, own, stored.astype(like.dtype))
    if not np.isfinite(states.widths.factors).all():
        raise ValueError("a factor of the widths is not finite")
    return states


def _fill(past: Past, arrays: dict[str, NDArray[Any]]) -> None:
    """Put the values into the rings."""
    every = np.arange(len(past))
    kept = past.kept(every)
    total = int(kept.sum())
    observed = _bits(arrays["observed"], total)
    closed = _bits(arrays["closed"], total) if len(arrays["closed"]) else np.zeros(total, bool)
    stored = _checked(arrays, "values", (int(observed.sum()),)).astype(np.float64)
    if not np.isfinite(stored).all():
        raise ValueError("a value is not finite")
    values = np.full(total, np.nan)
    values[observed] = stored
    begin = np.repeat(past.length - kept - (np.cumsum(kept) - kept), kept)
    cell = (np.arange(total) + begin) % past.values.shape[1]
    row = np.repeat(every, kept)
    past.values[row, cell], past.closed[row, cell] = values, closed


def _checked(arrays: dict[str, NDArray[Any]], name: str, shape: tuple[int, ...]) -> NDArray[Any]:
    """An array of an expected shape.

    Raises:
        ValueError: it is missing, or of another shape.
    """
    if name not in arrays or arrays[name].shape != shape:
        found = arrays[name].shape if name in arrays else "nothing"
        raise ValueError(f"`{name}` should have the shape {shape}, found {found}")
    return arrays[name]


def _bits(stored: NDArray[Any], count: int) -> BoolArray:
    if stored.dtype != np.uint8 or stored.shape != (-(-count // 8),):
        raise ValueError(f"there are {stored.size} bytes of flags for {count} steps")
    return np.unpackbits(stored, count=count).astype(bool)


def _smallest(values: FloatArray) -> NDArray[Any]:
    """The values in the smallest type that holds all of them exactly."""
    if not len(values):
        return values.astype(np.int8)
    has_negative_zero = bool((np.signbit(values) & (values == 0)).any())
    if not has_negative_zero and (values == np.round(values)).all():
        for kind in _WHOLE:
            if np.abs(values).max() <= np.iinfo(kind).max:
                return values.astype(kind)
    with np.errstate(over="ignore"):
        single = values.astype(np.float32)
    return single if (single.astype(np.float64) == values).all() else values


def _smallest_whole(values: IntArray) -> NDArray[Any]:
    largest = int(np.abs(values).max(initial=0))
    return next((values.astype(k) for k in _WHOLE if largest <= np.iinfo(k).max), values)
