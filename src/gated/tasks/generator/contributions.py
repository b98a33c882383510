"""Computes what the steps of a piece contribute to one of its symbols."""

import numpy as np
import torch
from torch import Tensor

from gated.errors import UsageError
from gated.numeric import converted
from gated.tasks.generator.codecs import Codec, Symbols
from gated.tasks.generator.network import GeneratorNetwork
from gated.tasks.generator.steps import stack
from gated.tasks.generator.trainable_network import TrainableGeneratorNetwork
from gated.tasks.network.contributions import Contributions
from gated.tasks.network.integrated_gradients import integrated_gradients

__all__ = ["next_contributions"]


@torch.inference_mode(False)  # whatever holds around the call
def next_contributions(
    network: GeneratorNetwork, codec: Codec, symbols: Symbols, begun: int, position: int
) -> Contributions:
    """Divide log p of a symbol among the inputs of the steps up to it.

    The input of a step is what the codec makes of the symbols before it: of a text the last
    characters, of music the keys of the last frame; and of the place in the piece, such as the beat
    or the row of a pixel. The reference is inputs of zeros, which have neither. What a head reads
    of the input itself, the last pose, is not divided.

    Args:
        network: with fixed weights.
        codec: of the piece.
        symbols: of the prompt and of the piece.
        begun: number of those of the prompt.
        position: of the symbol in the piece, 0 for the first.

    Returns:
        [begun + position + 1, 1] the contributions of the steps, in nats.

    Raises:
        UsageError: there is no such symbol, or the piece is too long.
    """
    count = len(symbols) - begun
    is_whole = isinstance(position, (int, np.integer)) and not isinstance(position, bool)
    if not (is_whole and 0 <= position < count):
        raise UsageError(
            f"position is {position!r}, but the piece has {count:,} symbols. Expected a whole "
            "number from 0 for the first one."
        )
    end = begun + position + 1
    batch = converted(stack([codec.steps(symbols[:end], 0, end)]), torch.from_numpy)
    module = TrainableGeneratorNetwork.of(network)
    model, head = module.model, module.head.now()
    with torch.no_grad():
        embedded = model.embedded(batch.inputs, model.initial_state(1))[0][0]
        nothing = model.embedded(torch.zeros_like(batch.inputs[:, :1]), model.initial_state(1))[0]
    skipped = batch.inputs[:, -1:, : head.skipped]
    targets = batch.targets[:, -1:]
    allowed = None if batch.allowed is None else batch.allowed[:, -1:]

    def log_probability(features: Tensor) -> Tensor:
        count = len(features)
        read = model.from_embedded(features, model.initial_state(count))[0][:, -1:]
        if head.skipped:
            read = torch.cat([read, skipped.expand(count, -1, -1)], -1)
        wanted = targets.expand(count, *targets.shape[1:])
        possible = None if allowed is None else allowed.expand(count, -1, -1)
        log_p: Tensor = -head.nats(read, wanted, possible)[:, 0]
        return log_p

    found = integrated_gradients(log_probability, embedded, nothing[0, 0])
    return Contributions(found.steps[:, None], found.score, found.reference)
