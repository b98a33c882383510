"""Says which steps of a sequence speak for a label."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gated.tasks.classifier.network import LabelNetwork
from gated.tasks.data.sequences import PaddedBatch
from gated.tasks.network.contributions import Contributions, integrated_gradients

__all__ = ["label_contributions"]


def label_contributions(
    network: LabelNetwork, steps: NDArray[np.float32], label: int | None
) -> Contributions:
    """Divide the calibrated log-odds of a label among the values of a sequence.

    The reference is a sequence of as many steps that all are the mean of the training.

    Args:
        network: in evaluation mode.
        steps: [T, I].
        label: its number; None for the most probable one.

    Raises:
        DataError, UsageError: as `integrated_gradients`.
    """
    values = torch.from_numpy(np.array(steps))

    def logits(x: Tensor) -> Tensor:
        lengths = torch.full((len(x),), x.shape[1])
        found: Tensor = network(PaddedBatch(x, lengths)) / network.temperature
        return found

    if label is None and len(steps):
        with torch.no_grad():
            label = int(logits(values[None])[0].argmax())

    def log_odds(x: Tensor) -> Tensor:
        found = logits(x)
        others = [index for index in range(found.shape[1]) if index != label]
        return found[:, label] - found[:, others].logsumexp(1)

    return integrated_gradients(log_odds, values, network.model.scaler.mean_step())
