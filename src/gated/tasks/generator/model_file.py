"""Saves and loads generators: one file of safetensors and JSON, without pickle."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from gated.array_file import save_arrays
from gated.tasks.generator.codecs import CODECS, Codec
from gated.tasks.generator.network import GeneratorNetwork, generator_shapes
from gated.tasks.model_header import (
    NETWORK,
    anything,
    checked_weights,
    load_stored,
    stored_weights,
)
from gated.tasks.network.sequence_model import SequenceConfig
from gated.tasks.network.stream_reader import StreamReader
from gated.train.stored_values import (
    list_of,
    mapping_of,
    number,
    one_of,
    optional,
    record,
    text,
    whole,
)

__all__ = ["KIND", "StoredGenerator"]

KIND, VERSION = "generator", 1
_CODEC = "codec."  # how the names of the tensors of a codec begin


_HEADER = record(
    {
        "params": mapping_of(anything),
        "medium": one_of(tuple(CODECS)),
        "codec": mapping_of(anything),
        "network": NETWORK,
        "learned": record(
            {
                "pieces": whole(0, 10**12),
                "held_out": whole(0, 10**15),
                "symbols": whole(0, 10**15),
                "score": optional(number()),
                "steps": whole(0, 10**12),
                "notes": list_of(text()),
            }
        ),
    }
)


@dataclass(frozen=True)
class StoredGenerator:
    """All of a fitted generator.

    Attributes:
        params: the hyperparameters as given.
        network: with fixed weights.
        codec: of its medium.
        learned: from what, and how well: plain values; see the keys in this module.
    """

    params: dict[str, Any]
    network: GeneratorNetwork
    codec: Codec
    learned: dict[str, Any]

    @cached_property
    def reader(self) -> StreamReader:
        """The fast form of the network's model, for streams."""
        return StreamReader(self.network.model)

    @property
    def weight_count(self) -> int:
        """The number of weights of the network."""
        return self.network.weight_count

    def save(self, path: str | Path, *, half: bool = False) -> None:
        """Write a generator, the whole file or nothing; with half, its weights as float16.

        Raises:
            GatedError: the file cannot be written.
        """
        values = self.codec.to_json()
        arrays = {name: value for name, value in values.items() if isinstance(value, np.ndarray)}
        stored = {_CODEC + name: value for name, value in arrays.items()}
        header = {
            "params": self.params,
            "medium": self.codec.medium,
            "codec": {name: value for name, value in values.items() if name not in arrays},
            "network": self.network.config.to_json(),
            "learned": self.learned,
        }
        stored |= stored_weights(self.network.arrays, half=half)
        save_arrays(path, stored, header, kind=KIND, version=VERSION)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a file of `save`; weights may be float16.

        Raises:
            ModelFileError: missing, changed, damaged, of another kind, or of another version.
        """
        return load_stored(path, KIND, VERSION, cls._of)

    @classmethod
    def _of(cls, arrays: dict[str, NDArray[Any]], header: dict[str, Any]) -> Self:
        _HEADER(header, "header")
        values = {
            name.removeprefix(_CODEC): array.astype(np.float32)
            for name, array in arrays.items()
            if name.startswith(_CODEC)
        }
        codec = CODECS[header["medium"]].from_json({**header["codec"], **values})
        config = SequenceConfig(**header["network"])
        if (codec.width, codec.lookup) != (config.inputs, config.lookup):
            raise ValueError("the network reads other inputs than a step has")
        own = {name: array for name, array in arrays.items() if not name.startswith(_CODEC)}
        network = GeneratorNetwork(
            config, codec.head, checked_weights(own, generator_shapes(config, codec.head))
        )
        return cls(header["params"], network, codec, header["learned"])
