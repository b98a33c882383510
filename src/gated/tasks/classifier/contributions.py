"""Computes what the steps of a sequence contribute to a label: by gradients, with torch."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gated.tasks.classifier.network import LabelNetwork
from gated.tasks.classifier.trainable_network import TrainableLabelNetwork
from gated.tasks.data.sequences import PaddedBatch
from gated.tasks.network.contributions import Contributions
from gated.tasks.network.integrated_gradients import integrated_gradients, log_odds

__all__ = ["calibrated_logits", "label_contributions"]


def label_contributions(
    network: LabelNetwork, sequences: list[NDArray[np.float32]], label: int | None
) -> list[Contributions]:
    """Divide the calibrated log-odds of a label among the values of each sequence.

    The reference is a sequence of as many steps that all are the mean of the training.

    Args:
        network: that gives the log-odds.
        sequences: [T, I] each.
        label: its number; None for the most probable one of each sequence.

    Raises:
        DataError, UsageError: as `integrated_gradients`.
    """
    module = TrainableLabelNetwork.of(network)
    reference = torch.from_numpy(np.array(network.model.mean_step()))
    return [_divided(module, np.array(steps), label, reference) for steps in sequences]


def calibrated_logits(network: TrainableLabelNetwork, x: Tensor) -> Tensor:
    """[B, K] the logits of sequences [B, T, I] of one length, divided by the temperature."""
    lengths = torch.full((len(x),), x.shape[1])
    found: Tensor = network(PaddedBatch(x, lengths)) / network.temperature
    return found


def _divided(
    network: TrainableLabelNetwork,
    steps: NDArray[np.float32],
    label: int | None,
    reference: Tensor,
) -> Contributions:
    values = torch.from_numpy(steps)
    if label is None:
        with torch.no_grad():
            label = int(calibrated_logits(network, values[None])[0].argmax()) if len(steps) else 0
    chosen = label
    return integrated_gradients(
        lambda x: log_odds(calibrated_logits(network, x), chosen), values, reference
    )
