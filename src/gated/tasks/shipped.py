"""Loads the small trained models that come with the package; their cards lie beside them."""

from importlib import resources
from typing import TYPE_CHECKING, TypeVar

from gated.errors import UsageError

if TYPE_CHECKING:
    from gated.tasks.answerer.estimator import Answerer
    from gated.tasks.classifier.estimator import SequenceClassifier
    from gated.tasks.estimator import Estimator
    from gated.tasks.generator.estimator import Generator

__all__ = ["GENERATORS", "SHIPPED", "shipped_answerer", "shipped_classifier", "shipped_generator"]

SHIPPED = {
    "digits": "labels recordings of the spoken digits zero to nine",
    "text": "writes in the manner of Shakespeare",
    "bach": "composes chorales of four voices",
    "drawing": "draws letters of invented alphabets",
    "handwriting": "writes digits, pixel after pixel",
    "dance": "dances salsa",
    "answers": "answers questions about short stories",
}
"""The models by name, and what they do."""

GENERATORS = tuple(name for name in SHIPPED if name not in ("digits", "answers"))
"""The models that make something new."""

Model = TypeVar("Model", bound="Estimator")  # type: ignore[type-arg]


def shipped_answerer() -> "Answerer":
    """Load the answerer of the package.

    Example:
        >>> story = "Mary took the milk. Mary went to the garden."
        >>> shipped_answerer().answer(story, "Where is the milk?").text
        'garden'
    """
    from gated.tasks.answerer.estimator import Answerer

    return _loaded(Answerer, "answers")


def shipped_generator(name: str) -> "Generator":
    """Load a generator of the package.

    Args:
        name: one of `GENERATORS`.

    Raises:
        UsageError: there is no such generator.

    Example:
        >>> shipped_generator("text").medium
        'text'
    """
    from gated.tasks.generator.estimator import Generator

    if name not in GENERATORS:
        raise UsageError(
            f"{name!r} is no generator of the package. Expected one of {', '.join(GENERATORS)}."
        )
    return _loaded(Generator, name)


def shipped_classifier() -> "SequenceClassifier":
    """Load the classifier of the package, of spoken digits.

    Example:
        >>> shipped_classifier().classes_.tolist()
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']
    """
    from gated.tasks.classifier.estimator import SequenceClassifier

    return _loaded(SequenceClassifier, "digits")


def _loaded(kind: type[Model], name: str) -> Model:
    with resources.as_file(resources.files("gated") / "weights" / f"{name}.gated") as path:
        return kind.load(path)
