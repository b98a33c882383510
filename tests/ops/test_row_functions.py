"""Compares the row functions of C++ with those of NumPy."""

import numpy as np
import pytest

from gated.numeric import numpy_primitives
from gated.ops import row_functions
from gated.ops.cpu import extension

RNG = np.random.default_rng(0)
pytestmark = pytest.mark.skipif(not extension.available(), reason="no C++ recurrences here")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("shape", [(1,), (5, 1), (3, 7), (2, 4, 192), (2, 3, 4, 33)])
def test_rows_have_the_values_of_numpy(shape: tuple[int, ...], dtype: type) -> None:
    x = RNG.normal(3, 2, shape).astype(dtype)
    weight, bias = RNG.normal(size=(2, shape[-1])).astype(dtype)
    close = {"rtol": 0, "atol": 2e-6 if dtype is np.float32 else 1e-14}
    found = row_functions.layer_norm(x, weight, bias, 1e-5)
    expected = numpy_primitives.layer_norm(x, weight, bias, 1e-5)
    assert found.dtype == dtype
    if shape[-1] > 1:  # one feature is 0, and its rounding is divided by √ε
        np.testing.assert_allclose(found, expected, **close)
    found = row_functions.silu(x)
    assert found.dtype == dtype
    np.testing.assert_allclose(found, numpy_primitives.silu(x), **close)


def test_a_row_has_the_same_bits_alone_and_among_others() -> None:
    x = RNG.normal(size=(37, 53)).astype(np.float32)
    weight, bias = RNG.normal(size=(2, 53)).astype(np.float32)
    normed, activated = row_functions.layer_norm(x, weight, bias, 1e-5), row_functions.silu(x)
    for row in range(37):
        alone = row_functions.layer_norm(x[row], weight, bias, 1e-5)
        np.testing.assert_array_equal(alone, normed[row])
        np.testing.assert_array_equal(row_functions.silu(x[row, 3:]), activated[row, 3:])


def test_views_and_other_types() -> None:
    x = RNG.normal(size=(6, 8, 10)).astype(np.float32)
    weight, bias = np.ones(8, np.float32), np.zeros(8, np.float32)
    turned = x.swapaxes(1, 2)
    before = turned.copy()
    found = row_functions.layer_norm(turned, weight, bias, 1e-5)
    np.testing.assert_allclose(found.mean(-1), 0, atol=1e-6)
    np.testing.assert_array_equal(
        row_functions.silu(turned), row_functions.silu(np.ascontiguousarray(turned))
    )
    np.testing.assert_array_equal(turned, before)
    half = row_functions.silu(x.astype(np.float16))
    assert half.dtype == np.float16
    assert row_functions.silu(np.zeros((0, 4), np.float32)).shape == (0, 4)
    mixed = row_functions.layer_norm(turned, weight.astype(np.float64), bias, 1e-5)
    np.testing.assert_allclose(mixed, found, atol=1e-6)


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan, 1e30, -1e30, -200.0])
def test_extreme_values_of_silu(value: float) -> None:
    x = np.full(9, value, np.float32)
    with np.errstate(all="ignore"):
        expected = numpy_primitives.silu(x)
    np.testing.assert_array_equal(row_functions.silu(x), expected)


def test_a_row_that_is_not_finite_is_nan() -> None:
    x = np.ones((2, 9), np.float32)
    x[1, 4] = np.inf
    found = row_functions.layer_norm(x, np.ones(9, np.float32), np.zeros(9, np.float32), 1e-5)
    np.testing.assert_array_equal(found[0], 0)
    assert np.isnan(found[1]).all()


def test_wrong_arrays_are_refused() -> None:
    kernels = extension.module()
    rows, weight, bias = np.ones((2, 5), np.float32), np.ones(5, np.float32), np.ones(4, np.float32)
    with pytest.raises(ValueError, match=r"bias has 4 elements\. Expected contiguous \[5\]"):
        kernels.layer_norm(rows, weight, bias, 1e-5, rows)
    with pytest.raises(ValueError, match="y has 4 elements"):
        kernels.silu(weight, bias)
