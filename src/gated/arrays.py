"""Defines names for the array types of signatures.

The docstring of a function gives the shape of each array, as `[N, h]`.
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["Array", "BoolArray", "FloatArray", "IntArray", "ObjectArray", "TimeArray"]

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]
ObjectArray: TypeAlias = NDArray[np.object_]
Array: TypeAlias = Any
"""An array of NumPy or a tensor of torch, in functions that are written for both."""
TimeArray: TypeAlias = NDArray[Any]
"""Times of a table: datetime64[ns] without a zone, or int64 for numbered steps."""
