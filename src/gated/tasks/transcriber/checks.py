"""Checks the hyperparameters of a transcriber."""

from typing import Any

import numpy as np

from gated.errors import UsageError
from gated.tasks.limits import LARGEST
from gated.tasks.number_checks import check_number, check_whole_numbers

__all__ = ["check_beam", "check_params"]


def check_params(model: Any, *, reads_files: bool = False) -> int:
    """Check every hyperparameter, and return the seed.

    Args:
        model: the estimator.
        reads_files: whether files of sound are read, which have a rate of their own.

    Raises:
        UsageError: one is out of range.
    """
    seed = check_whole_numbers(model)
    check_number("dropout", model.dropout, 0, 1)
    check_number("validation", model.validation, 0, 0.9)
    check_number("learning_rate", model.learning_rate, 1e-9, 1)
    check_number("gap", model.gap, 0, 60)
    if not isinstance(model.augment, (bool, np.bool_)):
        raise UsageError(f"augment is {model.augment!r}. Expected True or False.")
    if model.join is not None:
        _check_join(model, reads_files)
    return seed


def _check_join(model: Any, reads_files: bool) -> None:
    is_pair = isinstance(model.join, (tuple, list)) and len(model.join) == 2
    if not is_pair or not all(type(number) is int for number in model.join):
        raise UsageError(f"join is {model.join!r}. Expected two whole numbers, such as (3, 7).")
    if not 1 <= model.join[0] <= model.join[1] <= 100:
        raise UsageError(
            f"join is {model.join!r}. Expected the least and the most words of a string, from "
            "1 to 100."
        )
    if model.rate is None and not reads_files:
        raise UsageError(
            "join is given, but rate is not. Expected recordings of sound to join. Pass rate, "
            "or the string of each sequence without join."
        )


def check_beam(beam: Any) -> None:
    """Check the width of the beam search.

    Raises:
        UsageError: it is out of range.
    """
    is_whole = isinstance(beam, (int, np.integer)) and not isinstance(beam, bool)
    if not is_whole or not 1 <= beam <= LARGEST["beam"]:
        raise UsageError(
            f"beam is {beam!r}. Expected a whole number from 1 to {LARGEST['beam']:,}."
        )
