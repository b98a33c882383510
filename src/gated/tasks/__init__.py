"""Learns from sequences: labels them, writes them down, makes new ones, answers.

The names load when they are first used: the command line reads limits without loading torch.
"""

from typing import TYPE_CHECKING

from gated.lazy import loaded_on_use
from gated.libraries import require_torch

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


_OF_TORCH = ("Conversationalist",)

_get, __dir__ = loaded_on_use(
    __name__,
    {
        "Answerer": "gated.tasks.answerer.estimator",
        "Conversationalist": "gated.tasks.conversation.estimator",
        "Generator": "gated.tasks.generator.estimator",
        "SequenceClassifier": "gated.tasks.classifier.estimator",
        "State": "gated.tasks.network.state",
        "Transcriber": "gated.tasks.transcriber.estimator",
    },
)


def __getattr__(name: str) -> object:
    """Load a public name on first use (PEP 562).

    Raises:
        UsageError: it needs torch, which is not installed.
    """
    if name in _OF_TORCH:
        require_torch(f"gated.{name}")
    return _get(name)
