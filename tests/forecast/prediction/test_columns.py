"""Tests the columns of a forecast, computed from quantiles."""

from statistics import NormalDist

import numpy as np
import pytest

from gated.errors import UsageError
from gated.forecast.prediction.columns import ForecastColumns, constrain
from gated.forecast.quantiles import QUANTILES, at_level

NORMAL = np.array([NormalDist(10, 2).inv_cdf(level) for level in QUANTILES])


@pytest.mark.parametrize("level", [0.001, 0.01, 0.025, 0.05, 0.1, 0.33, 0.5, 0.77, 0.95, 0.999])
def test_quantiles_of_a_normal_forecast_are_exact(level: float) -> None:
    expected = NormalDist(10, 2).inv_cdf(level)
    assert at_level(NORMAL, level) == pytest.approx(expected, abs=1e-9)


def test_trained_quantiles_are_unchanged() -> None:
    quantiles = np.sort(np.random.default_rng(0).normal(size=(3, 5, len(QUANTILES))))
    for place, level in enumerate(QUANTILES):
        np.testing.assert_allclose(at_level(quantiles, level), quantiles[..., place])


def test_columns_have_the_usual_names() -> None:
    asked = ForecastColumns.of(level=[80, 99.5], quantiles=[0.1, 0.975])
    assert list(asked.columns) == [
        "gated",
        "gated-lo-80",
        "gated-hi-80",
        "gated-lo-99.5",
        "gated-hi-99.5",
        "gated-q-10",
        "gated-q-97.5",
    ]


@pytest.mark.parametrize(
    ("level", "quantiles", "names", "levels"),
    [
        (None, None, ["gated", "gated-lo-80", "gated-hi-80"], (80,)),
        ([], None, ["gated"], ()),
        ((), [], ["gated"], ()),
        (80, None, ["gated", "gated-lo-80", "gated-hi-80"], (80,)),
        (np.int64(95), None, ["gated", "gated-lo-95", "gated-hi-95"], (95,)),
        (None, 0.9, ["gated", "gated-q-90"], ()),
        (None, [0.9], ["gated", "gated-q-90"], ()),
        (None, [], ["gated", "gated-lo-80", "gated-hi-80"], (80,)),
        (50, [0.9], ["gated", "gated-lo-50", "gated-hi-50", "gated-q-90"], (50,)),
    ],
)
def test_one_or_several_or_default_columns_are_requested(level, quantiles, names, levels) -> None:
    requested = ForecastColumns.of(level=level, quantiles=quantiles)
    assert list(requested.columns) == names
    assert requested.levels == levels


@pytest.mark.parametrize("wrong", ["eighty", [None], object()])
@pytest.mark.parametrize("name", ["level", "quantiles"])
def test_values_that_are_not_numbers_are_refused(name: str, wrong: object) -> None:
    with pytest.raises(
        UsageError, match=rf"^{name} is .*\. Expected a number or a list of numbers"
    ):
        ForecastColumns.of(**{name: wrong})


@pytest.mark.parametrize("level", [0, 100, -5, 120, float("nan")])
def test_a_level_out_of_range_is_refused(level: float) -> None:
    with pytest.raises(UsageError, match="between 0 and 100"):
        ForecastColumns.of(level=[level])


def test_a_level_given_as_a_share_is_an_error() -> None:
    with pytest.raises(UsageError, match=r"level has 0\.8\. .* Did you mean 80\?"):
        ForecastColumns.of(level=[0.8])


@pytest.mark.parametrize("quantile", [0, 1, 80])
def test_a_quantile_out_of_range_is_refused(quantile: float) -> None:
    with pytest.raises(UsageError, match="between 0 and 1"):
        ForecastColumns.of(quantiles=[quantile])


def test_constraints_of_the_past_are_applied() -> None:
    values = np.array([[-1.2, 2.4, 7.7, np.inf]])
    closed = np.array([[False, False, True, False]])
    kept = constrain(values, non_negative=True, integer=True, closed=closed)
    assert kept.tolist() == [[0.0, 2.0, 0.0, np.finfo(np.float64).max]]
    free = constrain(values[:, :3], non_negative=False, integer=False, closed=closed[:, :3])
    assert free.tolist() == [[-1.2, 2.4, 0.0]]


def test_quantiles_beyond_the_largest_float_stay_in_order() -> None:
    rising = np.linspace(-1, 1, len(QUANTILES))
    quantiles = np.where(np.abs(rising) > 0.5, np.copysign(np.inf, rising), rising * 1e308)
    read = ForecastColumns.of(level=[80, 95, 99.9]).read(quantiles)
    closed = np.zeros((), dtype=bool)
    kept = [
        float(constrain(read[name], non_negative=False, integer=False, closed=closed))
        for name in ("gated-lo-99.9", "gated-lo-95", "gated-lo-80", "gated", "gated-hi-80")
    ]
    assert np.isfinite(kept).all()
    assert kept == sorted(kept)
    assert kept[1] < -1e308 < kept[3] < 1e308 < kept[4]
