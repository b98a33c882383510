"""The tables of a run: means, and reading saved results."""

import pytest

from benchmarks.layers.results.layers_report import load_layers_report, mean_rows
from gated.errors import GatedError
from tests.benchmarks.layers.example_runs import CELLS


def test_means_are_geometric_and_name_the_lowest_cell():
    rows = {(row["threads"], row["what"]): row for row in mean_rows(CELLS)}
    small = rows[2, "GRU and RNN, training, H 32…128"]
    assert (small["cells"], small["mean"], small["lowest"]) == (2, pytest.approx(4.0), 2.0)
    assert small["where"] == "GRU training, T 24 B 32 I 8 H 128"
    assert rows[2, "every cell"]["lowest"] == 0.5
    assert rows[1, "every cell"]["mean"] == pytest.approx(5.0)
    assert rows[2, "share of the peak, training, B ≥ 32, H ≥ 128"]["mean"] == pytest.approx(0.5)
    assert (2, "GRU and RNN, training, H 256…512") not in rows
    assert (2, "against ONNX Runtime, forward") not in rows


def test_results_with_a_text_instead_of_a_number_are_refused():
    with pytest.raises(GatedError, match=r"ratio is 'fast' in the results\. Expected a number"):
        mean_rows([{**CELLS[0], "ratio": "fast"}])


def test_saved_results_keep_machine_and_figures(report, results):
    loaded = load_layers_report(results)
    assert loaded.machine == report.machine
    assert loaded.to_json() == report.to_json()


@pytest.mark.parametrize("content", ["[]", "{}", '{"benchmark": "startup"}', "no JSON"])
def test_another_file_is_refused(tmp_path, content):
    path = tmp_path / "other.json"
    path.write_text(content)
    with pytest.raises(GatedError, match="Expected a file that"):
        load_layers_report(path)
