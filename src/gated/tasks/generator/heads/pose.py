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

import numpy as np
from numpy.typing import NDArray

from gated.arrays import Array, BoolArray
from gated.numeric import Parameters, clip, namespace, primitives
from gated.tasks.generator.heads.head import FedBackHead, HeadConfig
from gated.tasks.generator.heads.sampling import Sampling

__all__ = ["DRAWN", "PoseHead", "next_noise"]

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

    The scale of its description is [D] the usual change of each number.

    Shape:
        features [B, T, H + D + 1]: the last pose, and whether there is one, after the features.
        targets [B, T, D] float32.
    """

    def __init__(self, config: HeadConfig, weights: Parameters) -> None:
        super().__init__(config, weights)
        self.skipped, self.carried = len(config.scale) + 1, len(config.scale)
        self._scale = np.array(config.scale, dtype=np.float32)

    @staticmethod
    def outputs(config: HeadConfig) -> int:
        """See `Head`: the numbers of a pose."""
        return len(config.scale)

    def nats(self, features: Array, targets: Array, allowed: Array | None) -> Array:
        """See `Head`: of the standardised numbers of a pose; 0 for the first pose of a piece."""
        half_square, base, has_last = self._errors(features, targets, self._log_sigma())
        usual = math.log1p(-_JUMPS) - half_square
        wider = math.log(_JUMPS) - half_square / _WIDER**2 - len(self._scale) * math.log(_WIDER)
        return (base - namespace(features).logaddexp(usual, wider)) * has_last

    def fed_back_nats(self, features: Array, targets: Array) -> Array:
        """See `FedBackHead`: σ is not learned of them, so that it stays that of one step.

        With q = Σ z²/2 it is 300 log(1 + q/300): no density, but about q for a small drift.
        """
        half_square, base, has_last = self._errors(features, targets, self._log_sigma().detach())
        return (base + _DRIFTED * (half_square / _DRIFTED).log1p()) * has_last

    def predicted(self, features: Array, noise: Array) -> Array:
        """See `FedBackHead`."""
        last, has_last, mean = self._mean(features)
        sigma = namespace(features).exp(self._log_sigma())
        return last + has_last * (mean + sigma * noise)

    def draw(
        self,
        features: NDArray[np.float32],
        allowed: BoolArray | None,
        sampling: Sampling,
        generator: np.random.Generator,
    ) -> NDArray[np.float32]:
        """See `Head`: the first of a piece."""
        nothing = np.zeros(self.carried, dtype=np.float32)
        return self.draw_next(features, allowed, sampling, generator, nothing)[0]

    def draw_next(
        self,
        features: NDArray[np.float32],
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
        return np.asarray(self.predicted(features, scaled)), noise

    def _mean(self, features: Array) -> tuple[Array, Array, Array]:
        """The last pose, whether there is one, and the mean change."""
        size = len(self._scale)
        read, last, has_last = (
            features[..., : -size - 1],
            features[..., -size - 1 : -1],
            features[..., -1:],
        )
        return last, has_last, self._like(features) * self.weights.linear("output", read)

    def _errors(
        self, features: Array, targets: Array, log_sigma: Array
    ) -> tuple[Array, Array, Array]:
        """[B, T] each: Σ z²/2, Σ log(σ √(2π)), and whether there is a last pose."""
        xp = namespace(features)
        last, has_last, mean = self._mean(features)
        z = (targets - last - mean) * xp.exp(-log_sigma)
        base = log_sigma.sum() + 0.5 * len(log_sigma) * math.log(2 * math.pi)
        return 0.5 * xp.sum(z * z, axis=-1), base, has_last[..., 0]

    def _log_sigma(self) -> Array:
        learned = self.weights["log_sigma"]
        return namespace(learned).log(self._like(learned)) + clip(learned, _SMALLEST, _LARGEST)

    def _like(self, x: Array) -> Array:
        """The usual changes as an array of the library of x."""
        return primitives(x).like(self._scale, x)


def next_noise(noise: Array, fresh: Array) -> Array:
    """The noise of the next draw, of the one before and of a standard normal draw."""
    return _GOES_ON * noise + math.sqrt(1 - _GOES_ON**2) * fresh
