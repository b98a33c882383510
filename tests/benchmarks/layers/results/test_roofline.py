"""The roofline shows every cell and every limit."""

import xml.etree.ElementTree as ET

import pytest

from benchmarks.layers.results.layers_report import layers_report
from benchmarks.layers.results.roofline import roofline
from gated.errors import UsageError
from tests.benchmarks.layers.example_runs import CELLS


def test_the_picture_shows_every_cell_and_every_limit():
    roofs = [
        {"what": "torch.mm", "threads": 2, "rate": 200.0, "unit": "GFLOP/s"},
        {"what": "oneDNN product", "threads": 2, "rate": 400.0, "unit": "GFLOP/s"},
        {"what": "L2", "threads": 2, "rate": 220.0, "unit": "GB/s"},
        {"what": "L3", "threads": 2, "rate": None, "unit": "GB/s"},  # not measurable this time
    ]
    tables = {"cells": CELLS, "limits": roofs, "streams": [], "memory": []}
    picture = ET.fromstring(roofline(layers_report({}, {}, tables, [])))
    words = ["".join(text.itertext()) for text in picture.findall(".//{*}text")]
    assert {"forward", "training", "L2 220 GB/s"} <= set(words)
    assert "oneDNN product 400, below it torch.mm 200 GFLOP/s" in words
    assert not any("L3" in word for word in words)
    dots = picture.findall(".//{*}circle")
    assert len(dots) == 2 * 5 + 4  # ours and torch's of two threads; the samples above
    assert all(90 <= float(dot.get("cy")) <= 420 for dot in dots[4:])


def test_threads_that_were_not_measured_are_refused(report):
    with pytest.raises(UsageError, match=r"no cell of 9 threads. The results have \[1\]"):
        roofline(report, threads=9)
