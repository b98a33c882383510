"""Timing in turns: order, repetitions, ratios."""

from dataclasses import replace

from benchmarks.layers.timing import RoundTimings, time_in_turns
from tests.benchmarks.layers.example_runs import FAST


def test_implementations_are_timed_in_turn_at_least_three_times():
    called = []
    calls = {name: lambda name=name: called.append(name) for name in ("ours", "torch")}
    timings = time_in_turns(calls, FAST, {"ours": 3.0, "torch": 3.0})  # long calls, warm already
    assert called == ["ours", "torch"] * 3
    assert {name: len(seconds) for name, seconds in timings.seconds.items()} == {
        "ours": 3,
        "torch": 3,
    }


def test_a_short_call_is_warmed_up_and_repeated_within_a_sample():
    called = []
    plan = replace(FAST, sample=0.001)
    time_in_turns({"ours": lambda: called.append("ours")}, plan, {"ours": 0.1})
    assert len(called) > 1 + 3


def test_a_ratio_is_computed_round_by_round():
    timings = RoundTimings({"ours": [1.0, 2.0, 4.0], "torch": [3.0, 6.0, 12.0]})
    ratio = timings.ratio("torch", "ours")  # the machine became slower, the ratio did not change
    assert (ratio.q1, ratio.median, ratio.q3) == (3.0, 3.0, 3.0)
    assert timings.of("ours").median == 2.0
