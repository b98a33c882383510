"""The folders of data: option, environment variable, default, missing files."""

import pytest

from benchmarks.common.folders import anchors_folder, data_folder
from gated.errors import DataError


def test_a_missing_file_names_option_and_variable(tmp_path):
    with pytest.raises(DataError, match=r"m4\.csv.*--data-dir.*GATED_BENCHMARK_DATA"):
        data_folder(tmp_path).file("m4.csv")


def test_an_option_precedes_the_variable_and_the_variable_the_default(tmp_path, monkeypatch):
    monkeypatch.setenv("GATED_BENCHMARK_ANCHORS", str(tmp_path / "variable"))
    assert anchors_folder(tmp_path / "option").path == tmp_path / "option"
    assert anchors_folder(None).path == tmp_path / "variable"
    monkeypatch.delenv("GATED_BENCHMARK_ANCHORS")
    assert anchors_folder(None).path.parts[-2:] == ("shared", "anchors")
