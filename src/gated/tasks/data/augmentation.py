"""Varies training sequences at random: speed, start, level, background, missing parts.

Speed and pitch are the resampling of log-mel frames along time and along the bins (vocal tract
length perturbation, Jaitly & Hinton 2013); masks of steps and bins are SpecAugment (Park et al.
2019, arXiv 1904.08779).
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from gated.tasks.data.sequences import PaddedBatch

__all__ = ["ARRAYS", "SOUND", "Augmentation"]


@dataclass(frozen=True)
class Augmentation:
    """The ranges of the random changes; 0 switches one off.

    Attributes:
        speed: relative change of the speed, ±.
        shift: largest shift of the beginning, in steps, ±; later steps become silence.
        warp: relative change of the position of a bin, ±.
        level: standard deviation of a constant added to all bins.
        background: share of the sequences that get background noise.
        noise: standard deviation of noise added to each value, in standard deviations of its
            channel.
        masks: masks of steps, and of channels, in each sequence.
        mask_steps: longest mask, as a share of the sequence.
        mask_channels: widest mask, in channels.
    """

    speed: float = 0.0
    shift: float = 0.0
    warp: float = 0.0
    level: float = 0.0
    background: float = 0.0
    noise: float = 0.0
    masks: int = 0
    mask_steps: float = 0.0
    mask_channels: int = 0

    def apply(self, batch: PaddedBatch, spread: Tensor, generator: torch.Generator) -> PaddedBatch:
        """Return a changed copy of a batch.

        Args:
            batch: the sequences.
            spread: [I] standard deviation of each channel.
            generator: the source of all randomness.
        """
        values, lengths = batch.values, batch.lengths
        count, _, width = values.shape
        if self.speed or self.shift:
            values, lengths = self._resampled(batch, generator)
        if self.warp:
            factors = 1 + self.warp * _signed(count, generator)
            values = _interpolated(values.mT, torch.arange(width) * factors).mT
        if self.level:
            values = values + self.level * torch.randn(count, 1, 1, generator=generator)
        if self.background:
            values = self._with_background(values, generator)
        if self.noise:
            drawn = torch.randn(values.shape, generator=generator)
            values = values + self.noise * spread * drawn
        changed = PaddedBatch(values, lengths)
        if self.masks:
            values = self._masked(changed, generator)
        return PaddedBatch(values * changed.mask[..., None], lengths)

    def _resampled(self, batch: PaddedBatch, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Play each sequence faster or slower, and begin it earlier or later."""
        count = len(batch.lengths)
        factors = 1 + self.speed * _signed(count, generator)  # [B, 1]
        shifts = self.shift * _signed(count, generator)
        lengths = (batch.lengths[:, None] / factors + shifts).round().long().clamp(min=2)[:, 0]
        positions = (torch.arange(int(lengths.max())) - shifts) * factors  # [B, T]
        silence = _silence(batch)  # [B, 1, I]
        values = _interpolated(batch.values, positions, batch.lengths[:, None] - 1)
        is_outside = (positions < -0.5) | (positions > batch.lengths[:, None] - 0.5)
        return torch.where(is_outside[..., None], silence, values), lengths

    def _with_background(self, values: Tensor, generator: torch.Generator) -> Tensor:
        """Add the energy of noise of a random level and colour; values are logarithms."""
        count, steps, width = values.shape
        top = values.amax((1, 2), keepdim=True)
        below = 3.0 + 6.0 * torch.rand(count, 1, 1, generator=generator)  # 13 to 39 dB
        colour = torch.randn(count, 1, width, generator=generator).cumsum(2) * 0.2
        flicker = 0.5 * torch.randn(count, steps, width, generator=generator)
        noise = top - below + colour - colour.mean(2, keepdim=True) + flicker
        chosen = torch.rand(count, 1, 1, generator=generator) < self.background
        return torch.where(chosen, torch.logaddexp(values, noise), values)

    def _masked(self, batch: PaddedBatch, generator: torch.Generator) -> Tensor:
        """Replace stretches of steps and bands of channels by the mean of the sequence."""
        values = batch.values
        count, steps, width = values.shape
        inside = batch.mask[..., None]
        mean = (values * inside).sum(1, keepdim=True) / batch.lengths[:, None, None]
        hidden = torch.zeros(count, steps, width, dtype=torch.bool)
        for _ in range(self.masks):
            long = torch.rand(count, 1, generator=generator) * self.mask_steps
            begin = torch.rand(count, 1, generator=generator) * (1 - long)
            step = torch.arange(steps) / batch.lengths[:, None]
            hidden |= ((step >= begin) & (step < begin + long))[..., None]
            if self.mask_channels:
                wide = torch.rand(count, 1, generator=generator) * self.mask_channels
                low = torch.rand(count, 1, generator=generator) * (width - wide)
                channel = torch.arange(width)
                hidden |= ((channel >= low) & (channel < low + wide))[:, None]
        return torch.where(hidden, mean, values)


SOUND = Augmentation(
    speed=0.15,
    shift=4.0,
    warp=0.06,
    level=0.5,
    background=0.5,
    noise=0.1,
    masks=1,
    mask_steps=0.15,
    mask_channels=6,
)
"""For log-mel frames of sound."""

ARRAYS = Augmentation(speed=0.1, noise=0.1)
"""For other sequences."""


def _signed(count: int, generator: torch.Generator) -> Tensor:
    """[B, 1] uniform numbers from −1 to 1."""
    return 2 * torch.rand(count, 1, generator=generator) - 1


def _silence(batch: PaddedBatch) -> Tensor:
    """[B, 1, I] the lowest value of each channel of a sequence."""
    inside = batch.values.masked_fill(~batch.mask[..., None], torch.inf)
    lowest: Tensor = inside.amin(1, keepdim=True)
    return lowest


def _interpolated(values: Tensor, positions: Tensor, last: Tensor | None = None) -> Tensor:
    """[B, T', I] the values [B, T, I] at the positions [B, T'] of the second axis."""
    last = torch.tensor(values.shape[1] - 1) if last is None else last
    positions = torch.minimum(positions.clamp(min=0), last.to(positions.dtype))
    low = positions.floor().long()
    high = torch.minimum(low + 1, last)
    share = (positions - low)[..., None]
    width = values.shape[2]
    at_low = values.gather(1, low[..., None].expand(-1, -1, width))
    at_high = values.gather(1, high[..., None].expand(-1, -1, width))
    return torch.lerp(at_low, at_high, share)
