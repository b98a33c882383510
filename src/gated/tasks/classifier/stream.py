"""Labels a sequence while it arrives, with a state of constant size."""

from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray

from gated.errors import DataError
from gated.tasks.classifier.frontend import Frontend, Values
from gated.tasks.classifier.network import LabelNetwork
from gated.tasks.state import PENDING, State

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
        arrays: dict[str, Any] = {name: value.numpy() for name, value in self._state.items()}
        return State({**arrays, PENDING: self._front.pending})

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
        steps = self._front.push(self._checked(chunk))
        if len(steps):
            with torch.inference_mode():
                logits, self._state = self._network.advance(
                    torch.from_numpy(steps)[None], self._state
                )
            self._probabilities = self._calibrated(logits)
        return self._probabilities

    def _resume(self, state: State) -> None:
        state.check_like(self.state)
        self._front = self._frontend.stream(np.array(state.arrays[PENDING], dtype=np.float32))
        self._state = {
            name: torch.from_numpy(np.array(value))
            for name, value in state.arrays.items()
            if name != PENDING
        }
        if self._network.steps_read(self._state) > 0:
            with torch.inference_mode():
                self._probabilities = self._calibrated(self._network.logits(self._state))

    def _calibrated(self, logits: torch.Tensor) -> NDArray[np.float64]:
        probabilities: NDArray[np.float64] = self._network.probabilities(logits)[0].double().numpy()
        return probabilities

    def _checked(self, chunk: ArrayLike) -> Values:
        values = np.asarray(chunk, dtype=np.float32)
        axes, width = self._frontend.axes, self._frontend.width
        if values.ndim != axes or (axes == 2 and values.shape[1] != width):
            expected = "[n] samples" if axes == 1 else f"[t, {width}] steps"
            raise DataError(f"The part has shape {list(values.shape)}. Expected {expected}.")
        if not np.isfinite(values).all():
            raise DataError("The part holds values that are not finite. Expected finite numbers.")
        return values
