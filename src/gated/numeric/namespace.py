"""Chooses the functions for an array: those of NumPy or those of torch.

torch is imported only where a tensor is passed, so that an array of NumPy needs no torch.
"""

from typing import Any

import numpy as np

from gated.arrays import Array
from gated.numeric import numpy_primitives

__all__ = ["clip", "is_tensor", "namespace", "primitives"]

# A tuple, because torch.compile cannot trace a union of types of NumPy.
_OF_NUMPY = (np.ndarray, np.generic)


def is_tensor(array: Array) -> bool:
    """Return whether an array is a tensor of torch, not an array of NumPy."""
    return not isinstance(array, _OF_NUMPY)


def namespace(array: Array) -> Any:
    """Return the functions of the array API standard for an array's library.

    Source: the Python array API standard, 2023.12. NumPy follows it from 2.1 on; array-api-compat
    adapts torch.

    >>> x = np.array([1.0, 4.0])
    >>> namespace(x).sqrt(x)
    array([1., 2.])
    """
    if not is_tensor(array):
        return np  # it is one of the standard, from 2.1 on
    import array_api_compat.torch

    return array_api_compat.torch


def primitives(array: Array) -> Any:
    """Return the functions of networks that the standard lacks, for an array's library.

    Their names and arguments are those of `gated.numeric.numpy_primitives`.

    >>> primitives(np.zeros(1)).sigmoid(np.zeros(2))
    array([0.5, 0.5])
    """
    if not is_tensor(array):
        return numpy_primitives
    from gated.numeric import torch_primitives

    return torch_primitives


def clip(x: Array, low: Array | float | None = None, high: Array | float | None = None) -> Array:
    """Limit values to a range; several times as fast as NumPy's clip for small arrays.

    >>> clip(np.array([-1, 2, 5]), 0, 3)
    array([0, 2, 3])
    """
    if is_tensor(x):
        return x.clamp(low, high)
    if low is not None:
        x = np.maximum(x, low)
    return x if high is None else np.minimum(x, high)
