"""28 recorded dances (CMU): files, pose steps and places of all of them."""

import numpy as np
import pytest

from gated.media.motion import (
    Ground,
    Motion,
    foot_points,
    foot_skate,
    from_poses,
    planted,
    positions,
    read_motion,
    read_motion_folder,
    to_poses,
    without_rest_pose,
    write_motion,
)
from gated.media.motion.transforms import local_rotations, local_translations
from tests.folders import DATA
from tests.media.motion.motions import save

SALSA = DATA / "motion/cmu_salsa_30fps.npz"

pytestmark = pytest.mark.skipif(not SALSA.exists(), reason="../shared has no motion data")


@pytest.fixture(scope="module")
def dances(tmp_path_factory) -> list[Motion]:
    folder = tmp_path_factory.mktemp("salsa")
    with np.load(SALSA) as data:
        ends = np.cumsum(data["length"])
        for name, values in zip(data["name"], np.split(data["frames"], ends[:-1]), strict=True):
            lines = [" ".join(map(str, frame)) for frame in values.tolist()]
            head = f"\nMOTION\nFrames: {len(values)}\nFrame Time: 0.0333333\n"
            save(folder / str(name), str(data["hierarchy"]) + head + "\n".join(lines))
    found = read_motion_folder(folder)
    assert (len(found.motions), found.notes) == (28, ())
    assert len(found.skeleton.names) == 43
    return found.motions


def test_files_keep_the_numbers(dances, tmp_path):
    for dance in dances:
        write_motion(tmp_path / "a.bvh", dance)
        again = read_motion(tmp_path / "a.bvh")
        assert again.skeleton.difference(dance.skeleton) == ""
        np.testing.assert_allclose(again.values, dance.values, atol=0.5e-6 + 1e-12)


def test_pose_steps_keep_the_motion(dances):
    for dance in dances:
        found = from_poses(to_poses(dance), dance)
        for part in (local_rotations, local_translations):
            np.testing.assert_allclose(part(found), part(dance), atol=1e-9)


def test_bodies_stand_on_the_ground(dances):
    """In centimetres: the head between 140 and 200, the lower foot within 12 of the ground."""
    for dance in dances:
        points = positions(dance)
        assert points[..., 1].min() > -5
        assert 140 < np.median(points[..., 1].max(axis=1)) < 200
        lower_foot = points[:, foot_points(dance.skeleton), 1].min(axis=1)
        assert -5 < lower_foot.min() < 5
        assert np.quantile(lower_foot, 0.95) < 12


def test_all_dances_begin_with_a_rest_pose(dances):
    for dance in dances:
        found = without_rest_pose(dance)
        assert len(found.values) == len(dance.values) - 1
        assert without_rest_pose(found) is found


def test_planted_feet_slide_less(dances):
    ground = Ground.under(dances)
    for dance in dances:
        made = from_poses(planted(to_poses(dance), dance, ground), dance)
        before, after = (
            foot_skate(positions(each), ground.feet, each.frame_time) for each in (dance, made)
        )
        assert after < 0.7 * before
