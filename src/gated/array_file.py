"""Saves and loads named arrays: safetensors files with a JSON header and a checksum, never pickle.

A file may be damaged or come from an untrusted source. `load_arrays` checks the kind of the file
and its checksum; the code that uses the content checks the content.

`save_arrays` and `load_arrays` are for NumPy, `pack_arrays` and `unpack_arrays` for bytes that are
no file, such as those of a database; `save_named` and `load_named` are for any
`ArrayLibrary`, because NumPy lacks bfloat16, which a file of tensors may have.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, NoReturn, TypeVar

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import load, save

from gated.errors import ModelFileError
from gated.files import special_kind, write_whole

__all__ = [
    "ArrayLibrary",
    "damaged",
    "kind_of",
    "load_arrays",
    "load_named",
    "pack_arrays",
    "save_arrays",
    "save_named",
    "unpack_arrays",
]

A = TypeVar("A")

_HEADER = "gated"
_ANY = "model"  # how messages name a file of any kind
_CHECKSUM = "checksum"
_LENGTH_BYTES = 8  # safetensors begins with the length of its header
_KINDS = "biuf"  # of types that NumPy has itself; another package may add bfloat16
_REASON_SHOWN = 300  # characters: a reason may quote a value of any length


@dataclass(frozen=True)
class ArrayLibrary(Generic[A]):
    """How the arrays of a library are written, read and described.

    Attributes:
        name: of the library in `safetensors.safe_open`.
        save: converts named arrays and metadata to the bytes of a file.
        contiguous: copies an array, if it is not contiguous.
        content: the name that torch gives to the dtype of a contiguous array, and its bytes [N].
        of_bytes: converts bytes of NumPy, [N], to an array.
    """

    name: str
    save: Callable[[dict[str, A], dict[str, str]], bytes]
    contiguous: Callable[[A], A]
    content: Callable[[A], tuple[str, NDArray[np.uint8]]]
    of_bytes: Callable[[NDArray[np.uint8]], A]


def save_arrays(
    path: str | Path,
    arrays: Mapping[str, NDArray[Any]],
    header: dict[str, Any],
    *,
    kind: str,
    version: int,
) -> None:
    """Write named arrays of NumPy, a JSON header and a checksum; see `save_named`."""
    save_named(_NUMPY, path, arrays, header, kind=kind, version=version)


def load_arrays(
    path: str | Path,
    *,
    kind: str,
    version: int,
    older: Collection[int] = (),
    without_checksum: Collection[int] = (),
) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Read a file of `save_arrays`: (arrays, header); see `load_named`."""
    return load_named(
        _NUMPY, path, kind=kind, version=version, older=older, without_checksum=without_checksum
    )


def pack_arrays(
    arrays: Mapping[str, NDArray[Any]], header: Mapping[str, Any], *, kind: str, version: int
) -> bytes:
    """The bytes of a file of named arrays of NumPy; the arguments are those of `save_named`."""
    return _packed(_NUMPY, arrays, header, kind, version)


def unpack_arrays(
    content: bytes, name: str, *, kind: str, version: int
) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """The arrays and the header of bytes of `pack_arrays`.

    Args:
        content: the bytes.
        name: what the bytes are, at the beginning of messages: a path, or "The state of `a`".
        kind, version: as passed to `pack_arrays`.

    Raises:
        ModelFileError: the bytes are truncated, changed, of another kind or version.

    >>> content = pack_arrays({"x": np.ones(2)}, {"of": "a"}, kind="state", version=1)
    >>> unpack_arrays(content, "The state", kind="state", version=1)
    ({'x': array([1., 1.])}, {'of': 'a'})
    """
    try:
        length = int.from_bytes(content[:_LENGTH_BYTES], "little")
        described = json.loads(content[_LENGTH_BYTES : _LENGTH_BYTES + length])
        text, arrays = described["__metadata__"][_HEADER], load(content)
    except Exception as error:  # safetensors raises many types of errors for invalid bytes
        raise _unreadable(name, kind, error) from error
    return _checked(name, kind, (version,), (), _NUMPY, arrays, text)


