"""gated.nn.dropout: kept elements, probabilities and random numbers."""

import pytest
import torch
from torch import nn

from gated.nn.dropout import Dropout


@pytest.mark.parametrize("p", [0.0477, 0.3, 0.5, 0.99])
def test_each_element_is_dropped_with_probability_p(p: float) -> None:
    torch.manual_seed(0)
    count = 400_003
    out = Dropout(p)(torch.ones(count))
    dropped = float((out == 0).double().mean())
    deviation = (p * (1 - p) / count) ** 0.5
    assert abs(dropped - p) < 4 * deviation + 2**-17  # p is rounded to 16 bits
    kept = out[out != 0]
    assert torch.equal(kept, kept[:1].expand_as(kept))
    assert float(kept[0]) == pytest.approx(1 / (1 - p), rel=1e-3)


def test_neighbours_are_dropped_independently() -> None:
    torch.manual_seed(0)
    dropped = (Dropout(0.5)(torch.ones(400_000)) == 0).double() - 0.5
    for lag in (1, 2, 3, 4, 8):  # four draws come from one random word
        together = float((dropped[lag:] * dropped[:-lag]).mean()) / 0.25
        assert abs(together) < 0.01


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("shape", [(), (0,), (1,), (5, 3), (2, 3, 7)])
def test_any_shape_and_type(shape: tuple[int, ...], dtype: torch.dtype) -> None:
    x = torch.ones(shape, dtype=dtype)
    out = Dropout(0.25)(x)
    assert out.shape == x.shape
    assert out.dtype == dtype
    assert set(out.flatten().tolist()) <= {0.0, float(torch.tensor(4 / 3, dtype=dtype))}


def test_the_gradient_is_zero_for_dropped_elements() -> None:
    x = torch.randn(50, 8, requires_grad=True)
    out = Dropout(0.4)(x)
    (gradient,) = torch.autograd.grad(out.sum(), x)
    scale = 2**16 / (2**16 - round(0.4 * 2**16))
    expected = torch.where(out == 0, torch.zeros(()), torch.full((), scale))
    torch.testing.assert_close(gradient, expected)


def test_the_same_seed_drops_the_same_elements() -> None:
    x = torch.ones(100)
    outs = []
    for _ in range(2):
        torch.manual_seed(3)
        outs.append(Dropout(0.5)(x))
    assert torch.equal(*outs)
    assert not torch.equal(outs[0], Dropout(0.5)(x))


def test_nothing_is_dropped_in_evaluation_or_at_0_and_all_at_1() -> None:
    x = torch.randn(20)
    assert Dropout(0.5).eval()(x) is x or torch.equal(Dropout(0.5).eval()(x), x)
    assert torch.equal(Dropout(0.0)(x), x)
    assert torch.equal(Dropout(1.0)(x), torch.zeros(20))


def test_in_place_torchs_dropout_is_used() -> None:
    torch.manual_seed(0)
    expected = nn.Dropout(0.5)(torch.ones(64))
    torch.manual_seed(0)
    x = torch.ones(64)
    assert Dropout(0.5, inplace=True)(x) is x
    assert torch.equal(x, expected)


def test_a_probability_above_1_is_an_error() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        Dropout(1.5)


@pytest.mark.parametrize("randomness", ["different", "same"])
def test_under_vmap_torchs_dropout_is_used(randomness: str) -> None:
    layer = Dropout(0.5)
    out = torch.func.vmap(layer, randomness=randomness)(torch.ones(2, 200))
    assert torch.equal(*out) == (randomness == "same")


def test_another_default_device_has_no_effect() -> None:
    x = torch.ones(64)
    with torch.device("meta"):
        out = Dropout(0.5)(x)
    assert out.device.type == "cpu"
    assert set(out.tolist()) == {0.0, 2.0}
