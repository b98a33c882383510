"""Tests the effect of covariates: removed and added again, clipped, and stored."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest

from gated.forecast.data.covariate_encoder import CovariateEncoder, Feature
from gated.forecast.data.regression.effect import (
    AXES,
    Adjustment,
    CovariateRegression,
    from_axis,
    to_axis,
)
from gated.forecast.data.regression.terms import Term
from gated.table.time.grid import parse_alias

REGRESSION = CovariateRegression(
    encoder=CovariateEncoder(("heat",), (Feature("heat", None, 10.0, 2.0),)),
    low=(0.0,),
    high=(20.0,),
    terms=(Term((0,), knots=(1.0,)),),
    weights=((0.5,), (1.0,)),
    offset=0.25,
    bounds=(-3.0, 6.0),
    axis="value",
    season_length=7,
    origin=0,
    share=0.4,
    errors=(0.6, 0.9),
)


def effect(heat: list[float]) -> list[float]:
    ds = np.arange(len(heat)).astype("M8[D]").astype("M8[ns]")
    values = np.array(heat)[:, None]
    offsets = np.array([0, len(heat)])
    return REGRESSION.effect(values, ds, offsets, parse_alias("D")).tolist()


def test_the_effect_is_a_curve() -> None:
    assert effect([10, 12, 14]) == [-0.25, 0.25, 1.75]


def test_a_missing_value_has_the_effect_of_the_mean() -> None:
    assert effect([np.nan]) == effect([10])


def test_values_far_outside_of_the_past_have_the_effect_of_its_end() -> None:
    assert effect([1e300, np.inf, 21.0]) == [*effect([21.0]) * 3]
    columns = np.array([[1e300], [20.5], [np.nan], [-5.0]])
    assert REGRESSION.outside(columns) == {"heat": 2}


@pytest.mark.parametrize("axis", AXES)
def test_what_is_removed_is_added_again(axis) -> None:
    values = np.array([0.0, 0.3, 2.0, 40.0, 7.0, 1e6])
    offsets = np.array([0, 4, 6])
    adjustment = Adjustment(np.array([0.1, -0.2, 0.3, 0.0, 1.0, -2.0]), np.array([2.0, 50.0]), axis)
    removed = adjustment.removed(values, offsets)
    series, rows = np.array([0, 1]), np.array([[0, 3], [4, 5]])
    added = adjustment.added(removed[rows], series, rows)
    np.testing.assert_allclose(added, values[rows], rtol=1e-9, atol=1e-12)
    quantiles = np.sort(np.random.default_rng(0).normal(size=(2, 2, 5)), axis=-1) * 30
    found = adjustment.added(quantiles, series, rows)
    assert (np.diff(found, axis=-1) >= 0).all()
    assert np.isfinite(found).all()


def test_on_the_logarithmic_axis_an_effect_multiplies() -> None:
    doubled = from_axis(to_axis(np.array([100.0]), "log") + np.log(2), "log")
    assert doubled[0] == pytest.approx(200, rel=0.01)


def test_a_regression_survives_json() -> None:
    stored = json.loads(json.dumps(asdict(REGRESSION)))
    assert CovariateRegression.from_json(stored) == REGRESSION


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"low": ()}, "other features"),
        ({"terms": (Term((3,), knots=(1.0,)),)}, "other features"),
        ({"terms": ()}, "no terms"),
        ({"weights": ((1.0,),)}, "weights"),
        ({"weights": ((1.0, 2.0), (1.0, 2.0))}, "weights"),
        ({"bounds": (1.0, -1.0)}, "bounds"),
        ({"errors": (1.0,)}, "errors"),
    ],
)
def test_an_inconsistent_regression_is_refused(change: dict, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        replace(REGRESSION, **change).check()
