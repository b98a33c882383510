"""A run on disk: small enough to travel, exact enough to go on to the same bits.

The optimiser's moments are stored in half the bits (bfloat16). The running optimiser is rounded
to the same numbers at the same moment, so that going on after saving and going on after loading
are the same run.
"""

from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from gated.train.checkpoint import load_tensors, save_tensors

__all__ = ["load_run", "save_run"]

_KIND, _VERSION = "pretraining", 1
_MODEL, _AVERAGE, _GENERATOR = "model.", "average.", "generator"
_MOMENTS = ("exp_avg", "exp_avg_sq")


def save_run(
    path: Path,
    model: nn.Module,
    average: dict[str, Tensor],
    optimizer: torch.optim.Optimizer,
    generator: torch.Generator,
    header: dict[str, Any],
) -> None:
    """Write all that is needed to go on; rounds the optimiser's moments in place.

    Raises:
        GatedError: the file cannot be written.
    """
    tensors = {_MODEL + name: value for name, value in model.state_dict().items()}
    tensors |= {_AVERAGE + name: value for name, value in average.items()}
    tensors[_GENERATOR] = generator.get_state()
    for name, parameter in model.named_parameters():
        for moment in _MOMENTS:
            running = optimizer.state[parameter][moment]
            stored = running.bfloat16()
            running.copy_(stored)
            tensors[f"{moment}.{name}"] = stored
    save_tensors(path, tensors, header, kind=_KIND, version=_VERSION)


def load_run(
    path: Path,
    model: nn.Module,
    average: dict[str, Tensor],
    optimizer: torch.optim.Optimizer,
    generator: torch.Generator,
) -> dict[str, Any]:
    """Read what `save_run` wrote into a fresh run of the same shape: its header.

    Raises:
        ModelFileError: missing, damaged, or not a run.
    """
    tensors, header = load_tensors(
        path, kind=_KIND, version=_VERSION, without_checksum=(_VERSION,)
    )  # long runs began before there was a checksum
    model.load_state_dict(
        {name: tensors[_MODEL + name] for name in model.state_dict()},
    )
    for name in average:
        average[name].copy_(tensors[_AVERAGE + name])
    generator.set_state(tensors[_GENERATOR])
    steps = torch.tensor(float(header["steps"]))
    for name, parameter in model.named_parameters():
        moments = {
            moment: tensors[f"{moment}.{name}"].to(parameter.device, parameter.dtype)
            for moment in _MOMENTS
        }
        optimizer.state[parameter] = {"step": steps.clone().to(parameter.device), **moments}
    return header
