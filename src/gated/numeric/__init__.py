"""Provides functions over arrays, written once for NumPy, which forecasts, and torch, which learns.

`namespace` gives the functions of the array API standard for an array's library. `primitives` gives
those that networks need besides: `linear`, `layer_norm`, `silu`, `softmax` and others, by the
fastest means of each library. `Parameters` names the weights of a network, `linear_shapes` and
`norm_shapes` list their sizes, and `converted` moves the arrays of a dataclass from one library to
the other.
"""

from gated.numeric.namespace import clip, is_tensor, namespace, primitives
from gated.numeric.parameters import Parameters
from gated.numeric.records import converted
from gated.numeric.shapes import Shapes, linear_shapes, norm_shapes

__all__ = [
    "Parameters",
    "Shapes",
    "clip",
    "converted",
    "is_tensor",
    "linear_shapes",
    "namespace",
    "norm_shapes",
    "primitives",
]
