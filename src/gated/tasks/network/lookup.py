"""Looks features up in a table: the input layer of symbols.

The rows of the symbols are joined, and mixed to features. They equal one-hot inputs of a linear
layer, without the zeros: an alphabet of thousands of characters needs no more memory for a step
than one of twenty.
"""

from gated.arrays import Array
from gated.numeric import Parameters, Shapes, linear_shapes, primitives

__all__ = ["ROW", "looked_up", "lookup_shapes"]

ROW = 64
"""Values of a row of the table."""


def looked_up(weights: Parameters, indices: Array) -> Array:
    """[B, T, H] the features of steps of F indices, [B, T, F] int64.

    Args:
        weights: the table, and the layer that mixes the rows.
        indices: each of them a row; row 0 by convention stands for nothing.
    """
    found = primitives(weights["table.weight"]).rows(weights["table.weight"], indices)
    return weights.linear("mix", found.reshape(*indices.shape[:-1], -1))


def lookup_shapes(name: str, rows: int, inputs: int, hidden_size: int) -> Shapes:
    """The name and the shape of every weight of a table with `rows` rows, for F `inputs`."""
    table = {f"{name}.table.weight": (rows, ROW)}
    return table | linear_shapes(f"{name}.mix", inputs * ROW, hidden_size)
