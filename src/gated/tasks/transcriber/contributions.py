"""Computes what the steps of a sequence contribute to each of its symbols."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gated.tasks.data.sequences import PaddedBatch
from gated.tasks.network.contributions import Contributions
from gated.tasks.network.integrated_gradients import integrated_gradients, log_odds
from gated.tasks.transcriber.decoding.search import LogProbs, Run
from gated.tasks.transcriber.trainable_network import TrainableSymbolNetwork

__all__ = ["symbol_contributions"]


def symbol_contributions(
    network: TrainableSymbolNetwork, steps: NDArray[np.float32], log_probs: LogProbs, run: Run
) -> Contributions:
    """Divide the log-odds of a symbol at the step that writes it among the steps up to it.

    It is the step of its run at which the symbol is most probable; the odds are those against the
    blank and the other symbols. Later steps contribute 0: the network has not read them. The
    reference is a sequence whose steps all are the mean of the training.

    Args:
        network: in evaluation mode.
        steps: [T, I] of the whole sequence.
        log_probs: [T, K + 1] of the network for them.
        run: of the symbol.

    Raises:
        UsageError: as `integrated_gradients`.
    """
    place = run.first + int(log_probs[run.first : run.last + 1, run.symbol].argmax())

    def score(x: Tensor) -> Tensor:
        lengths = torch.full((len(x),), x.shape[1])
        return log_odds(network(PaddedBatch(x, lengths))[:, -1], run.symbol)

    read = torch.from_numpy(np.array(steps[: place + 1]))
    reference = torch.from_numpy(network.model.frozen().mean_step())
    found = integrated_gradients(score, read, reference)
    later = np.zeros((len(steps) - place - 1, steps.shape[1]))
    return Contributions(np.concatenate([found.values, later]), found.score, found.reference)
