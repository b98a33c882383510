"""Tests the weights of views: few windows keep the prior, many windows decide."""

import numpy as np
import pytest

from gated.forecast.validation.view_weights import most_views, prior_weights, view_weights

NAMES = ("plain", "negated", "two seasons", "three seasons")


def weights(errors: dict[str, float], windows: int, most: int = 4) -> dict[str, float]:
    """The weights of views whose forecasts have these errors (the mean of views their mean)."""
    quantiles = {name: np.full((1, 1, 1), error) for name, error in errors.items()}
    return view_weights(quantiles, lambda q: float(q.mean()), windows, most)


def test_without_a_difference_the_prior_decides() -> None:
    found = weights(dict.fromkeys(NAMES, 1.0), windows=100)
    assert found["plain"] > 0.25
    assert found["negated"] > 0.25
    assert found.get("three seasons", 0) < 0.1
    assert sum(found.values()) == pytest.approx(1, abs=1e-3)


def test_more_windows_decide_more() -> None:
    errors = dict(zip(NAMES, (1.0, 1.0, 0.97, 1.2), strict=True))
    shares = [weights(errors, windows).get("two seasons", 0) for windows in (1, 9, 100)]
    assert shares == sorted(shares)
    assert shares[0] < 0.3
    assert shares[-1] > 0.9
    assert "three seasons" not in weights(errors, 100)


def test_at_most_so_many_views_have_a_weight() -> None:
    found = weights(dict.fromkeys(NAMES, 1.0), windows=1, most=2)
    assert set(found) == {"plain", "negated"}
    assert (most_views(2_000), most_views(4_000), most_views(100_000)) == (4, 2, 2)


def test_errors_of_zero_do_not_divide() -> None:
    assert sum(weights(dict.fromkeys(NAMES, 0.0), windows=5).values()) == pytest.approx(1, abs=1e-3)


def test_prior_weights_are_of_the_likely_views() -> None:
    assert prior_weights(("plain",)) == {"plain": 1.0}
    assert prior_weights(NAMES) == {"plain": 0.5, "negated": 0.5}
