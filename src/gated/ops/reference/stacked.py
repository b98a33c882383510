"""Cuts the gates that one product computes together."""

from gated.arrays import Array

__all__ = ["parts"]


def parts(rows: Array, count: int) -> list[Array]:
    """Cut the last axis into equal parts."""
    size = rows.shape[-1] // count
    return [rows[..., n * size : (n + 1) * size] for n in range(count)]
