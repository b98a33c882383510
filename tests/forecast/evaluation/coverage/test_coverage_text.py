"""The sentences on the coverage of a backtest."""

from typing import Any

import numpy as np

from gated.forecast.evaluation.coverage.coverage_text import coverage_sentences
from gated.forecast.evaluation.coverage.interval_coverage import IntervalCoverage


def one(**changes: Any) -> IntervalCoverage:
    """The coverage of an 80 % interval over groups; by default of 100 values, without tests."""
    groups = len(changes.get("coverage", [0.0]))
    fields: dict[str, Any] = {"values": np.full(groups, 100), "coverage": np.full(groups, 0.8)}
    for name in ("below", "above", "kupiec", "independence", "conditional"):
        fields[name] = np.full(groups, np.nan)
    fields |= {"after_miss": np.full(groups, 0.45), "after_miss_expected": np.full(groups, 0.2)}
    fields |= {name: np.array(value) for name, value in changes.items()}
    return IntervalCoverage(**fields)


class Found:
    """A backtest with given coverages."""

    def __init__(self, levels: tuple[float, ...], overall: IntervalCoverage, **groups: Any) -> None:
        self.levels, self.groups = levels, {"overall": overall, **groups}

    def coverage_of(self, level: float, by: str) -> IntervalCoverage:
        return self.groups.get(by, one(coverage=[0.8]))


def sentences(overall: IntervalCoverage, **groups: IntervalCoverage) -> tuple[str, ...]:
    return coverage_sentences(Found((80.0,), overall, **groups))


def test_a_rejected_level_is_named_with_its_direction() -> None:
    few = sentences(one(coverage=[0.71], kupiec=[0.012]))[0]
    assert few == (
        "The 80 % interval held 71 % of 100 values: fewer than chance explains "
        "(Kupiec's test, p = 0.01)."
    )
    many = sentences(one(coverage=[0.93], kupiec=[1e-9]))[0]
    assert many.endswith(
        "93 % of 100 values: more than chance explains (Kupiec's test, p < 0.001)."
    )
    alike = sentences(one(coverage=[0.75], kupiec=[0.3]))[0]
    assert alike.endswith(": chance can explain the difference (Kupiec's test, p = 0.30).")


def test_runs_are_told_with_both_shares() -> None:
    runs = sentences(one(coverage=[0.8], independence=[0.004]))[1]
    assert runs == (
        "Misses of the 80 % interval come in runs: after a miss the next value was missed in 45 % "
        "of cases; 20 % are expected if misses are independent (Christoffersen's test, p = 0.004)."
    )
    no_runs = sentences(one(coverage=[0.8], independence=[0.4]))[1]
    assert no_runs.startswith("Misses of the 80 % interval do not come in runs: after a miss")
    other = sentences(one(coverage=[0.8], independence=[0.01], after_miss=[0.05]))[1]
    assert other.startswith("Misses of the 80 % interval alternate with hits: after a miss")


def test_too_few_values_are_told_with_the_number_needed() -> None:
    level, runs, _ = coverage_sentences(Found((95.0,), one(coverage=[0.97])))
    assert level == (
        "The 95 % interval held 97 % of 100 values. Kupiec's test of this share needs 4 cutoffs "
        "that do not overlap, and 100 values."
    )
    assert "needs about 400 independent values, at 10 or more times." in runs


def test_only_runs_of_a_further_level_are_told() -> None:
    known = one(coverage=[0.8], independence=[0.4])
    found = coverage_sentences(Found((80.0, 95.0), known))
    assert len([sentence for sentence in found if "runs" in sentence]) == 1


def test_coverage_by_step_cutoff_and_series() -> None:
    steps = one(coverage=[0.9, 0.8, 0.8, 0.7, np.nan], values=[10, 10, 30, 10, 0])
    last = sentences(
        one(coverage=[0.8]),
        step=steps,
        cutoff=one(coverage=[0.7, 0.9]),
        series=one(coverage=[0.5, *[0.8] * 8, 1.0]),
    )[-1]
    assert last == (
        "The 80 % interval held 85 % in steps 1 to 2, 78 % in steps 3 to 4 and no values in step "
        "5; by cutoff 70 to 90 %; by series 50 to 100 % (half of them 80 to 80 %)."
    )
    single = sentences(one(coverage=[0.8]), step=one(coverage=[0.8]))[-1]
    assert single == "The 80 % interval held 80 % in step 1."


def test_without_values_there_are_no_sentences() -> None:
    assert sentences(one(coverage=[np.nan], values=[0])) == ()


def test_a_single_value_is_in_the_singular() -> None:
    assert sentences(one(coverage=[1.0], values=[1]))[0].startswith(
        "The 80 % interval held 100 % of 1 value. Kupiec's test"
    )
