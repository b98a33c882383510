"""Ways to change a file of arrays: bits, values of its header, arrays."""

import copy
import json
import random
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from gated.array_file import _NUMPY, _checksum, load_arrays

Arrays = dict[str, NDArray[Any]]

# Values that no header expects where they come to stand.
STRANGE: list[Any] = [
    None, True, False, -1, 0, 1, 7, 10**9, 10**15, 10**30, 2**63, 1.5, -0.0, 1e-320, 1e308, -1e308,
    "", "x", "x" * 3000, "\x1b[2J", "nan", "inf", "D", "7", "999999999999999999", "Int64", "Enum",
    "polars", "category", "datetime64[ns, Mars/Olympus]", [], {}, [[]], [None], {"a": 1}, [1, 2, 3],
    {"tensor": "loop.generator"}, {"tensor": "nowhere"},
]  # fmt: skip
NUMBERS = [float("nan"), float("inf"), -1.0, 0.0, 3.0, 1e30]
DTYPES = [np.float16, np.uint16, np.int8, np.int64, np.bool_, np.float64]


def damaged(path: Path, kind: str, version: int, rng: random.Random) -> bytes:
    """The content of a file with some of it changed; its checksum is right or wrong."""
    way = rng.choice(["bytes", "header", "header", "arrays", "both"])
    if way == "bytes":
        return damaged_bytes(path.read_bytes(), rng)
    arrays, header = load_arrays(path, kind=kind, version=version)
    if way in ("header", "both"):
        header = damaged_header(header, rng)
    if way in ("arrays", "both"):
        arrays = damaged_arrays(arrays, rng)
    return signed(arrays, header, kind, version)


def signed(arrays: Arrays, header: Any, kind: str, version: int) -> bytes:
    """A file as `save_arrays` writes it, whatever the header is."""
    text = json.dumps({"kind": kind, "version": version, "header": header})
    whole = {name: np.array(array, order="C") for name, array in arrays.items()}
    whole["checksum"] = _checksum(text, whole, _NUMPY)
    return save(whole, metadata={"gated": text})


def damaged_bytes(content: bytes, rng: random.Random) -> bytes:
    """Flipped bits, a cut, more at the end, zeros, another length of the header."""
    changed = bytearray(content)
    way, place = rng.randrange(6), rng.randrange(len(changed))
    if way <= 1:
        for _ in range(rng.choice([1, 1, 5, 100])):
            changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    elif way == 2:
        del changed[place:]
    elif way == 3:
        changed += bytes(rng.choice([1, 8, 1000]))
    elif way == 4:
        changed[place : place + 4096] = bytes(rng.choice([1, 16, 4096]))
    else:
        lengths = [0, 1, 100, len(content), 10**8 + 1, 2**63, 2**64 - 1]
        changed[:8] = struct.pack("<Q", rng.choice(lengths))
    return bytes(changed)


def damaged_header(header: dict[str, Any], rng: random.Random) -> dict[str, Any]:
    """One to three values replaced, removed, added, or taken from elsewhere in the header."""
    changed = copy.deepcopy(header)
    for _ in range(rng.choice([1, 1, 2, 3])):
        places = [place for place in _places(changed) if place]
        *outer, last = rng.choice(places)
        parent = _at(changed, outer)
        way = rng.randrange(6)
        if way <= 2:
            parent[last] = copy.deepcopy(rng.choice(STRANGE))
        elif way == 3:
            del parent[last]
        elif way == 4 and isinstance(parent, dict):
            parent[rng.choice(["zzz", "\x1b]0;x", "0"])] = parent[last]
        elif way == 4:
            parent.append(parent[last])
        else:
            parent[last] = copy.deepcopy(_at(changed, rng.choice(places)))
    return changed


def damaged_arrays(arrays: Arrays, rng: random.Random) -> Arrays:
    """One or two arrays removed, added, reshaped, cut, of another type or with another value."""
    changed = dict(arrays)
    for _ in range(rng.choice([1, 1, 2])):
        name = rng.choice(sorted(changed))
        array, way = changed[name], rng.randrange(8)
        if way == 0:
            del changed[name]
        elif way == 1:
            changed["network.zzz"] = array
        elif way == 2:
            with np.errstate(invalid="ignore", over="ignore"):
                changed[name] = array.astype(rng.choice(DTYPES))
        elif way == 3:
            changed[name] = np.concatenate([array, array]) if array.ndim else array[None]
        elif way == 4:
            changed[name] = array.reshape(-1)[: rng.randrange(array.size + 1)]
        elif array.size:
            changed[name] = array.copy()
            number = rng.choice(NUMBERS) if array.dtype.kind == "f" else rng.choice([0, 1, 200])
            with np.errstate(over="ignore"):
                place = rng.randrange(array.size)
                changed[name].reshape(-1)[place] = np.array(number).astype(array.dtype)
    return changed


def _places(value: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield place
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _places(item, (*place, name))
    elif isinstance(value, list):
        for index, item in enumerate(value[:6]):
            yield from _places(item, (*place, index))


def _at(value: Any, place: list[Any] | tuple[Any, ...]) -> Any:
    for step in place:
        value = value[step]
    return value
