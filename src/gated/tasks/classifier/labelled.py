"""Reads the labels of sequences in the forms that users have them."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gated.errors import DataError, UsageError
from gated.tasks.data.inputs import GivenSequences, read_sequences
from gated.tasks.data.sound_paths import are_paths, read_with_answers

if TYPE_CHECKING:
    from gated.tasks.classifier.estimator import SequenceClassifier

__all__ = ["number_of", "read_labelled"]


def read_labelled(
    model: "SequenceClassifier", X: Any, y: ArrayLike | str | None
) -> tuple[GivenSequences, NDArray[Any]]:
    """Read sequences with one label each, as `SequenceClassifier.fit` takes them.

    Raises:
        DataError, UsageError: see there.
    """
    if are_paths(X):
        given, found = read_with_answers(X, y, model.rate)
        return given, np.asarray(found)
    if y is None:
        raise UsageError("y is missing. Expected the label of each sequence.")
    column = y if isinstance(y, str) else None
    given = read_sequences(X, model.channels, is_sound=model.rate is not None, label=column)
    labels = given.labels if column is not None else np.asarray(y)
    if labels is None:
        raise UsageError(
            f"y is {y!r}, but X is no frame. Expected a list of labels, one for each sequence."
        )
    if labels.ndim != 1 or len(labels) != len(given.arrays):
        raise DataError(
            f"y has shape {list(labels.shape)}, but X has {len(given.arrays)} sequences. "
            "Expected one label for each."
        )
    return given, labels


def number_of(label: Any, labels: list[Any]) -> int:
    """The number of a label among those of the training.

    Raises:
        UsageError: the training did not have it.
    """
    if not np.isscalar(label) or label not in labels:
        raise UsageError(
            f"label is {label!r}. Expected one of the training: {', '.join(map(str, labels))}."
        )
    return labels.index(label)
