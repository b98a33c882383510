"""Loads the pretrained weights of the package, for tables of any frequency.

`weights/forecaster.md` describes their training data, training time and accuracy.
"""

import copy
from dataclasses import replace
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gated.forecast.data.patching import PatchLayout
from gated.forecast.model.network import NetworkConfig, SeasonNetwork
from gated.forecast.model.older_weights import converted
from gated.train import load_tensors

__all__ = [
    "KIND",
    "VERSION",
    "load_weights",
    "pretrained_names",
    "pretrained_network",
    "tunable_network",
    "untrained_network",
]

KIND, VERSION = "network", 1
_FILE = "forecaster.safetensors"


def untrained_network(hidden_size: int, num_layers: int) -> SeasonNetwork:
    """A new network without covariates.

    Its layout is a placeholder, because no weight depends on it.
    """
    return SeasonNetwork(NetworkConfig(PatchLayout(24, 2), hidden_size, num_layers, 0.0, 0, 0))


def pretrained_network(layout: PatchLayout) -> SeasonNetwork:
    """The pretrained network in evaluation mode, for windows of a layout.

    All calls share one copy of the weights, because no weight depends on the layout.
    """
    network = copy.copy(_load())
    network.config = replace(network.config, layout=layout)
    return network


def tunable_network(config: NetworkConfig) -> SeasonNetwork:
    """A new network with a copy of the pretrained weights, for fine-tuning.

    Args:
        config: its inputs; the layers of covariates, calendar and static features have no effect
            before training. The sizes are those of the pretrained network.
    """
    pretrained = _load()
    network = SeasonNetwork(
        replace(
            config,
            hidden_size=pretrained.config.hidden_size,
            num_layers=pretrained.config.num_layers,
        )
    )
    own = network.state_dict()  # weights that are not pretrained keep their initial values
    network.load_state_dict({**own, **pretrained.state_dict()})
    return network


def pretrained_names() -> list[str]:
    """The names of the pretrained weights in a tunable network."""
    return list(_load().state_dict())


def load_weights(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The tensors and the header of a file of pretrained weights.

    Raises:
        ModelFileError: the file is missing, damaged, or of another kind.
    """
    # The file in the package has no checksum: it is older than the checksums.
    return load_tensors(path, kind=KIND, version=VERSION, without_checksum=(VERSION,))


@lru_cache(maxsize=1)
def _load() -> SeasonNetwork:
    with as_file(files("gated") / "weights" / _FILE) as path:
        tensors, header = load_weights(path)
    # The initial values are replaced: drawing them must not change the caller's random state.
    with torch.random.fork_rng(devices=[]):
        network = untrained_network(header["hidden_size"], header["num_layers"])
    network.load_state_dict(converted({name: value.float() for name, value in tensors.items()}))
    return network.eval().requires_grad_(False)
