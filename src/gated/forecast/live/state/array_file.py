"""Packs named NumPy arrays and a JSON header as bytes: safetensors with a checksum, never pickle.

The format is that of `gated.train.tensor_file`, of which this is the part that needs no torch.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load, save

from gated.errors import ModelFileError

__all__ = ["packed", "unpacked"]

Arrays = Mapping[str, NDArray[Any]]

_HEADER, _CHECKSUM = "gated", "checksum"
_LENGTH_BYTES = 8  # safetensors begins with the length of its header


def packed(arrays: Arrays, header: Mapping[str, Any], *, kind: str, version: int) -> bytes:
    """The bytes of named arrays, a JSON header, and a checksum of both.

    Args:
        arrays: any names but "checksum".
        header: any JSON value, without NaN and infinities.
        kind: of content; `unpacked` checks it.
        version: of the format of this kind.
    """
    text = json.dumps({"kind": kind, "version": version, "header": header}, allow_nan=False)
    contiguous = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    contiguous[_CHECKSUM] = _checksum(text, contiguous)
    return save(contiguous, metadata={_HEADER: text})


def unpacked(
    content: bytes, *, name: str, kind: str, version: int
) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """The arrays and the header of bytes of `packed`.

    Args:
        content: the bytes.
        name: begins each message: a path, or what the bytes are.
        kind, version: as passed to `packed`.

    Raises:
        ModelFileError: the bytes are truncated, changed, of another kind or version.
    """
    try:
        length = int.from_bytes(content[:_LENGTH_BYTES], "little")
        described = json.loads(content[_LENGTH_BYTES : _LENGTH_BYTES + length])
        text = described["__metadata__"][_HEADER]
        own = json.loads(text, parse_constant=_raise_for_constant)
        found, given, header = own["kind"], own["version"], own["header"]
        arrays = load(content)
    except Exception as error:  # safetensors raises many types of errors for invalid bytes
        raise ModelFileError(
            f"{name}: cannot be read as a {kind} of gated ({str(error)[:200]}). It is truncated, "
            "damaged or something else. Save it again, or name another."
        ) from error
    if found != kind:
        raise ModelFileError(
            f"{name}: expected a {kind} of gated, found {str(found)[:40]}. Name another."
        )
    if given != version:
        raise ModelFileError(
            f"{name}: is of format version {given}; this gated reads version {version}. Watch the "
            "table again, or install the gated that wrote it."
        )
    checksum = arrays.pop(_CHECKSUM, None)
    if checksum is None or not np.array_equal(checksum, _checksum(text, arrays)):
        raise ModelFileError(
            f"{name}: its content does not match its checksum: it was changed or damaged since it "
            "was written. Use an intact copy, or watch the table again."
        )
    return arrays, header


def _raise_for_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _checksum(text: str, arrays: Arrays) -> NDArray[np.uint8]:
    """SHA-256, [32] uint8, of the text and each array's name, type, shape and bytes."""
    digest = hashlib.sha256(text.encode())
    for name in sorted(arrays):
        array = arrays[name]
        description = json.dumps([name, str(array.dtype), list(array.shape)])
        digest.update(b"\0" + description.encode() + array.tobytes())
    return np.frombuffer(digest.digest(), dtype=np.uint8)
