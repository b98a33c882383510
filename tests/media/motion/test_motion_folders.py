"""Folders of motion: one skeleton for all, and a note for each file that is left out."""

import numpy as np
import pytest

from gated.errors import DataError, UsageError
from gated.media.motion import read_motion, read_motion_folder
from tests.media.motion.motions import frames, save, text


def test_all_files_below_the_folder(tmp_path):
    for name in ("b.bvh", "a.BVH", "dance/c.bvh", ".hidden.bvh", ".git/d.bvh"):
        save(tmp_path / name, text())
    save(tmp_path / "readme.txt", "x")
    found = read_motion_folder(tmp_path)
    names = [path.relative_to(tmp_path).as_posix() for path in found.paths]
    assert names == ["a.BVH", "b.bvh", "dance/c.bvh"]
    assert found.notes == ()
    assert found.skeleton.difference(read_motion(tmp_path / "b.bvh").skeleton) == ""
    for motion in found.motions:
        np.testing.assert_array_equal(motion.values, frames())


def test_broken_files_and_other_skeletons_are_left_out_and_named(tmp_path):
    save(tmp_path / "a.bvh", "")
    for name in ("b", "c", "d"):
        save(tmp_path / f"{name}.bvh", text())
    save(tmp_path / "more" / "e.bvh", text().replace("OFFSET 8 -5", "OFFSET 9 -5"))
    save(tmp_path / "more" / "f.bvh", text().replace("Frames: 3", "Frames: 4"))
    found = read_motion_folder(tmp_path)
    assert [path.name for path in found.paths] == ["b.bvh", "c.bvh", "d.bvh", "f.bvh"]
    empty, other, promised = found.notes
    assert empty.startswith("a.bvh is left out: the file is empty (0 bytes). Expected motion")
    assert other == (
        "more/e.bvh is left out: the offset of `leg` differs by 1: its body has other proportions. "
        "Expected the skeleton of b.bvh, the first file. Put it into a folder of its own."
    )
    assert promised == "more/f.bvh: promises 4 frames and has 3; all 3 are read."


def test_other_frame_rates(tmp_path):
    save(tmp_path / "a.bvh", text())
    save(tmp_path / "b.bvh", text())
    save(tmp_path / "c.bvh", text(frame_time="0.01"))
    found = read_motion_folder(tmp_path)
    assert [motion.frame_time for motion in found.motions] == [0.0333333, 0.0333333, 0.01]
    assert found.notes == (
        f"{tmp_path}: the frame rates differ: 2 of 30, 1 of 100 frames a second. Pass rate= to "
        "read all at one rate.",
    )
    found = read_motion_folder(tmp_path, rate=30)
    assert {motion.frame_time for motion in found.motions} == {1 / 30}
    assert found.notes == (
        f"{tmp_path}: 1 of 3 motions resampled from 100 to 30 frames a second: `c.bvh`.",
    )


class TestBadFolders:
    def test_none_can_be_read(self, tmp_path):
        save(tmp_path / "a.bvh", "")
        save(tmp_path / "b.bvh", "x")
        message = "no file can be read of 2 BVH files. The first one: a.bvh is left out: the.*Expo"
        with pytest.raises(DataError, match=message):
            read_motion_folder(tmp_path)

    def test_no_bvh_file(self, tmp_path):
        save(tmp_path / "a.txt", text())
        with pytest.raises(DataError, match=r"has no BVH file. Expected a folder.*Check the name"):
            read_motion_folder(tmp_path)

    def test_no_folder(self, tmp_path):
        with pytest.raises(DataError, match=r"there is no such folder. Expected.*Check the name"):
            read_motion_folder(tmp_path / "no")
        with pytest.raises(DataError, match=r"a.bvh: is not a folder. Expected"):
            read_motion_folder(save(tmp_path / "a.bvh", text()))

    def test_the_rate(self, tmp_path):
        save(tmp_path / "a.bvh", text())
        with pytest.raises(UsageError, match=r"A rate of 0 is given"):
            read_motion_folder(tmp_path, rate=0)
