"""Computes the gates of every block of a network over a sequence."""

import numpy as np
import torch
from numpy.typing import NDArray

from gated.errors import DataError, UsageError
from gated.insight import BlockGates, recorded_gates
from gated.tasks.network.sequence_model import SequenceModel

__all__ = ["MOST_STEPS", "sequence_gates"]

MOST_STEPS = 100_000
"""Steps of a sequence at most: the gates of all steps and units are kept in memory."""


def sequence_gates(model: SequenceModel, steps: NDArray[np.float32]) -> list[BlockGates]:
    """The gates of each block, the first block first, over one sequence from its beginning.

    Args:
        model: in evaluation mode.
        steps: [T, I] float32, as the model reads them.

    Raises:
        DataError: the sequence has no step.
        UsageError: it has more than `MOST_STEPS`.

    Example:
        >>> from gated.tasks.network.sequence_model import SequenceConfig
        >>> model = SequenceModel(SequenceConfig(3, 8, 2)).eval()
        >>> first, second = sequence_gates(model, np.zeros((5, 3), np.float32))
        >>> first.update.shape, first.kept.shape
        ((5, 8), (5,))
    """
    if len(steps) == 0:
        raise DataError("The sequence has no step. Expected at least one, to have gates.")
    if len(steps) > MOST_STEPS:
        raise UsageError(
            f"The sequence has {len(steps):,} steps. Expected at most {MOST_STEPS:,}, because the "
            "gates of all steps are kept in memory. Pass a part of it."
        )
    with torch.no_grad(), recorded_gates(model.blocks) as found:
        model(torch.from_numpy(np.ascontiguousarray(steps))[None])
    return found
