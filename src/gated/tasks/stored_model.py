"""Defines all of a fitted estimator, and its file of safetensors and JSON, without pickle."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from gated.array_file import damaged, load_arrays, save_arrays

__all__ = ["StoredModel"]


class FixedNetwork(Protocol):
    """A network with fixed weights."""

    @property
    def arrays(self) -> Mapping[str, NDArray[np.float32]]:
        """The weights by name."""

    @property
    def weight_count(self) -> int:
        """The number of weights that the training changed."""


class StoredModel(ABC):
    """All of a fitted estimator. A subclass is a dataclass that adds what its kind has besides.

    Attributes:
        kind, version: of the file.
        params: the hyperparameters as given.
        network: with fixed weights.
        learned: from what, and how well: plain values.
    """

    kind: ClassVar[str]
    version: ClassVar[int] = 1
    params: dict[str, Any]
    network: FixedNetwork
    learned: dict[str, Any]

    @property
    def weight_count(self) -> int:
        """The number of weights of the network."""
        return self.network.weight_count

    def save(self, path: str | Path, *, half: bool = False) -> None:
        """Write the file, whole or not at all.

        Args:
            path: of the file.
            half: store the weights as float16.

        Raises:
            GatedError: the file cannot be written.
        """
        arrays = self._further_arrays()
        for name, value in self.network.arrays.items():
            arrays[name] = value.astype(np.float16) if half else value
        save_arrays(path, arrays, self._header(), kind=self.kind, version=self.version)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a file of `save`; weights may be float16.

        Raises:
            ModelFileError: missing, changed, damaged, of another kind, or of another version.
        """
        arrays, header = load_arrays(path, kind=cls.kind, version=cls.version)
        if isinstance(header.get("learned"), dict):
            header["learned"].pop("seconds", None)  # of the training: earlier versions wrote them
        try:
            return cls._of(arrays, header)
        except (LookupError, TypeError, ValueError, RuntimeError, AttributeError) as error:
            raise damaged(path, cls.kind, error) from error

    @abstractmethod
    def _header(self) -> dict[str, Any]:
        """All but the arrays, as JSON values."""

    def _further_arrays(self) -> dict[str, NDArray[Any]]:
        """Arrays besides the weights."""
        return {}

    @classmethod
    @abstractmethod
    def _of(cls, arrays: dict[str, NDArray[Any]], header: dict[str, Any]) -> Self:
        """Make the model of the arrays and the header of a file, which it checks.

        Raises:
            ValueError: they are not those of such a model.
        """
