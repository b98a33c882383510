"""Computes what the steps of a sequence contribute to a label."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gated.tasks.classifier.network import LabelNetwork
from gated.tasks.data.sequences import PaddedBatch
from gated.tasks.network.contributions import Contributions, integrated_gradients, log_odds

__all__ = ["calibrated_logits", "label_contributions"]


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
    if label is None:
        with torch.no_grad():
            label = int(calibrated_logits(network, values[None])[0].argmax()) if len(steps) else 0
    chosen = label
    return integrated_gradients(
        lambda x: log_odds(calibrated_logits(network, x), chosen),
        values,
        network.model.scaler.mean_step(),
    )


def calibrated_logits(network: LabelNetwork, x: Tensor) -> Tensor:
    """[B, K] the logits of sequences [B, T, I] of one length, divided by the temperature."""
    lengths = torch.full((len(x),), x.shape[1])
    found: Tensor = network(PaddedBatch(x, lengths)) / network.temperature
    return found
