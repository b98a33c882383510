"""The functions of NumPy and torch agree, keep the type, and have their limits without warnings."""

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from gated.numeric import clip, is_tensor, namespace, numpy_primitives, primitives, torch_primitives

RNG = np.random.default_rng(0)
X = RNG.normal(size=(2, 3, 4)).astype(np.float32)
WEIGHT = RNG.normal(size=(5, 4)).astype(np.float32)
BIAS = RNG.normal(size=5).astype(np.float32)
SCALE, SHIFT = WEIGHT[0], WEIGHT[1]
EXTREME = np.array([-np.inf, -1e38, -1e4, -90, -0.0, 0.0, 1e-38, 90, 1e4, 1e38], np.float32)

Arguments = tuple[Any, ...]
CASES: dict[str, tuple[str, Arguments]] = {
    "linear": ("linear", (X, WEIGHT, BIAS)),
    "linear without a bias": ("linear", (X, WEIGHT)),
    "linear of a vector": ("linear", (X[0, 0], WEIGHT, BIAS)),
    "linear of no rows": ("linear", (X[:0], WEIGHT, BIAS)),
    "layer_norm": ("layer_norm", (X, SCALE, SHIFT, 1e-5)),
    "layer_norm without a bias": ("layer_norm", (X, SCALE, None, 1e-5)),
    "sigmoid": ("sigmoid", (X,)),
    "relu": ("relu", (X,)),
    "silu": ("silu", (X,)),
    "softmax": ("softmax", (X,)),
    "log_sigmoid": ("log_sigmoid", (X,)),
    "log_softmax": ("log_softmax", (X,)),
    "log_sum_exp": ("log_sum_exp", (X,)),
    "largest": ("rank_largest", (X, 1)),
    "third largest": ("rank_largest", (X, 3)),
    "cumulative_max": ("cumulative_max", (X,)),
    "float32": ("float32", (X,)),
    "columns": ("columns", (WEIGHT, np.array([[1, 0], [0, 2]]))),
    "rows": ("rows", (WEIGHT, np.array([[4, 0], [0, 2]]))),
    "summed_rows": ("summed_rows", (WEIGHT, np.array([[4, 0, 0], [0, 2, 4]]))),
}


def as_tensors(arguments: Arguments) -> Arguments:
    return tuple(torch.tensor(a) if isinstance(a, np.ndarray) else a for a in arguments)


def test_both_libraries_concatenate_what_is_broadcast() -> None:
    parts, shape = [X[..., :1], X[:1], X], X.shape[:-1]
    found = numpy_primitives.concat_last(parts, shape)
    tensors = torch_primitives.concat_last([torch.tensor(part) for part in parts], shape)
    expected = [np.broadcast_to(part, (*shape, part.shape[-1])) for part in parts]
    np.testing.assert_array_equal(found, np.concatenate(expected, axis=-1))
    np.testing.assert_array_equal(tensors, found)


def test_both_libraries_have_the_same_functions() -> None:
    assert numpy_primitives.__all__ == torch_primitives.__all__
    covered = {name for name, _ in CASES.values()} | {"like", "concat_last"}
    assert covered == set(numpy_primitives.__all__)
    for name in (
        "layer_norm",
        "like",
        "float32",
        "softmax",
        "rank_largest",
        "cumulative_max",
        "rows",
    ):
        ours, theirs = (
            list(inspect.signature(getattr(module, name)).parameters)
            for module in (numpy_primitives, torch_primitives)
        )
        assert ours == theirs, name


@pytest.mark.parametrize("case", CASES)
def test_numpy_gives_the_values_of_torch(case: str) -> None:
    name, arguments = CASES[case]
    found = getattr(numpy_primitives, name)(*arguments)
    expected = getattr(torch_primitives, name)(*as_tensors(arguments))
    assert (found.shape, found.dtype) == (tuple(expected.shape), np.float32)
    np.testing.assert_allclose(found, expected.numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("case", CASES)
def test_arguments_are_not_changed(case: str) -> None:
    name, arguments = CASES[case]
    before = [np.array(a) if isinstance(a, np.ndarray) else a for a in arguments]
    getattr(numpy_primitives, name)(*arguments)
    for was, now in zip(before, arguments, strict=True):
        if isinstance(now, np.ndarray):
            np.testing.assert_array_equal(was, now)


@pytest.mark.parametrize("case", [c for c in CASES if "no rows" not in c])
def test_torch_gives_the_gradients_of_its_float64_differences(case: str) -> None:
    name, arguments = CASES[case]
    function: Callable[..., torch.Tensor] = getattr(torch_primitives, name)
    if name == "float32":
        (x,) = as_tensors(arguments)
        function(x.requires_grad_()).sum().backward()
        assert torch.equal(x.grad, torch.ones_like(x))
        return
    doubled = tuple(
        a.double().requires_grad_() if isinstance(a, torch.Tensor) and a.is_floating_point() else a
        for a in as_tensors(arguments)
    )
    assert torch.autograd.gradcheck(function, doubled)


@pytest.mark.parametrize("name", ["sigmoid", "relu", "silu", "log_sigmoid"])
def test_extreme_values_have_their_limits_without_a_warning(name: str) -> None:
    x = EXTREME[1:]  # −∞ · σ(−∞) is not a number in either library
    with np.errstate(all="raise", under="ignore"):
        found = getattr(numpy_primitives, name)(x)
    expected = getattr(torch_primitives, name)(torch.from_numpy(x)).numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)
    assert np.isfinite(found).all()


