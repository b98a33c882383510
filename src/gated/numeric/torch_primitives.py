"""Implements the functions of `numpy_primitives` for tensors of torch, with gradients."""

from collections.abc import Sequence
from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import embedding, embedding_bag, linear, logsigmoid, silu
from torch.nn.functional import layer_norm as torch_layer_norm

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

relu = torch.relu
sigmoid = torch.sigmoid
log_sigmoid = logsigmoid


def float32(x: Tensor) -> Tensor:
    """Convert to float32."""
    return x.float()


def like(constant: NDArray[Any], x: Tensor) -> Tensor:
    """Convert an array of NumPy to a tensor of the dtype and device of x."""
    return torch.as_tensor(constant, dtype=x.dtype, device=x.device)


def columns(table: Tensor, indices: Tensor) -> Tensor:
    """Take columns of a table: `[N, *shape of indices]` from `[N, columns]`."""
    return table[:, indices]


def concat_last(parts: Sequence[Tensor], shape: Sequence[int]) -> Tensor:
    """Concatenate along the last axis tensors whose other axes are broadcast to a shape."""
    return torch.cat([part.expand(*shape, part.shape[-1]) for part in parts], dim=-1)


def rows(table: Tensor, indices: Tensor, empty: int | None = None) -> Tensor:
    """Look rows up in a table: `[…, columns]` from `[…]`; the row `empty` gets no gradient."""
    return embedding(indices, table, padding_idx=empty)


def summed_rows(table: Tensor, indices: Tensor, empty: int | None = None) -> Tensor:
    """Look rows up in a table, and sum them: `[N, columns]` from `[N, count]`."""
    return embedding_bag(indices, table, mode="sum", padding_idx=empty)


def layer_norm(x: Tensor, weight: Tensor, bias: Tensor | None, epsilon: float) -> Tensor:
    """Normalise over the last axis, then scale and shift."""
    return torch_layer_norm(x, weight.shape, weight, bias, epsilon)


def softmax(x: Tensor) -> Tensor:
    """Compute exp(x) divided by its sum over the last axis."""
    return x.softmax(-1)


def log_softmax(x: Tensor) -> Tensor:
    """Compute log softmax(x) over the last axis."""
    return x.log_softmax(-1)


def log_sum_exp(x: Tensor) -> Tensor:
    """Compute log Σ exp(x) over the last axis."""
    return x.logsumexp(-1)


def rank_largest(x: Tensor, rank: int) -> Tensor:
    """The largest value of the last axis for rank 1, the second largest for rank 2: `[…, 1]`."""
    return x.topk(rank, dim=-1).values[..., -1:]


def cumulative_max(x: Tensor) -> Tensor:
    """The largest value so far along the last axis."""
    return x.cummax(-1).values
