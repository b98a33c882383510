"""The chart of errors and seconds: a point for each method that was done, text for the others."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.peers.accuracy_chart import accuracy_figure, accuracy_picture
from gated.errors import UsageError
from tests.benchmarks.common.svg_texts import texts_of
from tests.benchmarks.peers.examples import example_report


@pytest.fixture
def report():
    return example_report()


def test_the_title_of_a_trial_says_so(report):
    trial = replace(report, facts={**report.facts, "trial": True})
    assert any(text.startswith("TRIAL") for text in texts_of(accuracy_picture(trial)))


@pytest.mark.parametrize(
    ("name", "score", "errors"), [("m4_hourly", "MASE", [0.8, 1.2]), ("shop", "WAPE", [0.04, 0.05])]
)
def test_methods_that_were_done_are_points(report, name, score, errors):
    named = replace(report, facts={**report.facts, "data": name})
    [axes] = accuracy_figure(named).axes
    points = np.concatenate([one.get_offsets() for one in axes.collections])
    np.testing.assert_allclose(points, np.transpose([[42.5, 402.5], errors]))
    texts = texts_of(accuracy_picture(named))
    assert f"{score} against seconds, {name}, threads: 1" in texts
    assert {"gated", "darts RNNModel GRU"} <= texts


def test_methods_that_failed_are_named_below_the_axes(report):
    figure = accuracy_figure(report)
    [axes] = figure.axes
    below = {
        text.get_text() for text in figure.texts if text.get_position()[1] < axes.get_position().y0
    }
    assert below == {
        "GluonTS DeepAR: not done in 1,800 s",
        "GluonTS DeepAR, recommended: failed: ValueError: a | b",
    }


def test_errors_that_differ_by_much_have_a_logarithmic_axis(report):
    assert accuracy_figure(report).axes[0].get_yscale() == "linear"
    [scores, *others] = report.sheets
    rows = [{**scores.rows[0]}, {**scores.rows[1], "mase": 80.0}, *scores.rows[2:]]
    wide = replace(report, sheets=[replace(scores, rows=rows), *others])
    assert accuracy_figure(wide).axes[0].get_yscale() == "log"


def test_labels_do_not_overlap(report):
    [axes] = accuracy_figure(report).axes
    boxes = [text.get_window_extent() for text in axes.texts]
    assert len(boxes) == 2
    assert not boxes[0].overlaps(boxes[1])


def test_a_report_without_a_method_that_was_done_is_refused(report):
    sheets = [
        replace(sheet, rows=[{**row, "outcome": "failed"} for row in sheet.rows])
        for sheet in report.sheets
    ]
    with pytest.raises(UsageError, match="nothing to draw"):
        accuracy_figure(replace(report, sheets=sheets))
