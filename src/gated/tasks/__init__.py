"""Learns from sequences: labels them, writes them down, makes new ones, answers.

The names load when they are first used. A model that was saved needs no torch; only training and
contributions do.
"""

from typing import TYPE_CHECKING

from gated.lazy import loaded_on_use

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


__getattr__, __dir__ = loaded_on_use(
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
