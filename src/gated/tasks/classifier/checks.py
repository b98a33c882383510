"""Checks the hyperparameters of a classifier, and prepares its labels."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gated.arrays import IntArray
from gated.errors import DataError, UsageError
from gated.tasks.limits import LARGEST

__all__ = ["check_params", "label_list", "label_weights"]

_WHOLE = {
    "rate": (1_000, LARGEST["rate"]),
    "hidden_size": (1, LARGEST["hidden_size"]),
    "num_layers": (1, LARGEST["num_layers"]),
    "max_steps": (1, LARGEST["max_steps"]),
    "batch_size": (1, LARGEST["batch_size"]),
    "seed": (0, LARGEST["seed"]),
    "random_state": (0, LARGEST["seed"]),
}
_OPTIONAL = ("rate", "max_steps", "seed", "random_state")


def check_params(model: Any) -> int:
    """Check every hyperparameter, and return the seed.

    Raises:
        UsageError: one is out of range.
    """
    for name, (least, most) in _WHOLE.items():
        value = getattr(model, name)
        if value is None and name in _OPTIONAL:
            continue
        is_whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
        if not is_whole or not least <= value <= most:
            raise UsageError(
                f"{name} is {value!r}. Expected a whole number from {least:,} to {most:,}."
            )
    _check_number("dropout", model.dropout, 0, 1)
    _check_number("validation", model.validation, 0, 0.9)
    _check_number("learning_rate", model.learning_rate, 1e-9, 1)
    if not isinstance(model.augment, (bool, np.bool_)):
        raise UsageError(f"augment is {model.augment!r}. Expected True or False.")
    if model.seed is not None and model.random_state not in (None, model.seed):
        raise UsageError("seed and random_state differ, but name one thing. Pass one of them.")
    seed = model.random_state if model.seed is None else model.seed
    return 0 if seed is None else int(seed)


def label_weights(
    class_weight: dict[Any, float] | str | None, classes: NDArray[Any], index: IntArray
) -> Tensor:
    """[K] the weight of each label in the loss.

    "balanced" gives n / (K · count), as in scikit-learn.

    Raises:
        UsageError: it is no such weight, or names an unknown label.
    """
    if class_weight is None:
        return torch.ones(len(classes))
    if class_weight == "balanced":
        counts = np.bincount(index, minlength=len(classes))
        return torch.from_numpy(len(index) / (len(classes) * counts)).float()
    if not isinstance(class_weight, dict):
        raise UsageError(
            f'class_weight is {class_weight!r}. Expected None, "balanced", or a dict that gives '
            "labels their weights."
        )
    known = classes.tolist()
    for label, weight in class_weight.items():
        if label not in known:
            raise UsageError(
                f"class_weight names {label!r}. Expected a label: {', '.join(map(str, known))}."
            )
        _check_number(f"class_weight[{label!r}]", weight, 1e-9, 1e9)
    return torch.tensor([float(class_weight.get(label, 1.0)) for label in known])


def label_list(classes: NDArray[Any]) -> list[Any]:
    """The labels as values that a file can hold.

    Raises:
        DataError: they are not text, numbers or booleans.
    """
    labels: list[Any] = classes.tolist()
    if len({type(label) for label in labels}) > 1 or type(labels[0]) not in (str, int, float, bool):
        raise DataError(
            f"The labels are of type {type(labels[0]).__name__}. Expected text, whole numbers or "
            "booleans, all of one type."
        )
    return labels


def _check_number(name: str, value: Any, least: float, most: float) -> None:
    is_number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    if not is_number or not least <= value <= most:
        raise UsageError(f"{name} is {value!r}. Expected a number from {least:g} to {most:g}.")
