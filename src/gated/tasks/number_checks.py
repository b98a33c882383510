"""Checks the numbers among the hyperparameters of an estimator."""

from typing import Any

import numpy as np

from gated.errors import UsageError
from gated.tasks.limits import LARGEST
from gated.text import option_name

__all__ = ["check_number", "check_whole", "check_whole_numbers"]

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


def check_whole_numbers(model: Any) -> int:
    """Check the whole numbers of an estimator, and return its seed.

    Raises:
        UsageError: one is out of range.
    """
    params = model.get_params()
    for name, (least, most) in _WHOLE.items():
        value = params.get(name)
        if name not in params or (value is None and name in _OPTIONAL):
            continue
        check_whole(name, value, least, most)
    if model.seed is not None and model.random_state not in (None, model.seed):
        raise UsageError("seed and random_state differ, but name one thing. Pass one of them.")
    seed = model.random_state if model.seed is None else model.seed
    return 0 if seed is None else int(seed)


def check_whole(name: str, value: Any, least: int, most: int) -> None:
    """Check a whole number.

    Raises:
        UsageError: it is none, or out of range.
    """
    is_whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not is_whole or not least <= value <= most:
        raise UsageError(
            f"{option_name(name)} is {value!r}. Expected a whole number from {least:,} to {most:,}."
        )


def check_number(name: str, value: Any, least: float, most: float) -> None:
    """Check a number.

    Raises:
        UsageError: it is none, or out of range.
    """
    is_number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    if not is_number or not least <= value <= most:
        raise UsageError(
            f"{option_name(name)} is {value!r}. Expected a number from {least:g} to {most:g}."
        )
