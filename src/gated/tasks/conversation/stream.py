"""Holds a dialogue: reads what is said, and chooses replies."""

import numpy as np
from numpy.typing import NDArray

from gated.errors import DataError, UsageError
from gated.media.text import whole_characters
from gated.tasks.conversation.model_file import StoredConversation
from gated.tasks.conversation.ranking.chooser import Reply
from gated.tasks.network.state import State, copied

__all__ = ["ConversationStream", "checked_turn"]

_MODEL = "model"  # the array of the state that names the model


class ConversationStream:
    """A dialogue whose state has a constant size, however long it goes on.

    Args:
        model: all of a fitted conversation.
        state: of an earlier stream of the same model; None for a new dialogue.

    Raises:
        UsageError: the state is of another model.
    """

    def __init__(self, model: StoredConversation, state: State | None = None) -> None:
        self._model = model
        self._state = model.network.initial_state(1)
        if state is not None:
            self._resume(state)

    @property
    def state(self) -> State:
        """All that is kept of the turns so far: save it, and pass it to `stream` to go on."""
        return State({**self._state, _MODEL: self._model.fingerprint})

    def _resume(self, state: State) -> None:
        state.check_like(self.state)
        arrays = {name: array for name, array in state.arrays.items() if name != _MODEL}
        is_own = np.array_equal(state.arrays[_MODEL], self._model.fingerprint)
        if not is_own or not all(np.isfinite(array).all() for array in arrays.values()):
            raise UsageError(
                "The state does not fit this model: it is of another one, or damaged. Pass a state "
                "of a stream of the same model."
            )
        self._state = copied(arrays)

    def say(self, text: str) -> Reply:
        """Read a turn of the person, and choose the reply, which is read too if it is known.

        Raises:
            DataError: it is no text, or has no character but blanks.
        """
        turn = checked_turn(text)
        reply = self._model.chooser.chosen(self.read(turn), turn, self._model.mixture)
        if reply.is_known:
            self.read(reply.text)
        return reply

    def read(self, text: str) -> NDArray[np.float32]:
        """Read a turn of either side without a reply; returns u [H] after it."""
        encoded = self._model.chooser.encoded([text])
        u, self._state = self._model.network.read(encoded, self._state)
        last: NDArray[np.float32] = u[0, -1]
        return last


def checked_turn(text: object) -> str:
    """Check a turn.

    Raises:
        DataError: it is no text, or has no character but blanks.
    """
    if not isinstance(text, str):
        raise DataError(f"A turn is {type(text).__name__}. Expected text.")
    turn = " ".join(whole_characters(text).split())
    if not turn:
        raise DataError("A turn has no character. Expected what was said.")
    return turn
