"""The decoder of sketch-rnn alone, with the defaults of its authors, in plain torch.

    x_t = Δx, Δy of the last point, and its pen: down, up, end                       [B, T, 5]
    h_t = LSTM(x_t, h_(t−1)), dropout on the candidate of the cell (arXiv 1603.05118) [B, T, H]
    p_t = mixture of normal distributions and pen, as `MixtureHead`

Ha & Eck 2017 (arXiv 1704.03477); the settings are the defaults of sketch_rnn/model.py in
github.com/magenta/magenta with conditional False: an LSTM, no layer normalisation.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.functional import dropout

from benchmarks.sequences.peers.budget import Trained, steps_within
from gated.numeric import converted
from gated.tasks.generator.codecs import Codec, Symbols
from gated.tasks.generator.codecs.drawing import DrawingCodec
from gated.tasks.generator.heads import HeadConfig
from gated.tasks.generator.heads.mixture import END
from gated.tasks.generator.network import GeneratorNetwork
from gated.tasks.generator.scoring import nats_per_unit
from gated.tasks.generator.steps import StepBatch, stack
from gated.tasks.generator.trainable_network import HeadWeights
from gated.tasks.network.sequence_model import ModelState

__all__ = ["SOURCE", "SketchRnn", "SketchSettings", "trained_sketch_rnn"]

SOURCE = (
    "sketch-rnn's defaults without encoder: LSTM of 512, 20 components, batches of 100 drawings, "
    "dropout 0.1 of the candidate"
)
_PENS = 3


@dataclass(frozen=True)
class SketchSettings:
    """Sizes and training.

    Attributes:
        hidden_size: H of the LSTM.
        components: of the mixture.
        candidate_dropout: probability.
        batch: drawings of a training step.
        first, lowest, decay: the learning rate is lowest + (first − lowest) · decay^step.
        clip: of each value of the gradient.
    """

    hidden_size: int = 512
    components: int = 20
    candidate_dropout: float = 0.1
    batch: int = 100
    first: float = 1e-3
    lowest: float = 1e-5
    decay: float = 0.9999
    clip: float = 1.0

    def learning_rate(self, step: int) -> float:
        """Of a step, from 0."""
        return self.lowest + (self.first - self.lowest) * self.decay**step


class SketchRnn(nn.Module):
    """Predicts the next point of a drawing; has what `nats_per_unit` needs of a network.

    Args:
        settings: the sizes.
    """

    def __init__(self, settings: SketchSettings) -> None:
        super().__init__()
        size = settings.hidden_size
        self._settings = settings
        self.read = nn.Linear(2 + _PENS, 4 * size)
        self.kept = nn.Linear(size, 4 * size, bias=False)
        self.head = HeadWeights(HeadConfig("mixture", settings.components), size)
        nn.init.xavier_uniform_(self.read.weight)
        nn.init.zeros_(self.read.bias)
        with torch.no_grad():
            self.read.bias[size : 2 * size] = 1.0  # the forget gate is open at first
            for gate in torch.split(self.kept.weight, size):
                nn.init.orthogonal_(gate)

    def nats(
        self, batch: StepBatch, state: ModelState | None = None
    ) -> tuple[NDArray[np.float32], ModelState]:
        """[B, T] −log p of each symbol, 0 after the end; and the state after the last step."""
        batch = converted(batch, torch.from_numpy)
        with torch.no_grad():
            features, after = self.features(_strokes(batch), state)
            nats = self.head.now().nats(features, batch.targets, batch.allowed) * batch.mask
        return nats.numpy(), after

    def loss(self, batch: StepBatch) -> Tensor:
        """The mean −log p; after the end of a drawing, ends are to be predicted."""
        ends = torch.zeros_like(batch.targets)
        ends[..., 2] = END
        targets = torch.where(batch.mask[..., None], batch.targets, ends)
        features, _ = self.features(_strokes(batch))
        loss: Tensor = self.head.now().nats(features, targets, None).mean()
        return loss

    def features(
        self, inputs: Tensor, state: ModelState | None = None
    ) -> tuple[Tensor, ModelState]:
        """[B, T, H] of inputs [B, T, 5], and the state after the last step."""
        h, c = (self.initial_state(len(inputs)) if state is None else state).values()
        share = self._settings.candidate_dropout
        outputs = []
        for read in self.read(inputs).unbind(1):
            i, f, g, o = (read + self.kept(h)).chunk(4, -1)
            g = dropout(g.tanh(), share, self.training)
            c = f.sigmoid() * c + i.sigmoid() * g
            h = o.sigmoid() * c.tanh()
            outputs.append(h)
        return torch.stack(outputs, 1), {"h": h, "c": c}

    def initial_state(self, batch: int) -> ModelState:
        """The state before the first step."""
        zeros = self.read.weight.new_zeros(batch, self._settings.hidden_size)
        return {"h": zeros, "c": zeros.clone()}


def _strokes(batch: StepBatch) -> Tensor:
    """[B, T, 5] Δx, Δy and the pen of the last point, from the steps of `DrawingCodec`.

    Before the first point the pen is down; after the end of a drawing it is "end".
    """
    inputs, is_after = batch.inputs, ~batch.mask[..., None]
    is_first = (inputs[..., -1:] == 0) & ~is_after
    return torch.cat(
        [inputs[..., :2], inputs[..., 2:3] + is_first, inputs[..., 3:4], is_after.float()], -1
    )


def trained_sketch_rnn(
    learned: Sequence[Any],
    test: Sequence[Any],
    seconds: float,
    seed: int,
    settings: SketchSettings | None = None,
) -> Trained:
    """Train on drawings for the time, and score others as `Generator.score` does.

    Args:
        learned: drawings [T, 3] to learn from.
        test: drawings to score.
        seconds: of the training.
        seed: of all randomness.
        settings: by default those of the source.
    """
    settings = settings or SketchSettings()
    codec = DrawingCodec.learn(list(learned), DrawingCodec.names(len(learned)))
    drawings, scored = _encoded(codec, learned), _encoded(codec, test)
    tried = _Training(drawings, codec, settings, seed)
    steps = steps_within(seconds, tried.advance)
    training = _Training(drawings, codec, settings, seed)
    begin = time.perf_counter()
    for _ in range(steps):
        training.advance()
    spent = time.perf_counter() - begin
    network = training.network.eval()
    # It has the two methods that scoring calls: initial_state and nats.
    nats = nats_per_unit(cast("GeneratorNetwork", network), codec, scored)
    weights = sum(parameter.numel() for parameter in network.parameters())
    return Trained(nats, steps, spent, weights)


class _Training:
    """A network and its optimiser."""

    def __init__(
        self, drawings: Sequence[Symbols], codec: Codec, settings: SketchSettings, seed: int
    ) -> None:
        torch.manual_seed(seed)
        self._random = np.random.default_rng(seed)
        self._drawings, self._codec, self._settings = drawings, codec, settings
        self._step = 0
        self.network = SketchRnn(settings)
        self._optimizer = torch.optim.Adam(self.network.parameters(), fused=True)

    def advance(self) -> None:
        """Train on one batch of whole drawings, stretched and with points left out at random."""
        for group in self._optimizer.param_groups:
            group["lr"] = self._settings.learning_rate(self._step)
        chosen = self._random.integers(len(self._drawings), size=self._settings.batch)
        drawn = [self._codec.augmented(self._drawings[index], self._random) for index in chosen]
        steps = [self._codec.steps(each, 0, len(each)) for each in drawn]
        batch = converted(stack(steps), torch.from_numpy)
        loss = self.network.loss(batch)
        self._optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_value_(self.network.parameters(), self._settings.clip)
        self._optimizer.step()
        self._step += 1


def _encoded(codec: Codec, drawings: Sequence[Any]) -> list[Symbols]:
    names = codec.names(len(drawings))
    return [codec.encode(each, name) for each, name in zip(drawings, names, strict=True)]
