"""Kupiec's and Christoffersen's tests against published limits, other software and simulation."""

import numpy as np
import pytest
from scipy import stats

from gated.arrays import FloatArray
from gated.forecast.evaluation.coverage.coverage_tests import (
    chi_square_tail,
    christoffersen_ratio,
    design_effect,
    kupiec_ratio,
    student_tail,
)


@pytest.mark.parametrize(
    ("days", "share", "fewest", "most"),
    [
        # Kupiec (1995), table 3, as in Jorion, "Value at Risk", chapter 6: failures for which the
        # share is not rejected at 5 %. At (255, 0.01) the tables also accept 0 failures.
        (255, 0.01, 1, 6),
        (510, 0.01, 2, 10),
        (1000, 0.01, 5, 16),
        (255, 0.05, 7, 20),
        (510, 0.05, 17, 35),
        (1000, 0.05, 38, 64),
        (255, 0.075, 12, 27),
        (1000, 0.1, 82, 119),
    ],
)
def test_kupiec_accepts_as_many_misses_as_his_table(
    days: int, share: float, fewest: int, most: int
) -> None:
    misses = np.arange(days // 3, dtype=np.float64)
    ratio = kupiec_ratio(misses, np.full(len(misses), float(days)), share)
    accepted = np.flatnonzero(chi_square_tail(ratio, 1) > 0.05)
    assert (accepted[0], accepted[-1]) == (fewest, most)
    assert len(accepted) == most - fewest + 1


def test_kupiec_is_zero_at_the_expected_share_and_without_values() -> None:
    ratio = kupiec_ratio(np.array([20.0, 0.0]), np.array([100.0, 0.0]), 0.2)
    np.testing.assert_allclose(ratio, 0, atol=1e-12)


def test_christoffersen_equals_the_ratio_of_the_likelihoods() -> None:
    hit_hit, hit_miss, miss_hit, miss_miss = 80, 10, 10, 10
    # By hand: 10 of 90 misses follow a hit, 10 of 20 a miss, 20 of 110 any value.
    markov = 80 * np.log(80 / 90) + 10 * np.log(10 / 90) + 10 * np.log(0.5) + 10 * np.log(0.5)
    independent = 90 * np.log(90 / 110) + 20 * np.log(20 / 110)
    cells = np.array([[[hit_hit, hit_miss], [miss_hit, miss_miss]]], dtype=np.float64)
    assert christoffersen_ratio(cells)[0] == pytest.approx(2 * (markov - independent))
    g_test = stats.chi2_contingency(cells[0], correction=False, lambda_="log-likelihood")
    assert christoffersen_ratio(cells)[0] == pytest.approx(g_test.statistic)


@pytest.mark.parametrize("cells", [[[9, 0], [0, 0]], [[0, 0], [0, 5]], [[0, 0], [0, 0]]])
def test_christoffersen_is_zero_without_misses_or_hits(cells: list[list[int]]) -> None:
    assert christoffersen_ratio(np.array([cells], dtype=np.float64))[0] == 0


def test_tails_equal_those_of_scipy() -> None:
    value = np.array([0.0, 0.2, 1.0, 3.8, 12.0, 40.0])
    np.testing.assert_allclose(chi_square_tail(value, 1), stats.chi2.sf(value, 1), rtol=1e-12)
    np.testing.assert_allclose(chi_square_tail(value, 2), stats.chi2.sf(value, 2), rtol=1e-12)
    for degrees in (1, 2, 3, 4, 7, 30, 101):
        found = student_tail(value, np.full(len(value), degrees))
        np.testing.assert_allclose(found, 2 * stats.t.sf(value, degrees), rtol=1e-6, atol=1e-13)
    mixed = student_tail(np.array([2.0, 2.0]), np.array([3, 4]))
    np.testing.assert_allclose(mixed, 2 * stats.t.sf(2.0, [3, 4]), rtol=1e-9)


def test_the_design_effect_is_the_size_of_a_cluster_of_equal_values() -> None:
    rng = np.random.default_rng(0)
    drawn: FloatArray = rng.normal(size=2_000)
    cluster, group = np.repeat(np.arange(2_000), 5), np.zeros(10_000, dtype=np.int64)
    alike = design_effect(np.repeat(drawn, 5), cluster, group, 1)
    assert alike[0] == pytest.approx(5)
    independent = design_effect(rng.normal(size=10_000), cluster, group, 1)
    assert independent[0] == pytest.approx(1, abs=0.1)
    # Groups are measured apart: only the second one has clusters of equal values.
    values = np.concatenate([rng.normal(size=10_000), np.repeat(drawn, 5)])
    groups = np.repeat([0, 1], 10_000)
    both = design_effect(values, np.tile(cluster, 2), groups, 2)
    np.testing.assert_allclose(both, [1, 5], atol=0.1)
