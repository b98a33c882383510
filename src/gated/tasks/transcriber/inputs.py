"""Reads the training sequences of a transcriber, and the string of each."""

from typing import Any

from gated.errors import UsageError
from gated.tasks.data.inputs import GivenSequences, read_sequences
from gated.tasks.data.sound_paths import are_paths, read_with_answers

__all__ = ["read_training"]


def read_training(model: Any, X: Any, y: Any) -> tuple[GivenSequences, Any]:
    """Read what `Transcriber.fit` is given: arrays, a table, paths of sound, or a folder of words.

    Args:
        model: the estimator, for its hyperparameters.
        X, y: see `Transcriber.fit`.

    Raises:
        DataError: a sequence, or every file, cannot be read.
        UsageError: the strings are missing.
    """
    if are_paths(X):
        if y is None and model.join is None:
            raise UsageError(
                "X is a folder or a list of paths, and neither y nor join is given. Expected "
                "join=(3, 7), say, for a folder with one sub-folder of recordings for each word; "
                "or a list of paths with the string of each as y."
            )
        return read_with_answers(X, y, model.rate, answers="string")
    column = y if isinstance(y, str) else None
    given = read_sequences(X, model.channels, is_sound=model.rate is not None, label=column)
    targets = given.labels if column is not None else y
    if targets is None:
        raise UsageError("y is missing. Expected the string of each sequence.")
    return given, targets
