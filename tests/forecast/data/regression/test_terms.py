"""Tests the regressors: means, delays and knees within each series, phases of the season."""

import numpy as np

from gated.forecast.data.regression.deviations import Deviations
from gated.forecast.data.regression.terms import Term, phase_waves, season_steps, term_columns
from gated.table.time.grid import parse_alias


def test_means_and_delays_do_not_cross_series() -> None:
    feature = np.array([[1.0], [3.0], [10.0], [20.0]])
    offsets = np.array([0, 2, 4])
    terms = [Term((0,), steps=2), Term((0,), delay=1), Term((0,), knots=(5.0,))]
    columns = term_columns(terms, feature, offsets)
    assert columns[:, 0].tolist() == [1, 2, 10, 15]
    assert columns[:, 1].tolist() == [0, 1, 0, 10]
    assert columns[:, 2:].tolist() == [[1, 0], [3, 0], [10, 5], [20, 15]]


def test_a_product_multiplies_all_columns_of_its_curve() -> None:
    features = np.array([[1.0, 2.0], [3.0, 4.0]])
    columns = term_columns([Term((0, 1), knots=(2.0,))], features, np.array([0, 2]))
    assert columns.tolist() == [[2, 0], [12, 4]]


def test_the_phase_is_that_of_the_time_in_every_series() -> None:
    ds = np.array(["2024-01-01T06", "2024-01-02T06", "2024-01-03T07"], "M8[ns]")
    origin = int(np.datetime64("2024-01-01T00", "ns").astype(np.int64))
    steps = season_steps(ds, parse_alias("h"), origin)
    assert steps.tolist() == [6, 30, 55]
    waves = phase_waves(steps, 24, 2)
    np.testing.assert_array_equal(waves[0], waves[1])
    assert not np.allclose(waves[0], waves[2])
    np.testing.assert_allclose(waves[0], [1, 1, 0, 0, -1], atol=1e-12)


def test_deviations_are_linear_and_leave_out_unobserved_seasons() -> None:
    rng = np.random.default_rng(0)
    columns, weights = rng.normal(size=(60, 3)), np.array([2.0, -1.0, 0.5])
    observed = rng.random(60) < 0.8
    found = Deviations.of(observed, np.array([0, 25, 60]), 5, np.arange(60))
    np.testing.assert_allclose(found.apply(columns) @ weights, found.apply(columns @ weights))
    assert observed[found.rows].all()
    np.testing.assert_allclose(found.weight.sum(axis=1), 1)
    assert (found.rows % 60 >= 5).all()
    # The first season of the second series has no season before.
    assert not np.isin(np.arange(25, 30), found.rows).any()
    target = np.where(observed, columns @ weights, np.nan)
    assert np.isfinite(found.apply(target)).all()
