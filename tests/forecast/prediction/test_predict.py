"""Tests predictions from a fit and a data set."""

import numpy as np

from gated.forecast import Forecaster
from gated.forecast.prediction.columns import ForecastColumns
from gated.forecast.prediction.predict import predict
from tests.forecast.example_tables import future


def test_a_shorter_forecast_equals_the_first_steps(with_covariates: Forecaster) -> None:
    made = with_covariates.forecast(X_df=future())
    whole = predict(made.fitted, made.data, 7, 14)
    part = predict(made.fitted, made.data, 7, 7)
    assert whole.quantiles.shape == (2, 14, 11)
    np.testing.assert_allclose(part.quantiles, whole.quantiles[:, :7], rtol=1e-5)
    np.testing.assert_array_equal(part.closed, whole.closed[:, :7])
    assert part.closed.sum() == 2  # a Sunday in each series
    assert whole.is_non_negative.all()
    assert not whole.is_integer.any()


def test_quantiles_are_sorted_and_columns_are_constrained(with_covariates: Forecaster) -> None:
    made = with_covariates.forecast(X_df=future())
    found = predict(made.fitted, made.data, 7, 14)
    assert (np.diff(found.quantiles, axis=-1) >= 0).all()
    columns = found.columns(ForecastColumns.of(level=80))
    assert (columns["gated-lo-80"] <= columns["gated"]).all()
    for values in (*columns.values(), *np.moveaxis(found.constrained(), -1, 0)):
        assert (values[found.closed] == 0).all()
