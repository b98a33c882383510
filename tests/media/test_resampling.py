"""Resampling keeps what the lower rate can hold, and removes the rest."""

import numpy as np
import pytest

from gated.media.resampling import resampled


def _tone(hertz: float, rate: int) -> np.ndarray:
    return np.sin(2 * np.pi * hertz * np.arange(rate) / rate).astype(np.float32)


@pytest.mark.parametrize(
    ("from_rate", "to_rate"), [(16_000, 8_000), (8_000, 16_000), (44_100, 8_000)]
)
def test_a_low_tone_stays_the_same(from_rate, to_rate) -> None:
    found = resampled(_tone(1_000, from_rate), from_rate, to_rate)
    assert len(found) == to_rate
    inside = slice(to_rate // 10, -to_rate // 10)
    np.testing.assert_allclose(found[inside], _tone(1_000, to_rate)[inside], atol=2e-3)


def test_a_tone_that_the_lower_rate_cannot_hold_is_removed() -> None:
    found = resampled(_tone(4_500, 16_000), 16_000, 8_000)
    inside = found[800:-800]
    assert 20 * np.log10(np.sqrt(2 * np.mean(inside**2))) < -60  # decibels


def test_the_same_rate_returns_the_samples() -> None:
    samples = _tone(100, 8_000)
    assert resampled(samples, 8_000, 8_000) is samples
