"""Loads the pretrained weights that come with the package, for any table.

`weights/forecaster.md` says what they were trained on, for how long, and how good they are.
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
    """A fresh network that reads nothing but values.

    Its layout is a placeholder, for no weight depends on it.
    """
    return SeasonNetwork(NetworkConfig(PatchLayout(24, 2), hidden_size, num_layers, 0.0, 0, 0))


def pretrained_network(layout: PatchLayout) -> SeasonNetwork:
    """The pretrained network in evaluation mode, for windows of any layout; its weights are shared.

    No weight depends on the layout, so that a table costs no copy.
    """
    network = copy.copy(_load())
    network.config = replace(network.config, layout=layout)
    return network


def tunable_network(config: NetworkConfig) -> SeasonNetwork:
    """A network of its own that begins with the pretrained weights.

    Args:
        config: whose inputs it has; covariates, calendar and static features come in through
            layers that have no effect until something is learned. Sizes are those of the pretrained
            network.
    """
    shipped = _load()
    network = SeasonNetwork(
        replace(
            config,
            hidden_size=shipped.config.hidden_size,
            num_layers=shipped.config.num_layers,
        )
    )
    own = network.state_dict()  # what is not among the pretrained weights stays as it begins
    network.load_state_dict({**own, **shipped.state_dict()})
    return network


def pretrained_names() -> list[str]:
    """The names of the pretrained weights in a tunable network."""
    return list(_load().state_dict())


def load_weights(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The tensors and the header of a file of pretrained weights.

    Raises:
        ModelFileError: missing, damaged, or not such a file.
    """
    # The file in the package was written before there was a checksum.
    return load_tensors(path, kind=KIND, version=VERSION, without_checksum=(VERSION,))


@lru_cache(maxsize=1)
def _load() -> SeasonNetwork:
    with as_file(files("gated") / "weights" / _FILE) as path:
        tensors, header = load_weights(path)
    # Initial values would be drawn only to be thrown away, and move the caller's random state.
    with torch.random.fork_rng(devices=[]):
        network = untrained_network(header["hidden_size"], header["num_layers"])
    network.load_state_dict({name: value.float() for name, value in tensors.items()})
    return network.eval().requires_grad_(False)
