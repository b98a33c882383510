"""Means over groups of tables: relative errors, seconds, methods that were not done."""

from dataclasses import replace

import pytest

from benchmarks.peers.report.overview import groups
from tests.benchmarks.peers.examples import example_results, method_row


def test_a_method_belongs_to_the_group_of_tables_on_which_it_was_run():
    [group] = groups(example_results())
    assert group.tables == ("hours", "shop")
    assert [one.label for one in group.summaries] == ["gated", "darts RNNModel GRU"]


def test_means_are_geometric():
    [ours, _] = groups(example_results())[0].summaries
    assert ours.error == pytest.approx((0.8 * 0.9 / 1.8) ** 0.5)
    assert ours.seconds == pytest.approx((10.0 * 40.0) ** 0.5)
    assert ours.crps_ratio == pytest.approx(1.0)
    assert ours.failures == {}


def test_a_method_that_was_not_done_counts_as_seasonal_naive_with_the_seconds_of_its_process():
    [_, theirs] = groups(example_results())[0].summaries
    assert theirs.error == pytest.approx((1.2 * 1.0) ** 0.5)
    assert theirs.seconds == pytest.approx((100.0 * 50.0) ** 0.5)
    assert theirs.crps_ratio is None
    assert theirs.failures == {"shop": "not done in 60 s"}


def test_one_table_is_a_group_of_its_own():
    results = example_results()
    hours = [row for row in results.methods if row["data"] == "hours"]
    [group] = groups(replace(results, tables=results.tables[:1], methods=tuple(hours)))
    assert group.tables == ("hours",)
    assert [one.label for one in group.summaries] == [
        "gated",
        "GluonTS DeepAR",
        "darts RNNModel GRU",
        "GluonTS DeepAR, recommended",
    ]


def test_a_smaller_group_repeats_the_methods_of_a_larger_one():
    results = example_results()
    third = {**results.tables[1], "data": "births"}
    costs = {"fit": 1.0, "predict": 1.0, "mase": 0.5}
    row = method_row("births", "gated", "gated", **costs)
    larger, smaller = groups(
        replace(results, tables=(*results.tables, third), methods=(*results.methods, row))
    )
    assert larger.tables == ("hours", "shop", "births")
    assert [one.label for one in larger.summaries] == ["gated"]
    assert smaller.tables == ("hours", "shop")
    assert [one.label for one in smaller.summaries] == ["gated", "darts RNNModel GRU"]
