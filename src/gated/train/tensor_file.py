"""Saves and loads named tensors, in the files of `gated.array_file`."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gated.array_file import load_arrays, save_arrays

__all__ = ["flatten_state", "load_tensors", "save_tensors", "unflatten_state"]


def save_tensors(
    path: str | Path, tensors: dict[str, Tensor], header: dict[str, Any], *, kind: str, version: int
) -> None:
    """Write named tensors, of any dtype of NumPy, and a header; see `save_arrays`."""
    arrays = {name: tensor.detach().cpu().numpy() for name, tensor in tensors.items()}
    save_arrays(path, arrays, header, kind=kind, version=version)


def load_tensors(
    path: str | Path,
    *,
    kind: str,
    version: int,
    older: Collection[int] = (),
    without_checksum: Collection[int] = (),
) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Read a file of `save_tensors`: (tensors, header); see `load_arrays`."""
    arrays, header = load_arrays(
        path, kind=kind, version=version, older=older, without_checksum=without_checksum
    )
    return {name: torch.from_numpy(array) for name, array in arrays.items()}, header


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
