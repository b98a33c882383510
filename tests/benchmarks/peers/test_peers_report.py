"""The tables of a comparison: ratios, saved results, Markdown."""

from dataclasses import replace

import pytest

from benchmarks.peers.accuracy_chart import picture
from benchmarks.peers.peers_report import load_peers_report, markdown_section
from gated.errors import DataError
from tests.benchmarks.peers.example_reports import example_report


@pytest.fixture
def report():
    return example_report()


def test_ratios_are_to_the_first_row(report):
    scores, costs, _ = report.sheets
    assert [row.get("mase_ratio") for row in scores.rows] == pytest.approx(
        [1.0, 1.5, None, None], nan_ok=True
    )
    assert costs.rows[1]["fit_ratio"] == 10.0


def test_a_saved_report_is_loaded_unchanged(report, tmp_path):
    path = tmp_path / "results.json"
    path.write_text(report.to_json(), encoding="utf-8")
    assert load_peers_report(path).to_json() == report.to_json()
    assert markdown_section(load_peers_report(path)) == markdown_section(report)


@pytest.mark.parametrize("text", ["{", "[]", '{"benchmark": "forecast"}'])
def test_another_file_is_refused(text, tmp_path):
    path = tmp_path / "results.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"results\.json.*Expected a file that"):
        load_peers_report(path)


def test_markdown_has_a_line_for_every_method_and_the_reason_of_every_failure(report):
    text = markdown_section(report)
    assert text.startswith("## m4_hourly\n")
    assert "| GluonTS DeepAR | default | none | – | – |" in text
    assert "not done in 1,800 s" in text
    assert "failed: ValueError: a \\| b" in text
    assert "- A note." in text


def test_the_heading_of_a_trial_says_so(report):
    trial = replace(report, facts={**report.facts, "trial": True})
    assert markdown_section(trial).startswith("## TRIAL")


def test_the_command_shows_saved_results(call, report, tmp_path):
    saved, drawn = tmp_path / "results.json", tmp_path / "peers.svg"
    saved.write_text(report.to_json(), encoding="utf-8")
    code, output, _ = call("peers", "--saved", str(saved), "--markdown", "--picture", str(drawn))
    assert code == 0
    assert output == markdown_section(report)
    assert drawn.read_text(encoding="utf-8") == picture(report)
    code, output, _ = call("peers", "--saved", str(saved))
    assert code == 0
    assert "not done in 1,800 s" in output
