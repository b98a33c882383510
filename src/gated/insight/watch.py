"""Watches the gradients of recurrent layers while a model trains, and says what they mean."""

import math
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence
from torch.utils.hooks import RemovableHandle

from gated.errors import DataError, UsageError
from gated.insight.gradients import StateGradients, state_gradients
from gated.nn.recurrent.base import Recurrent
from gated.text import percent, roughly
from gated.train.loop import Loop, each_new_loop

__all__ = ["GradientWatch", "Observation", "watch_training"]

_SEQUENCES = 2  # of a batch that are measured
_OFTEN = 0.5  # share of clipped steps above which the learning rate is too high
_LOST = 1e-3  # a gradient that is smaller by this factor is called lost
_EXPLODES = 1e3
_NOTHING = 1e-12  # smaller shares are written as "less than" this one


@dataclass(frozen=True)
class Observation:
    """The gradients of all layers at one step of the training.

    Attributes:
        step: of the training, from 1.
        layers: name of a layer to its gradients.
    """

    step: int
    layers: dict[str, StateGradients]


@dataclass
class GradientWatch:
    """Measures every so many steps how far back the states of a model's layers reach.

    Call `step` between `backward` and the clipping. What is measured is ∂h_T/∂h_{T−k} on two
    sequences of the last batch (`state_gradients`): it does not depend on where the loss is.

    Args:
        model: with RNN, LSTM or GRU layers of `gated.nn` or `torch.nn` that read forward.
        every: steps from one measurement to the next; the first step is measured.
        length: the last so many steps of a sequence are measured.

    Attributes:
        observations: so far.
        steps, clipped, broken: number of steps, of those whose gradient was longer than `clip`, and
            of those whose gradient was not finite.

    Raises:
        UsageError: the model has no such layer, or a number is below 1.

    Example:
        >>> layer = nn.RNN(1, 8)
        >>> watch = GradientWatch(layer, every=10)
        >>> with watch:
        ...     output, _ = layer(torch.randn(50, 4, 1))
        ...     output[-1].sum().backward()
        ...     watch.step(clip=1.0)
        >>> watch.steps, watch.observations[0].step, list(watch.observations[0].layers)
        (1, 1, ['RNN'])
    """

    model: nn.Module
    every: int = 100
    length: int = 200
    observations: list[Observation] = field(default_factory=list, init=False)
    steps: int = field(default=0, init=False)
    clipped: int = field(default=0, init=False)
    broken: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        for name in ("every", "length"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name} is {getattr(self, name)}. Expected at least 1.")
        self._layers = {
            name or type(module).__name__: module
            for name, module in self.model.named_modules()
            if isinstance(module, Recurrent | nn.RNNBase) and not module.bidirectional
        }
        if not self._layers:
            raise UsageError(
                f"{type(self.model).__name__} has no RNN, LSTM or GRU of gated.nn or torch.nn that "
                "reads forward. Expected at least one."
            )
        self._read: dict[str, Tensor] = {}
        self._failed: dict[str, str] = {}
        self._handles: list[RemovableHandle] = []

    def __enter__(self) -> "GradientWatch":
        for name, layer in self._layers.items():
            keep = self._keeper(name, layer)
            self._handles.append(layer.register_forward_pre_hook(keep))
        return self

    def __exit__(self, *_: object) -> None:
        for handle in self._handles:
            handle.remove()
        self._handles.clear()
        self._read.clear()

    def step(self, clip: float | None = None, norm: float | None = None) -> None:
        """Count one step of the training, and measure if it is its turn.

        Args:
            clip: the largest norm of a gradient; longer ones count as clipped. None: not clipped.
            norm: that of the whole gradient; None: it is computed.
        """
        if norm is None:
            gradients = [each.grad for each in self.model.parameters() if each.grad is not None]
            norm = float(torch.nn.utils.get_total_norm(gradients))
        self.steps += 1
        self.broken += not math.isfinite(norm)
        self.clipped += clip is not None and norm > clip
        if (self.steps - 1) % self.every == 0:
            self.observations.append(Observation(self.steps, self._measured()))

    def diagnosis(self, season_length: int | None = None) -> tuple[str, ...]:
        """What the last measurement means, in sentences, with advice.

        Args:
            season_length: steps in a cycle that is to be learned, such as 365 days.
        """
        if not self.observations:
            return ("Nothing was measured yet: call step after backward.",)
        said = [
            sentence
            for name, found in self.observations[-1].layers.items()
            for sentence in _of_layer(name, self._layers[name], found, season_length)
        ]
        said += [f"`{name}` could not be measured: {why}" for name, why in self._failed.items()]
        if not said:
            said.append(
                "Nothing was measured: no watched layer was called in training mode inside `with`."
            )
        if self.steps and self.clipped / self.steps > _OFTEN:
            said.append(
                f"{percent(self.clipped / self.steps)} of {self.steps:,} steps were clipped: the "
                "direction is kept, not the length. Take a lower learning rate or a larger clip."
            )
        if self.broken:
            said.append(
                f"The gradient of {self.broken:,} of {self.steps:,} steps was not finite. Clip it, "
                "and take a lower learning rate."
            )
        return tuple(said)

    def _keeper(self, name: str, layer: nn.Module) -> Any:
        def keep(_: nn.Module, inputs: tuple[Any, ...]) -> None:
            if self.steps % self.every == 0 and inputs and layer.training:
                self._read[name] = _last_steps(layer, inputs[0], self.length)

        return keep

    def _measured(self) -> dict[str, StateGradients]:
        found = {}
        for name, sequences in self._read.items():
            layer = self._layers[name]
            own = sequences.to(next(layer.parameters()))  # autocast may have given half precision
            try:
                found[name] = state_gradients(layer, own)
            except DataError as error:  # fewer than two steps, or a state that is not finite
                self._failed[name] = str(error)
        self._read.clear()
        return found


