"""The typical level of series with many zeros is that of a sample, in the unit of the values."""

import json

import numpy as np
import pandas as pd
import pytest

from gated import Forecaster
from gated.forecast.typical_level import with_typical_level

DAYS = 140


def counts(rates, seed=0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    days = pd.date_range("2024-01-01", periods=DAYS)
    return pd.concat(
        pd.DataFrame({"unique_id": str(n), "ds": days, "y": rng.poisson(rate, DAYS).astype(float)})
        for n, rate in enumerate(rates)
    )


def means(model, df) -> np.ndarray:
    frame = model.predict(df)
    return frame["gated-mean"].to_numpy().reshape(-1, 14)


def test_the_mean_of_a_series_does_not_depend_on_the_others(tmp_path) -> None:
    sample = counts([0.2, 0.3, 0.4, 0.1])
    fitted = Forecaster(h=14).fit(sample)
    model = with_typical_level(fitted, fitted.table_)
    assert fitted._fit.fitted.mean.typical_level is None  # it is not changed
    level = model._fit.fitted.mean.typical_level
    assert 0.1 < level < 0.5
    few, many = counts([0.05]), counts([0.05, 0.9, 0.8, 0.7])
    np.testing.assert_allclose(means(model, few)[0], means(model, many)[0], rtol=1e-6)
    assert not np.allclose(means(fitted, few)[0], means(fitted, many)[0], rtol=1e-6)
    model.save(tmp_path / "m.gated", with_table=False)
    loaded = Forecaster.load(tmp_path / "m.gated")
    assert loaded._fit.fitted.mean.typical_level == level
    np.testing.assert_array_equal(means(loaded, few), means(model, few))


def test_it_is_the_level_of_the_table_itself_for_that_table() -> None:
    fitted = Forecaster(h=14).fit(counts([0.2, 0.3, 0.4, 0.1]))
    model = with_typical_level(fitted, fitted.table_)
    np.testing.assert_allclose(means(model, None), means(fitted, None), rtol=1e-9)


def test_without_series_of_many_zeros_it_is_0() -> None:
    fitted = Forecaster(h=14).fit(counts([50.0, 60.0]))
    assert with_typical_level(fitted, fitted.table_)._fit.fitted.mean.typical_level == 0.0


@pytest.mark.parametrize("level", [None, 0.25])
def test_it_is_stored_if_there_is_one(level) -> None:
    from gated.forecast.validation.mean_correction import MeanModel

    mean = MeanModel(typical_level=level)
    stored = json.loads(json.dumps(mean.to_json()))
    assert ("typical_level" in stored) == (level is not None)
    assert MeanModel.from_json(stored) == mean
