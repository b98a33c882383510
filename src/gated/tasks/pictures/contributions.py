"""Draws and tells what the steps of a sequence contribute to its label, or to each symbol."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from gated.arrays import FloatArray
from gated.plot.colours import CONTRIBUTED
from gated.plot.panels.heat import HeatMap
from gated.plot.panels.lines import Curves
from gated.plot.panels.picture import Panel
from gated.tasks.network.contributions import Contributions
from gated.text import percent

__all__ = ["label_evidence", "symbol_evidence"]

_MOST_TOLD = 5  # words in sentences
_PIXELS = 14.0  # of a word


def label_evidence(
    found: Contributions, label: str, begin: float, end: float, unit: str
) -> tuple[Panel, str, dict[str, Any]]:
    """The contributions of the steps to a label: a curve, a sentence, and plain values.

    Args:
        found: of one sequence.
        label: to which they contribute.
        begin, end: times of the first and after the last step.
        unit: of the times: "s", or "" for numbers of steps.
    """
    title = f"What each {_step(unit)} adds to the log-odds of {label}"
    score, reference = _probability(found.score), _probability(found.reference)
    sentence = (
        f"The probability of {label} is {score}, and {reference} where every {_step(unit)} is the "
        "mean of the training."
    )
    return (
        Curves(title, found.steps[None], begin, end),
        f"{sentence} {_dense(found, begin, end, unit)}{_channel(found, unit)}",
        _values(found, label),
    )


def symbol_evidence(
    found: Sequence[Contributions], symbols: Sequence[str], begin: float, end: float, unit: str
) -> tuple[list[Panel], list[str], list[dict[str, Any]]]:
    """The contributions of the steps to each symbol: a heat map, sentences, and plain values.

    Args:
        found: of each symbol, over all steps.
        symbols: as many.
        begin, end, unit: as in `label_evidence`.
    """
    if not found:
        return [], [], []
    rows = np.stack([_shares(each) for each in found])
    ticks = tuple(((row + 0.5) / len(rows), name) for row, name in enumerate(symbols))
    title = "Where each symbol was read: positive contributions, the largest as the darkest"
    pixels = max(_PIXELS * len(rows), 28.0)
    panel = HeatMap(title, rows, begin, end, CONTRIBUTED, ticks, pixels, text_rows=len(rows))
    pairs = list(zip(found, symbols, strict=True))
    told = [f"{name}: {_dense(each, begin, end, unit)}" for each, name in pairs[:_MOST_TOLD]]
    if len(pairs) > _MOST_TOLD:
        told.append(f"The picture shows the other {len(pairs) - _MOST_TOLD} symbols.")
    return [panel], told, [_values(each, name) for each, name in pairs]


def _shares(found: Contributions) -> FloatArray:
    """[T] the positive contributions, the largest as 1."""
    positive = np.maximum(found.steps, 0)
    return np.asarray(positive / max(float(positive.max()), 1e-12))


def _dense(found: Contributions, begin: float, end: float, unit: str) -> str:
    stretch = found.densest()
    if stretch is None:
        return "The log-odds are not above those of the mean of the training."
    told = "At least half of the difference in log-odds comes from"
    first, after = stretch
    if unit != "s":
        where = f"step {first + 1:,}" if after - first == 1 else f"steps {first + 1:,} to {after:,}"
        return f"{told} {where} of {len(found.values):,}."
    step = (end - begin) / len(found.values)
    return f"{told} {begin + first * step:.2f} to {begin + after * step:.2f} s."


def _channel(found: Contributions, unit: str) -> str:
    """The channel that contributes most, of arrays."""
    sums = np.maximum(found.values.sum(0), 0)
    if unit == "s" or len(sums) < 2 or sums.sum() <= 0:
        return ""
    best = int(sums.argmax())
    share = percent(float(sums[best] / sums.sum()))
    return f" Channel {best + 1} contributes most: {share} of the channels with positive sums."


def _probability(log_odds: float) -> str:
    return percent(1 / (1 + math.exp(-log_odds)))


def _step(unit: str) -> str:
    return "frame" if unit == "s" else "step"


def _values(found: Contributions, name: str) -> dict[str, Any]:
    return {
        "of": name,
        "log_odds": round(found.score, 4),
        "reference": round(found.reference, 4),
        "steps": [round(float(value), 4) for value in found.steps],
    }
