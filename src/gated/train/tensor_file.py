"""Saves and loads named tensors: safetensors files with a JSON header and a checksum, never pickle.

A file may be damaged or come from an untrusted source. `load_tensors` checks the kind of the file
and its checksum; the code that uses the content checks the content.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NoReturn

import torch
from safetensors import safe_open
from safetensors.torch import save
from torch import Tensor

from gated.errors import ModelFileError
from gated.files import special_kind, write_whole

_HEADER = "gated"
_CHECKSUM = "checksum"
_REASON_SHOWN = 300  # characters: a reason may quote a value of any length


def save_tensors(
    path: str | Path, tensors: dict[str, Tensor], header: dict[str, Any], *, kind: str, version: int
) -> None:
    """Write named tensors, a JSON header and a checksum of both, the whole file or nothing.

    Args:
        path: of the file; an existing file is replaced.
        tensors: any names but "checksum", any dtypes.
        header: any JSON value, without NaN and infinities.
        kind: of file ("model", "checkpoint"); `load_tensors` checks it.
        version: of the format of this kind.

    Raises:
        GatedError: the file cannot be written.
    """
    described = {"kind": kind, "version": version, "header": header}
    text = json.dumps(described, allow_nan=False)
    contiguous = {name: tensor.detach().contiguous() for name, tensor in tensors.items()}
    contiguous[_CHECKSUM] = _checksum(text, contiguous)
    write_whole(path, save(contiguous, metadata={_HEADER: text}))


def load_tensors(
    path: str | Path,
    *,
    kind: str,
    version: int,
    older: Collection[int] = (),
    without_checksum: Collection[int] = (),
) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Read a file of `save_tensors`: (tensors, header).

    Args:
        path: of the file.
        kind, version: as passed to `save_tensors`.
        older: versions that are loaded too.
        without_checksum: versions that are loaded too, and may lack a checksum.

    Raises:
        ModelFileError: the file is missing, truncated, changed, not of gated, of another kind or
            version.
    """
    path = Path(path)
    special = special_kind(path)
    if special is not None:
        raise ModelFileError(f"{path}: is {special}. Expected a gated {kind} file. Name another.")
    tensors, text = _read(path, kind)
    described = _described(path, kind, text)
    found = described["version"]
    if found != version and found not in (*older, *without_checksum):
        raise ModelFileError(
            f"{path}: is of format version {found}; this gated reads version "
            f"{version}. Save it again with this version, or install the one that wrote it."
        )
    checksum = tensors.pop(_CHECKSUM, None)
    if checksum is None and found in without_checksum:
        return tensors, described["header"]
    if checksum is None or not torch.equal(checksum, _checksum(text, tensors)):
        raise ModelFileError(
            f"{path}: its content does not match its checksum: it was changed or damaged since "
            f"it was written. Expected a gated {kind} file as it was saved. Save the {kind} again, "
            "or use an intact copy."
        )
    return tensors, described["header"]


def kind_of(path: str | Path) -> str:
    """Return the kind of a file of `save_tensors`, such as "model" or "classifier".

    Raises:
        ModelFileError: the file is missing, truncated, or not of gated.
    """
    path = Path(path)
    special = special_kind(path)
    if special is not None:
        raise ModelFileError(f"{path}: is {special}. Expected a model file of gated.")
    try:
        with safe_open(path, framework="np") as file:
            described = json.loads((file.metadata() or {}).get(_HEADER, "null"))
    except FileNotFoundError as error:
        raise ModelFileError(
            f"{path}: no such file. Expected a model file of gated. Check the name."
        ) from error
    except Exception as error:  # safetensors raises many types of errors for invalid bytes
        raise ModelFileError(
            f"{path}: cannot be read as a model file of gated ({error}). It is truncated, damaged "
            "or something else. Name another file."
        ) from error
    kind = described.get("kind") if isinstance(described, dict) else None
    if not isinstance(kind, str):
        raise ModelFileError(
            f"{path}: is a safetensors file, but not of gated. Expected a model file of gated."
        )
    return kind


