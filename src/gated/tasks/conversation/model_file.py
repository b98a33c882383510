"""Defines all of a conversation that its file keeps, and checks the content of a file."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from gated.tasks.conversation.examples import GRAMS
from gated.tasks.conversation.network import (
    ConversationConfig,
    ConversationNetwork,
    conversation_shapes,
)
from gated.tasks.conversation.ranking.chooser import Chooser, Contexts
from gated.tasks.conversation.ranking.mixture import FEATURES, Mixture
from gated.tasks.model_header import anything, checked_weights
from gated.tasks.stored_model import StoredModel
from gated.tasks.words import Words
from gated.train.stored_values import (
    list_of,
    mapping_of,
    number,
    optional,
    record,
    text,
    whole,
)

__all__ = ["StoredConversation"]

_LARGEST = 10**6

_HEADER = record(
    {
        "params": mapping_of(anything),
        "words": list_of(text(), is_distinct=True),
        "replies": list_of(text(), is_distinct=True),
        "contexts": list_of(text()),
        "context_replies": list_of(whole(0, _LARGEST)),
        "weights": list_of(number(0)),
        "threshold": number(0, 2),
        "network": record(
            {
                "words": whole(2, _LARGEST),
                "grams": whole(GRAMS, GRAMS),
                "hidden_size": whole(1, 65_536),
                "num_layers": whole(1, 64),
                "dropout": number(0, 1),
            }
        ),
        "learned": record(
            {
                "dialogues": whole(0, 10**12),
                "replies": whole(0, 10**12),
                "held_out": whole(0, 10**12),
                "right": optional(number(0, 1)),
                "nearest_right": optional(number(0, 1)),
                "answered": optional(number(0, 1)),
                "answered_right": optional(number(0, 1)),
                "steps": whole(0, 10**12),
                "notes": list_of(text()),
            }
        ),
    }
)


@dataclass(frozen=True)
class StoredConversation(StoredModel):
    """All of a fitted conversation.

    Attributes:
        params: the hyperparameters as given.
        network: with fixed weights.
        words: that are known.
        replies: all different ones.
        contexts: the turns before them.
        mixture: of network and similarity.
        learned: from what, and how well: plain values; see the keys in this module.
    """

    kind = "conversation"

    params: dict[str, Any]
    network: ConversationNetwork
    words: Words
    replies: list[str]
    contexts: Contexts
    mixture: Mixture
    learned: dict[str, Any]

    @cached_property
    def chooser(self) -> Chooser:
        """Scores all replies."""
        return Chooser(self.network, self.words, self.replies, self.contexts)

    @cached_property
    def fingerprint(self) -> NDArray[np.uint8]:
        """[32] uint8, a hash of the weights: a state belongs to one model."""
        digest = hashlib.sha256()
        for name, value in sorted(self.network.arrays.items()):
            digest.update(name.encode())
            digest.update(value.tobytes())
        return np.frombuffer(digest.digest(), dtype=np.uint8)

    def _header(self) -> dict[str, Any]:
        return {
            "params": self.params,
            "words": self.words.known,
            "replies": self.replies,
            "contexts": self.contexts.texts,
            "context_replies": self.contexts.replies.tolist(),
            "weights": list(self.mixture.weights),
            "threshold": self.mixture.threshold,
            "network": self.network.config.to_json(),
            "learned": self.learned,
        }

    @classmethod
    def _of(cls, arrays: dict[str, NDArray[Any]], header: dict[str, Any]) -> Self:
        _HEADER(header, "header")
        words, replies = Words(header["words"]), header["replies"]
        config = ConversationConfig(**header["network"])
        if config.words != words.size:
            raise ValueError("the network has another number of words than the vocabulary")
        if len(header["weights"]) != len(FEATURES):
            raise ValueError("header.weights has not one number for each feature")
        contexts = Contexts(header["contexts"], np.array(header["context_replies"], dtype=np.int64))
        places = contexts.replies
        if len(contexts.texts) != len(places) or not len(places) or places.max() >= len(replies):
            raise ValueError("header.context_replies has not a reply for each context")
        network = ConversationNetwork(config, checked_weights(arrays, conversation_shapes(config)))
        mixture = Mixture(tuple(header["weights"]), header["threshold"])
        return cls(header["params"], network, words, replies, contexts, mixture, header["learned"])
