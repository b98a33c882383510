"""Checks the hyperparameters of a generator, and the arguments of its methods."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from gated.errors import UsageError
from gated.tasks.generator.codecs import CODECS, Codec
from gated.tasks.generator.heads import Sampling
from gated.tasks.limits import LARGEST
from gated.tasks.number_checks import check_number, check_whole
from gated.text import option_name

__all__ = [
    "check_count",
    "check_length",
    "check_params",
    "check_stop",
    "checked_sampling",
]

_WHOLE = ("hidden_size", "num_layers", "window", "batch_size", "max_steps")


def check_params(model: Any) -> None:
    """Check every hyperparameter.

    Raises:
        UsageError: one is out of range.
    """
    if model.medium not in CODECS:
        raise UsageError(f"medium is {model.medium!r}. Expected one of {', '.join(CODECS)}.")
    for name in _WHOLE:
        if getattr(model, name) is not None:
            check_whole(name, getattr(model, name), 1, LARGEST[name])
    check_whole("seed", model.seed, 0, LARGEST["seed"])
    if model.dropout is not None:
        check_number("dropout", model.dropout, 0, 0.99)
    if model.learning_rate is not None:
        check_number("learning_rate", model.learning_rate, 1e-9, 1)
    check_number("weight_decay", model.weight_decay, 0, 10)
    check_number("validation", model.validation, 0, 0.9)
    if not isinstance(model.augment, (bool, np.bool_)):
        raise UsageError(f"augment is {model.augment!r}. Expected True or False.")


def check_length(length: Any, codec: Codec) -> int:
    """Return the length, a whole number; by default that of the medium.

    Raises:
        UsageError: it is none, or out of range, or the medium has one length only.
    """
    if length is None:
        return codec.length
    check_whole("length", length, 1, LARGEST["length"])
    if codec.medium == "image" and length != 1:
        raise UsageError(
            f"{option_name('length')} is {length}, but all images have one size. Leave it out; "
            f"{option_name('count')} makes several."
        )
    return int(length)


def check_count(count: Any) -> None:
    """Check the number of pieces.

    Raises:
        UsageError: it is no whole number, or out of range.
    """
    check_whole("count", count, 1, LARGEST["count"])


def checked_sampling(codec: Codec, temperature: Any, top_k: Any, top_p: Any, seed: Any) -> Sampling:
    """Return how symbols are drawn.

    Raises:
        UsageError: a value is out of range, the seed too, or has no effect on the medium.
    """
    if seed is not None:
        check_whole("seed", seed, 0, LARGEST["seed"])
    if codec.medium == "motion" and not top_k is top_p is None:
        raise UsageError(
            f"{option_name('top_k')} or {option_name('top_p')} is given, but a pose is not one of "
            f"several symbols. Leave it out; {option_name('temperature')} varies poses."
        )
    return Sampling(temperature, top_k, top_p)


def check_stop(stop: str | Sequence[str] | None, codec: Codec) -> tuple[str, ...]:
    """Return the texts that end a text.

    Raises:
        UsageError: they are no texts, or the pieces are none.
    """
    if stop is None:
        return ()
    texts = (stop,) if isinstance(stop, str) else stop
    if codec.medium != "text":
        raise UsageError(
            f"{option_name('stop')} is {stop!r}, but the medium is {codec.medium}. Expected a text "
            "generator. Leave it out."
        )
    is_listed = isinstance(texts, Sequence) and len(texts) > 0
    if not is_listed or any(not isinstance(text, str) or not text for text in texts):
        raise UsageError(
            f"{option_name('stop')} is {stop!r}. Expected a text, or a list of texts, none empty."
        )
    return tuple(texts)
