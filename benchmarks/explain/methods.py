"""The attributions that are compared: [h, T] for each forecast step and past value."""

import time
from collections.abc import Callable

import numpy as np

from benchmarks.explain.perturbed import PerturbedForecast
from gated.arrays import FloatArray
from gated.forecast.explain import explain
from gated.forecast.model.inference import memory_weights
from gated.forecast.prediction.forecast import Forecast

__all__ = ["METHODS", "SIGNED", "directed", "timed"]

Method = Callable[[PerturbedForecast], FloatArray]


def _parts(forecast: PerturbedForecast) -> tuple[FloatArray, FloatArray]:
    """The contributions and the weights of the explanation of the median."""
    made = forecast.made
    series = [forecast.series]
    found = explain(made.fitted, made.table, made.data, made.future, "median", series)
    return found.series[0].parts.past, found.series[0].parts.weights


def _ours(forecast: PerturbedForecast) -> FloatArray:
    return _parts(forecast)[0]


def _gradient(forecast: PerturbedForecast) -> FloatArray:
    return _parts(forecast)[1]


def _memory(forecast: PerturbedForecast) -> FloatArray:
    """The weights of the season memory, which leave the correction and the other views out."""
    made: Forecast = forecast.made
    one, cutoff = np.array([forecast.series]), np.array([len(forecast.past)])
    weights, steps = memory_weights(made.fitted.network, made.data.source, one, cutoff, made.h)
    found = np.zeros((made.h, len(forecast.past)))
    inside = (steps[0] >= 0) & (steps[0] < found.shape[1])
    row = np.broadcast_to(np.arange(made.h)[:, None], inside.shape)
    np.add.at(found, (row[inside], steps[0][inside]), weights[0][inside])
    return found


def _occlusion(forecast: PerturbedForecast) -> FloatArray:
    """The change of the forecast when each value alone is replaced by the mean."""
    past = forecast.past
    observed = np.flatnonzero(np.isfinite(past))
    moved = np.tile(past, (len(observed), 1))
    moved[np.arange(len(observed)), observed] = np.nanmean(past)
    found = np.zeros((forecast.made.h, len(past)))
    found[:, observed] = (forecast.of(past[None]) - forecast.of(moved)).T
    return found


def _random(forecast: PerturbedForecast) -> FloatArray:
    shape = (forecast.made.h, len(forecast.past))
    return np.random.default_rng(forecast.series).random(shape)


METHODS: dict[str, Method] = {
    "ours": _ours,
    "occlusion": _occlusion,
    "gradient": _gradient,
    "memory weights": _memory,
    "random": _random,
}
"""The methods by name."""

SIGNED = ("ours", "occlusion", "memory weights")
"""Those whose attributions have a sign, or get one by the distance from the mean."""


def directed(method: str, forecast: PerturbedForecast, attribution: FloatArray) -> FloatArray:
    """The relevance in the direction of the forecast, for a method with signed contributions.

    The weights of the season memory are multiplied by the distances of the values from the mean.
    """
    past, mean = forecast.past, np.nanmean(forecast.past)
    if method == "memory weights":
        attribution = attribution * np.nan_to_num(past - mean)
    relevance: FloatArray = attribution * np.sign(forecast.of(past[None])[0] - mean)[:, None]
    return relevance


def timed(method: Method, forecast: PerturbedForecast) -> tuple[FloatArray, float]:
    """The attribution, and the seconds that it took."""
    begin = time.perf_counter()
    found = method(forecast)
    return found, time.perf_counter() - begin
