"""Tests the forecast of arrays: as that of a table, of every kind of array, and its errors."""

import warnings
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import torch

import gated
from gated import Forecaster
from gated.errors import DataError, UsageError
from gated.forecast import forecast_arrays

RNG = np.random.default_rng(0)
DAY = 50 + 10 * np.sin(2 * np.pi * np.arange(512) / 24) + RNG.normal(0, 3, 512)


def test_the_package_is_the_function() -> None:
    found, expected = gated.forecast(DAY, 5), forecast_arrays(DAY, 5)  # type: ignore[operator]
    np.testing.assert_array_equal(found.quantiles, expected.quantiles)


def test_a_validated_forecast_is_that_of_the_table() -> None:
    made = forecast_arrays(DAY, 48, quantiles=[0.1, 0.9], validate=True)
    table = Forecaster().predict(pd.DataFrame({"y": DAY}), 48, quantiles=[0.1, 0.9], level=[])
    assert made.season == 24
    np.testing.assert_array_equal(made.median, table["gated"])
    np.testing.assert_array_equal(made.mean, table["gated-mean"])
    np.testing.assert_array_equal(made.quantiles, table[["gated-q-10", "gated-q-90"]])


def test_without_a_validation_the_forecast_is_about_the_same() -> None:
    made = forecast_arrays(DAY, 48)
    future = 50 + 10 * np.sin(2 * np.pi * np.arange(512, 560) / 24)
    assert np.abs(made.median - future).mean() < 1.5
    assert made.levels == (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
    assert (np.diff(made.quantiles, axis=-1) >= 0).all()
    np.testing.assert_array_equal(made.quantiles[:, 4], made.median)
    # Intervals of 80 % of noise of deviation 3 are about 7.7 wide.
    assert 5 < (made.quantiles[:, -1] - made.quantiles[:, 0]).mean() < 11


@pytest.mark.parametrize(
    "values",
    [DAY.tolist(), tuple(DAY), pd.Series(DAY), pl.Series(DAY), torch.tensor(DAY), DAY[::-1][::-1]],
    ids=["list", "tuple", "pandas", "polars", "torch", "view"],
)
def test_every_kind_of_array_gives_the_same_numbers(values: Any) -> None:
    made = forecast_arrays(values, 3)
    np.testing.assert_array_equal(np.asarray(made.median), forecast_arrays(DAY, 3).median)
    assert isinstance(made.median, torch.Tensor) == isinstance(values, torch.Tensor)


def test_several_series_may_have_several_lengths() -> None:
    made = forecast_arrays([DAY, DAY[:100], DAY[:300]], 3, season=24)
    assert (made.median.shape, made.mean.shape, made.quantiles.shape) == ((3, 3), (3, 3), (3, 3, 9))
    alone = forecast_arrays(DAY[:100], 3, season=24)
    np.testing.assert_allclose(made.median[1], alone.median, rtol=1e-5)
    rows = forecast_arrays(np.stack([DAY, -DAY]), 3, season=24)
    np.testing.assert_allclose(rows.median[0], -rows.median[1], rtol=1e-4)


@pytest.mark.parametrize("library", [np, torch], ids=["numpy", "torch"])
@pytest.mark.parametrize("dtype", ["float32", "float64", "int64"])
def test_the_type_is_kept(library: Any, dtype: str) -> None:
    values = library.asarray(np.round(DAY), dtype=getattr(library, dtype))
    made = forecast_arrays(values, 3)
    expected = "float64" if dtype == "int64" else dtype
    assert made.quantiles.dtype == getattr(library, expected)
    np.testing.assert_array_equal(made.median, np.round(np.asarray(made.median)))  # whole numbers


def test_missing_values_are_no_zeros() -> None:
    holes = DAY.copy()
    holes[RNG.random(512) < 0.2] = np.nan
    made = forecast_arrays(holes, 24)
    assert np.abs(made.median - forecast_arrays(DAY, 24).median).mean() < 1.5
    assert forecast_arrays([None, 1.0, 2.0, None, 3.0], 2).median.shape == (2,)


@pytest.mark.parametrize("values", [[5.0], [5.0] * 30, [np.nan, 4.0]], ids=["one", "flat", "late"])
def test_short_and_flat_series(values: list[float]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        made = forecast_arrays(values, 2)
    np.testing.assert_allclose(made.median, values[-1], rtol=0.2)


@pytest.mark.parametrize("several", [False, True])
def test_masked_values_are_missing(several: bool) -> None:
    values, mask = DAY.copy(), np.zeros(512, dtype=bool)
    mask[::5] = True
    values[mask] = 1e6
    masked, holes = np.ma.masked_array(values, mask), np.where(mask, np.nan, values)
    found, expected = (
        forecast_arrays([one, one] if several else one, 3) for one in (masked, holes)
    )
    np.testing.assert_array_equal(found.median, expected.median)
    whole = np.ma.masked_array(np.round(DAY).astype(np.int64), mask)
    assert np.isfinite(forecast_arrays(whole, 3).median).all()


def test_tensors_that_numpy_does_not_have() -> None:
    values = torch.from_numpy(DAY).float()
    made = forecast_arrays(values.bfloat16(), 3)
    assert made.median.dtype == torch.float32
    torch.testing.assert_close(made.median, forecast_arrays(values, 3).median, rtol=0.05, atol=0.5)
    negated = torch.complex(values, -values).conj().imag
    assert negated.is_neg()
    assert torch.equal(forecast_arrays(negated, 3).median, forecast_arrays(values, 3).median)


def test_no_quantiles_may_be_requested() -> None:
    made = forecast_arrays(DAY, 3, quantiles=[])
    assert (made.levels, made.quantiles.shape) == ((), (3, 0))


ERRORS: dict[str, tuple[Any, dict[str, Any], type[Exception], str]] = {
    "column": (
        DAY[:, None],
        {},
        UsageError,
        r"\(512, 1\): 512 series of one value.*values\[:, 0\]",
    ),
    "nothing": ([], {}, UsageError, "the shape \\(0,\\). Expected at least one value"),
    "cube": (np.zeros((2, 2, 2)), {}, UsageError, r"the shape \(2, 2, 2\)"),
    "text": (["a"], {}, DataError, "cells that are no numbers"),
    "times": (np.arange(40).astype("M8[D]"), {}, DataError, r"the dtype datetime64\[D\]"),
    "times of pandas": (pd.Series(pd.date_range("2020", periods=40)), {}, DataError, "datetime64"),
    "complex": (DAY * (1 + 2j), {}, DataError, "the dtype complex128. Expected numbers"),
    "complex tensor": (torch.zeros(9).to(torch.complex64), {}, DataError, "dense tensor of real"),
    "sparse": (torch.ones(9).to_sparse(), {}, DataError, r"torch.sparse_coo, on cpu. Expected"),
    "no data": (torch.ones(9, device="meta"), {}, DataError, "on meta. Expected a dense"),
    "too large": ([10**400] * 20, {}, DataError, "cells that are no numbers"),
    "empty": ([DAY, []], {}, UsageError, r"Series 1 of values has the shape \(0,\)"),
    "number": ([DAY, 3.0], {}, UsageError, r"Series 1 of values has the shape \(\)"),
    "infinite": ([1.0, np.inf], {}, DataError, "values: step 1 is infinite"),
    "missing": ([[1.0], [np.nan]], {}, DataError, "Series 1 of values has no value"),
    "table": (pd.DataFrame({"y": DAY}), {}, UsageError, r"a table.*Forecaster\(\).predict"),
    "horizon": (DAY, {"h": 0}, UsageError, "h is 0"),
    "no horizon": (DAY, {"h": None}, UsageError, "h is None"),
    "far": (DAY, {"h": 10**6}, UsageError, "Request at most 2,560 steps"),
    "season": (DAY, {"season": 0}, UsageError, "season is 0"),
    "long season": (
        DAY,
        {"season": 10**9},
        UsageError,
        r"season is 1,000,000,000\. .* to 1,000,000",
    ),
    "level": (DAY, {"quantiles": [80]}, UsageError, "quantiles has 80"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_say_what_is_expected(name: str) -> None:
    values, options, kind, message = ERRORS[name]
    with pytest.raises(kind, match=message):
        forecast_arrays(values, **{"h": 3, **options})
