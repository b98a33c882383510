"""The tables of a comparison: ratios, seconds, settings."""

from dataclasses import replace

import pytest

from benchmarks.peers.report.accuracy_chart import accuracy_picture
from benchmarks.peers.report.page import MARKER, readme_rows, results_section
from benchmarks.peers.report.peers_report import peers_report
from tests.benchmarks.peers.examples import example_results


@pytest.fixture
def sheets():
    return {sheet.key: sheet for sheet in peers_report(example_results()).sheets}


def test_there_is_an_overview_and_a_sheet_for_each_table(sheets):
    assert list(sheets) == [
        "overview of hours, shop",
        "hours",
        "shop",
        "libraries",
        "configurations",
    ]


def test_ratios_of_a_table_are_to_its_first_row(sheets):
    ratios = [row["mase_ratio"] for row in sheets["hours"].rows]
    assert ratios == [pytest.approx(1.0), pytest.approx(1.5), pytest.approx(2.0), None]


def test_seconds_contain_the_import_or_are_those_of_a_failed_process(sheets):
    assert [row["seconds"] for row in sheets["hours"].rows] == [10.0, 100.0, 14.5, 50.0]


def test_equal_settings_on_several_tables_are_one_row(sheets):
    tables = [row["tables"] for row in sheets["configurations"].rows]
    assert tables == ["hours, shop", "hours, shop", "hours", "hours"]


def test_a_trial_has_a_note():
    results = example_results()
    trial = replace(results, facts={**results.facts, "trial": True})
    assert any("TRIAL" in note for note in peers_report(trial).notes)
    assert not any("TRIAL" in note for note in peers_report(results).notes)


def test_the_command_shows_saved_results(call, tmp_path):
    results = example_results()
    saved, drawn, page = tmp_path / "results.json", tmp_path / "peers.svg", tmp_path / "peers.md"
    saved.write_text(results.to_json(), encoding="utf-8")
    page.write_text(MARKER, encoding="utf-8")
    options = ["--picture", str(drawn), "--page", str(page), "--readme"]
    code, output, _ = call("peers", "--saved", str(saved), *options)
    assert (code, output) == (0, readme_rows(results))
    assert drawn.read_text(encoding="utf-8") == accuracy_picture(results)
    assert page.read_text(encoding="utf-8").endswith(results_section(results))
    code, output, _ = call("peers", "--saved", str(saved), "--json")
    assert (code, output) == (0, results.to_json())
    code, output, _ = call("peers", "--saved", str(saved))
    assert code == 0
    assert "shop: series 2, past values 1,000, h 2" in output
