"""Reads and checks the parts that the headers of all model files for sequences have."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import Tensor, nn

from gated.array_file import damaged
from gated.tasks.data.frontend import ArrayFrontend, SoundFrontend, frontend_of
from gated.tasks.network.sequence_model import SequenceConfig
from gated.train import load_tensors
from gated.train.loop_state import check_weights
from gated.train.stored_values import flag, number, one_of, optional, record, text, whole

__all__ = [
    "NETWORK",
    "anything",
    "load_stored",
    "read_frontend",
    "read_network",
    "stored_weights",
    "with_weights",
]

Network = TypeVar("Network", bound=nn.Module)
Stored = TypeVar("Stored")

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


def stored_weights(network: nn.Module, *, half: bool) -> dict[str, Tensor]:
    """The weights of a network for a file, as float16 with half."""
    weights = network.state_dict()
    return {name: value.half() for name, value in weights.items()} if half else weights


def load_stored(
    path: str | Path,
    kind: str,
    version: int,
    make: Callable[[dict[str, Tensor], dict[str, Any]], Stored],
) -> Stored:
    """Read a model file and make its content of the tensors and the header.

    Raises:
        ModelFileError: missing, changed, damaged, of another kind, or of another version.
    """
    path = Path(path)
    tensors, header = load_tensors(path, kind=kind, version=version)
    if isinstance(header.get("learned"), dict):
        header["learned"].pop("seconds", None)  # of the training: earlier versions wrote them
    try:
        return make(tensors, header)
    except (LookupError, TypeError, ValueError, RuntimeError, AttributeError) as error:
        raise damaged(path, kind, error) from error


def with_weights(make: Callable[[], Network], tensors: dict[str, Tensor]) -> Network:
    """Make a network in evaluation mode with stored weights, which may be float16.

    Raises:
        ValueError: names, shapes or values do not fit.
    """
    with torch.device("meta"):  # no memory before the sizes are checked
        expected = make().state_dict()
    floats = {name: value.float() for name, value in tensors.items()}
    check_weights(floats, {name: value.to(torch.float32) for name, value in expected.items()})
    network = make()
    network.load_state_dict(floats)
    return network.eval()
