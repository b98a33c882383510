"""Saves and loads named tensors: safetensors files with a JSON header, never pickle."""

import json
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from gated.errors import ModelFileError
from gated.files import write_whole

_HEADER = "gated"


def save_tensors(
    path: str | Path, tensors: dict[str, Tensor], header: dict[str, Any], *, kind: str, version: int
) -> None:
    """Write named tensors and a JSON header, the whole file or nothing.

    Args:
        path: of the file; an existing file is replaced.
        tensors: any names, any dtypes.
        header: any JSON value; NaN and infinities are refused.
        kind: of file ("model", "checkpoint"); `load_tensors` checks it.
        version: of the format of this kind.

    Raises:
        GatedError: the file cannot be written.
    """
    described = {"kind": kind, "version": version, "header": header}
    metadata = {_HEADER: json.dumps(described, allow_nan=False)}
    contiguous = {name: tensor.detach().contiguous() for name, tensor in tensors.items()}
    write_whole(path, save(contiguous, metadata=metadata))


def load_tensors(
    path: str | Path, *, kind: str, version: int
) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Read a file of `save_tensors`: (tensors, header).

    Raises:
        ModelFileError: the file is missing, truncated, not of gated, of another kind or version.
    """
    path = Path(path)
    if path.is_dir():
        raise ModelFileError(f"{path}: is a folder. Expected a gated {kind} file.")
    try:
        with safe_open(path, framework="pt") as file:
            described = json.loads((file.metadata() or {}).get(_HEADER, "null"))
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except FileNotFoundError as error:
        raise ModelFileError(f"{path}: no such file. Expected a gated {kind} file.") from error
    except (SafetensorError, OSError, ValueError, RecursionError) as error:
        raise ModelFileError(
            f"{path}: cannot be read as a gated {kind} file ({error}). It is truncated, damaged "
            f"or something else. Save the {kind} again."
        ) from error
    if (
        not isinstance(described, dict)
        or described.get("kind") != kind
        or "header" not in described
    ):
        found = described.get("kind") if isinstance(described, dict) else "no gated header"
        raise ModelFileError(f"{path}: expected a gated {kind} file, found {found}.")
    if described.get("version") != version:
        raise ModelFileError(
            f"{path}: is of format version {described.get('version')}; this gated reads version "
            f"{version}. Save it again with this version, or install the one that wrote it."
        )
    return tensors, described["header"]


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
    """Undo `flatten_state`; keys of digits become numbers, as those of an optimiser's state are."""
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
