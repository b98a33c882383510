"""Coverage by group, and its tests: their false alarms and their power on drawn sequences."""

from itertools import pairwise
from statistics import NormalDist

import numpy as np
import pytest

from gated.arrays import FloatArray
from gated.forecast.evaluation.coverage.coverage_tests import chi_square_tail, christoffersen_ratio
from gated.forecast.evaluation.coverage.interval_coverage import IntervalCoverage, interval_coverage
from gated.forecast.evaluation.coverage.miss_sequences import Sequences

LEVELS = (60.0, 80.0, 95.0)


def order(n_series: int, n_cutoffs: int, h: int, step_size: int | None = None) -> Sequences:
    step_size = h if step_size is None else step_size
    time = step_size * np.arange(n_cutoffs)[:, None] + np.arange(h)
    return Sequences(
        np.repeat(np.arange(n_series), n_cutoffs),
        np.tile(np.arange(n_cutoffs), n_series),
        np.tile(time, (n_series, 1)),
        step_size,
    )


def drawn(
    rng: np.random.Generator,
    n_series: int,
    n_cutoffs: int,
    h: int,
    *,
    persistence: float = 0.0,
    common: float = 0.0,
    size: float = 1.0,
) -> FloatArray:
    """Standard normal values; those of one forecast persist, those of one time are correlated."""

    def errors(rows: int) -> FloatArray:
        noise = rng.normal(size=(rows, n_cutoffs, h))
        for step in range(1, h):
            noise[..., step] *= np.sqrt(1 - persistence**2)
            noise[..., step] += persistence * noise[..., step - 1]
        return noise

    values = np.sqrt(1 - common) * errors(n_series) + np.sqrt(common) * errors(1)
    return size * values.reshape(n_series * n_cutoffs, h)


def measured(
    y: FloatArray, sequences: Sequences, level: float = 80.0, by: str = "overall"
) -> IntervalCoverage:
    ends = {}
    for one in LEVELS:
        half = NormalDist().inv_cdf(0.5 + one / 200)
        ends[one] = (np.full(y.shape, -half), np.full(y.shape, half))
    groups = {
        "overall": np.zeros((1, 1), dtype=np.int64),
        "series": sequences.series[:, None],
        "cutoff": sequences.cutoff[:, None],
        "step": np.arange(y.shape[1])[None],
    }
    group = groups[by]
    return interval_coverage(y, ends, level, sequences, group, int(group.max()) + 1, by)


def rejected(
    seed: int,
    n_series: int,
    n_cutoffs: int,
    h: int,
    *,
    level: float = 80.0,
    draws: int = 200,
    persistence: float = 0.0,
    common: float = 0.0,
    size: float = 1.0,
) -> tuple[float, float]:
    """Shares of drawn backtests in which the two tests reject at 5 %."""
    rng, sequences = np.random.default_rng(seed), order(n_series, n_cutoffs, h)
    p = []
    for _ in range(draws):
        y = drawn(rng, n_series, n_cutoffs, h, persistence=persistence, common=common, size=size)
        found = measured(y, sequences, level)
        p.append((found.kupiec[0], found.independence[0]))
    share = (np.array(p) < 0.05).mean(axis=0)
    return float(share[0]), float(share[1])


@pytest.mark.parametrize(
    ("n_series", "n_cutoffs", "h", "common"),
    [(1, 8, 28, 0.0), (1, 30, 14, 0.0), (20, 4, 12, 0.5), (20, 10, 12, 0.8)],
)
def test_right_intervals_are_rarely_rejected(
    n_series: int, n_cutoffs: int, h: int, common: float
) -> None:
    kupiec, christoffersen = rejected(0, n_series, n_cutoffs, h, common=common)
    # 5 % of 200 draws, and three standard deviations.
    assert kupiec < 0.1
    assert christoffersen < 0.1


def test_p_values_of_right_intervals_are_about_uniform() -> None:
    rng, sequences = np.random.default_rng(1), order(1, 100, 5)
    found = [measured(drawn(rng, 1, 100, 5), sequences) for _ in range(400)]
    independence = np.sort([one.independence[0] for one in found])
    conditional = np.sort([one.conditional[0] for one in found])
    uniform = np.arange(1, 401) / 401
    # The largest distance is below 0.08 in 99 % of samples of 400 uniform numbers.
    assert np.abs(independence - uniform).max() < 0.08
    # Kupiec's p-values are a little large: the largest of several design effects counts.
    kupiec = np.array([one.kupiec[0] for one in found])
    assert 0.25 < (kupiec < 0.5).mean() < 0.5
    assert np.abs(conditional - uniform).max() < 0.1


@pytest.mark.parametrize("level", [80.0, 95.0])
def test_persistent_errors_of_a_forecast_are_no_reason_to_reject_the_level(level: float) -> None:
    kupiec, christoffersen = rejected(2, 1, 20, 28, level=level, persistence=0.9)
    assert kupiec < 0.1
    assert christoffersen > 0.5  # but misses come in runs
    y = drawn(np.random.default_rng(2), 1, 20, 28, persistence=0.9)
    found = measured(y, order(1, 20, 28), level)
    assert found.after_miss[0] > found.after_miss_expected[0]


