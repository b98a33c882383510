"""Draws gates, half-lives and gradients with matplotlib, for papers and notebooks.

    figure = draw_half_lives({"GRU": unit_memory(layer, sequence)["l0"]})
    figure.savefig("half_lives.pdf")

Each function returns a `matplotlib.figure.Figure`, not registered with pyplot, and raises a
UsageError where matplotlib is not installed (`pip install "gated[plot]"`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gated.errors import DataError
from gated.insight.gradients import StateGradients
from gated.insight.memory import BlockGates, UnitMemory
from gated.insight.watch import GradientWatch
from gated.plot.colours import KEPT
from gated.plot.notebook import require

__all__ = ["draw_gates", "draw_gradient_flow", "draw_half_lives", "draw_influence"]

_WIDE, _HIGH = 8.0, 3.0  # inches
_LOWEST = 1e-12  # of an influence that is drawn
_CLASSES_IN_DOUBLE = 2  # of half-lives


def draw_gates(
    blocks: Sequence[BlockGates], values: npt.ArrayLike | None = None, *, label: str = ""
) -> Any:
    """Draw the update gate of each block as a heat map over time, with the values above.

    Args:
        blocks: of one sequence, one at least.
        values: [S] what was read, over the same time; NaN are gaps. None: no values.
        label: of the values.

    Example:
        >>> import torch
        >>> from gated.insight.block_gates import recorded_gates
        >>> from gated.nn.blocks import RecurrentBlock
        >>> block = RecurrentBlock(8).eval()
        >>> with torch.no_grad(), recorded_gates([block]) as found:
        ...     _ = block(torch.zeros(1, 5, 8))
        >>> len(draw_gates(found, [1.0, 2, 3, 4, 5]).axes)  # values, gates, a scale of colours
        3
    """
    require("matplotlib")
    from matplotlib.colors import LinearSegmentedColormap

    rows = len(blocks) + (values is not None)
    figure, axes = _figure(rows, _HIGH * 0.4 * rows + 1)
    steps = blocks[0].update.shape[0]
    if values is not None:
        shown = np.asarray(values, dtype=np.float64)
        part = steps / len(shown)
        axes[0].plot((np.arange(len(shown)) + 0.5) * part, shown, linewidth=1)
        axes[0].set_ylabel(label)
    colours = LinearSegmentedColormap.from_list("kept", KEPT.stops)
    for index, (block, on) in enumerate(zip(blocks, axes[rows - len(blocks) :], strict=True), 1):
        order = np.argsort(-block.update.mean(0), kind="stable")
        image = on.imshow(
            block.update[:, order].T,
            aspect="auto",
            interpolation="nearest",
            cmap=colours,
            vmin=0,
            vmax=1,
            extent=(0, steps, block.update.shape[1], 0),
        )
        on.set_ylabel(f"block {index}: units")
    axes[-1].set_xlabel("step")
    axes[-1].set_xlim(0, steps)
    figure.colorbar(image, ax=axes[rows - len(blocks) :], label="update gate z: share kept")
    return figure


def draw_half_lives(memories: Mapping[str, UnitMemory], *, unit: str = "steps") -> Any:
    """Draw the histogram of the half-lives of units, on an axis that doubles.

    Args:
        memories: name to what the units of a layer keep; dead units are left out.
        unit: of the half-lives.

    Raises:
        DataError: no unit has a half-life: an RNN has none.
    """
    require("matplotlib")
    lives = {name: _finite_lives(one) for name, one in memories.items()}
    known = np.concatenate(list(lives.values())) if lives else np.zeros(0)
    if not len(known):
        raise DataError("No unit has a finite half-life. Expected the units of a GRU or an LSTM.")
    low, high = np.floor(np.log2(known.min())), np.ceil(np.log2(known.max()))
    edges = 2.0 ** np.linspace(
        low, high + (high == low), int(max(high - low, 1)) * _CLASSES_IN_DOUBLE + 1
    )
    figure, (axes,) = _figure(1, _HIGH)
    for name, values in lives.items():
        axes.hist(values, edges, histtype="step", linewidth=1.5, label=name)
    axes.set_xscale("log", base=2)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_xlabel(f"half-life, {unit}")
    axes.set_ylabel("units")
    axes.legend()
    return figure


def draw_influence(flows: Mapping[str, StateGradients]) -> Any:
    """Draw the influence of a state on a later one against the distance, one line a layer.

    Args:
        flows: name of a layer to its gradients.
    """
    require("matplotlib")
    figure, (axes,) = _figure(1, _HIGH)
    for name, flow in flows.items():
        size = np.exp(np.clip(flow.log_norm, np.log(_LOWEST) - 1, 700))
        axes.plot(np.arange(len(size)), np.where(size >= _LOWEST, size, np.nan), label=name)
    axes.set_yscale("log")
    axes.set_xlabel("steps between the two states")
    axes.set_ylabel("norm of the gradient")
    axes.legend()
    return figure


def draw_gradient_flow(watch: GradientWatch) -> Any:
    """Draw how far gradients reached at each measurement of a training, one panel a layer.

    Args:
        watch: after some steps of a training; later lines are darker.

    Raises:
        DataError: it has no measurement yet.
    """
    require("matplotlib")
    from matplotlib import colormaps

    seen = [found for found in watch.observations if found.layers]
    if not seen:
        raise DataError("The watch has measured nothing yet. Expected at least one step.")
    names = list(seen[-1].layers)
    figure, axes = _figure(len(names), _HIGH * len(names))
    shades = colormaps["viridis_r"](np.linspace(0.1, 1, len(seen)))
    for name, on in zip(names, axes, strict=True):
        for found, shade in zip(seen, shades, strict=True):
            if name in found.layers:
                line = np.maximum(found.layers[name].log_norm / np.log(10), np.log10(_LOWEST))
                on.plot(np.arange(len(line)), line, color=shade, label=f"step {found.step:,}")
        on.set_title(name, fontsize=9, loc="left")
        on.set_ylabel("log₁₀ of the gradient")
    axes[-1].set_xlabel("steps between the two states")
    handles, labels = axes[0].get_legend_handles_labels()
    ends = sorted({0, len(handles) - 1})
    axes[0].legend([handles[at] for at in ends], [labels[at] for at in ends])
    return figure


def _finite_lives(memory: UnitMemory) -> Any:
    lives = memory.half_life[~memory.dead]
    return lives[np.isfinite(lives) & (lives > 0)]


def _figure(rows: int, height: float) -> tuple[Any, Any]:
    """A figure, and its axes [rows], one above the other."""
    from gated.plot.notebook_figure import NotebookFigure

    figure = NotebookFigure(figsize=(_WIDE, height), layout="constrained")
    return figure, figure.subplots(rows, sharex=True, squeeze=False)[:, 0]
