"""Loads the small trained models that come with the package; their cards lie beside them."""

from importlib import resources
from typing import TYPE_CHECKING

from gated.errors import UsageError

if TYPE_CHECKING:
    from gated.tasks.classifier.estimator import SequenceClassifier
    from gated.tasks.generator.estimator import Generator

__all__ = ["SHIPPED", "shipped_classifier", "shipped_generator"]

SHIPPED = {
    "digits": "labels recordings of the spoken digits zero to nine",
    "text": "writes in the manner of Shakespeare",
    "bach": "composes chorales of four voices",
    "drawing": "draws letters of invented alphabets",
    "handwriting": "writes digits, pixel after pixel",
    "dance": "dances salsa",
}
"""The models by name, and what they do."""


def shipped_generator(name: str) -> "Generator":
    """Load a generator of the package.

    Args:
        name: a key of `SHIPPED`.

    Raises:
        UsageError: there is no such generator.

    Example:
        >>> shipped_generator("text").medium
        'text'
    """
    from gated.tasks.generator.estimator import Generator

    _check(name, is_generator=True)
    with resources.as_file(resources.files("gated") / "weights" / f"{name}.gated") as path:
        return Generator.load(path)


def shipped_classifier(name: str) -> "SequenceClassifier":
    """Load a classifier of the package.

    Args:
        name: a key of `SHIPPED`.

    Raises:
        UsageError: there is no such classifier.

    Example:
        >>> shipped_classifier("digits").classes_.tolist()
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']
    """
    from gated.tasks.classifier.estimator import SequenceClassifier

    _check(name, is_generator=False)
    with resources.as_file(resources.files("gated") / "weights" / f"{name}.gated") as path:
        return SequenceClassifier.load(path)


def _check(name: str, *, is_generator: bool) -> None:
    known = [each for each in SHIPPED if (each != "digits") == is_generator]
    if name not in known:
        raise UsageError(f"{name!r} is no model of the package. Expected one of {known}.")
