"""Saves and loads classifiers: one file of safetensors and JSON, without pickle."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from gated.tasks.classifier.frontend import ArrayFrontend, SoundFrontend, frontend_of
from gated.tasks.classifier.network import LabelNetwork
from gated.tasks.sequence_model import SequenceConfig
from gated.train import load_tensors, save_tensors
from gated.train.loop_state import check_weights
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
from gated.train.tensor_file import damaged

__all__ = ["KIND", "StoredClassifier", "load_classifier", "save_classifier"]

KIND, VERSION = "classifier", 1
_LARGEST = 65_536
_LABEL_KINDS = {"text": str, "integer": int, "number": float, "boolean": bool}

_LOG_MEL = {
    "rate": whole(1, 10**6),
    "bins": whole(1, 1_024),
    "window": number(1e-4, 10),
    "hop": number(1e-4, 10),
    "low": number(0, 10**6),
    "high": optional(number(0, 10**6)),
}


def _anything(value: Any, where: str) -> None:
    """Accept a value whose type depends on another one, and is checked with it."""


_HEADER = record(
    {
        "params": mapping_of(_anything),
        "network": record(
            {
                "inputs": whole(1, _LARGEST),
                "hidden_size": whole(1, _LARGEST),
                "num_layers": whole(1, 64),
                "dropout": number(0, 1),
                "is_centred": flag,
            }
        ),
        "frontend": mapping_of(_anything),
        "labels": list_of(_anything),
        "label_kind": one_of(tuple(_LABEL_KINDS)),
        "shares": list_of(number(0, 1)),
        "learned": record(
            {
                "sequences": whole(0, 10**12),
                "held_out": whole(0, 10**12),
                "accuracy": optional(number(0, 1)),
                "log_loss": optional(number(0)),
                "steps": whole(0, 10**12),
                "seconds": number(0),
                "notes": list_of(text()),
            }
        ),
    }
)
_FRONTENDS = {
    "arrays": record({"kind": text(), "width": whole(1, _LARGEST)}),
    "sound": record({"kind": text(), **_LOG_MEL}),
}


@dataclass(frozen=True)
class StoredClassifier:
    """All of a fitted classifier.

    Attributes:
        params: the hyperparameters as given.
        network: in evaluation mode.
        frontend: converts sequences into steps.
        labels: the K labels: text, whole numbers, numbers or booleans.
        shares: K shares of the training sequences.
        learned: from what, and how well: plain values; see the keys in this module.
    """

    params: dict[str, Any]
    network: LabelNetwork
    frontend: ArrayFrontend | SoundFrontend
    labels: list[Any]
    shares: list[float]
    learned: dict[str, Any]


def save_classifier(path: str | Path, stored: StoredClassifier, *, half: bool = False) -> None:
    """Write a classifier, the whole file or nothing; with half, its weights as float16.

    Raises:
        GatedError: the file cannot be written.
    """
    first = stored.labels[0]
    kind = next(name for name, type_ in _LABEL_KINDS.items() if type(first) is type_)
    header = {
        "params": stored.params,
        "network": stored.network.model.config.to_json(),
        "frontend": stored.frontend.to_json(),
        "labels": stored.labels,
        "label_kind": kind,
        "shares": stored.shares,
        "learned": stored.learned,
    }
    tensors = stored.network.state_dict()
    if half:
        tensors = {name: value.half() for name, value in tensors.items()}
    save_tensors(path, tensors, header, kind=KIND, version=VERSION)


def load_classifier(path: str | Path) -> StoredClassifier:
    """Read a file of `save_classifier`; weights may be float16.

    Raises:
        ModelFileError: missing, changed, damaged, no classifier of gated, or of another version.
    """
    path = Path(path)
    tensors, header = load_tensors(path, kind=KIND, version=VERSION)
    try:
        return _stored(tensors, header)
    except (LookupError, TypeError, ValueError, RuntimeError, AttributeError) as error:
        raise damaged(path, KIND, error) from error


def _stored(tensors: dict[str, torch.Tensor], header: dict[str, Any]) -> StoredClassifier:
    _HEADER(header, "header")
    labels, kind = header["labels"], _LABEL_KINDS[header["label_kind"]]
    if len(labels) < 2 or any(type(label) is not kind for label in labels):
        raise ValueError(f"header.labels are not two or more labels of kind {header['label_kind']}")
    if len(header["shares"]) != len(labels):
        raise ValueError("header.shares has not one number for each label")
    given = header["frontend"]
    one_of(tuple(_FRONTENDS))(given.get("kind"), "header.frontend.kind")
    _FRONTENDS[given["kind"]](given, "header.frontend")
    frontend = frontend_of(given)
    config = SequenceConfig(**header["network"])
    if frontend.width != config.inputs:
        raise ValueError("the network reads another number of values than a step has")
    with torch.device("meta"):  # no memory before the sizes are checked
        expected = LabelNetwork(config, len(labels)).state_dict()
    floats = {name: value.float() for name, value in tensors.items()}
    check_weights(floats, {name: value.to(torch.float32) for name, value in expected.items()})
    network = LabelNetwork(config, len(labels))
    network.load_state_dict(floats)
    return StoredClassifier(
        header["params"], network.eval(), frontend, labels, header["shares"], header["learned"]
    )
