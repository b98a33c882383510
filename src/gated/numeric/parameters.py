"""Names the weights of a network, and applies the layers that they belong to."""

from collections.abc import Mapping
from typing import Protocol

from gated.arrays import Array
from gated.numeric.namespace import primitives

__all__ = ["EPSILON", "Functions", "Parameters"]

EPSILON = 1e-5
"""Of every layer norm, as torch.nn.LayerNorm has it."""


class Functions(Protocol):
    """Functions that may replace those of `primitives` for the features of many rows."""

    def layer_norm(self, x: Array, weight: Array, bias: Array, epsilon: float) -> Array: ...

    def silu(self, x: Array) -> Array: ...


class Parameters:
    """The weights of a network or of a part of it, by the names that torch.nn.Module gives them.

    Args:
        arrays: maps full names to weights, arrays of NumPy or tensors.
        prefix: of the names of the part, with the dot at its end.
        functions: compute layer norms and SiLU; by default those of `primitives`.

    >>> import numpy as np
    >>> whole = Parameters({"head.out.weight": np.array([[2.0]])})
    >>> whole.part("head").linear("out", np.array([[3.0]]))
    array([[6.]])
    """

    def __init__(
        self, arrays: Mapping[str, Array], prefix: str = "", functions: Functions | None = None
    ) -> None:
        self._arrays, self._prefix, self._functions = arrays, prefix, functions

    def part(self, name: str) -> "Parameters":
        """The weights of a part."""
        return Parameters(self._arrays, f"{self._prefix}{name}.", self._functions)

    def __getitem__(self, name: str) -> Array:
        """The weight of this name.

        Raises:
            KeyError: there is none.
        """
        return self._arrays[self._prefix + name]

    def get(self, name: str) -> Array | None:
        """The weight of this name, or None."""
        return self._arrays.get(self._prefix + name)

    def has(self, layer: str) -> bool:
        """Whether there is a layer of this name, with a weight."""
        return f"{self._prefix}{layer}.weight" in self._arrays

    def linear(self, layer: str, x: Array) -> Array:
        """Apply a layer of torch.nn.Linear: `[…, out]` from `[…, in]`."""
        weight = self[f"{layer}.weight"]
        return primitives(weight).linear(x, weight, self.get(f"{layer}.bias"))

    def layer_norm(self, layer: str, x: Array) -> Array:
        """Apply a layer of torch.nn.LayerNorm over the last axis."""
        weight, bias = self[f"{layer}.weight"], self[f"{layer}.bias"]
        functions = self._functions or primitives(weight)
        return functions.layer_norm(x, weight, bias, EPSILON)

    def silu(self, x: Array) -> Array:
        """Compute x · σ(x)."""
        return (self._functions or primitives(x)).silu(x)
