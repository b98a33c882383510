"""Another frame rate: the same movement at other times."""

import numpy as np
import pytest

from gated.errors import UsageError
from gated.media.motion import Motion, positions, resampled
from gated.media.motion.transforms import local_rotations
from tests.media.motion.motions import body, still_motion, wild_motion


def turning(rate: float, count: int) -> Motion:
    """A body that turns at constant speed about an axis between x and y, and walks."""
    time = np.arange(count) / rate
    motion = still_motion(count, 1 / rate)
    motion.values[:, 4] = (time * 100 + 180) % 360 - 180  # through 180°
    motion.values[:, 0] = 50 * time
    motion.values[:, 8] = 30 * time
    return motion


@pytest.mark.parametrize(("old", "new"), [(30, 60), (120, 30), (30, 25), (24, 30), (60, 59.94)])
def test_constant_movement_stays_the_same(old, new):
    found = resampled(turning(old, old * 4 + 1), new)
    assert found.frame_time == 1 / new
    assert len(found.values) == int(4 * new + 1e-9) + 1
    expected = positions(turning(new, len(found.values)))
    np.testing.assert_allclose(positions(found), expected, atol=1e-9)
    assert found.notes == (f"Resampled from {old} to {new:g} frames a second.",)


def test_frames_at_the_same_times_are_equal():
    motion = wild_motion(0, 21, frame_time=1 / 30)
    found = resampled(motion, 90)
    assert len(found.values) == 61
    np.testing.assert_allclose(local_rotations(found)[::3], local_rotations(motion), atol=1e-9)
    np.testing.assert_allclose(found.values[::3, :3], motion.values[:, :3], atol=1e-9)


@pytest.mark.parametrize("frame_time", [0.0333333, 0.033333, 1 / 30])
def test_a_rounded_frame_time_loses_no_frame(frame_time):
    motion = wild_motion(0, 1_000, frame_time=frame_time)
    assert len(resampled(motion, 60).values) == 1_999
    same = resampled(motion, 30)
    np.testing.assert_array_equal(same.values, motion.values)
    assert (same.frame_time, same.notes) == (1 / 30, ())


def test_one_frame():
    assert len(resampled(still_motion(1), 100).values) == 1


def test_the_input_is_untouched():
    motion = wild_motion(0)
    before = motion.values.copy()
    resampled(motion, 7)
    np.testing.assert_array_equal(motion.values, before)


@pytest.mark.parametrize("rate", [0, 0.5, -30, 1_001, float("nan")])
def test_a_rate_out_of_range(rate):
    with pytest.raises(UsageError, match=r"A rate of .* Expected 1 to 1,000 frames.*Pass the rate"):
        resampled(Motion(body(), np.zeros((2, 24)), 0.1), rate)
