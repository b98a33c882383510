"""Saves and loads the state of a pretraining run, at about half the size of a checkpoint.

The optimiser's moments are stored in half the bits (bfloat16). Saving rounds those of the running
optimiser to the same numbers, so that a run continues to the same bits whether it was loaded or
not.
"""

from pathlib import Path
from typing import Any

from gated.train.tensor_file import flatten_state, load_tensors, save_tensors, unflatten_state

__all__ = ["load_run", "save_run"]

_KIND, _VERSION = "pretraining", 2
_MOMENTS = ("exp_avg", "exp_avg_sq")


def save_run(path: Path, state: dict[str, Any], header: dict[str, Any]) -> None:
    """Write a state of `Loop` and a header; rounds the optimiser's moments in place.

    Raises:
        GatedError: the file cannot be written.
    """
    tensors, skeleton = flatten_state(state)
    for name, running in tensors.items():
        if name.startswith("optimizer.") and name.rpartition(".")[2] in _MOMENTS:
            tensors[name] = running.bfloat16()
            running.copy_(tensors[name])
    save_tensors(path, tensors, {**header, "loop": skeleton}, kind=_KIND, version=_VERSION)


def load_run(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Read a file of `save_run`: (state, header).

    Raises:
        ModelFileError: missing, damaged, or of another kind.
    """
    # Long runs began before there was a checksum.
    tensors, header = load_tensors(path, kind=_KIND, version=_VERSION, without_checksum=(_VERSION,))
    return unflatten_state(tensors, header.pop("loop")), header