def save_named(
    library: ArrayLibrary[A],
    path: str | Path,
    arrays: Mapping[str, A],
    header: dict[str, Any],
    *,
    kind: str,
    version: int,
) -> None:
    """Write named arrays, a JSON header and a checksum of both, the whole file or nothing.

    Args:
        library: of the arrays.
        path: of the file; an existing file is replaced.
        arrays: any names but "checksum", any dtypes.
        header: any JSON value, without NaN and infinities.
        kind: of file ("model", "checkpoint"); `load_named` checks it.
        version: of the format of this kind.

    Raises:
        GatedError: the file cannot be written.
    """
    write_whole(path, _packed(library, arrays, header, kind, version))


def load_named(
    library: ArrayLibrary[A],
    path: str | Path,
    *,
    kind: str,
    version: int,
    older: Collection[int] = (),
    without_checksum: Collection[int] = (),
) -> tuple[dict[str, A], dict[str, Any]]:
    """Read a file of `save_named`: (arrays, header).

    Args:
        library: of the arrays.
        path: of the file.
        kind, version: as passed to `save_named`.
        older: versions that are loaded too.
        without_checksum: versions that are loaded too, and may lack a checksum.

    Raises:
        ModelFileError: the file is missing, truncated, changed, not of gated, of another kind or
            version.
    """
    text, arrays = _read(path, kind, library)
    return _checked(str(path), kind, (version, *older), without_checksum, library, arrays, text)


def kind_of(path: str | Path) -> str:
    """Return the kind of a file of `save_arrays`, such as "model" or "classifier".

    Raises:
        ModelFileError: the file is missing, truncated, or not of gated.
    """
    text, _ = _read(path, _ANY, _NUMPY, has_arrays=False)
    kind, _ = _parsed(str(path), _ANY, text)
    return kind


def damaged(name: str | Path, kind: str, reason: object) -> ModelFileError:
    """Make the error for a file of gated whose content is invalid."""
    shown = str(reason).rstrip(".")
    if len(shown) > _REASON_SHOWN:
        shown = f"{shown[:_REASON_SHOWN]} …"
    return ModelFileError(
        f"{name}: is a gated {kind} file, but its parts do not fit together: {shown}. It was "
        f"changed or damaged; save the {kind} again."
    )


def _read(
    path: str | Path, kind: str, library: ArrayLibrary[A], *, has_arrays: bool = True
) -> tuple[str, dict[str, A]]:
    """Read gated's text in the header of a safetensors file, and its arrays, if they are needed."""
    path = Path(path)
    special = special_kind(path)
    if special is not None:
        raise ModelFileError(f"{path}: is {special}. Expected a gated {kind} file. Name another.")
    try:
        with safe_open(path, framework=library.name) as file:
            text = (file.metadata() or {}).get(_HEADER, "null")
            names = file.keys() if has_arrays else ()
            return text, {name: file.get_tensor(name) for name in names}
    except FileNotFoundError as error:
        raise ModelFileError(
            f"{path}: no such file. Expected a gated {kind} file. Check the name."
        ) from error
    except Exception as error:  # safetensors raises many types of errors for invalid bytes
        raise _unreadable(str(path), kind, error) from error


def _unreadable(name: str, kind: str, reason: object) -> ModelFileError:
    shown = str(reason)[:_REASON_SHOWN]
    return ModelFileError(
        f"{name}: cannot be read as a gated {kind} file ({shown}). It is truncated, damaged "
        f"or something else. Save the {kind} again."
    )


