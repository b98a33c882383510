"""Defines all of an answerer that its file keeps, and checks the content of a file."""

from dataclasses import dataclass
from typing import Any, Self

from numpy.typing import NDArray

from gated.tasks.answerer.network import MOST_PARTS, StoryConfig, StoryNetwork, story_shapes
from gated.tasks.answerer.vocabulary import END, Vocabulary
from gated.tasks.model_header import anything, checked_weights
from gated.tasks.stored_model import StoredModel
from gated.tasks.words import Words
from gated.train.stored_values import (
    flag,
    list_of,
    mapping_of,
    number,
    optional,
    record,
    text,
    whole,
)

__all__ = ["StoredAnswerer"]

_LARGEST = 10**6

_HEADER = record(
    {
        "params": mapping_of(anything),
        "words": list_of(text(), is_distinct=True),
        "parts": list_of(text(), is_distinct=True),
        "network": record(
            {
                "words": whole(2, _LARGEST),
                "parts": whole(1, _LARGEST),
                "hidden_size": whole(1, 65_536),
                "num_layers": whole(1, 64),
                "dropout": number(0, 1),
            },
            {"most_parts": whole(1, MOST_PARTS), "word_memories": flag},  # older files lack them
        ),
        "learned": record(
            {
                "questions": whole(0, 10**12),
                "held_out": whole(0, 10**12),
                "accuracy": optional(number(0, 1)),
                "log_loss": optional(number(0)),
                "steps": whole(0, 10**12),
                "starts": whole(0, 10**6),
                "notes": list_of(text()),
            }
        ),
    }
)


@dataclass(frozen=True)
class StoredAnswerer(StoredModel):
    """All of a fitted answerer.

    Attributes:
        params: the hyperparameters as given.
        network: with fixed weights.
        vocabulary: of stories and answers.
        learned: from what, and how well: plain values; see the keys in this module.
    """

    kind = "answerer"

    params: dict[str, Any]
    network: StoryNetwork
    vocabulary: Vocabulary
    learned: dict[str, Any]

    @property
    def highest_confidence(self) -> float:
        """What n right answers of n can show: 1 − 1 / (n + 2), the rule of succession."""
        held_out = self.learned["held_out"]
        return 1.0 - 1.0 / (held_out + 2) if held_out else 1.0

    def _header(self) -> dict[str, Any]:
        return {
            "params": self.params,
            "words": self.vocabulary.words.known,
            "parts": self.vocabulary.parts,
            "network": self.network.config.to_json(),
            "learned": self.learned,
        }

    @classmethod
    def _of(cls, arrays: dict[str, NDArray[Any]], header: dict[str, Any]) -> Self:
        _HEADER(header, "header")
        vocabulary = Vocabulary(Words(header["words"]), header["parts"])
        config = StoryConfig(**header["network"])
        if config.words != vocabulary.words.size:
            raise ValueError("the network has another number of words than the vocabulary")
        if config.parts != len(vocabulary.parts) + END + 1:
            raise ValueError("the network has another number of parts than the vocabulary")
        network = StoryNetwork(config, checked_weights(arrays, story_shapes(config)))
        return cls(header["params"], network, vocabulary, header["learned"])
