"""Defines all of a classifier that its file keeps, and checks the content of a file."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from gated.tasks.classifier.network import LabelNetwork, label_shapes
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

__all__ = ["StoredClassifier"]

_HEADER = record(
    {
        "params": mapping_of(anything),
        "network": NETWORK,
        "frontend": mapping_of(anything),
        "labels": list_of(anything),
        "label_kind": one_of(tuple(LABEL_KINDS)),
        "shares": list_of(number(0, 1)),
        "learned": record(
            {
                "sequences": whole(0, 10**12),
                "held_out": whole(0, 10**12),
                "accuracy": optional(number(0, 1)),
                "log_loss": optional(number(0)),
                "steps": whole(0, 10**12),
                "notes": list_of(text()),
            },
            {"refit": flag},  # files of older versions lack it
        ),
    }
)


@dataclass(frozen=True)
class StoredClassifier(StoredModel):
    """All of a fitted classifier.

    Attributes:
        params: the hyperparameters as given.
        network: with fixed weights.
        frontend: converts sequences into steps.
        labels: the K labels: text, whole numbers, numbers or booleans.
        shares: K shares of the training sequences.
        learned: from what, and how well: plain values; see the keys in this module.
    """

    kind = "classifier"

    params: dict[str, Any]
    network: LabelNetwork
    frontend: ArrayFrontend | SoundFrontend
    labels: list[Any]
    shares: list[float]
    learned: dict[str, Any]

    @cached_property
    def reader(self) -> StreamReader:
        """The fast form of the network's model, for streams."""
        return StreamReader(self.network.model)

    def _header(self) -> dict[str, Any]:
        return {
            "params": self.params,
            "network": self.network.config.to_json(),
            "frontend": self.frontend.to_json(),
            "labels": self.labels,
            "label_kind": label_kind(self.labels),
            "shares": self.shares,
            "learned": self.learned,
        }

    @classmethod
    def _of(cls, arrays: dict[str, NDArray[np.generic]], header: dict[str, Any]) -> Self:
        _HEADER(header, "header")
        labels = header["labels"]
        check_labels(labels, header["label_kind"], least=2)
        if len(header["shares"]) != len(labels):
            raise ValueError("header.shares has not one number for each label")
        frontend = read_frontend(header["frontend"])
        config = read_network(header["network"], frontend)
        network = LabelNetwork(config, checked_weights(arrays, label_shapes(config, len(labels))))
        return cls(header["params"], network, frontend, labels, header["shares"], header["learned"])
