"""Learns from sequences: labels them, writes them down, whole or while they arrive; makes new ones.

The names load when they are first used: the command line reads limits without loading torch.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gated.tasks.classifier.estimator import SequenceClassifier
    from gated.tasks.generator.estimator import Generator
    from gated.tasks.network.state import State
    from gated.tasks.transcriber.estimator import Transcriber

__all__ = ["Generator", "SequenceClassifier", "State", "Transcriber"]


def __getattr__(name: str) -> object:
    """Load a public name on first use (PEP 562)."""
    if name == "SequenceClassifier":
        from gated.tasks.classifier.estimator import SequenceClassifier

        return SequenceClassifier
    if name == "Generator":
        from gated.tasks.generator.estimator import Generator

        return Generator
    if name == "State":
        from gated.tasks.network.state import State

        return State
    if name == "Transcriber":
        from gated.tasks.transcriber.estimator import Transcriber

        return Transcriber
    raise AttributeError(f"module 'gated.tasks' has no attribute {name!r}")
