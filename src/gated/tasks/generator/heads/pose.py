"""Predicts the next pose: a normal distribution of the change from the last one.

    x_t = x_(t−1) + s ⊙ (W f_t + b) + σ ⊙ ε,    ε ~ N(0, 1)

s is the usual change of each number. σ is learned, one for each number of a pose. Recordings have
frames in which a body jumps; in scores and in training, a second distribution with the same mean
and 8 σ has the weight 0.01, so that they do not determine σ. It is not drawn from.

The errors of successive predictions are similar. Draws follow this: the noise goes on from frame to
frame, n_t = 0.5 n_(t−1) + 0.87 ε_t, and 0.33 σ n_t is added. With another noise in each frame and
the whole σ a body trembles; without noise it comes to a rest.
"""

import math
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gated.arrays import BoolArray
from gated.tasks.generator.heads.head import FedBackHead
from gated.tasks.generator.heads.sampling import Sampling

__all__ = ["DRAWN", "PoseHead", "next_noise"]

Values = TypeVar("Values", NDArray[np.float32], Tensor)

_JUMPS, _WIDER = 0.01, 8.0
"""Weight of the second distribution, and its deviation in σ."""
_DRIFTED = 300.0
"""Half of the squared error, in σ², from where the loss of a fed-back step grows slowly."""
DRAWN = 0.33
"""Share of σ that a draw at the temperature 1 uses."""
_GOES_ON = 0.5
_SMALLEST, _LARGEST = -5.0, 1.0
"""Of log σ/s: a number that hardly moves would let σ collapse."""


class PoseHead(FedBackHead):
    """A linear layer that gives the mean change of each number of a pose.

    Args:
        features: H.
        scale: [D] the usual change of each number.

    Shape:
        features [B, T, H + D + 1]: the last pose, and whether there is one, after the features.
        targets [B, T, D] float32.
    """

    scale: Tensor

    def __init__(self, features: int, scale: tuple[float, ...]) -> None:
        super().__init__()
        self.skipped, self.carried = len(scale) + 1, len(scale)
        self.output = nn.Linear(features, len(scale))
        self.log_sigma = nn.Parameter(torch.full((len(scale),), -0.5))
        self.register_buffer("scale", torch.tensor(scale), persistent=False)

    def nats(self, features: Tensor, targets: Tensor, allowed: Tensor | None) -> Tensor:
        """See `Head`: of the standardised numbers of a pose; 0 for the first pose of a piece."""
        half_square, base, has_last = self._errors(features, targets, self._log_sigma())
        usual = math.log1p(-_JUMPS) - half_square
        wider = math.log(_JUMPS) - half_square / _WIDER**2 - len(self.scale) * math.log(_WIDER)
        return (base - torch.logaddexp(usual, wider)) * has_last

    def fed_back_nats(self, features: Tensor, targets: Tensor) -> Tensor:
        """See `FedBackHead`: σ is not learned of them, so that it stays that of one step.

        With q = Σ z²/2 it is 300 log(1 + q/300): no density, but about q for a small drift.
        """
        half_square, base, has_last = self._errors(features, targets, self._log_sigma().detach())
        return (base + _DRIFTED * torch.log1p(half_square / _DRIFTED)) * has_last

    def predicted(self, features: Tensor, noise: Tensor) -> Tensor:
        """See `FedBackHead`."""
        last, has_last, mean = self._mean(features)
        return last + has_last * (mean + self._log_sigma().exp() * noise)

    def draw(
        self,
        features: Tensor,
        allowed: BoolArray | None,
        sampling: Sampling,
        generator: np.random.Generator,
    ) -> NDArray[np.float32]:
        """See `Head`: the first of a piece."""
        nothing = np.zeros(self.carried, dtype=np.float32)
        return self.draw_next(features, allowed, sampling, generator, nothing)[0]

    def draw_next(
        self,
        features: Tensor,
        allowed: BoolArray | None,
        sampling: Sampling,
        generator: np.random.Generator,
        noise: NDArray[np.float32],
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """See `Head`: [D]; the temperature multiplies the noise, and top_k and top_p do nothing.

        Where no pose came before, it is the start of the codec.
        """
        fresh = generator.standard_normal(self.carried, dtype=np.float32)
        noise = next_noise(noise, fresh)
        scaled = np.float32(DRAWN * sampling.temperature) * noise
        return np.asarray(self.predicted(features, torch.from_numpy(scaled)).numpy()), noise

    def _mean(self, features: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The last pose, whether there is one, and the mean change."""
        size = len(self.scale)
        read, last, has_last = (
            features[..., : -size - 1],
            features[..., -size - 1 : -1],
            features[..., -1:],
        )
        return last, has_last, self.scale * self.output(read)

    def _errors(
        self, features: Tensor, targets: Tensor, log_sigma: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """[B, T] each: Σ z²/2, Σ log(σ √(2π)), and whether there is a last pose."""
        last, has_last, mean = self._mean(features)
        z = (targets - last - mean) * (-log_sigma).exp()
        base = log_sigma.sum() + 0.5 * len(log_sigma) * math.log(2 * math.pi)
        return 0.5 * z.square().sum(-1), base, has_last[..., 0]

    def _log_sigma(self) -> Tensor:
        return self.scale.log() + self.log_sigma.clamp(_SMALLEST, _LARGEST)


def next_noise(noise: Values, fresh: Values) -> Values:
    """The noise of the next draw, of the one before and of a standard normal draw."""
    return _GOES_ON * noise + math.sqrt(1 - _GOES_ON**2) * fresh
