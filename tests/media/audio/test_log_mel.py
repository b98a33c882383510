"""Log-mel frames: their place, and that a stream has those of the whole."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gated.errors import UsageError
from gated.media.audio.log_mel import FLOOR, LogMel, LogMelStream

_SETTINGS = LogMel(8_000)


def test_a_tone_is_loudest_in_the_bin_of_its_frequency() -> None:
    steps = np.arange(8_000)
    loudest = [
        int(_SETTINGS.frames(np.sin(2 * np.pi * f * steps / 8_000).astype(np.float32))[5].argmax())
        for f in (200, 800, 3_000)
    ]
    assert loudest == sorted(loudest)
    ends = 2595 * np.log10(1 + np.array([60, 200, 4_000]) / 700)
    expected = (ends[1] - ends[0]) / (ends[2] - ends[0]) * 41 - 1
    assert abs(loudest[0] - expected) <= 1


def test_silence_is_the_floor() -> None:
    frames = _SETTINGS.frames(np.zeros(1_000, dtype=np.float32))
    np.testing.assert_allclose(frames, np.log(FLOOR))


def test_sound_shorter_than_a_window_has_one_frame() -> None:
    assert _SETTINGS.frames(np.ones(3, dtype=np.float32)).shape == (1, 40)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 700), min_size=1, max_size=12))
def test_a_stream_has_the_frames_of_the_whole(sizes) -> None:
    samples = np.random.default_rng(0).normal(size=sum(sizes)).astype(np.float32)
    stream, begin, parts = LogMelStream(_SETTINGS), 0, []
    for size in sizes:
        parts.append(stream.push(samples[begin : begin + size]))
        begin += size
    found = np.concatenate(parts)
    if len(samples) >= _SETTINGS.window_samples:
        np.testing.assert_allclose(found, _SETTINGS.frames(samples), atol=1e-5)
    else:
        assert len(found) == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"low": 5_000.0}, "do not fit sound of 8,000 samples a second"),
        ({"bins": 0}, "Expected at least one band"),
        ({"hop": 0.1}, "a window that is no shorter than the hop"),
    ],
)
def test_settings_that_do_not_fit_are_refused(change, message) -> None:
    with pytest.raises(UsageError, match=message):
        LogMel(8_000, **change)
