"""Reads a few steps of one sequence: the fast form of `SymbolNetwork.advance`, for streams.

A stream in real time has one or two new steps at a time. `SingleStep` reads each in a third of the
time of the torch modules. Tests hold both forms together.
"""

import numpy as np
from numpy.typing import NDArray

from gated.tasks.network.sequence_model import ModelState
from gated.tasks.network.single_step import SingleStep
from gated.tasks.transcriber.network import SymbolNetwork

__all__ = ["MOST_STEPS", "FewSteps"]

MOST_STEPS = 4
"""With more steps at once the torch modules are as fast."""


class FewSteps:
    """A copy of the weights of a network in evaluation mode.

    Args:
        network: in evaluation mode.
    """

    def __init__(self, network: SymbolNetwork) -> None:
        self._step = SingleStep(network.model)
        self._weight = network.output.weight.detach().numpy().copy()
        self._bias = network.output.bias.detach().numpy().copy()

    def __call__(
        self, steps: NDArray[np.float32], state: ModelState
    ) -> tuple[NDArray[np.float32], ModelState]:
        """Read steps [t, I] after a state of one sequence: log-probabilities [t, K + 1], state."""
        logits = np.empty((len(steps), len(self._bias)), dtype=np.float32)
        for row, step in enumerate(steps):
            features, state = self._step(step, state)
            logits[row] = self._weight @ features + self._bias
        logits -= logits.max(1, keepdims=True)
        logits -= np.log(np.exp(logits).sum(1, keepdims=True))
        return logits, state
