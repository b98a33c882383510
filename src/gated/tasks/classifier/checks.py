"""Checks the hyperparameters of a classifier, and weighs its labels."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import IntArray
from gated.errors import DataError, UsageError
from gated.tasks.number_checks import check_number, check_whole, check_whole_numbers

__all__ = ["check_counts", "check_params", "label_weights"]

_MOST_REMEMBERED = 1_000_000  # steps


def check_params(model: Any) -> int:
    """Check every hyperparameter, and return the seed.

    Raises:
        UsageError: one is out of range.
    """
    seed = check_whole_numbers(model)
    check_number("dropout", model.dropout, 0, 1)
    check_number("validation", model.validation, 0, 0.9)
    check_number("learning_rate", model.learning_rate, 1e-9, 1)
    if not isinstance(model.augment, (bool, np.bool_)):
        raise UsageError(f"augment is {model.augment!r}. Expected True or False.")
    if model.refit != "auto" and not isinstance(model.refit, (bool, np.bool_)):
        raise UsageError(f'refit is {model.refit!r}. Expected "auto", True or False.')
    if model.chrono is not None:
        check_whole("chrono", model.chrono, 3, _MOST_REMEMBERED)
    return seed


def label_weights(
    class_weight: dict[Any, float] | str | None, classes: NDArray[Any], index: IntArray
) -> NDArray[np.float32]:
    """[K] the weight of each label in the loss.

    "balanced" gives n / (K · count), as in scikit-learn.

    Raises:
        UsageError: it is no such weight, or names an unknown label.
    """
    if class_weight is None:
        return np.ones(len(classes), dtype=np.float32)
    if class_weight == "balanced":
        counts = np.bincount(index, minlength=len(classes))
        return (len(index) / (len(classes) * counts)).astype(np.float32)
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
        check_number(f"class_weight[{label!r}]", weight, 1e-9, 1e9)
    return np.array([class_weight.get(label, 1.0) for label in known], dtype=np.float32)


def check_counts(classes: NDArray[Any], index: IntArray) -> None:
    """Check that there are two labels, and two sequences of each.

    Raises:
        DataError: there are not.
    """
    if len(classes) < 2:
        raise DataError(
            f"All sequences have the label {classes.tolist()[0]!r}. Expected at least two labels."
            if len(classes)
            else "No sequence is left to learn from. Expected at least two of each label."
        )
    counts = np.bincount(index)
    if counts.min() < 2:
        label = classes.tolist()[int(counts.argmin())]
        raise DataError(
            f"The label {label!r} has one sequence. Expected at least two of each label, one to "
            "learn from and one to check with."
        )
