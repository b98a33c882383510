"""Problems that need memory, drawn anew at each step of a training.

The adding and the copy problem are those of Hochreiter & Schmidhuber 1997. The yearly problem is
the main job in small: daily values with a yearly and a quarterly effect, 28 days ahead.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

__all__ = ["PROBLEMS", "Problem"]

Batch = tuple[Tensor, Tensor]

_REMEMBERED, _SYMBOLS = 10, 8  # of the copy problem
_YEAR, _QUARTER, _AHEAD = 364, 91, 28  # days, of the yearly problem
_YEARLY, _QUARTERLY, _NOISE = 1.0, 0.5, 0.1  # variances


@dataclass(frozen=True)
class Problem:
    """A problem of sequences.

    Attributes:
        inputs, outputs: features in and out.
        draw: makes a batch: [T, B, inputs] and the target, from T, B and a generator.
        loss: of the outputs [T, B, outputs] and the target.
        memoryless: the loss of the best model without any memory, from T.
        solved: the loss below which the problem counts as solved, from T.
    """

    inputs: int
    outputs: int
    draw: Callable[[int, int, torch.Generator], Batch]
    loss: Callable[[Tensor, Tensor], Tensor]
    memoryless: Callable[[int], float]
    solved: Callable[[int], float]


def _adding(steps: int, batch: int, generator: torch.Generator) -> Batch:
    """Numbers between 0 and 1, two of them marked: one in each half. The target is their sum."""
    numbers = torch.rand(steps, batch, generator=generator)
    half = steps // 2
    first = torch.randint(half, (batch,), generator=generator)
    second = torch.randint(half, steps, (batch,), generator=generator)
    rows = torch.arange(batch)
    marks = torch.zeros(steps, batch)
    marks[first, rows] = marks[second, rows] = 1
    target = numbers[first, rows] + numbers[second, rows]
    return torch.stack([numbers, marks], -1), target


def _adding_loss(outputs: Tensor, target: Tensor) -> Tensor:
    return (outputs[-1, :, 0] - target).square().mean()


def _copy(steps: int, batch: int, generator: torch.Generator) -> Batch:
    """Ten symbols, `steps` blanks, a signal, ten blanks; the symbols are asked for at the end."""
    blank, signal = _SYMBOLS, _SYMBOLS + 1
    symbols = torch.randint(_SYMBOLS, (_REMEMBERED, batch), generator=generator)
    length = steps + 2 * _REMEMBERED
    sequence = torch.full((length, batch), blank)
    sequence[:_REMEMBERED] = symbols
    sequence[steps + _REMEMBERED - 1] = signal
    target = torch.full((length, batch), blank)
    target[-_REMEMBERED:] = symbols
    return nn.functional.one_hot(sequence, _SYMBOLS + 2).float(), target


def _copy_loss(outputs: Tensor, target: Tensor) -> Tensor:
    return nn.functional.cross_entropy(outputs.flatten(0, 1), target.flatten())


def _copy_memoryless(steps: int) -> float:
    """The entropy of ten symbols, over all steps: log 8 each."""
    return _REMEMBERED * math.log(_SYMBOLS) / (steps + 2 * _REMEMBERED)


def _yearly(steps: int, batch: int, generator: torch.Generator) -> Batch:
    """Daily values with a yearly and a quarterly effect; the value 28 days later is asked.

    Each sequence has effects of its own: three waves in a year, and two in a quarter. What is read
    at a day is its value and the place in the year and in the quarter of the day that is asked.
    The target is asked from the second year on, and NaN before.
    """
    days = torch.arange(steps + _AHEAD)
    values = torch.randn(len(days), batch, generator=generator) * math.sqrt(_NOISE)
    for cycle, waves, variance in ((_YEAR, 3, _YEARLY), (_QUARTER, 2, _QUARTERLY)):
        size = torch.randn(2, waves, batch, generator=generator) * math.sqrt(variance / waves)
        angles = 2 * math.pi * days[:, None] * torch.arange(1, waves + 1) / cycle  # [T, W]
        values += angles.sin() @ size[0] + angles.cos() @ size[1]
    places = [2 * math.pi * days[_AHEAD:] / cycle for cycle in (_YEAR, _QUARTER)]
    calendar = torch.stack([wave for at in places for wave in (at.sin(), at.cos())], -1)
    sequence = torch.cat([values[:steps, :, None], calendar[:, None].expand(-1, batch, -1)], -1)
    target = values[_AHEAD:].clone()
    target[: min(_YEAR, steps - 1)] = math.nan
    return sequence, target


def _yearly_loss(outputs: Tensor, target: Tensor) -> Tensor:
    asked = ~target.isnan()
    return (outputs[..., 0][asked] - target[asked]).square().mean()


PROBLEMS = {
    # Two uniform numbers: the variance of their sum is 1/6. Solved: as in Arjovsky et al. 2016.
    "adding": Problem(2, 1, _adding, _adding_loss, lambda _: 1 / 6, lambda _: 0.01),
    "copy": Problem(
        _SYMBOLS + 2,
        _SYMBOLS + 1,
        _copy,
        _copy_loss,
        _copy_memoryless,
        lambda steps: _copy_memoryless(steps) / 2,
    ),
    # Without memory: the variance of the values. Solved: the value of the same day of last year has
    # the noise of both days as its error.
    "yearly": Problem(
        5,
        1,
        _yearly,
        _yearly_loss,
        lambda _: _YEARLY + _QUARTERLY + _NOISE,
        lambda _: 2 * _NOISE,
    ),
}
"""The problems by name."""
