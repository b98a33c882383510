"""Resampling keeps what the new rate can represent and removes the rest."""

import tracemalloc

import numpy as np
import pytest

from gated.media.audio import resampled
from tests.media.audio.sounds import tone

PAIRS = [(16_000, 8_000), (8_000, 16_000), (44_100, 16_000), (11_025, 8_000), (48_000, 16_000)]


def middle(samples: np.ndarray) -> np.ndarray:
    """Without the ends, where silence before and after the sound has an effect."""
    return samples[len(samples) // 4 : -len(samples) // 4].astype(np.float64)


def decibels(samples: np.ndarray) -> float:
    """The volume relative to a sine of half the full volume."""
    return float(20 * np.log10(np.sqrt(2 * np.mean(middle(samples) ** 2)) / 0.5))


@pytest.mark.parametrize(("from_rate", "to_rate"), PAIRS)
@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.8])
def test_a_tone_below_the_cutoff_is_kept_within_a_tenth_of_a_decibel(from_rate, to_rate, share):
    hertz = share * min(from_rate, to_rate) / 2
    found = resampled(tone(hertz, 1.0, from_rate), from_rate, to_rate)
    assert abs(decibels(found)) < 0.1
    # Not only its volume: also its place in time. 1e-3 of 0.5 is an error of −54 dB.
    np.testing.assert_allclose(middle(found), middle(tone(hertz, 1.0, to_rate)), atol=1e-3)


@pytest.mark.parametrize(("from_rate", "to_rate"), [pair for pair in PAIRS if pair[0] > pair[1]])
@pytest.mark.parametrize("share", [1.0, 1.1, 1.3])
def test_a_tone_above_the_new_nyquist_frequency_is_rejected(from_rate, to_rate, share):
    hertz = min(share * to_rate / 2 + 10, from_rate / 2 - 10)
    found = resampled(tone(hertz, 1.0, from_rate), from_rate, to_rate)
    assert decibels(found) < -60


def test_no_image_appears_above_the_old_nyquist_frequency():
    spectrum = np.abs(
        np.fft.rfft(middle(resampled(tone(3_000, 1.0), 8_000, 16_000)) * np.hanning(8_000))
    )
    assert spectrum[4_000 // 2 :].max() < 1e-3 * spectrum.max()  # −60 dB; 2 Hz apart


@pytest.mark.parametrize(
    ("count", "from_rate", "to_rate"),
    [
        (0, 16_000, 8_000),
        (1, 16_000, 8_000),
        (1, 8_000, 16_000),
        (7, 44_100, 8_000),
        (9, 8_000, 8_000),
    ],
)
def test_the_length_is_rounded_up(count, from_rate, to_rate):
    samples = np.full(count, 0.5, np.float32)
    found = resampled(samples, from_rate, to_rate)
    assert found.dtype == np.float32
    assert len(found) == -(-count * to_rate // from_rate)
    assert np.isfinite(found).all()
    assert (samples == 0.5).all()


def test_a_constant_stays_the_same():
    found = middle(resampled(np.full(4_000, 0.25, np.float32), 11_025, 8_000))
    np.testing.assert_allclose(found, 0.25, rtol=1e-6)  # the rounding of float32


def test_long_sound_needs_little_memory():
    """A copy of all windows would take 100 times the memory of the sound."""
    samples = np.zeros(1_000_000, np.float32)
    tracemalloc.start()
    resampled(samples, 16_000, 8_000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10 * samples.nbytes
