"""Learns from sequences: labels them, writes them down, makes new ones, answers.

The names load when they are first used: the command line reads limits without loading torch.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gated.tasks.answerer.estimator import Answerer
    from gated.tasks.classifier.estimator import SequenceClassifier
    from gated.tasks.conversation.estimator import Conversationalist
    from gated.tasks.generator.estimator import Generator
    from gated.tasks.network.state import State
    from gated.tasks.transcriber.estimator import Transcriber

__all__ = [
    "Answerer",
    "Conversationalist",
    "Generator",
    "SequenceClassifier",
    "State",
    "Transcriber",
]


_HOME = {
    "Answerer": "gated.tasks.answerer.estimator",
    "Conversationalist": "gated.tasks.conversation.estimator",
    "Generator": "gated.tasks.generator.estimator",
    "SequenceClassifier": "gated.tasks.classifier.estimator",
    "State": "gated.tasks.network.state",
    "Transcriber": "gated.tasks.transcriber.estimator",
}


def __getattr__(name: str) -> object:
    """Load a public name on first use (PEP 562)."""
    if name not in _HOME:
        raise AttributeError(f"module 'gated.tasks' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
