"""The page of results, and the rows of README."""

from dataclasses import replace

import pytest

from benchmarks.peers.report.page import MARKER, readme_rows, results_section, write_page
from gated.errors import UsageError
from tests.benchmarks.peers.examples import example_results


def test_the_text_below_the_marker_is_replaced(tmp_path):
    page = tmp_path / "peers.md"
    page.write_text(f"# Title\n\n{MARKER}\n\nold\n", encoding="utf-8")
    write_page(page, example_results())
    text = page.read_text(encoding="utf-8")
    assert text == f"# Title\n\n{MARKER}\n\n{results_section(example_results())}"
    write_page(page, example_results())
    assert page.read_text(encoding="utf-8") == text


@pytest.mark.parametrize("text", [None, "# Title\n"])
def test_a_page_without_the_marker_is_refused_and_unchanged(text, tmp_path):
    page = tmp_path / "peers.md"
    if text is not None:
        page.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="is no page with the line"):
        write_page(page, example_results())
    assert (page.read_text(encoding="utf-8") if page.exists() else None) == text


def test_the_page_has_a_line_for_every_method_and_the_reason_of_every_failure():
    text = results_section(example_results())
    assert text.startswith("## Results\n")
    assert "| darts RNNModel GRU | default | 1.095 | – | 70.7 | shop |" in text
    assert "failed: ValueError: a \\| b" in text
    assert "not done in 60 s" in text
    assert "- hours: numbered." in text


def test_the_heading_of_a_trial_says_so():
    results = example_results()
    trial = replace(results, facts={**results.facts, "trial": True})
    assert results_section(trial).startswith("## TRIAL")


def test_readme_has_a_row_for_each_group_with_the_lowest_error_in_bold():
    assert readme_rows(example_results()) == (
        "| mean of 2 tables (hours, shop): MASE ÷ seasonal naive, seconds | **0.632** (20.0 s) | "
        "darts RNNModel GRU 1.095 (70.7 s, not done on 1) | [`peers`](docs/results/peers.md) |\n"
    )


def test_readme_has_the_best_method_of_each_other_library_that_was_done():
    results = example_results()
    hours = tuple(row for row in results.methods if row["data"] == "hours")
    one_table = replace(results, tables=results.tables[:1], methods=hours)
    assert readme_rows(one_table) == (
        "| 1 table (hours): MASE ÷ seasonal naive, seconds | **0.800** (10.0 s) | "
        "darts RNNModel GRU 1.200 (100.0 s), GluonTS DeepAR, recommended 1.600 (14.5 s) | "
        "[`peers`](docs/results/peers.md) |\n"
    )
