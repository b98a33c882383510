"""Defines the state of a stream: all that a network keeps of the steps it has read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from gated.errors import UsageError

__all__ = ["PENDING", "State", "StateArrays", "copied"]

StateArrays: TypeAlias = dict[str, NDArray[np.float32]]
"""What a network keeps of a stream, by name; each array has one sequence."""

PENDING = "pending"
"""The array of the state that holds samples of sound which are not part of a frame yet."""


@dataclass(frozen=True)
class State:
    """Named arrays; their size does not depend on the number of steps read, but for stories.

    Attributes:
        arrays: by name; the hidden state of each layer, and what the input and the head keep.

    Example:
        >>> state = State({"h": np.zeros((1, 4), dtype=np.float32)})
        >>> State.from_bytes(state.to_bytes()).nbytes
        16
    """

    arrays: Mapping[str, NDArray[np.generic]]

    @property
    def nbytes(self) -> int:
        """The size of all arrays, in bytes."""
        return sum(array.nbytes for array in self.arrays.values())

    def to_bytes(self) -> bytes:
        """Convert to bytes in the format safetensors, for a file or a database."""
        return save({name: np.ascontiguousarray(array) for name, array in self.arrays.items()})

    @classmethod
    def from_bytes(cls, content: bytes) -> "State":
        """Undo `to_bytes`.

        Raises:
            UsageError: the bytes are no state.
        """
        try:
            return cls(load(content))
        except SafetensorError as error:
            raise UsageError(
                f"These {len(content):,} bytes are no state of a stream ({error}). Expected what "
                "State.to_bytes returned."
            ) from error

    def check_like(self, expected: "State") -> None:
        """Check that the arrays have the names, shapes and types of another state's.

        Raises:
            UsageError: they do not; the state is of another model.
        """
        for name in sorted(self.arrays.keys() | expected.arrays.keys()):
            found, wanted = self.arrays.get(name), expected.arrays.get(name)
            # The samples of sound that wait for their frame vary in number.
            is_same = found is not None and wanted is not None and found.dtype == wanted.dtype
            if not is_same or (name != PENDING and found.shape != wanted.shape):  # type: ignore[union-attr]
                raise UsageError(
                    f"The state does not fit this model: {name} is {_shape(found)}. Expected "
                    f"{_shape(wanted)}. Pass a state of a stream of the same model."
                )


def copied(arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Copies of the arrays of a state, which may be read-only or change later."""
    return {name: np.array(value) for name, value in arrays.items()}


def _shape(array: NDArray[np.generic] | None) -> str:
    return "missing" if array is None else f"{array.dtype} of shape {list(array.shape)}"
