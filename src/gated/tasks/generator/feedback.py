"""Replaces parts of the inputs of a training window by what the network itself predicts.

A network that reads recorded poses only never learns to go on from its own, which differ a little:
in generation the differences add up until it stands still or falls apart. Auto-conditioning (Li et
al. 2017, arXiv 1707.05363) trains on stretches of the network's own output.

A stretch is not generated step by step: the network reads the whole window, the inputs of the
stretches are replaced by its predictions, and this is repeated. After k passes the first k steps of
each stretch are exactly those of a generation.
"""

from dataclasses import replace

import torch
from torch import Tensor

from gated.tasks.generator.codecs import Codec, Feedback
from gated.tasks.generator.heads.head import FedBackHead
from gated.tasks.generator.steps import StepBatch
from gated.tasks.generator.trainable_network import TrainableGeneratorNetwork

__all__ = ["fed_back"]


def fed_back(
    network: TrainableGeneratorNetwork, codec: Codec, batch: StepBatch
) -> tuple[StepBatch, Tensor | None]:
    """Feed predictions back.

    Args:
        network: whose head is a `FedBackHead`, if the codec has `feedback`.
        codec: of the pieces.
        batch: of recorded steps.

    Returns:
        The batch with other inputs, and [B, T] which steps read predictions; the same batch and
        None where the codec has no `feedback`.
    """
    feedback, head = codec.feedback, network.head.now()
    if feedback is None or not isinstance(head, FedBackHead):
        return batch, None
    own = _stretches(batch.mask, feedback)  # the symbol of the step is predicted
    noise = feedback.temperature * torch.randn_like(batch.targets)
    inputs, was_training = batch.inputs, network.training
    network.eval()  # as in generation: no dropout
    with torch.no_grad():
        for _ in range(feedback.passes):
            features, _ = network.features(inputs, network.initial_state(len(inputs)))
            symbols = torch.where(own[..., None], head.predicted(features, noise), batch.targets)
            inputs = codec.fed_back(batch.inputs, symbols)
    network.train(was_training)
    reads_own = torch.cat([torch.zeros_like(own[:, :1]), own[:, :-1]], 1)
    return replace(batch, inputs=inputs), reads_own


def _stretches(mask: Tensor, feedback: Feedback) -> Tensor:
    """[B, T] which steps are in stretches: of random lengths, with gaps of random lengths."""
    rows, steps = mask.shape
    length = torch.randint(1, feedback.longest + 1, (rows, steps))
    gap_mean = feedback.longest * (1 - feedback.share) / feedback.share
    gap = torch.randint(1, max(round(gap_mean), 1) + 1, (rows, steps))
    # Boundaries: gap, stretch, gap, stretch, … until the end of the window.
    begins = (length + gap).cumsum(1) - length  # [B, n] of each stretch
    begins -= torch.randint(0, feedback.longest, (rows, 1))
    place = torch.arange(steps).expand(rows, steps).contiguous()
    index = torch.searchsorted(begins, place, right=True) - 1
    at = index.clamp(min=0)
    inside = place < begins.gather(1, at) + length.gather(1, at)
    return inside & (index >= 0)
