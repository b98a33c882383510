"""Shapes: operations, bytes, grids."""

import itertools

import pytest

from benchmarks.layers.cases import KINDS, Case, full_grid, quick_grid


def test_flops_count_every_multiplication_and_addition_of_the_products():
    case = Case("lstm", 2, 3, 4, 5)
    products = 0
    for _step, _row, _gate, _unit in itertools.product(range(2), range(3), range(4), range(5)):
        products += 4 + 5  # terms of x W_x and of h W_h
    assert case.flops("forward") == 2 * products
    assert case.flops("training") == 3 * 2 * products


@pytest.mark.parametrize("kind", KINDS)
def test_intensity_is_half_the_batch_until_rows_have_more_bytes_than_weights(kind):
    few, many = (Case(kind, 10, batch, 32, 512) for batch in (2, 4096))
    assert few.intensity("forward") == pytest.approx(1.0, rel=0.02)
    assert few.intensity("training") == pytest.approx(1.5, rel=0.03)
    assert many.intensity("forward") < 4096 / 4


def test_the_grids_have_the_documented_ranges():
    grid = full_grid(KINDS)
    assert len(set(grid)) == len(grid) == 3 * 63
    sizes = zip(*((c.steps, c.batch, c.input_size, c.hidden_size) for c in grid), strict=True)
    ranges = {axis: (min(one), max(one)) for axis, one in zip("TBIH", sizes, strict=True)}
    assert ranges == {"T": (24, 512), "B": (1, 256), "I": (8, 128), "H": (32, 512)}
    assert {case.kind for case in quick_grid(["rnn", "gru"])} == {"rnn", "gru"}
