"""Loads the pretrained weights of the package, for tables of any frequency.

`weights/forecaster.md` describes their training data, training time and accuracy.
"""

from dataclasses import replace
from functools import lru_cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.array_file import load_arrays
from gated.forecast.data.patching import PatchLayout
from gated.forecast.model.network import NetworkConfig, SeasonNetwork
from gated.forecast.model.weights.older_weights import converted

__all__ = [
    "KIND",
    "VERSION",
    "load_weights",
    "pretrained_names",
    "pretrained_network",
]

KIND, VERSION = "network", 1
_FILE = "forecaster.safetensors"


def pretrained_network(layout: PatchLayout) -> SeasonNetwork:
    """The pretrained network, for windows of a layout.

    All calls share one copy of the weights, because no weight depends on the layout.
    """
    network = _load()
    return SeasonNetwork(replace(network.config, layout=layout), network.arrays)


def pretrained_names() -> list[str]:
    """The names of the pretrained weights in a tunable network."""
    return list(_load().arrays)


def load_weights(path: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """The arrays and the header of a file of pretrained weights.

    Raises:
        ModelFileError: the file is missing, damaged, or of another kind.
    """
    # The file in the package has no checksum: it is older than the checksums.
    return load_arrays(path, kind=KIND, version=VERSION, without_checksum=(VERSION,))


@lru_cache(maxsize=1)
def _load() -> SeasonNetwork:
    with as_file(files("gated") / "weights" / _FILE) as path:
        arrays, header = load_weights(path)
    # The layout is a placeholder, because no weight depends on it.
    sizes = header["hidden_size"], header["num_layers"]
    config = NetworkConfig(PatchLayout(24, 2), *sizes, 0.0, 0, 0)
    weights = {name: array.astype(np.float32) for name, array in arrays.items()}
    return SeasonNetwork(config, converted(weights))
