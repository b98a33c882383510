"""The report of a tiny run, and its file."""

import pytest

from benchmarks.layers.request import LayersRequest
from benchmarks.layers.run import run
from tests.benchmarks.layers.example_runs import FAST, TINY


@pytest.fixture(scope="package")
def report():
    """Two cells of the GRU, with one thread."""
    return run(LayersRequest([TINY], [TINY], ["gru"], [1], FAST, grid="tiny"))


@pytest.fixture
def results(report, tmp_path):
    path = tmp_path / "results.json"
    path.write_text(report.to_json(), encoding="utf-8")
    return path
