"""The roofline contains every cell and every limit."""

import numpy as np
import pytest

from benchmarks.common.chart import BLUE, ORANGE
from benchmarks.layers.results.layers_report import layers_report
from benchmarks.layers.results.roofline import roofline_figure, roofline_picture
from gated.errors import UsageError
from tests.benchmarks.common.svg_texts import texts_of
from tests.benchmarks.layers.example_runs import CELLS

LIMITS = [
    {"what": "torch.mm", "threads": 2, "rate": 200.0, "unit": "GFLOP/s"},
    {"what": "oneDNN product", "threads": 2, "rate": 400.0, "unit": "GFLOP/s"},
    {"what": "L2", "threads": 2, "rate": 220.0, "unit": "GB/s"},
    {"what": "L3", "threads": 2, "rate": None, "unit": "GB/s"},  # could not be measured
]


@pytest.fixture
def example():
    tables = {"cells": CELLS, "limits": LIMITS, "streams": [], "memory": []}
    return layers_report({}, {}, tables, [])


def points(axes, label):
    """Positions of all dots whose label begins so: an array [N, 2]."""
    dots = [one.get_offsets() for one in axes.collections if one.get_label().startswith(label)]
    return np.concatenate(dots)


def test_texts_name_the_panels_the_limits_and_the_legend(example):
    texts = texts_of(roofline_picture(example))
    assert {"forward", "training", "L2 220 GB/s", "gated LSTM", "torch"} <= texts
    assert "oneDNN product 400, below it torch.mm 200 GFLOP/s" in texts
    assert any("2 threads" in text for text in texts)
    assert not any("L3" in text for text in texts)


def test_every_cell_of_the_largest_number_of_threads_is_a_dot(example):
    forward, training = roofline_figure(example).axes
    np.testing.assert_array_equal(points(forward, "gated"), [[0.5, 9.0]])
    np.testing.assert_array_equal(points(forward, "torch"), [[0.5, 3.0]])
    assert len(points(training, "gated")) == len(points(training, "torch")) == 4


def test_all_dots_and_limits_are_inside_the_axes(example):
    for axes in roofline_figure(example).axes:
        (left, right), (bottom, top) = axes.get_xlim(), axes.get_ylim()
        assert left < 0.5 < right
        assert bottom < 3.0 < 400.0 < top
        for line in axes.lines:
            assert left <= min(line.get_xdata()) < max(line.get_xdata()) <= right
            assert max(line.get_ydata()) <= 400.0


def test_a_dot_is_larger_for_a_larger_hidden_size_and_coloured_by_kind(example):
    training = roofline_figure(example).axes[1]
    sizes = {
        one.get_label(): one.get_sizes()[0]
        for one in training.collections
        if one.get_label().startswith("gated")
    }
    assert sizes["gated, H 64"] < sizes["gated, H 128"] < sizes["gated, H 200"]
    svg = roofline_picture(example)
    assert BLUE in svg
    assert ORANGE in svg


def test_other_threads_can_be_chosen(example):
    example.sheets[1].rows.append(
        {"what": "torch.mm", "threads": 1, "rate": 90.0, "unit": "GFLOP/s"}
    )
    forward, training = roofline_figure(example, threads=1).axes
    assert len(points(forward, "gated")) == 1
    assert len(training.collections) == 1  # the empty one of torch


def test_threads_that_were_not_measured_are_refused(report):
    with pytest.raises(UsageError, match=r"no cell of 9 threads. Expected one of \[1\]"):
        roofline_figure(report, threads=9)
