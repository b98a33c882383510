"""Reads a story sentence by sentence, and answers questions at any time."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray
from gated.errors import DataError, UsageError
from gated.media.stories import sentences_of
from gated.media.text import whole_characters
from gated.tasks.answerer.answer import Answer, LayerGates
from gated.tasks.answerer.evidence import kept_sentences, sentence_shares
from gated.tasks.answerer.inputs import sentences_given
from gated.tasks.answerer.model_file import StoredAnswerer
from gated.tasks.network.state import State
from gated.tasks.words import UNKNOWN, padded

__all__ = ["StoryStream", "checked_text"]

_TEXTS = "sentences"  # the array of the state


class StoryStream:
    """A story that grows, with questions in between.

    Which sentences matter depends on the question, so the stream keeps each sentence, and its
    vector once it was read. A question costs time in proportion to the sentences so far.

    Args:
        model: all of a fitted answerer.
        state: of an earlier stream of the same model; None for a new story.

    Raises:
        UsageError: the state is of another kind.
    """

    def __init__(self, model: StoredAnswerer, state: State | None = None) -> None:
        self._model = model
        self._sentences: list[str] = []
        self._numbers: list[list[int]] = []  # of the words of each sentence
        self._vectors: list[NDArray[np.float32]] = []
        if state is not None:
            self.read(_texts(state))

    @property
    def sentences(self) -> tuple[str, ...]:
        """The story so far."""
        return tuple(self._sentences)

    @property
    def state(self) -> State:
        """All that is kept of the past: save it, and pass it to `stream` to go on."""
        content = "\n".join(self._sentences).encode()
        return State({_TEXTS: np.frombuffer(content, dtype=np.uint8)})

    def push(self, text: str) -> None:
        """Read the next sentence, or several.

        Args:
            text: as `gated.media.stories.sentences_of` splits it.

        Raises:
            DataError: it is no text.
        """
        self.read(sentences_of(checked_text("A sentence", text)))

    def read(self, sentences: Sequence[str]) -> None:
        """Read the next sentences, as they are.

        Args:
            sentences: a list; empty ones are left out.

        Raises:
            DataError: it is none, or has other values than text.
        """
        for sentence in sentences_given(sentences):
            numbers = self._model.vocabulary.words.numbers(sentence)
            self._vectors.append(self._encoded(numbers))
            self._numbers.append(numbers)
            self._sentences.append(sentence)

    def ask(self, question: str) -> Answer:
        """Answer a question about the story so far; the story stays as it is.

        Raises:
            DataError: it is no text, or has no word.
        """
        network, vocabulary = self._model.network, self._model.vocabulary
        words = checked_text("The question", question)
        if not words.strip():
            raise DataError("The question has no word. Expected a question about the story.")
        asked = self._encoded(vocabulary.words.numbers(words))
        steps = np.stack(self._vectors or [np.zeros_like(asked)])[None]
        mask = np.full((1, steps.shape[1]), bool(self._vectors))
        sentences = padded(self._numbers or [[UNKNOWN]])
        story = network.words_of(sentences, np.arange(len(sentences))[None], mask)
        begin, found = network.reduce(network.recalled(steps, story), asked[None], mask)
        is_known = not vocabulary.words.unknown(words)
        answers = network.answers(
            begin, network.temperature if is_known else network.unknown_temperature
        )
        count = len(self._vectors)
        gates = tuple(
            LayerGates(
                *(
                    gate[0, :count].astype(np.float64)
                    for gate in (layer.update, layer.forward, layer.backward)
                )
            )
            for layer in found
        )

        def passed_on(weights: FloatArray) -> FloatArray:
            passed: FloatArray = network.passed_on(steps, story, weights[None])[0]
            return passed.astype(np.float64)

        shares = sentence_shares(gates, passed_on if count else np.zeros_like)
        positions = kept_sentences(shares)
        unknown = dict.fromkeys(
            word
            for sentence in (words, *self._sentences)
            for word in vocabulary.words.unknown(sentence)
        )
        return Answer(
            vocabulary.answer(answers.parts[0].tolist()),
            min(float(np.exp(answers.log_probs[0])), self._model.highest_confidence),
            tuple(self._sentences[position] for position in positions),
            positions,
            shares,
            gates,
            tuple(unknown),
        )

    def _encoded(self, numbers: list[int]) -> NDArray[np.float32]:
        """[H] the vector of a sentence, from the numbers of its words."""
        vector: NDArray[np.float32] = self._model.network.encoded(np.array([numbers]))[0]
        return vector


def checked_text(name: str, value: object) -> str:
    """Check that a value is text.

    Raises:
        DataError: it is not.
    """
    if not isinstance(value, str):
        raise DataError(f"{name} is {type(value).__name__}. Expected text.")
    return whole_characters(value)


def _texts(state: State) -> list[str]:
    """The sentences of a state.

    Raises:
        UsageError: it is the state of another kind of stream.
    """
    content = state.arrays.get(_TEXTS)
    if state.arrays.keys() != {_TEXTS} or content is None or content.dtype != np.uint8:
        names = ", ".join(sorted(state.arrays)) or "nothing"
        raise UsageError(
            f"The state does not fit this model: it holds {names}. Expected the state of a stream "
            "of an Answerer."
        )
    try:
        return list(filter(None, content.tobytes().decode().split("\n")))
    except UnicodeDecodeError as error:
        raise UsageError(
            f"The state is damaged ({error}). Expected a `state` as it was."
        ) from error
