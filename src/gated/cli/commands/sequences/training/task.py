"""Defines what each kind of training adds to `gated train`."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from gated.train import Progress
    from gated.train.checkpoint import Checkpoint

__all__ = ["Task"]

Model = TypeVar("Model")


class Task(Protocol[Model]):
    """What was read from the files of a medium, and the model that is trained on it."""

    @property
    def read(self) -> Sequence[str]:
        """Sentences on what was read."""

    @property
    def notes(self) -> Sequence[str]:
        """Sentences on what was repaired or left out."""

    def fit(self, follow: Callable[["Progress"], None], checkpoint: "Checkpoint") -> Model:
        """Train a model.

        Args:
            follow: called after each step.
            checkpoint: of an interrupted training, to be continued.
        """

    def result(self, model: Model, took: str) -> Sequence[str]:
        """Sentences on the trained model; `took` is the time as text."""

    def use(self, out: Path) -> str:
        """A command that uses the model of a file."""

    def facts(self, model: Model) -> dict[str, Any]:
        """What `--json` prints besides what all models have."""
