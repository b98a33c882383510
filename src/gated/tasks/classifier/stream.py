"""Labels a sequence while it arrives, with a state of constant size."""

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from gated.tasks.classifier.network import LabelNetwork
from gated.tasks.data.frontend import Frontend, checked_part
from gated.tasks.network.model_state import restored, stored
from gated.tasks.network.state import State

__all__ = ["LabelStream"]


class LabelStream:
    """Gives the probabilities of the labels after each part of a sequence.

    They equal those of `predict_proba` for all parts so far, however the sequence was split.

    Args:
        network: in evaluation mode.
        frontend: converts the parts.
        shares: [K] the probabilities before the first step: the labels' shares of the training.
        state: of an earlier stream of the same model; None for a new sequence.

    Raises:
        UsageError: the state is of another model.
    """

    def __init__(
        self,
        network: LabelNetwork,
        frontend: Frontend,
        shares: NDArray[np.float64],
        state: State | None = None,
    ) -> None:
        self._network, self._frontend = network, frontend
        self._probabilities = shares
        self._state = network.initial_state(1)
        self._front = frontend.stream()
        if state is not None:
            self._resume(state)

    @property
    def state(self) -> State:
        """All that is kept of the past: save it, and pass it to `stream` to go on."""
        return stored(self._state, self._front.pending)

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
            with torch.inference_mode():
                logits, self._state = self._network.advance(
                    torch.from_numpy(steps)[None], self._state
                )
            self._probabilities = self._calibrated(logits)
        return self._probabilities

    def _resume(self, state: State) -> None:
        state.check_like(self.state)
        self._state, pending = restored(state)
        self._front = self._frontend.stream(pending)
        if self._network.steps_read(self._state) > 0:
            with torch.inference_mode():
                self._probabilities = self._calibrated(self._network.logits(self._state))

    def _calibrated(self, logits: torch.Tensor) -> NDArray[np.float64]:
        probabilities: NDArray[np.float64] = self._network.probabilities(logits)[0].double().numpy()
        return probabilities
