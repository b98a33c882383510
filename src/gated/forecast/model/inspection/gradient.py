"""Differentiates the network's forecast of a window with torch; see `sensitivity`."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np
import torch
from torch import Tensor

from gated.arrays import FloatArray
from gated.forecast.data.windows import Window
from gated.forecast.model.inference import WindowBatch
from gated.forecast.model.inspection.sensitivity import Inputs
from gated.forecast.model.network import COVARIATE_EMBEDDING, SeasonNetwork
from gated.forecast.model.trainable_network import TrainableNetwork

__all__ = ["WindowGradient"]

# Copies of a window that are differentiated at once: of each forecast step there is one.
_STEPS_AT_ONCE = 64
# The path of the known inputs from their means to their values: nodes of a Gauss-Legendre rule.
_NODES = 8
# The inputs of a window besides its values; static features do not change with time.
_INPUTS = ("covariates", "past_covariates", "calendar")


@dataclass(frozen=True)
class WindowGradient:
    """The gradient of the forecast of one window.

    Attributes:
        network: the network, with weights that have no gradient.
        batch: the geometry of the window.
        window: one window, of tensors.
        wanted: [h, Q] or [h, h, Q], see `sensitivity`.
    """

    network: TrainableNetwork
    batch: WindowBatch
    window: Window
    wanted: Tensor

    @classmethod
    def of(
        cls, network: SeasonNetwork, batch: WindowBatch, window: Window, wanted: FloatArray
    ) -> "WindowGradient":
        """The gradient of a network for a window of arrays of NumPy."""
        learner = TrainableNetwork.of(network).requires_grad_(False)
        outputs = torch.from_numpy(np.ascontiguousarray(wanted)).float()
        return cls(learner, batch, learner.tensors(window), outputs)

    def at_means(self) -> FloatArray:
        """[h, L] the derivatives by the values before the cutoff; all inputs are at their means."""
        weights = []
        for wanted, window in self._copies(0.0):
            values = window.values.requires_grad_()
            (found,) = torch.autograd.grad(self._forecast(window, wanted).sum(), [values])
            weights.append(found.flatten(1)[:, : self.batch.rows_before].double())
        return torch.cat(weights).numpy()

    def of_inputs(self) -> Inputs:
        """The contribution [h, F] of each feature of the inputs, by integrated gradients."""
        if getattr(self.network, COVARIATE_EMBEDDING) is None:
            return {}
        names = [name for name in _INPUTS if getattr(self.window, name).shape[-1]]
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
                    moved = (slope * getattr(self.window, name)).sum((1, 2))
                    total[name][start : start + len(wanted)] += share * moved
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
                * (share if field.name in _INPUTS else 1)
                for field in fields(Window)
                if field.name != "layout"
            }
            window = Window(**copied, layout=self.window.layout)
            yield wanted, window

    def _forecast(self, window: Window, wanted: Tensor) -> Tensor:
        """[B] the wanted sum of quantiles of each copy."""
        output = self.network(window)
        ahead = output.scale.inverse_transform(output.quantiles)[:, -1].flatten(1, 2)
        sorted_ahead = ahead[:, self.batch.skip : self.batch.steps].sort(-1).values
        total: Tensor = (sorted_ahead * wanted).sum((1, 2))
        return total
