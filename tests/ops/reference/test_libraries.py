"""The equations give arrays of NumPy the results and gradients that they give tensors."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from gated.ops.reference import gru, lstm
from gated.ops.reference.extras import Extras
from gated.ops.reference.norm import Norm
from tests.ops.reference.variants import Variant, by_sizes, by_variant

CLOSE = {"rtol": 1e-10, "atol": 1e-12}  # float64: only the order of the sums differs


def as_array(value: Any) -> Any:
    return value.detach().numpy() if isinstance(value, Tensor) else value


def assert_equal(found: Any, expected: Any) -> None:
    """Compare arrays of NumPy with tensors, one by one."""
    for ours, theirs in zip(found, expected, strict=True):
        assert type(ours) is np.ndarray
        assert ours.dtype == np.float64
        np.testing.assert_allclose(ours, as_array(theirs), **CLOSE)


def given(variant: Variant, sizes: tuple[int, int, int, int]) -> tuple[dict[str, Any], Extras]:
    arguments = variant.arguments(*sizes)
    plain = {n: None if v is None else v.detach() for n, v in arguments.items()}
    return plain, variant.extras(*sizes[:2], sizes[3])


@by_sizes
@by_variant
def test_a_sequence_and_its_gradient(variant: Variant, sizes: tuple[int, int, int, int]) -> None:
    arguments, extras = given(variant, sizes)
    arrays = {name: as_array(value) for name, value in arguments.items()}
    of_arrays = Extras(*map(as_array, extras))
    expected = variant.module.sequence(**arguments, **variant.options, extras=extras)
    found = variant.module.sequence(**arrays, **variant.options, extras=of_arrays)
    assert_equal(found, expected)

    towards = [torch.randn_like(result) for result in expected]
    gradient = variant.module.backward(
        *arguments.values(), expected[0], *towards, **variant.options, extras=extras
    )
    by_array = variant.module.backward(
        *arrays.values(), found[0], *map(as_array, towards), **variant.options, extras=of_arrays
    )
    assert by_array.keys() == gradient.keys()
    assert_equal(by_array.values(), gradient.values())


@by_variant
def test_a_step(variant: Variant) -> None:
    arguments, extras = given(variant, (1, 2, 3, 3))
    arguments["x"], one = arguments["x"][0], extras.at(0)
    expected = variant.module.step(**arguments, **variant.options, extras=one)
    arrays = {name: as_array(value) for name, value in arguments.items()}
    of_arrays = Extras(*map(as_array, one))
    found = variant.module.step(**arrays, **variant.options, extras=of_arrays)
    if isinstance(expected, Tensor):
        found, expected = (found,), (expected,)
    assert_equal(found, expected)


@pytest.mark.parametrize("module", [lstm, gru])
def test_a_trace_with_layer_normalisation(module: Any) -> None:
    gates = 4 if module is lstm else 3
    variant = Variant("", module, gates, states=("h", "c") if module is lstm else ("h",))
    arguments, _ = given(variant, (5, 2, 3, 4))
    arguments.pop("weight_hr", None)
    norm = Norm(*torch.rand(2, gates * 4, dtype=torch.float64))
    if module is lstm:
        norm = norm._replace(gain_c=torch.rand(4, dtype=torch.float64))
    output, *_ = module.sequence(**arguments, norm=norm)
    expected = module.trace(**arguments, output=output, norm=norm)
    arrays = {name: as_array(value) for name, value in arguments.items()}
    of_arrays = Norm(*map(as_array, norm))
    found_output, *_ = module.sequence(**arrays, norm=of_arrays)
    found = module.trace(**arrays, output=found_output, norm=of_arrays)
    assert found.keys() == expected.keys()
    assert_equal(found.values(), expected.values())
