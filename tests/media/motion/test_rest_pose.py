"""The rest pose before a movement: found, kept where it is none, in recorded dances."""

import numpy as np
import pytest

from gated.media.motion import Motion, without_rest_pose
from tests.media.motion.motions import body


def _swing(steps: int = 20, fast_at: int | None = None) -> Motion:
    skeleton = body()
    values = np.full((steps, skeleton.width), 30.0) + np.arange(steps)[:, None]
    if fast_at is not None:
        values[fast_at:, 6:] += 50
    return Motion(skeleton, values, 0.04)


def test_a_jump_from_the_first_frame_is_left_out() -> None:
    swing = _swing()
    values = swing.values.copy()
    values[0, 3:] = 0
    found = without_rest_pose(Motion(swing.skeleton, values, 0.04, ("a note",)))
    np.testing.assert_array_equal(found.values, swing.values[1:])
    assert found.notes[0] == "a note"
    assert found.notes[1].startswith("The first frame is a rest pose")
    assert without_rest_pose(found) is found


@pytest.mark.parametrize("fast_at", [None, 2, 10])
def test_other_movement_stays(fast_at) -> None:
    swing = _swing(fast_at=fast_at)
    assert without_rest_pose(swing) is swing


def test_a_fast_beginning_and_few_frames_stay() -> None:
    swing = _swing()
    values = swing.values.copy()
    values[0, 3:], values[1, 3:] = 0, 15
    fast = Motion(swing.skeleton, values, 0.04)
    assert without_rest_pose(fast) is fast
    few = Motion(swing.skeleton, _swing(fast_at=1).values[:9], 0.04)
    assert without_rest_pose(few) is few
    assert len(without_rest_pose(_swing(fast_at=1)).values) == 19
