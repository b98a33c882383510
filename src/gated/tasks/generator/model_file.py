"""Defines all of a generator that its file keeps, and checks the content of a file."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from gated.tasks.generator.codecs import CODECS, Codec
from gated.tasks.generator.network import GeneratorNetwork, generator_shapes
from gated.tasks.model_header import (
    NETWORK,
    anything,
    checked_weights,
)
from gated.tasks.network.sequence_model import SequenceConfig
from gated.tasks.network.stream_reader import StreamReader
from gated.tasks.stored_model import StoredModel
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

__all__ = ["StoredGenerator"]

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
class StoredGenerator(StoredModel):
    """All of a fitted generator.

    Attributes:
        params: the hyperparameters as given.
        network: with fixed weights.
        codec: of its medium.
        learned: from what, and how well: plain values; see the keys in this module.
    """

    kind = "generator"

    params: dict[str, Any]
    network: GeneratorNetwork
    codec: Codec
    learned: dict[str, Any]

    @cached_property
    def reader(self) -> StreamReader:
        """The fast form of the network's model, for streams."""
        return StreamReader(self.network.model)

    def _header(self) -> dict[str, Any]:
        values = self.codec.to_json()
        return {
            "params": self.params,
            "medium": self.codec.medium,
            "codec": {n: v for n, v in values.items() if not isinstance(v, np.ndarray)},
            "network": self.network.config.to_json(),
            "learned": self.learned,
        }

    def _further_arrays(self) -> dict[str, NDArray[Any]]:
        values = self.codec.to_json().items()
        return {_CODEC + name: value for name, value in values if isinstance(value, np.ndarray)}

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
