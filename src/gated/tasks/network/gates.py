"""Computes the gates of every block of a network over a sequence."""

import numpy as np
from numpy.typing import NDArray

from gated.errors import DataError, UsageError
from gated.insight import BlockGates
from gated.tasks.network.sequence_model import SequenceModel

__all__ = ["MOST_STEPS", "sequence_gates"]

MOST_STEPS = 100_000
"""Steps of a sequence at most: the gates of all steps and units are kept in memory."""


def sequence_gates(model: SequenceModel, steps: NDArray[np.float32]) -> list[BlockGates]:
    """The gates of each block, the first block first, over one sequence from its beginning.

    Args:
        model: the network.
        steps: [T, I] float32, as the model reads them.

    Raises:
        DataError: the sequence has no step.
        UsageError: it has more than `MOST_STEPS`.
    """
    if len(steps) == 0:
        raise DataError("The sequence has no step. Expected at least one, to have gates.")
    if len(steps) > MOST_STEPS:
        raise UsageError(
            f"The sequence has {len(steps):,} steps. Expected at most {MOST_STEPS:,}, because the "
            "gates of all steps are kept in memory. Pass a part of it."
        )
    return [
        BlockGates(gates["z"][0], gates["r"][0], gates["h"][0])
        for gates in model.gates(steps[None])
    ]
