"""Labels a sequence while it arrives, with a state of constant size."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gated.tasks.classifier.network import LabelNetwork
from gated.tasks.data.frontend import Frontend, checked_part
from gated.tasks.network.state import PENDING, State, copied
from gated.tasks.network.stream_reader import StreamReader

__all__ = ["LabelStream"]


class LabelStream:
    """Gives the probabilities of the labels after each part of a sequence.

    They equal those of `predict_proba` for all parts so far, however the sequence was split.

    Args:
        network: with fixed weights.
        reader: the fast form of its sequence model.
        frontend: converts the parts.
        shares: [K] the probabilities before the first step: the labels' shares of the training.
        state: of an earlier stream of the same model; None for a new sequence.

    Raises:
        UsageError: the state is of another model.
    """

    def __init__(
        self,
        network: LabelNetwork,
        reader: StreamReader,
        frontend: Frontend,
        shares: NDArray[np.float64],
        state: State | None = None,
    ) -> None:
        self._network, self._reader, self._frontend = network, reader, frontend
        self._probabilities = shares
        self._state = network.initial_state(1)
        self._front = frontend.stream()
        if state is not None:
            self._resume(state)

    @property
    def state(self) -> State:
        """All that is kept of the past: save it, and pass it to `stream` to go on."""
        return State({**self._state, PENDING: self._front.pending})

    @property
    def probabilities(self) -> NDArray[np.float64]:
        """[K] of the labels, in the order of `classes_`, after the parts so far."""
        return self._probabilities

    def push(self, chunk: ArrayLike) -> NDArray[np.float64]:
        """Read the next part of the sequence.

        Args:
            chunk: [t, I] steps, or [n] samples of sound; may be empty.

        Returns:
            [K] the probabilities of the labels, in the order of `classes_`.

        Raises:
            DataError: the part has another shape, or values that are not finite.
        """
        steps = self._front.push(checked_part(self._frontend, chunk))
        if len(steps):
            logits, self._state = self._network.read(self._reader, steps, self._state)
            self._probabilities = self._network.probabilities(logits)
        return self._probabilities

    def _resume(self, state: State) -> None:
        state.check_like(self.state)
        self._state = copied(state.arrays)
        self._front = self._frontend.stream(self._state.pop(PENDING))
        if self._network.steps_read(self._state) > 0:
            logits = self._network.read_logits(self._state)
            self._probabilities = self._network.probabilities(logits)
