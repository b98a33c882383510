"""Learns from sequences: labels them, whole or while they arrive, and makes new ones.

The names load when they are first used: the command line reads limits without loading torch.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gated.tasks.classifier.estimator import SequenceClassifier
    from gated.tasks.generator.estimator import Generator
    from gated.tasks.state import State

__all__ = ["Generator", "SequenceClassifier", "State"]


def __getattr__(name: str) -> object:
    """Load a public name on first use (PEP 562)."""
    if name == "SequenceClassifier":
        from gated.tasks.classifier.estimator import SequenceClassifier

        return SequenceClassifier
    if name == "Generator":
        from gated.tasks.generator.estimator import Generator

        return Generator
    if name == "State":
        from gated.tasks.state import State

        return State
    raise AttributeError(f"module 'gated.tasks' has no attribute {name!r}")
