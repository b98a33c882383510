"""The chart of errors and seconds: a panel for each group, a point for each method."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.peers.report.accuracy_chart import accuracy_figure, accuracy_picture
from gated.errors import UsageError
from tests.benchmarks.common.svg_texts import texts_of
from tests.benchmarks.peers.examples import example_results, method_row


@pytest.fixture
def results():
    return example_results()


def test_the_title_of_a_trial_says_so(results):
    trial = replace(results, facts={**results.facts, "trial": True})
    assert any(text.startswith("TRIAL") for text in texts_of(accuracy_picture(trial)))


def test_methods_are_points(results):
    [axes] = accuracy_figure(results).axes
    points = np.concatenate([one.get_offsets() for one in axes.collections])
    errors = [0.4**0.5, 1.2**0.5]
    np.testing.assert_allclose(points, np.transpose([[400**0.5, 5000**0.5], errors]))
    texts = texts_of(accuracy_picture(results))
    assert {"gated", "darts RNNModel GRU", "mean of 2 tables, threads: 1"} <= texts


def test_a_method_that_failed_is_hollow_and_named_below_the_axes(results):
    figure = accuracy_figure(results)
    [axes] = figure.axes
    filled = [len(one.get_facecolor()) > 0 for one in axes.collections]
    assert filled == [True, False]
    below = {
        text.get_text() for text in figure.texts if text.get_position()[1] < axes.get_position().y0
    }
    assert below == {
        "tables: hours, shop",
        "hollow, darts RNNModel GRU: counts as seasonal naive on shop: not done in 60 s",
    }


def test_errors_that_differ_by_much_have_a_logarithmic_axis(results):
    assert accuracy_figure(results).axes[0].get_yscale() == "linear"
    row = {**results.methods[1], "mase": 80.0}
    wide = replace(results, methods=(results.methods[0], row, *results.methods[2:]))
    assert accuracy_figure(wide).axes[0].get_yscale() == "log"


def test_every_group_has_a_panel_without_overlaps(results):
    row = method_row("births", "gated", "gated", fit=1.0, predict=1.0, mase=0.5)
    table = {**results.tables[0], "data": "births"}
    figure = accuracy_figure(results.with_table(table).with_method(row))
    upper, lower = (axes.get_position() for axes in figure.axes)
    assert lower.y1 < upper.y0
    boxes = [text.get_window_extent() for text in figure.axes[1].texts]
    assert len(boxes) == 2
    assert not boxes[0].overlaps(boxes[1])
    lines = [text.get_window_extent() for text in figure.texts]
    assert not any(one.overlaps(other) for one in lines for other in lines if one is not other)


def test_results_without_a_method_that_was_done_are_refused(results):
    rows = tuple({**row, "outcome": "failed"} for row in results.methods)
    with pytest.raises(UsageError, match="nothing to draw"):
        accuracy_figure(replace(results, methods=rows))
