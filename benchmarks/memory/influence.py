"""Measures and draws how far back layers reach before any training: ‖∂h_T/∂h_{T−k}‖."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import nn

from benchmarks.common.chart import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    RED,
    as_svg,
    chart_style,
    new_figure,
)
from benchmarks.common.measure import machine
from benchmarks.common.report import Column, Report, Row, Sheet
from benchmarks.memory.models import LAYERS, WINDOW
from gated.arrays import FloatArray
from gated.files import write_whole
from gated.insight import state_gradients

__all__ = ["draw", "measure", "report"]

_STEPS, _HIDDEN, _INPUTS, _SEQUENCES = 1_000, 32, 4, 4
_SHOWN = (1, 10, 100, 1_000)
_TITLE = "Influence of a state on a later one, before any training"
_LOWEST = -12.0  # of the chart, as a power of ten
_COLOURS = {
    "feed-forward": GREY,
    "RNN": RED,
    "RNN, orthogonal": ORANGE,
    "LSTM": PURPLE,
    "GRU": BLUE,
    "GRU, chrono": GREEN,
}
"""The layers that are drawn."""


def measure() -> dict[str, FloatArray]:
    """[T + 1] the base-10 logarithm of the influence after 0, 1, … T steps, by layer."""
    found = {"feed-forward": _feed_forward()}
    for name in _COLOURS:
        if name != "feed-forward":
            torch.manual_seed(0)
            layer = LAYERS[name](_INPUTS, _HIDDEN, _STEPS)
            sequence = torch.randn(_STEPS, _SEQUENCES, _INPUTS)
            found[name] = state_gradients(layer, sequence).log_norm / np.log(10)
    return found


def report(found: Mapping[str, FloatArray]) -> Report:
    """The influence after some steps."""
    rows: list[Row] = [
        {"layer": name, **{str(k): f"{10.0 ** line[k]:.1e}" for k in _SHOWN}}
        for name, line in found.items()
    ]
    columns = (Column("layer", "layer"), *(Column(str(k), f"after {k:,}") for k in _SHOWN))
    facts: dict[str, str | int | bool] = {
        "features of the state": _HIDDEN,
        "sequences": _SEQUENCES,
        "window of the feed-forward network": WINDOW,
    }
    title = "influence of a state (of an input, feed-forward), untrained; after 0 steps it is 1"
    return Report("influence", facts, machine(1), [Sheet("influence", title, columns, rows)])


def draw(found: Mapping[str, FloatArray], path: Path) -> None:
    """Draw the influence against the distance into an SVG file."""
    with chart_style():
        figure = new_figure(720, 300)
        axes = figure.subplots()
        for name, line in found.items():
            shown = np.where(line > _LOWEST, line, np.nan)
            axes.plot(np.arange(len(line)), shown, color=_COLOURS[name], label=name, linewidth=1.5)
        axes.set_xscale("symlog", linthresh=10)
        axes.set_xlim(0, _STEPS)
        axes.set_ylim(_LOWEST, 1)
        axes.set_xticks([0, 1, 10, 100, 1_000], ["0", "1", "10", "100", "1,000"])
        axes.set_yticks([0, -3, -6, -9, -12], ["1", "10⁻³", "10⁻⁶", "10⁻⁹", "10⁻¹²"])
        axes.set_xlabel("steps between the two states")
        axes.set_title(_TITLE)
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
        figure.tight_layout()
        write_whole(path, as_svg(figure, _TITLE).encode())


def _feed_forward() -> FloatArray:
    """Of each input of a window on the output of a network with one hidden layer."""
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(WINDOW, _HIDDEN), nn.Tanh(), nn.Linear(_HIDDEN, _HIDDEN))
    inputs = torch.randn(_SEQUENCES, WINDOW)
    slopes = torch.func.vmap(torch.func.jacrev(network))(inputs)  # [B, H, W], the newest last
    size = slopes.square().sum(1).sqrt().mean(0).flip(0)
    line = np.full(_STEPS + 1, -np.inf)
    line[:WINDOW] = np.log10((size / size[0]).detach().numpy())
    return line
