"""The figures show the arrays that they are given."""

import numpy as np
import pytest
import torch

from gated.errors import DataError, UsageError
from gated.insight import (
    BlockGates,
    GradientWatch,
    recorded_gates,
    state_gradients,
    unit_memory,
)
from gated.insight.figures import (
    draw_gates,
    draw_gradient_flow,
    draw_half_lives,
    draw_influence,
)
from gated.nn import GRU, RNN
from gated.nn.blocks import RecurrentBlock
from gated.nn.init import chrono


def _blocks() -> list[BlockGates]:
    block = RecurrentBlock(6).eval()
    with torch.no_grad(), recorded_gates([block]) as found:
        block(block(torch.randn(1, 9, 6))[0])
    return found


def test_gates_have_a_row_a_unit_and_the_values_above() -> None:
    blocks = _blocks()
    values = np.arange(18.0)
    values[3] = np.nan
    figure = draw_gates(blocks, values, label="sales")
    above, first, second, _ = figure.axes
    assert above.get_ylabel() == "sales"
    x, y = above.lines[0].get_data()
    assert (x[0], x[-1]) == (0.25, 8.75)  # two values in each of nine steps
    assert np.isnan(y[3])
    for axes, block in zip((first, second), blocks, strict=True):
        shown = np.asarray(axes.images[0].get_array())
        assert shown.shape == (6, 9)
        means = shown.mean(1)
        assert (np.diff(means) <= 1e-6).all()  # the unit that keeps most on top
        np.testing.assert_allclose(np.sort(means), np.sort(block.update.mean(0)), rtol=1e-6)
    assert len(draw_gates(blocks).axes) == 3


def test_each_unit_is_counted_once() -> None:
    sequence = torch.randn(50, 2, 3)
    memory = unit_memory(chrono(GRU(3, 40), 100), sequence)["l0"]
    figure = draw_half_lives({"chrono": memory})
    heights = figure.axes[0].patches[0].get_xy()
    (low, high) = heights[:, 0].min(), heights[:, 0].max()
    assert low <= memory.half_life.min()
    assert memory.half_life.max() <= high
    counts, _ = np.histogram(memory.half_life, np.unique(heights[:, 0]))
    assert heights[:, 1].max() == counts.max()
    assert counts.sum() == 40
    with pytest.raises(DataError, match="No unit has a finite half-life"):
        draw_half_lives({"RNN": unit_memory(RNN(3, 4), sequence)["l0"]})


def test_influence_is_drawn_down_to_its_limit() -> None:
    flow = state_gradients(RNN(2, 8), torch.randn(60, 1, 2))
    axes = draw_influence({"RNN": flow}).axes[0]
    y = axes.lines[0].get_ydata()
    np.testing.assert_allclose(y[:5], np.exp(flow.log_norm[:5]))
    assert np.isnan(y[-1])  # less than 1e-12


def test_the_flow_has_a_line_a_measurement() -> None:
    layer = GRU(1, 4)
    watch = GradientWatch(layer, every=2)
    with pytest.raises(DataError, match="measured nothing yet"):
        draw_gradient_flow(watch)
    with watch:
        for _ in range(5):
            layer(torch.randn(20, 2, 1))[0].sum().backward()
            watch.step()
    axes = draw_gradient_flow(watch).axes[0]
    assert len(axes.lines) == 3
    texts = [text.get_text() for text in axes.get_legend().get_texts()]
    assert texts == ["step 1", "step 5"]


def test_without_matplotlib_the_error_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("gated.plot.notebook.find_spec", lambda _: None)
    with pytest.raises(UsageError, match=r'pip install "gated\[plot\]"'):
        draw_gates(_blocks())
