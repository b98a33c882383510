"""Differentiates the network's forecast of a series by each of its past values.

The network scales each window: if all past values move by a, its forecast moves by a, and if their
distances from any value c are multiplied by k, so is that of the forecast. (The zero of a series,
which its growth as a factor depends on, moves along.) A function f with this property is the sum
of its derivatives times the distances (Euler's theorem):

    f(x) − c = Σ ∂f/∂xₛ · (xₛ − c) + ∂f/∂zero · (zero − c),    Σ ∂f/∂xₛ + ∂f/∂zero = 1

so that one gradient says exactly what each past value contributes. It is also what integrated
gradients (Sundararajan et al. 2017, arXiv 1703.01365) give on the path from a series that is c at
all times, because the gradient is the same everywhere on this path. For the other inputs, the
integral from their means to their values is computed by a Gauss-Legendre rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from gated.arrays import BoolArray, FloatArray
from gated.forecast.data.windows import WindowSource
from gated.forecast.model.inference import window_batches
from gated.forecast.model.network import SeasonNetwork
from gated.forecast.model.views import VIEWS, shown_source
from gated.forecast.model.window_scaler import clip_outliers
from gated.libraries import require_torch

__all__ = ["Inputs", "Sensitivity", "sensitivity"]

Inputs = dict[str, FloatArray]


@dataclass(frozen=True)
class Sensitivity:
    """How the forecast of a series depends on its past.

    Attributes:
        weights: [h, T] by how much each forecast step moves if a past value, as the network reads
            it, is larger by 1.
        moves: [h, T] by how much each past value moves the forecast away from the reference.
        inputs: name of an input to [h, F], by how much each of its features moves the forecast away
            from that with all inputs at their means; empty for a network without inputs.
        limited: [T] whether a value is an outlier that the network reads as a smaller one.
    """

    weights: FloatArray
    moves: FloatArray
    inputs: Inputs
    limited: BoolArray


def sensitivity(
    network: SeasonNetwork,
    views: Mapping[str, float],
    source: WindowSource,
    place: tuple[int, int],
    outputs: FloatArray,
    reference: float,
) -> Sensitivity:
    """Differentiate weighted sums of the quantiles, averaged over views.

    Args:
        network: a trained network.
        views: maps names of views to positive weights, whose sum is 1.
        source: of the windows.
        place: index of the series, and the first step to forecast.
        outputs: the weight of each quantile in each sum: [h, Q] of the same step, or [h, h, Q] of
            all steps.
        reference: a value on the series-scaled axis, from which distances are measured.

    Raises:
        UsageError: torch, which differentiates the network, is not installed.
    """
    require_torch("Explaining what drove a forecast")
    h, past = len(outputs), place[1]
    total = Sensitivity(np.zeros((h, past)), np.zeros((h, past)), {}, np.zeros(past, dtype=bool))
    for name, weight in views.items():
        part = _of_view(network, name, source, place, outputs, reference)
        total = Sensitivity(
            total.weights + weight * part.weights,
            total.moves + weight * part.moves,
            {key: total.inputs.get(key, 0.0) + weight * part.inputs[key] for key in part.inputs},
            total.limited | part.limited,
        )
    return total


def _of_view(
    network: SeasonNetwork,
    name: str,
    source: WindowSource,
    place: tuple[int, int],
    outputs: FloatArray,
    reference: float,
) -> Sensitivity:
    """The sensitivity of one view."""
    from gated.forecast.model.inspection.gradient import WindowGradient

    shown, sign = shown_source(name, source, *place), -1.0 if VIEWS[name].negated else 1.0
    # The quantiles of a series with the opposite sign are those of the series, last first.
    wanted = outputs[..., ::-1] if VIEWS[name].negated else outputs
    series, cutoff = (np.array([one]) for one in place)
    (batch,) = window_batches(shown, series, cutoff, len(outputs))
    window, past = batch.windows, place[1]
    visible = window.visible.reshape(1, -1)
    read = clip_outliers(window.values.reshape(1, -1), visible)
    shown_window = replace(window, values=read.reshape(window.values.shape))
    gradient = WindowGradient.of(network, batch, shown_window, wanted)
    weights = gradient.at_means()
    rows = np.arange(-batch.rows_before, 0) + past - batch.skip
    inside = (rows >= 0) & (rows < past)
    spread = np.zeros((len(outputs), past))
    spread[:, rows[inside]] = (weights * visible[:, : len(rows)])[:, inside]
    values = np.zeros(past)
    values[rows[inside]] = sign * read[0, : len(rows)][inside].astype(np.float64)
    inputs = {key: sign * found for key, found in gradient.of_inputs().items()}
    begin = int(source.offsets[place[0]])
    given = source.values[begin : begin + past].astype(np.float64)
    is_read = (spread != 0).any(axis=0)
    limited = is_read & ~np.isclose(values, given, rtol=1e-5, atol=1e-6)
    return Sensitivity(spread, spread * (values - reference), inputs, limited)
