"""Computes layer norms and SiLU of arrays of NumPy in C++, or with NumPy where there is no C++.

NumPy takes several passes over an array. Each row is computed alone, so
that its bits do not depend on the others.
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gated.numeric import numpy_primitives
from gated.ops.cpu import extension

__all__ = ["RowFunctions", "layer_norm", "silu"]

Reals: TypeAlias = NDArray[np.floating[Any]]

_TYPES = (np.float32, np.float64)


def layer_norm(x: Reals, weight: Reals, bias: Reals, epsilon: float) -> Reals:
    """Normalise over the last axis, then scale and shift, as `numpy_primitives.layer_norm`.

    Args:
        x: [..., F].
        weight, bias: [F], of the dtype of x.
        epsilon: added to the variance.

    >>> layer_norm(np.array([1.0, 3.0]), np.ones(2), np.zeros(2), 0.0)
    array([-1.,  1.])
    """
    if not _is_compiled(x) or not x.dtype == weight.dtype == bias.dtype:
        return numpy_primitives.layer_norm(x, weight, bias, epsilon)
    rows = np.ascontiguousarray(x).reshape(-1, x.shape[-1])
    normed = np.empty_like(rows)
    norm = (np.ascontiguousarray(part) for part in (weight, bias))
    extension.module().layer_norm(rows, *norm, epsilon, normed)
    return normed.reshape(x.shape)


def silu(x: Reals) -> Reals:
    """Compute x · σ(x), as `numpy_primitives.silu`.

    >>> silu(np.array([0.0, 1000.0]))
    array([   0., 1000.])
    """
    if not _is_compiled(x):
        return numpy_primitives.silu(x)
    flat = np.ascontiguousarray(x).reshape(-1)
    result = np.empty_like(flat)
    extension.module().silu(flat, result)
    return result.reshape(x.shape)


def _is_compiled(x: Reals) -> bool:
    return x.size > 0 and x.dtype in _TYPES and extension.available()


class RowFunctions:
    """These functions for `gated.numeric.Parameters`, as an object that can be pickled."""

    layer_norm = staticmethod(layer_norm)
    silu = staticmethod(silu)
