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

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace

import numpy as np
import torch
from torch import Tensor
from torch.func import functional_call

from gated.arrays import BoolArray, FloatArray
from gated.forecast.data.windows import Window, WindowSource
from gated.forecast.model.inference import WindowBatch, window_batches
from gated.forecast.model.network import NetworkOutput, SeasonNetwork
from gated.forecast.model.views import VIEWS, shown_source
from gated.forecast.model.window_scaler import clip_outliers

__all__ = ["INPUTS", "Inputs", "Sensitivity", "sensitivity"]

# Copies of a window that are differentiated at once: of each forecast step there is one.
_STEPS_AT_ONCE = 64
# The path of the known inputs from their means to their values: nodes of a Gauss-Legendre rule.
_NODES = 8

Inputs = dict[str, FloatArray]
INPUTS = ("covariates", "past_covariates", "calendar")
"""The inputs of a window besides its values; static features do not change with time."""


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
        network: a trained network in evaluation mode.
        views: maps names of views to positive weights, whose sum is 1.
        source: of the windows.
        place: index of the series, and the first step to forecast.
        outputs: the weight of each quantile in each sum: [h, Q] of the same step, or [h, h, Q] of
            all steps.
        reference: a value on the series-scaled axis, from which distances are measured.
    """
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
    shown, sign = shown_source(name, source, *place), -1.0 if VIEWS[name].negated else 1.0
    # The quantiles of a series with the opposite sign are those of the series, last first.
    wanted = torch.from_numpy(outputs[..., ::-1].copy() if VIEWS[name].negated else outputs)
    series, cutoff = (np.array([one]) for one in place)
    (batch,) = window_batches(shown, series, cutoff, len(outputs))
    window, past = batch.windows, place[1]
    visible = window.visible.flatten(1)
    read = clip_outliers(window.values.flatten(1), visible).view_as(window.values)
    gradient = _Gradient(network, batch, replace(window, values=read), wanted.float())
    weights = gradient.at_means()
    rows = np.arange(-batch.rows_before, 0) + past - batch.skip
    inside = (rows >= 0) & (rows < past)
    spread = np.zeros((len(outputs), past))
    spread[:, rows[inside]] = (weights * visible.numpy()[:, : len(rows)])[:, inside]
    values = np.zeros(past)
    values[rows[inside]] = sign * read.flatten().double().numpy()[: len(rows)][inside]
    inputs = {key: sign * found for key, found in gradient.of_inputs().items()}
    begin = int(source.offsets[place[0]])
    given = source.values[begin : begin + past].double().numpy()
    is_read = (spread != 0).any(axis=0)
    limited = is_read & ~np.isclose(values, given, rtol=1e-5, atol=1e-6)
    return Sensitivity(spread, spread * (values - reference), inputs, limited)


@dataclass(frozen=True)
class _Gradient:
    """The gradient of the forecast of one window.

    Attributes:
        network: the network.
        batch: the geometry of the window.
        window: one window.
        wanted: [h, Q] or [h, h, Q], see `sensitivity`.
    """

    network: SeasonNetwork
    batch: WindowBatch
    window: Window
    wanted: Tensor

    def at_means(self) -> FloatArray:
        """[h, L] the derivatives by the values before the cutoff; all inputs are at their means."""
        weights = []
        for wanted, window in self._copies(0.0):
            values = window.values.requires_grad_()
            (found,) = torch.autograd.grad(self._forecast(window, wanted).sum(), [values])
            weights.append(found.flatten(1)[:, : self.batch.rows_before].double().cpu())
        return torch.cat(weights).numpy()

    def of_inputs(self) -> Inputs:
        """The contribution [h, F] of each feature of the inputs, by integrated gradients."""
        if self.network.covariate_embedding is None:
            return {}
        names = [name for name in INPUTS if getattr(self.window, name).shape[-1]]
        nodes, shares = np.polynomial.legendre.leggauss(_NODES)
        total = {
            name: torch.zeros(len(self.wanted), getattr(self.window, name).shape[-1])
            for name in names
        }
        for node, share in zip((nodes + 1) / 2, shares / 2, strict=True):
            start = 0
            for wanted, window in self._copies(float(node)):
                leaves = [getattr(window, name).requires_grad_() for name in names]
                slopes = torch.autograd.grad(self._forecast(window, wanted).sum(), leaves)
                for name, slope in zip(names, slopes, strict=True):
                    moved = (slope * getattr(self.window, name).to(slope)).sum((1, 2))
                    total[name][start : start + len(wanted)] += share * moved.cpu()
                start += len(wanted)
        return {name: part.double().numpy() for name, part in total.items()}

    def _copies(self, share: float) -> Iterator[tuple[Tensor, Window]]:
        """Some steps, each with its own copy of the window, the inputs times a share."""
        for start in range(0, len(self.wanted), _STEPS_AT_ONCE):
            wanted = self.wanted[start : start + _STEPS_AT_ONCE]
            if wanted.ndim == 2:  # each step has its own quantiles only
                own = torch.zeros(len(wanted), *self.wanted.shape)
                rows = torch.arange(len(wanted))
                own[rows, start + rows] = wanted
                wanted = own
            copied = {
                field.name: getattr(self.window, field.name).repeat(
                    len(wanted), *[1] * (getattr(self.window, field.name).ndim - 1)
                )
                * (share if field.name in INPUTS else 1)
                for field in fields(Window)
                if field.name != "layout"
            }
            window = Window(**copied, layout=self.window.layout)
            yield wanted.to(self.network.device), window.to(self.network.device)

    def _forecast(self, window: Window, wanted: Tensor) -> Tensor:
        """[B] the wanted sum of quantiles of each copy."""
        fixed = {name: weight.detach() for name, weight in self.network.named_parameters()}
        output: NetworkOutput = functional_call(self.network, fixed, (window,))
        ahead = output.scale.inverse_transform(output.quantiles)[:, -1].flatten(1, 2)
        sorted_ahead = ahead[:, self.batch.skip : self.batch.steps].sort(-1).values
        return (sorted_ahead * wanted).sum((1, 2))
