"""Implements the functions of networks that the array API standard lacks, for arrays of NumPy."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "columns",
    "concat_last",
    "cumulative_max",
    "float32",
    "layer_norm",
    "like",
    "linear",
    "log_sigmoid",
    "log_softmax",
    "log_sum_exp",
    "rank_largest",
    "relu",
    "rows",
    "sigmoid",
    "silu",
    "softmax",
    "summed_rows",
]

_ROWS_AT_ONCE = 16_384  # of a table, to limit memory

Reals: TypeAlias = NDArray[np.floating[Any]]


def float32(x: Reals) -> NDArray[np.float32]:
    """Convert to float32, without a copy where the array has this type."""
    return x.astype(np.float32, copy=False)


def like(constant: NDArray[Any], x: Reals) -> Reals:
    """Convert an array of NumPy to the dtype of x, and to its library and device."""
    return constant.astype(x.dtype, copy=False)


def linear(x: Reals, weight: Reals, bias: Reals | None = None) -> Reals:
    """Compute W x + b: `[…, rows of W]` from `[…, columns of W]`.

    >>> linear(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]]), np.array([5.0]))
    array([[16.]])
    """
    rows = x.reshape(-1, x.shape[-1])  # one product: a stack of small ones is slower
    product = rows @ weight.T
    if bias is not None:
        product += bias
    result: Reals = product.reshape(*x.shape[:-1], len(weight))
    return result


def columns(table: Reals, indices: NDArray[np.int64]) -> Reals:
    """Take columns of a table: `[N, *shape of indices]` from `[N, columns]`.

    >>> columns(np.array([[1.0, 2.0, 3.0]]), np.array([[2, 0]]))
    array([[[3., 1.]]])
    """
    return table.take(indices, axis=1)


def concat_last(parts: Sequence[Reals], shape: Sequence[int]) -> Reals:
    """Concatenate along the last axis arrays whose other axes are broadcast to a shape.

    >>> concat_last([np.array([1.0]), np.array([[2.0, 3.0], [4.0, 5.0]])], (2,))
    array([[1., 2., 3.],
           [1., 4., 5.]])
    """
    ends = np.cumsum([part.shape[-1] for part in parts]).tolist()
    joined = np.empty((*shape, ends[-1]), dtype=np.result_type(*parts))
    for part, end in zip(parts, ends, strict=True):
        joined[..., end - part.shape[-1] : end] = part
    return joined


def rows(table: Reals, indices: NDArray[np.int64], empty: int | None = None) -> Reals:
    """Look rows up in a table: `[…, columns]` from `[…]`.

    Args:
        table: [N, columns].
        indices: of rows.
        empty: the index of a row of zeros, which does not learn; None for no such row.

    >>> rows(np.array([[1.0], [2.0]]), np.array([1, 0, 1]))[:, 0]
    array([2., 1., 2.])
    """
    return table[indices]


def summed_rows(table: Reals, indices: NDArray[np.int64], empty: int | None = None) -> Reals:
    """Look rows up in a table, and sum them over the last axis: `[N, columns]` from `[N, count]`.

    Args:
        table, empty: as in `rows`.
        indices: of rows.

    >>> summed_rows(np.array([[1.0], [2.0]]), np.array([[1, 1], [0, 1]]))[:, 0]
    array([4., 3.])
    """
    result = np.empty((len(indices), table.shape[1]), dtype=table.dtype)
    some = max(_ROWS_AT_ONCE // max(indices.shape[1], 1), 1)
    for begin in range(0, len(indices), some):
        result[begin : begin + some] = table[indices[begin : begin + some]].sum(1)
    return result


def layer_norm(x: Reals, weight: Reals, bias: Reals | None, epsilon: float) -> Reals:
    """Normalise over the last axis, then scale and shift.

    Source: Ba, Kiros and Hinton 2016, arXiv 1607.06450.

    >>> layer_norm(np.array([1.0, 3.0]), np.ones(2), np.zeros(2), 0.0)
    array([-1.,  1.])
    """
    centred: Reals = x - x.mean(-1, keepdims=True)
    variance = np.square(centred).mean(-1, keepdims=True)
    centred *= weight / np.sqrt(variance + np.asarray(epsilon, x.dtype))
    if bias is not None:
        centred += bias
    return centred


def sigmoid(x: Reals) -> Reals:
    """Compute σ(x) = 1 / (1 + exp(−x)).

    >>> sigmoid(np.array([0.0, -1000.0]))
    array([0.5, 0. ])
    """
    with np.errstate(over="ignore"):  # exp(−x) = ∞ gives 0, which is right
        result: Reals = np.exp(-x)
    result += 1
    np.reciprocal(result, out=result)
    return result


def relu(x: Reals) -> Reals:
    """Compute max(x, 0).

    >>> relu(np.array([-1.0, 2.0]))
    array([0., 2.])
    """
    return np.maximum(x, 0)


def silu(x: Reals) -> Reals:
    """Compute x · σ(x).

    >>> silu(np.array([0.0, 1000.0]))
    array([   0., 1000.])
    """
    with np.errstate(over="ignore"):
        result: Reals = np.exp(-x)
    result += 1
    return np.divide(x, result, out=result)


def softmax(x: Reals) -> Reals:
    """Compute exp(x) divided by its sum over the last axis.

    >>> softmax(np.array([0.0, 0.0]))
    array([0.5, 0.5])
    """
    result: Reals = x - x.max(-1, keepdims=True)
    np.exp(result, out=result)
    result /= result.sum(-1, keepdims=True)
    return result


def log_sigmoid(x: Reals) -> Reals:
    """Compute log σ(x), which is finite for any finite x.

    >>> log_sigmoid(np.array([-1000.0, 1000.0])).tolist()
    [-1000.0, 0.0]
    """
    result: Reals = np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x)))
    return result


def log_softmax(x: Reals) -> Reals:
    """Compute log softmax(x) over the last axis.

    >>> log_softmax(np.array([0.0, -np.inf])).tolist()
    [0.0, -inf]
    """
    result: Reals = x - x.max(-1, keepdims=True)
    result -= np.log(np.exp(result).sum(-1, keepdims=True))
    return result


def log_sum_exp(x: Reals) -> Reals:
    """Compute log Σ exp(x) over the last axis.

    >>> float(log_sum_exp(np.array([1000.0, 1000.0])) - 1000).__round__(4)
    0.6931
    """
    largest = x.max(-1, keepdims=True)
    result: Reals = (np.log(np.exp(x - largest).sum(-1, keepdims=True)) + largest)[..., 0]
    return result


def rank_largest(x: Reals, rank: int) -> Reals:
    """The largest value of the last axis for rank 1, the second largest for rank 2: `[…, 1]`.

    >>> rank_largest(np.array([1.0, 5.0, 3.0]), 2)
    array([3.])
    """
    return np.partition(x, -rank, axis=-1)[..., -rank, None]


def cumulative_max(x: NDArray[Any]) -> NDArray[Any]:
    """The largest value so far along the last axis.

    >>> cumulative_max(np.array([1, 3, 2]))
    array([1, 3, 3])
    """
    return np.maximum.accumulate(x, axis=-1)
