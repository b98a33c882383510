"""The picture of a comparison: a dot for each method that was done, words for the others."""

import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.peers.accuracy_chart import label_places, picture
from gated.errors import UsageError
from tests.benchmarks.peers.example_reports import example_report


@pytest.fixture
def report():
    return example_report()


def test_the_picture_of_a_trial_says_so(report):
    trial = replace(report, facts={**report.facts, "trial": True})
    assert "TRIAL" in picture(trial)


@pytest.mark.parametrize(("name", "score"), [("m4_hourly", "MASE"), ("shop", "WAPE")])
def test_the_picture_has_a_dot_for_what_was_done_and_words_for_what_was_not(report, name, score):
    drawn = picture(replace(report, facts={**report.facts, "data": name}))
    root = ET.fromstring(drawn)
    texts = [node.text for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts[0].startswith(f"{score} against seconds, {name}")
    assert len(list(root.iter("{http://www.w3.org/2000/svg}circle"))) == 2
    assert {"gated", "darts RNNModel GRU", "GluonTS DeepAR: not done in 1,800 s"} <= set(texts)


def test_a_picture_of_nothing_is_refused(report):
    [scores, *rest] = report.sheets
    failed = replace(scores, rows=[dict(row, outcome="failed") for row in scores.rows])
    nothing = replace(
        report,
        sheets=[failed, replace(rest[0], rows=failed.rows), replace(rest[1], rows=failed.rows)],
    )
    with pytest.raises(UsageError, match="nothing to draw"):
        picture(nothing)


def test_labels_keep_clear_of_each_other():
    labels = [f"a method of some length {number}" for number in range(12)]
    random = np.random.default_rng(0)
    dots = [(float(x), float(y)) for x, y in random.uniform((300, 200), (420, 260), (12, 2))]
    places = label_places(labels, dots)
    width = 6.2 * len(labels[0])
    left = {"start": 0.0, "middle": width / 2, "end": width}
    begins = [(x - left[anchor], y) for x, y, anchor in places]
    boxes = [(x, y - 11, x + width, y + 3) for x, y in begins]
    for i, one in enumerate(boxes):
        for other in boxes[:i]:
            across = one[0] < other[2] and other[0] < one[2]
            down = one[1] < other[3] and other[1] < one[3]
            assert not (across and down)
