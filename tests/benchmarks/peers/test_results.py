"""The file of results: saved, loaded, extended."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.peers.results import load_results
from gated.errors import DataError, UsageError
from tests.benchmarks.peers.examples import example_results, method_row

PATH = Path("peers.json")


def test_saved_results_are_loaded_unchanged(tmp_path):
    path = tmp_path / "results.json"
    path.write_text(example_results().to_json(), encoding="utf-8")
    assert load_results(path) == example_results()


def test_a_number_that_is_not_finite_is_saved_as_null(tmp_path):
    path = tmp_path / "results.json"
    row = method_row("shop", "darts", "darts RNNModel LSTM", smape=float("nan"))
    path.write_text(example_results().with_method(row).to_json(), encoding="utf-8")
    assert load_results(path).methods[-1]["smape"] is None


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"benchmark": "forecast"}', '{"benchmark": "peers", "scores": []}']
)
def test_another_file_is_refused(text, tmp_path):
    path = tmp_path / "results.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=r"results\.json.*Expected a file that"):
        load_results(path)


def test_results_hold_methods_that_failed_too():
    results = example_results()
    assert results.holds("shop", ("darts RNNModel GRU", "default"))
    assert not results.holds("shop", ("GluonTS DeepAR", "default"))


def test_a_table_is_added_once():
    results = example_results()
    assert results.with_table({**results.tables[0], "naive_mase": 9.0}) == results
    assert len(results.with_table({**results.tables[0], "data": "births"}).tables) == 3


def test_a_continued_run_keeps_its_rows_and_the_higher_load():
    results = example_results()
    new = replace(results, machine={**results.machine, "load before": 1.5}, methods=())
    continued = results.continued_by(new, PATH)
    assert continued.methods == results.methods
    assert continued.machine["load before"] == 1.5


@pytest.mark.parametrize("change", [{"machine": {"commit": "def"}}, {"facts": {"seed": 1}}])
def test_another_commit_or_option_is_refused(change):
    results = example_results()
    [(name, values)] = change.items()
    new = replace(results, **{name: {**getattr(results, name), **values}})
    with pytest.raises(UsageError, match=r"peers\.json was measured with .*, now .*Expected the"):
        results.continued_by(new, PATH)