def damaged(path: Path, kind: str, reason: object) -> ModelFileError:
    """Make the error for a file of gated whose content is invalid."""
    shown = str(reason).rstrip(".")
    if len(shown) > _REASON_SHOWN:
        shown = f"{shown[:_REASON_SHOWN]} …"
    return ModelFileError(
        f"{path}: is a gated {kind} file, but its parts do not fit together: {shown}. It was "
        f"changed or damaged; save the {kind} again."
    )


def _read(path: Path, kind: str) -> tuple[dict[str, Tensor], str]:
    """Read all tensors of a safetensors file, and gated's text in its header."""
    try:
        with safe_open(path, framework="pt") as file:
            text = (file.metadata() or {}).get(_HEADER, "null")
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except FileNotFoundError as error:
        raise ModelFileError(
            f"{path}: no such file. Expected a gated {kind} file. Check the name."
        ) from error
    except Exception as error:  # safetensors raises many types of errors for invalid bytes
        raise ModelFileError(
            f"{path}: cannot be read as a gated {kind} file ({error}). It is truncated, damaged "
            f"or something else. Save the {kind} again."
        ) from error
    return tensors, text


def _described(path: Path, kind: str, text: str) -> dict[str, Any]:
    """Parse gated's text as an object with kind, version and header."""
    try:
        described = json.loads(text, parse_constant=_raise_for_constant)
    except (ValueError, RecursionError) as error:
        raise ModelFileError(
            f"{path}: cannot be read as a gated {kind} file ({error}). It is truncated, damaged "
            f"or something else. Save the {kind} again."
        ) from error
    found = described.get("kind") if isinstance(described, dict) else "no gated header"
    if found != kind:
        raise ModelFileError(
            f"{path}: expected a gated {kind} file, found {str(found)[:40]}. Name another file."
        )
    version, header = described.get("version"), described.get("header")
    if type(version) is not int or not isinstance(header, dict):
        raise damaged(path, kind, "it has no version or no header")
    return {"version": version, "header": header}


def _raise_for_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _checksum(text: str, tensors: Mapping[str, Tensor]) -> Tensor:
    """Compute SHA-256, [32] uint8, of the text and each tensor's name, type, shape and bytes."""
    digest = hashlib.sha256(text.encode())
    for name in sorted(tensors):
        tensor = tensors[name]
        description = json.dumps([name, str(tensor.dtype), list(tensor.shape)])
        digest.update(b"\0" + description.encode())
        # A tensor of one element may have any stride; a view as bytes may not.
        flat = tensor.contiguous().as_strided((tensor.numel(),), (1,))
        digest.update(flat.view(torch.uint8).numpy().data)
    return torch.tensor(list(digest.digest()), dtype=torch.uint8)


def flatten_state(state: Any, prefix: str = "") -> tuple[dict[str, Tensor], Any]:
    """Split nested dicts and lists into named tensors and a skeleton that JSON can hold.

    >>> flatten_state({"step": 3, "w": [Tensor([0.0])]})[1]
    {'step': 3, 'w': [{'tensor': 'w.0'}]}
    """
    if isinstance(state, Tensor):
        return {prefix: state}, {"tensor": prefix}
    if isinstance(state, dict):
        pairs = [(str(key), flatten_state(v, _join(prefix, str(key)))) for key, v in state.items()]
        found = {name: t for _, (tensors, _) in pairs for name, t in tensors.items()}
        return found, {key: rest for key, (_, rest) in pairs}
    if isinstance(state, (list, tuple)):
        parts = [flatten_state(v, _join(prefix, str(i))) for i, v in enumerate(state)]
        found = {name: t for tensors, _ in parts for name, t in tensors.items()}
        return found, [rest for _, rest in parts]
    return {}, state


def unflatten_state(tensors: dict[str, Tensor], skeleton: Any) -> Any:
    """Undo `flatten_state`; keys of digits become numbers, as in an optimiser's state."""
    if isinstance(skeleton, dict):
        if skeleton.keys() == {"tensor"}:
            return tensors[skeleton["tensor"]]
        return {
            int(key) if key.isdigit() else key: unflatten_state(tensors, rest)
            for key, rest in skeleton.items()
        }
    if isinstance(skeleton, list):
        return [unflatten_state(tensors, rest) for rest in skeleton]
    return skeleton


def _join(prefix: str, key: str) -> str:
    return f"{prefix}.{key}" if prefix else key