@contextmanager
def watch_training(*, every: int = 100, length: int = 200) -> Iterator[list[GradientWatch]]:
    """Watch the gradients of every training inside, of whatever estimator.

    The trained model is the same as without.

    Args:
        every: steps of the training from one measurement to the next.
        length: the last so many steps of a sequence are measured.

    Returns:
        A list, to which each training adds its `GradientWatch`; a fit may have several.

    Raises:
        UsageError: a number is below 1, or a trained model has no recurrent layer to watch.

    Example:
        >>> from gated.train import Loop, TrainingPlan
        >>> layer = nn.GRU(1, 4)
        >>> plan, generator = TrainingPlan(3, 0.01), torch.Generator()
        >>> def loss(batch):
        ...     return layer(batch)[0].square().mean()
        >>> with watch_training(every=2) as watches:
        ...     Loop(layer, lambda _: torch.ones(9, 2, 1), loss, plan, generator).run()
        >>> watches[0].steps, [found.step for found in watches[0].observations]
        (3, [1, 3])
    """
    watches: list[GradientWatch] = []
    with ExitStack() as stack:

        def follow(loop: Loop[Any]) -> None:
            watch = GradientWatch(loop.model, every, length)
            before, clip = loop.on_gradient, loop.plan.clip

            def on_gradient(norm: float) -> None:
                watch.step(clip, norm)
                if before is not None:
                    before(norm)

            loop.on_gradient = on_gradient
            watches.append(stack.enter_context(watch))

        with each_new_loop(follow):
            yield watches


def _last_steps(layer: Any, input: Any, length: int) -> Tensor:
    """The last steps of two sequences of a batch, in the layout of the layer."""
    steps: Tensor = _longest(input) if isinstance(input, PackedSequence) else input.detach()
    if isinstance(input, PackedSequence) and layer.batch_first:
        steps = steps.transpose(0, 1)
    if steps.dim() == 2:
        return steps[-length:].clone()
    if layer.batch_first:
        return steps[:_SEQUENCES, -length:].clone()
    return steps[-length:, :_SEQUENCES].clone()


def _longest(packed: PackedSequence) -> Tensor:
    """[T, 1, I] the longest sequence of a packed batch, which is the first of each step."""
    first = torch.cumsum(packed.batch_sizes, 0) - packed.batch_sizes
    return packed.data.detach()[first.to(packed.data.device)][:, None]


def _of_layer(
    name: str, layer: nn.Module, found: StateGradients, season_length: int | None
) -> list[str]:
    """Sentences about the gradients of one layer."""
    kind = type(layer).__name__
    plain = "rnn" in kind.lower()
    half_life, steps = found.half_life, len(found.log_norm) - 1
    label = f"`{name}` ({kind})" if name != kind else f"The {kind}"
    if found.rate == 0:
        return [f"{label}: no gradient is left after {steps} steps. {_advice(plain)}"]
    whole = math.exp(min(max(float(found.log_norm[-1]), -700.0), 700.0))
    if whole > _EXPLODES:
        return [
            f"{label}: gradients double {_every(-half_life)}, and explode. Clip them, "
            "start from orthogonal recurrent weights, or take a lower learning rate."
        ]
    if half_life < 0 or half_life > 10 * steps:
        size = "keep their size" if whole < 2 else f"grow by a factor of {roughly(whole)}"
        return [f"{label}: gradients {size} over {steps} steps."]
    said = f"{label}: gradients shrink by half {_every(half_life)}"
    if season_length is not None:
        left = 0.5 ** (season_length / half_life)
        if left < _LOST:
            return [
                f"{said}: a cycle of {season_length:,} steps cannot be learned, because "
                f"{_tiny(left)} of its gradient is left. {_advice(plain)}"
            ]
        return [f"{said}: {percent(left)} is left after a cycle of {season_length:,} steps."]
    reach = half_life * math.log2(1 / _LOST)
    return [f"{said}: beyond about {roughly(reach)} steps, less than a thousandth is left."]


def _every(steps: float) -> str:
    """How often something happens.

    >>> _every(0.98), _every(12.3)
    ('at each step', 'every 12 steps')
    """
    return "at each step" if 0.95 < steps < 1.05 else f"every {roughly(steps)} steps"


def _tiny(share: float) -> str:
    """A small share.

    >>> _tiny(2.4e-5), _tiny(1e-110)
    ('2e-05', 'less than 1e-12')
    """
    return f"{share:.0e}" if share >= _NOTHING else f"less than {_NOTHING:.0e}"


def _advice(plain: bool) -> str:
    if plain:
        return "Use a GRU or an LSTM, or put several steps into one (patches)."
    return (
        "Start the gates nearer to keeping (a larger bias of the update or forget gate), or put "
        "several steps into one (patches)."
    )
