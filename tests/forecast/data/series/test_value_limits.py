"""Tests that each series keeps its own limits: never negative, always whole."""

import numpy as np
import pandas as pd
import pytest

from gated import Forecaster
from gated.errors import DataError

DAYS = pd.date_range("2024-01-01", periods=90)


def mixed() -> pd.DataFrame:
    random = np.random.default_rng(3)
    return pd.DataFrame(
        {
            "ds": DAYS,
            "goods": random.poisson(0.4, 90),
            "price": random.uniform(0.2, 3, 90).round(2),
            "temp": random.normal(0, 9, 90).round(1),
            "change": random.integers(-4, 5, 90),
        }
    )


@pytest.fixture(scope="module")
def fitted() -> Forecaster:
    return Forecaster(h=5).fit(mixed())


def by_series(frame: pd.DataFrame) -> dict[str, np.ndarray]:
    columns = [name for name in frame.columns if name.startswith("gated")]
    return {str(label): rows[columns].to_numpy() for label, rows in frame.groupby("unique_id")}


def test_counts_beside_temperatures(fitted: Forecaster) -> None:
    frame = fitted.predict(h=5, level=[80, 95])
    values = by_series(frame.drop(columns="gated-mean"))
    assert (values["goods"] >= 0).all()
    assert (values["goods"] == values["goods"].round()).all()
    assert (values["price"] >= 0).all()
    assert (values["price"] != values["price"].round()).any()
    assert (values["temp"] < 0).any()
    assert (values["change"] < 0).any()
    assert (values["change"] == values["change"].round()).all()
    means = by_series(frame[["unique_id", "gated-mean"]])
    assert 0.1 < means["goods"].mean() < 1.5


def test_paths_have_the_limits(fitted: Forecaster) -> None:
    paths = fitted.simulate(h=5, n_paths=200)
    names = [name for name in paths.columns if name not in ("unique_id", "ds")]
    arrays = {str(label): rows[names[-1]].to_numpy() for label, rows in paths.groupby("unique_id")}
    assert (arrays["goods"] >= 0).all()
    assert (arrays["goods"] == np.round(arrays["goods"])).all()
    assert (arrays["temp"] < 0).any()
    assert (arrays["temp"] != np.round(arrays["temp"])).any()


def test_a_saved_model_keeps_them(fitted: Forecaster, tmp_path: object) -> None:
    path = f"{tmp_path}/m.gated"
    fitted.save(path)
    pd.testing.assert_frame_equal(Forecaster.load(path).predict(h=5), fitted.predict(h=5))


def test_a_negative_number_of_sales_is_refused(fitted: Forecaster) -> None:
    with pytest.raises(DataError, match="is negative, but no past value is"):
        fitted.what_if({"y": {DAYS[80]: -3.0}}, series="goods", h=5)
    fitted.what_if({"y": {DAYS[80]: -3.0}}, series="temp", h=5)


def test_few_values_set_no_limit_of_their_own() -> None:
    rows = mixed().melt("ds", ["temp"], "unique_id", "y")
    short = pd.DataFrame({"ds": DAYS[-5:], "unique_id": "new", "y": [1.0, 2, 0, 1, 1]})
    frame = Forecaster(h=5).predict(pd.concat([rows, short]), level=[95])
    new = frame[frame["unique_id"] == "new"]["gated-lo-95"]
    assert (new != new.round()).any()
