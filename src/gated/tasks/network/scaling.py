"""Standardises the inputs of a network, step by step where the level of a sequence varies."""

import torch
from torch import Tensor, nn

__all__ = ["InputScaler"]

_PRIOR_STEPS = 20.0  # weight of the training mean within the running mean, in steps
_SMALLEST = 1e-6


class InputScaler(nn.Module):
    """Subtracts the mean of each channel and divides by its standard deviation.

    Where the inputs are centred, the mean is the running mean of the sequence up to the step, which
    begins at the mean of the training sequences: the level of a microphone or of a voice
    disappears, and a stream has the same values as the whole sequence.

    Args:
        inputs: number of channels I.
        is_centred: whether to use the running mean.

    Shape:
        input and output: [B, T, I].
    """

    mean: Tensor
    spread: Tensor

    def __init__(self, inputs: int, is_centred: bool) -> None:
        super().__init__()
        self.is_centred = is_centred
        self.register_buffer("mean", torch.zeros(inputs))
        self.register_buffer("spread", torch.ones(inputs))

    def fit(self, mean: Tensor, spread: Tensor) -> None:
        """Set mean and standard deviation, [I] each; a constant channel keeps its unit."""
        self.mean.copy_(mean)
        self.spread.copy_(torch.where(spread > _SMALLEST, spread, 1.0))

    def forward(self, x: Tensor, state: dict[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the standardised steps and the state after them; see `initial_state`."""
        if not self.is_centred:
            return (x - self.mean) / self.spread, {}
        sums = state["sums"][:, None] + (x - self.mean).cumsum(1)  # [B, T, I]
        steps = state["steps"][:, None] + torch.arange(1, x.shape[1] + 1, device=x.device)[:, None]
        running = self.mean + sums / (steps + _PRIOR_STEPS)
        after = {"sums": sums[:, -1], "steps": steps[:, -1]} if x.shape[1] else state
        return (x - running) / self.spread, {name: after[name] for name in ("sums", "steps")}

    def initial_state(self, batch: int) -> dict[str, Tensor]:
        """Sums [B, I] of deviations from the mean, and steps [B, 1]; empty if not centred."""
        if not self.is_centred:
            return {}
        zeros = self.mean.new_zeros
        return {"sums": zeros(batch, len(self.mean)), "steps": zeros(batch, 1)}
