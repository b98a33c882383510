"""Names for the array types that signatures share.

The shape of an array stands in the docstring that takes it, as `[N, h]`.
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

__all__ = ["BoolArray", "FloatArray", "IntArray", "ObjectArray", "TimeArray"]

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]
BoolArray: TypeAlias = NDArray[np.bool_]
ObjectArray: TypeAlias = NDArray[np.object_]
TimeArray: TypeAlias = NDArray[Any]
"""Times of a table: datetime64[ns] without a zone, or int64 where steps are numbered."""
