"""Standardises the inputs of a network, step by step where the level of a sequence varies.

The bands of sound may first become cepstral coefficients (Davis & Mermelstein 1980):

    c_k = Σ_i √(2/I) cos(π k (i + ½) / I) x_i        k = 0 … K − 1, DCT-II of the log energies x

The first ones describe the shape of the spectrum, which words differ in. Neighbouring bands are
correlated, coefficients hardly: each gets the same variance, also those of small energy.
"""

import math

import torch
from torch import Tensor, nn

__all__ = ["PRIOR_STEPS", "InputScaler", "unit_of"]

PRIOR_STEPS = 20.0  # weight of the training mean within the running mean, in steps
_SMALLEST = 1e-6


class InputScaler(nn.Module):
    """Subtracts the mean of each channel and divides by its standard deviation.

    Where the inputs are centred, the mean is the running mean of the sequence up to the step, which
    begins at the mean of the training sequences: the level of a microphone or of a voice
    disappears, and a stream has the same values as the whole sequence.

    Args:
        inputs: number of channels I.
        is_centred: whether to use the running mean.
        cepstra: number of cepstral coefficients K that replace the channels; 0 for the channels.

    Attributes:
        width: K, or I without cepstral coefficients.

    Shape:
        input [B, T, I], output [B, T, width].
    """

    mean: Tensor
    spread: Tensor
    cosines: Tensor

    def __init__(self, inputs: int, is_centred: bool, cepstra: int = 0) -> None:
        super().__init__()
        self.is_centred = is_centred
        self.width = cepstra or inputs
        self.register_buffer("mean", torch.zeros(self.width))
        self.register_buffer("spread", torch.ones(self.width))
        self.register_buffer("cosines", _cosines(inputs, cepstra), persistent=False)

    def channels(self, x: Tensor) -> Tensor:
        """[…, width] what is standardised: the inputs […, I], or their cepstral coefficients."""
        return x @ self.cosines if len(self.cosines) else x

    def mean_step(self) -> Tensor:
        """[I] the step whose channels are the mean of the training, of cepstra the smoothest."""
        if not len(self.cosines):
            return self.mean
        # The columns are orthogonal: c = x C and x = c D Cᵀ with D the inverse of CᵀC.
        return (self.mean / self.cosines.square().sum(0)) @ self.cosines.T

    def fit(self, mean: Tensor, spread: Tensor) -> None:
        """Set mean and standard deviation of `channels`; a constant channel keeps its unit."""
        self.mean.copy_(mean)
        self.spread.copy_(unit_of(spread))

    def forward(self, x: Tensor, state: dict[str, Tensor]) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the standardised steps and the state after them; see `initial_state`."""
        x = self.channels(x)
        if not self.is_centred:
            return (x - self.mean) / self.spread, {}
        sums = state["sums"][:, None] + (x - self.mean).cumsum(1)  # [B, T, width]
        steps = state["steps"][:, None] + torch.arange(1, x.shape[1] + 1, device=x.device)[:, None]
        running = self.mean + sums / (steps + PRIOR_STEPS)
        after = {"sums": sums[:, -1], "steps": steps[:, -1]} if x.shape[1] else state
        return (x - running) / self.spread, {name: after[name] for name in ("sums", "steps")}

    def initial_state(self, batch: int) -> dict[str, Tensor]:
        """Sums [B, width] of deviations from the mean, and steps [B, 1]; empty if not centred."""
        if not self.is_centred:
            return {}
        zeros = self.mean.new_zeros
        return {"sums": zeros(batch, len(self.mean)), "steps": zeros(batch, 1)}


def unit_of(spread: Tensor) -> Tensor:
    """The standard deviations, and 1 for those of constant channels."""
    return torch.where(spread > _SMALLEST, spread, 1.0)


def _cosines(inputs: int, cepstra: int) -> Tensor:
    """[I, K] the matrix of the DCT-II; empty without cepstral coefficients."""
    if cepstra == 0:
        return torch.zeros(0, 0)
    angles = torch.arange(inputs)[:, None].add(0.5) * torch.arange(cepstra) * (math.pi / inputs)
    return angles.cos() * math.sqrt(2 / inputs)
