"""Saves and loads named tensors, in the files of `gated.array_file`."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import save
from torch import Tensor

from gated.array_file import ArrayLibrary, load_named, save_named

__all__ = ["flatten_state", "load_tensors", "save_tensors", "unflatten_state"]


def save_tensors(
    path: str | Path, tensors: dict[str, Tensor], header: dict[str, Any], *, kind: str, version: int
) -> None:
    """Write named tensors, of any dtypes, a header and a checksum; see `save_named`."""
    save_named(_TORCH, path, tensors, header, kind=kind, version=version)


def load_tensors(
    path: str | Path,
    *,
    kind: str,
    version: int,
    older: Collection[int] = (),
    without_checksum: Collection[int] = (),
) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Read a file of `save_tensors`: (tensors, header); see `load_named`."""
    return load_named(
        _TORCH, path, kind=kind, version=version, older=older, without_checksum=without_checksum
    )


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


def _content(tensor: Tensor) -> tuple[str, NDArray[np.uint8]]:
    # A tensor of one element may have any stride; a view as bytes may not.
    flat = tensor.cpu().contiguous().as_strided((tensor.numel(),), (1,))
    return str(tensor.dtype), flat.view(torch.uint8).numpy()


_TORCH: ArrayLibrary[Tensor] = ArrayLibrary(
    "pt", save, lambda tensor: tensor.detach().contiguous(), _content, torch.tensor
)