def test_sigmoid_of_infinities() -> None:
    x = np.array([-np.inf, np.inf], np.float32)
    with np.errstate(all="raise"):
        assert numpy_primitives.sigmoid(x).tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    "row",
    [
        [0.0, 1e4, -1e4],
        [-np.inf, 0.0, 1.0],
        [3e38, 3e38, -3e38],
        [-50.0, -50.0, -50.0],
        [0.0, -20.0, -200.0],
    ],
)
def test_softmax_sums_to_1_for_extreme_logits(row: list[float]) -> None:
    x = np.array([row], np.float32)
    # A difference of the largest floats is infinite, whose weight is exactly 0.
    with np.errstate(all="raise", under="ignore", over="ignore"):
        found = numpy_primitives.softmax(x)
    np.testing.assert_allclose(found, torch.from_numpy(x).softmax(-1).numpy(), atol=1e-7)
    assert found.sum() == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("value", [0.0, 7.0, 1e15, -1e-20])
def test_layer_norm_of_a_flat_row_is_the_bias(value: float) -> None:
    x = np.full((2, 4), value, np.float32)
    with np.errstate(all="raise", under="ignore"):
        found = numpy_primitives.layer_norm(x, SCALE, SHIFT, 1e-5)
    np.testing.assert_allclose(found, np.tile(SHIFT, (2, 1)), atol=1e-5)


def test_layer_norm_is_exact_far_from_zero() -> None:
    x = X + 1e4
    exact = torch_primitives.layer_norm(
        *(torch.tensor(a).double() for a in (x, SCALE, SHIFT)), 1e-5
    )
    found = numpy_primitives.layer_norm(x, SCALE, SHIFT, 1e-5)
    np.testing.assert_allclose(found, exact.numpy(), atol=2e-3)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_constant_gets_the_type_and_the_library_of_an_array(dtype: type) -> None:
    constant = np.arange(3)
    x = np.zeros(1, dtype)
    ours, theirs = (primitives(each).like(constant, each) for each in (x, torch.from_numpy(x)))
    assert (ours.dtype, is_tensor(ours)) == (dtype, False)
    assert (theirs.dtype, is_tensor(theirs)) == (torch.from_numpy(x).dtype, True)
    assert ours.tolist() == theirs.tolist() == [0, 1, 2]


def test_float32_does_not_copy_an_array_of_this_type() -> None:
    assert numpy_primitives.float32(X) is X
    assert numpy_primitives.float32(X.astype(np.float64)).dtype == np.float32


def test_the_namespace_of_an_array_is_that_of_its_library() -> None:
    import array_api_compat.torch

    assert namespace(X) is namespace(np.float32(1)) is np
    assert namespace(torch.zeros(1)) is array_api_compat.torch
    assert primitives(X) is numpy_primitives
    assert primitives(torch.zeros(1)) is torch_primitives


@pytest.mark.parametrize(
    ("low", "high"),
    [(None, None), (-0.5, None), (None, 0.5), (-0.5, 0.5), (SHIFT - 9, SHIFT), (SHIFT, None)],
)
def test_clip_is_that_of_torch(low: Any, high: Any) -> None:
    if low is None and high is None:
        assert clip(X) is X
        return
    x = torch.from_numpy(X.copy()).requires_grad_()
    expected = clip(x, *as_tensors((low, high)))
    expected.sum().backward()
    found = clip(X, low, high)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, expected.detach().numpy())
    assert x.grad is not None
    np.testing.assert_array_equal(x.grad.numpy() == 1, found == X)


def test_clip_of_whole_numbers_and_of_nan() -> None:
    steps = np.array([-3, 0, 9])
    assert clip(steps, 0, 5).tolist() == clip(torch.from_numpy(steps), 0, 5).tolist() == [0, 0, 5]
    assert clip(steps, 0, 5).dtype == np.int64
    assert np.isnan(clip(np.array([np.nan]), 0.0, 1.0)).all()


def test_compiled_code_can_choose_the_library() -> None:
    """torch.compile traces the choice, also inside the layers."""
    compiled = torch.compile(lambda x: primitives(x).silu(x) + namespace(x).abs(x), backend="eager")
    x = torch.randn(3)
    torch.testing.assert_close(compiled(x), torch.nn.functional.silu(x) + x.abs())
