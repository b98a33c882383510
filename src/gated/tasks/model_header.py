"""Reads and checks the parts that the headers of all model files for sequences have."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gated.numeric import Shapes
from gated.tasks.data.frontend import ArrayFrontend, SoundFrontend, frontend_of
from gated.tasks.network.sequence_model import SequenceConfig
from gated.train.stored_values import flag, number, one_of, optional, record, text, whole

__all__ = [
    "NETWORK",
    "anything",
    "checked_weights",
    "read_frontend",
    "read_network",
]

Floats: TypeAlias = NDArray[np.float32]

_LARGEST = 65_536

_LOG_MEL = {
    "rate": whole(1, 10**6),
    "bins": whole(1, 1_024),
    "window": number(1e-4, 10),
    "hop": number(1e-4, 10),
    "low": number(0, 10**6),
    "high": optional(number(0, 10**6)),
}


_FRONTENDS = {
    "arrays": record({"kind": text(), "width": whole(1, _LARGEST)}),
    "sound": record({"kind": text(), **_LOG_MEL}),
}

NETWORK = record(
    {
        "inputs": whole(1, _LARGEST),
        "hidden_size": whole(1, _LARGEST),
        "num_layers": whole(1, 64),
        "dropout": number(0, 1),
        "is_centred": flag,
    },
    {"lookup": whole(0, 10**6), "cepstra": whole(0, 1_024)},  # files of older versions lack them
)


def anything(value: Any, where: str) -> None:
    """Accept a value whose type depends on another one, and is checked with it."""


def read_frontend(given: dict[str, Any]) -> ArrayFrontend | SoundFrontend:
    """The frontend of a header.

    Raises:
        ValueError: it is none.
    """
    one_of(tuple(_FRONTENDS))(given.get("kind"), "header.frontend.kind")
    _FRONTENDS[given["kind"]](given, "header.frontend")
    return frontend_of(given)


def read_network(given: dict[str, Any], frontend: ArrayFrontend | SoundFrontend) -> SequenceConfig:
    """The sizes of the network of a header.

    Raises:
        ValueError: it reads another number of values than a step of the frontend has.
    """
    config = SequenceConfig(**given)
    if frontend.width != config.inputs:
        raise ValueError("the network reads another number of values than a step has")
    return config


def checked_weights(arrays: Mapping[str, NDArray[Any]], expected: Shapes) -> dict[str, Floats]:
    """The arrays of a network as float32; those of a file may be float16.

    Raises:
        ValueError: the names or the shapes are not the expected ones.
    """
    if arrays.keys() != expected.keys():
        name = min(arrays.keys() ^ expected.keys())
        raise ValueError(f"array {name} is {'missing' if name in expected else 'unknown'}")
    for name, array in arrays.items():
        if array.shape != expected[name]:
            raise ValueError(f"array {name} is of shape {array.shape}; expected {expected[name]}")
    return {name: array.astype(np.float32) for name, array in arrays.items()}
