"""The cost of seeing gates. No figure is asserted."""

from benchmarks.layers.cases import Case
from benchmarks.layers.timing import TimingPlan
from benchmarks.speed.gates import measure


def test_both_calls_of_each_case_are_timed():
    plan = TimingPlan(budget=0.01, sample=0.001, pause=0.0, min_rounds=1, max_rounds=1)
    rows = measure([Case("gru", 3, 1, 2, 4), Case("lstm", 3, 1, 2, 4)], plan)
    assert [row["case"] for row in rows] == ["GRU T 3 B 1 I 2 H 4", "LSTM T 3 B 1 I 2 H 4"]
    assert all(row["plain_ms"] > 0 and row["gates_ms"] > 0 for row in rows)