@pytest.mark.parametrize("size", [0.5, 2.0])
def test_wrong_widths_are_rejected(size: float) -> None:
    for n_series, n_cutoffs in ((1, 8), (20, 4)):
        assert rejected(3, n_series, n_cutoffs, 14, size=size)[0] > 0.9


def test_series_with_different_shares_of_misses_are_no_runs() -> None:
    rng, sequences = np.random.default_rng(4), order(40, 4, 14)
    p, pooled = [], []
    for _ in range(100):
        size = np.repeat(rng.choice([0.4, 2.0], size=40), 4)[:, None]
        y = size * drawn(rng, 40, 4, 14)
        p.append(measured(y, sequences).independence[0])
        missed = np.abs(y.reshape(40, -1)) > NormalDist().inv_cdf(0.9)
        cells = [
            [((missed[:, :-1] == a) & (missed[:, 1:] == b)).sum() for b in (False, True)]
            for a in (False, True)
        ]
        ratio = christoffersen_ratio(np.array([cells], dtype=np.float64))
        pooled.append(chi_square_tail(ratio, 1)[0])
    assert (np.array(p) < 0.05).mean() < 0.13
    assert (np.array(pooled) < 0.05).mean() == 1  # as the ratio of one pooled table would say


def test_one_series_has_the_ratio_of_the_textbook() -> None:
    rng = np.random.default_rng(5)
    y = drawn(rng, 1, 6, 20, persistence=0.5)
    missed = np.abs(y.reshape(-1)) > NormalDist().inv_cdf(0.9)
    cells = np.zeros((1, 2, 2))
    for first, second in pairwise(missed):
        cells[0, int(first), int(second)] += 1
    found = measured(y, order(1, 6, 20))
    assert found.independence[0] == pytest.approx(
        chi_square_tail(christoffersen_ratio(cells), 1)[0]
    )
    assert found.after_miss[0] == pytest.approx(cells[0, 1, 1] / cells[0, 1].sum())


def test_coverage_by_group_counts_known_values() -> None:
    rng, sequences = np.random.default_rng(6), order(3, 5, 4)
    y = drawn(rng, 3, 5, 4)
    y[rng.random(y.shape) < 0.2] = np.nan
    y[:, 3] = np.nan
    half = NormalDist().inv_cdf(0.9)
    for by, rows in (
        ("series", [y[i * 5 : (i + 1) * 5] for i in range(3)]),
        ("cutoff", [y[i::5] for i in range(5)]),
        ("step", [y[:, i] for i in range(4)]),
    ):
        found = measured(y, sequences, by=by)
        assert found.values.tolist() == [int(np.isfinite(one).sum()) for one in rows]
        known = [one[np.isfinite(one)] for one in rows if np.isfinite(one).any()]
        inside = [float((np.abs(one) <= half).mean()) for one in known]
        np.testing.assert_allclose(found.coverage[: len(inside)], inside)
        below = [float((one < -half).mean()) for one in known]
        np.testing.assert_allclose(found.below[: len(below)], below)
    assert np.isnan(measured(y, sequences, by="step").coverage[3])


@pytest.mark.parametrize(
    ("n_cutoffs", "h", "kupiec", "christoffersen"),
    [(3, 28, False, True), (4, 6, False, False), (4, 7, True, True), (1, 40, False, True)],
)
def test_too_few_values_have_no_p_value(
    n_cutoffs: int, h: int, kupiec: bool, christoffersen: bool
) -> None:
    # 80 %: 4 cutoffs, 25 values, and 25 pairs.
    found = measured(drawn(np.random.default_rng(7), 1, n_cutoffs, h), order(1, n_cutoffs, h))
    assert np.isfinite(found.kupiec[0]) == kupiec
    assert np.isfinite(found.independence[0]) == christoffersen
    assert np.isfinite(found.conditional[0]) == christoffersen


def test_overlapping_cutoffs_are_tested_once() -> None:
    sequences = order(1, 17, 4, step_size=2)
    assert sequences.tested.tolist() == [True, False] * 8 + [True]
    y = drawn(np.random.default_rng(8), 1, 17, 4)
    apart = y[::2]
    found, expected = measured(y, sequences), measured(apart, order(1, 9, 4))
    assert found.values[0] == 68
    assert found.kupiec[0] == expected.kupiec[0]
    assert found.independence[0] == expected.independence[0]


def test_the_value_before_is_of_the_time_before_or_of_the_cutoff_before() -> None:
    missed = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0], [0.0, 0.0]])
    sequences = order(2, 2, 2)
    nan = np.nan
    np.testing.assert_array_equal(
        sequences.before(missed, "overall"), [[nan, 1], [0, 0], [nan, 1], [1, 0]]
    )
    np.testing.assert_array_equal(
        sequences.before(missed, "cutoff"), [[nan, 1], [nan, 0], [nan, 1], [nan, 0]]
    )
    np.testing.assert_array_equal(
        sequences.before(missed, "step"), [[nan, nan], [1, 0], [nan, nan], [1, 1]]
    )
    # Three steps between cutoffs two steps ahead leave a gap: no sequence goes across it.
    gap = order(2, 2, 2, step_size=3)
    np.testing.assert_array_equal(gap.before(missed, "overall")[:, 0], np.full(4, nan))
