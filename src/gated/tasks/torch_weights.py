"""Makes networks of torch with the weights of a file."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import torch
from numpy.typing import NDArray
from torch import nn

from gated.tasks.model_header import checked_weights
from gated.tasks.network.trainable_model import load_arrays_into

__all__ = ["with_weights"]

Network = TypeVar("Network", bound=nn.Module)


def with_weights(make: Callable[[], Network], arrays: Mapping[str, NDArray[Any]]) -> Network:
    """Make a network in evaluation mode with stored weights, which may be float16.

    Raises:
        ValueError: names or shapes do not fit.
    """
    with torch.device("meta"):  # no memory before the sizes are checked
        expected = make().state_dict()
    shapes = {name: tuple(value.shape) for name, value in expected.items()}
    network = make()
    load_arrays_into(network, checked_weights(arrays, shapes))
    return network