def _packed(
    library: ArrayLibrary[A],
    arrays: Mapping[str, A],
    header: Mapping[str, Any],
    kind: str,
    version: int,
) -> bytes:
    """The bytes of arrays, header and checksum."""
    described = {"kind": kind, "version": version, "header": header}
    text = json.dumps(described, allow_nan=False)
    contiguous = {name: library.contiguous(array) for name, array in arrays.items()}
    contiguous[_CHECKSUM] = library.of_bytes(_checksum(text, contiguous, library))
    return library.save(contiguous, {_HEADER: text})


def _checked(
    name: str,
    kind: str,
    versions: tuple[int, ...],
    without_checksum: Collection[int],
    library: ArrayLibrary[A],
    arrays: dict[str, A],
    text: str,
) -> tuple[dict[str, A], dict[str, Any]]:
    """Check types, version and checksum of what was read; the first version is the newest."""
    for array_name, array in arrays.items():
        if isinstance(array, np.ndarray) and array.dtype.kind not in _KINDS:
            raise _unreadable(name, kind, f"`{array_name}` is of the type {array.dtype}")
    found, header = _described(name, kind, text)
    if found not in (*versions, *without_checksum):
        raise ModelFileError(
            f"{name}: is of format version {found}; this gated reads version "
            f"{versions[0]}. Save it again with this version, or install the one that wrote it."
        )
    checksum = arrays.pop(_CHECKSUM, None)
    if checksum is None and found in without_checksum:
        return arrays, header
    expected = _checksum(text, arrays, library)
    if checksum is None or not np.array_equal(library.content(checksum)[1], expected):
        raise ModelFileError(
            f"{name}: its content does not match its checksum: it was changed or damaged since "
            f"it was written. Expected a gated {kind} file as it was saved. Save the {kind} again, "
            "or use an intact copy."
        )
    return arrays, header


def _described(name: str, kind: str, text: str) -> tuple[int, dict[str, Any]]:
    """Parse gated's text as an object with kind, version and header; return the last two."""
    found, described = _parsed(name, kind, text)
    if found != kind:
        raise _other_file(name, kind, found)
    version, header = described.get("version"), described.get("header")
    if type(version) is not int or not isinstance(header, dict):
        raise damaged(name, kind, "it has no version or no header")
    return version, header


def _parsed(name: str, expected: str, text: str) -> tuple[str, dict[str, Any]]:
    """Parse gated's text as an object; return its kind and all of it."""
    try:
        described = json.loads(text, parse_constant=_raise_for_constant)
    except (ValueError, RecursionError) as error:
        raise _unreadable(name, expected, error) from error
    kind = described.get("kind") if isinstance(described, dict) else None
    if not isinstance(kind, str):
        raise _other_file(name, expected, "no gated header" if kind is None else str(kind))
    return kind, described


def _other_file(name: str, expected: str, found: str) -> ModelFileError:
    return ModelFileError(
        f"{name}: expected a gated {expected} file, found {found[:40]}. Name another file."
    )


def _raise_for_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _checksum(text: str, arrays: Mapping[str, A], library: ArrayLibrary[A]) -> NDArray[np.uint8]:
    """Compute SHA-256, [32], of the text and each array's name, type, shape and bytes."""
    digest = hashlib.sha256(text.encode())
    for name in sorted(arrays):
        dtype, content = library.content(arrays[name])
        shape: tuple[int, ...] = arrays[name].shape  # type: ignore[attr-defined]
        description = json.dumps([name, dtype, list(shape)])
        digest.update(b"\0" + description.encode())
        digest.update(content.data)
    return np.frombuffer(digest.digest(), dtype=np.uint8)


def _contiguous(array: NDArray[Any]) -> NDArray[Any]:
    return np.ascontiguousarray(array, array.dtype.newbyteorder("=")).reshape(array.shape)


def _content(array: NDArray[Any]) -> tuple[str, NDArray[np.uint8]]:
    return f"torch.{array.dtype}", np.ascontiguousarray(array).reshape(-1).view(np.uint8)


_NUMPY: ArrayLibrary[NDArray[Any]] = ArrayLibrary("np", save, _contiguous, _content, lambda x: x)
