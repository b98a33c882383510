"""Defines all of a transcriber that its file keeps, and checks the content of a file."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from gated.tasks.data.frontend import ArrayFrontend, SoundFrontend
from gated.tasks.label_values import LABEL_KINDS, check_labels, label_kind
from gated.tasks.model_header import (
    NETWORK,
    anything,
    checked_weights,
    read_frontend,
    read_network,
)
from gated.tasks.network.stream_reader import StreamReader
from gated.tasks.stored_model import StoredModel
from gated.tasks.transcriber.decoding.alignment import Clock
from gated.tasks.transcriber.network import SymbolNetwork, symbol_shapes
from gated.tasks.transcriber.silence import silence_after
from gated.train.stored_values import (
    flag,
    list_of,
    mapping_of,
    number,
    one_of,
    optional,
    record,
    text,
    whole,
)

__all__ = ["StoredTranscriber"]

_HEADER = record(
    {
        "params": mapping_of(anything),
        "network": NETWORK,
        "frontend": mapping_of(anything),
        "symbols": list_of(anything),
        "symbol_kind": one_of(tuple(LABEL_KINDS)),
        "is_text": flag,
        "before": list_of(number(0, 10**6)),
        "after": list_of(number(-(10**6), 10**6)),
        "learned": record(
            {
                "sequences": whole(0, 10**12),
                "held_out": whole(0, 10**12),
                "error_rate": optional(number(0)),
                "right": optional(number(0, 1)),
                "steps": whole(0, 10**12),
                "notes": list_of(text()),
            }
        ),
    }
)


@dataclass(frozen=True)
class StoredTranscriber(StoredModel):
    """All of a fitted transcriber.

    Attributes:
        params: the hyperparameters as given.
        network: with fixed weights.
        frontend: converts sequences into steps.
        symbols: the K symbols.
        is_text: whether a string is text whose characters are the symbols.
        before, after: [K] of `Clock`.
        learned: from what, and how well: plain values; see the keys in this module.
    """

    kind = "transcriber"

    params: dict[str, Any]
    network: SymbolNetwork
    frontend: ArrayFrontend | SoundFrontend
    symbols: list[Any]
    is_text: bool
    before: list[float]
    after: list[float]
    learned: dict[str, Any]

    @cached_property
    def reader(self) -> StreamReader:
        """The fast form of the network's model, for streams."""
        return StreamReader(self.network.model)

    @cached_property
    def clock(self) -> Clock:
        """Converts the steps of symbols to times."""
        before, after = tuple(self.before), tuple(self.after)
        if isinstance(self.frontend, SoundFrontend):
            log_mel = self.frontend.log_mel
            hop, window = log_mel.hop_samples / log_mel.rate, log_mel.window_samples / log_mel.rate
            return Clock(hop, window, before, after)
        return Clock(1, 1, before, after)

    @cached_property
    def silence(self) -> NDArray[np.float32]:
        """What follows the end of a sequence: [n] samples of silence, or [0, I] steps."""
        return silence_after(self.frontend)

    def _header(self) -> dict[str, Any]:
        return {
            "params": self.params,
            "network": self.network.config.to_json(),
            "frontend": self.frontend.to_json(),
            "symbols": self.symbols,
            "symbol_kind": label_kind(self.symbols),
            "is_text": self.is_text,
            "before": self.before,
            "after": self.after,
            "learned": self.learned,
        }

    @classmethod
    def _of(cls, arrays: dict[str, NDArray[Any]], header: dict[str, Any]) -> Self:
        _HEADER(header, "header")
        symbols = header["symbols"]
        check_labels(symbols, header["symbol_kind"], least=1)
        if not len(header["before"]) == len(header["after"]) == len(symbols):
            raise ValueError("the header has not the times of each symbol")
        frontend = read_frontend(header["frontend"])
        config = read_network(header["network"], frontend)
        params = header["params"]
        if isinstance(params.get("join"), list):  # JSON has no tuples
            params["join"] = tuple(params["join"])
        return cls(
            params,
            SymbolNetwork(config, checked_weights(arrays, symbol_shapes(config, len(symbols)))),
            frontend,
            symbols,
            header["is_text"],
            header["before"],
            header["after"],
            header["learned"],
        )
