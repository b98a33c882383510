"""BVH files: what is written is what was read, and a message for every bad file."""

import os

import numpy as np
import pytest

from gated.errors import DataError, GatedError, UsageError
from gated.media.motion import Motion, Skeleton, read_motion, write_motion
from tests.media.motion.motions import HIERARCHY, WIDTH, body, frames, save, text, wild_motion


class TestReading:
    def test_hierarchy_and_numbers(self, tmp_path):
        found = read_motion(save(tmp_path / "a.bvh", text()))
        skeleton = found.skeleton
        assert skeleton.names == ("hip", "spine", "leg", "Left Foot")
        assert skeleton.parents.tolist() == [-1, 0, 0, 2]
        assert skeleton.parents.dtype == np.int64
        assert skeleton.offsets.tolist() == [[0, 0, 0], [0, 20.5, -1], [8, -5, 0], [0, -40, 0]]
        assert skeleton.channels[1:] == (
            ("Zrotation", "Xrotation", "Yrotation"),
            ("Xrotation",),
            ("Xrotation", "Zrotation"),
        )
        assert skeleton.ends.tolist() == [1, 3]
        assert skeleton.end_offsets.tolist() == [[0, 30, 0], [0, -3, 9.25]]
        assert (skeleton.width, skeleton.columns) == (WIDTH, (0, 6, 9, 10))
        np.testing.assert_array_equal(found.values, frames())
        assert (found.values.dtype, found.frame_time, found.notes) == (np.float64, 0.0333333, ())
        assert found.seconds == pytest.approx(0.1, rel=1e-5)

    @pytest.mark.parametrize(
        "change",
        [
            lambda one: one.replace("\n", "\r\n"),
            lambda one: one.replace("\n", "\r"),
            lambda one: "\ufeff" + one,
            lambda one: one.replace("\n{", " {"),
            lambda one: one.replace("Frames: 3", "frames:3").replace(
                "Frame Time: ", "FRAME TIME:\t"
            ),
            lambda one: one.replace("Xrotation", "XROTATION").replace("JOINT", "Joint"),
            lambda one: one.replace("MOTION", "\n MOTION \n\n").replace("\n", "\n\n"),
            lambda one: one.rstrip("\n"),
            lambda one: one.replace("End Site", "End Site toe"),
        ],
        ids=["crlf", "cr", "mark", "brace", "header", "case", "blank", "end", "name"],
    )
    def test_the_same_text_as_other_programs_write_it(self, tmp_path, change):
        found = read_motion(save(tmp_path / "a.bvh", change(text())))
        expected = read_motion(save(tmp_path / "b.bvh", text()))
        assert found.skeleton.difference(expected.skeleton) == ""
        np.testing.assert_array_equal(found.values, expected.values)

    @pytest.mark.parametrize(
        ("promised", "shown"), [(5, "5 frames"), (1, "1 frame"), (0, "0 fram")]
    )
    def test_another_number_of_frames_than_promised(self, tmp_path, promised, shown):
        content = text().replace("Frames: 3", f"Frames: {promised}")
        found = read_motion(save(tmp_path / "a.bvh", content))
        assert len(found.values) == 3
        (note,) = found.notes
        assert note.startswith(f"a.bvh: promises {shown}")
        assert note.endswith("and has 3; all 3 are read.")


def without(line: str) -> str:
    return text().replace(line, "", 1)


LAST = text().rstrip().splitlines()[-1]
BAD = {
    "empty": ("", r"the file is empty \(0 bytes\). Expected motion capture as BVH text. Export it"),
    "blank": (" \n\n", r"has only blanks \(3 bytes\). Expected"),
    "binary": (b"HIERARCHY\0\1", "is a binary file. Expected motion.*Check the name, or convert"),
    "other bytes": (b"HIERARCHY\nROOT h\xe9", "line 2: is not text in UTF-8. Expected.*Save it as"),
    "no hierarchy": (
        without("HIERARCHY"),
        "line 2: `ROOT` is found. Expected HIERARCHY as the fir",
    ),
    "other text": ("a,b\n1,2\n", "line 1: `a,b` is found. Expected HIERARCHY.*Export"),
    "only the word": ("HIERARCHY", "ends within its hierarchy. Expected more of it: ROOT. Export"),
    "no root": (text().replace("ROOT", "JOINT"), "line 2: `JOINT` is found. Expected ROOT and a n"),
    "no name": (text().replace("ROOT hip", "ROOT"), "line 2: ROOT has no name. Expected ROOT and"),
    "two roots": (
        text().replace("MOTION", "ROOT a\n{\nOFFSET 0 0 0\n}\nMOTION"),
        "line 30: a second ROOT is found. Expected one skeleton",
    ),
    "a brace too few": (
        text().replace("}\nMOTION", "MOTION"),
        "line 29: 1 brace not closed, opened on line 3. Expected a brace } for each.*Export",
    ),
    "a brace too many": (
        text().replace("MOTION", "}\nMOTION"),
        "line 30: `}` is found. Expected MOTION after the last brace.*Export",
    ),
    "no brace": (
        text().replace("ROOT hip\n{", "ROOT hip\n"),
        "line 4: `OFFSET` is found. Expected a brace { after the name",
    ),
    "cut in the hierarchy": (HIERARCHY[:100], "Expected.*Export it again"),
    "cut after a brace": (HIERARCHY[:21], "1 brace not closed, opened on line 3. Expected"),
    "unknown channel": (
        text().replace("1 Xrotation", "1 Wrotation"),
        "line 18: the joint `leg` has the unknown channel `Wrotation`. Expected up to 6 different",
    ),
    "a channel twice": (
        text().replace("2 Xrotation Z", "2 Xrotation X"),
        "line 22: the joint `Left Foot` has a channel twice. Expected",
    ),
    "number of channels": (
        text().replace("CHANNELS 1", "CHANNELS 3"),
        "line 18: the joint `leg` has CHANNELS 3 and 1 name. Expected CHANNELS, the number",
    ),
    "channels twice": (
        text().replace("CHANNELS 1 Xrotation", "CHANNELS 1 Xrotation\nCHANNELS 1 Xrotation"),
        "line 19: `CHANNELS` is found in the joint `leg`. Expected OFFSET, CHANNELS once",
    ),
    "no channels": (
        "HIERARCHY\nROOT a\n{\nOFFSET 0 0 0\n}\nMOTION\nFrames: 1\nFrame Time: 1\n",
        "no joint has channels. Expected a line CHANNELS",
    ),
    "no offset": (without("OFFSET 8 -5 0"), "line 28: the joint `leg` has no OFFSET. Expected OFF"),
    "no offset of an end": (without("OFFSET 0 30 0"), "an end site has no OFFSET. Expected OFFSET"),
    "two offsets": (
        text().replace("OFFSET 8 -5 0", "OFFSET 8 -5 0 OFFSET 8 -5 0"),
        "line 17: a second OFFSET of the joint `leg` is found. Expected OFFSET once",
    ),
    "offset of words": (
        text().replace("OFFSET 8 -5 0", "OFFSET 8 up 0"),
        "line 17: the OFFSET of the joint `leg` is `8 up 0`. Expected.*three finite",
    ),
    "cut in an offset": (
        HIERARCHY[: HIERARCHY.index("20.5")],
        "the file ends within its hierarchy. Expected more of it: OFFSET and three numbers. Export",
    ),
    "infinite offset": (text().replace("OFFSET 8", "OFFSET inf"), "line 17: .*`inf -5 0`. Expect"),
    "no motion": (HIERARCHY, "the file ends after its hierarchy. Expected MOTION.*Export"),
    "no frames": (
        without("Frames: 3\n"),
        "line 31: `Frame Time: 0.033333…` is found. Expected `Fr",
    ),
    "frames of a word": (text().replace("Frames: 3", "Frames: x"), "line 31: `Frames: x` is found"),
    "ends after motion": (HIERARCHY + "MOTION\n", "the file ends. Expected `Frames: ` and a whole"),
    "no frame time": (without("Frame Time: 0.0333333"), "Expected `Frame Time: ` and the seconds"),
    "frame time 0": (text(frame_time="0"), "line 32: `Frame Time: 0` is found. Expected.*above 0"),
    "frame time nan": (text(frame_time="nan"), "line 32: `Frame Time: nan` is found. Expected"),
    "no frame": (text(np.zeros((0, 12))), "has no frame. Expected at least one line of 12 numbers"),
    "too many numbers": (
        text().replace("-3.250000", "-3.250000 7"),
        "line 33: frame 1 has 13 numbers. Expected 12, one for each channel of the hierarchy. Exp",
    ),
    "cut in a frame": (
        text().rstrip()[:-40],
        r"line 35: frame 3 has \d numbers. Expected 12.* It is the last frame: the file may be cut",
    ),
    "not finite": (
        text().replace(LAST.split()[2], "nan"),
        "line 35: `nan`, number 3 of frame 3, is no finite number.*Expected numbers such.*Exp",
    ),
    "beyond float64": (text().replace(LAST.split()[2], "1e999"), "line 35: `1e999`, number 3 of"),
    "a comma": (text().replace("-3.25", "-3,25"), "line 33: `-3,250000`, number 1 of frame 1"),
    "an underscore": (text().replace("-3.25", "-3_0"), "line 33: `-3_00000`, number 1"),
}


class TestBadFiles:
    @pytest.mark.parametrize(("content", "message"), BAD.values(), ids=BAD)
    def test_is_refused_with_the_line(self, tmp_path, content, message):
        path = save(tmp_path / "bad.bvh", content)
        with pytest.raises(DataError, match=rf"bad\.bvh: .*{message}") as caught:
            read_motion(path)
        assert "Expected" in str(caught.value)

    def test_a_missing_file(self, tmp_path):
        with pytest.raises(DataError, match=r"no\.bvh: there is no such file. Expected.*Check the"):
            read_motion(tmp_path / "no.bvh")

    def test_a_folder(self, tmp_path):
        with pytest.raises(DataError, match=r"is a folder\. Expected.*Name one file"):
            read_motion(tmp_path)

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
    def test_no_permission(self, tmp_path):
        path = save(tmp_path / "a.bvh", text())
        path.chmod(0)
        with pytest.raises(DataError, match=r"cannot be read .*Expected.*permissions"):
            read_motion(path)

    def test_an_invalid_name(self):
        with pytest.raises(DataError, match=r"cannot be read .*null.*Expected.*Check the name"):
            read_motion("a\0.bvh")

    def test_a_file_cut_off_anywhere_gives_a_message_or_whole_frames(self, tmp_path):
        content, outcomes, messages = text(), set(), []
        for size in range(0, len(content), 7):
            path = save(tmp_path / "a.bvh", content[:size])
            try:
                found = read_motion(path)
            except DataError as error:
                messages.append(str(error))
                outcomes.add("refused")
            else:
                assert found.values.shape[1] == WIDTH
                outcomes.add("read")
        assert outcomes == {"refused", "read"}
        assert all("Expected" in message for message in messages)


class TestWriting:
    def test_what_was_read_is_written(self, tmp_path):
        found = read_motion(save(tmp_path / "a.bvh", text()))
        write_motion(tmp_path / "b.bvh", found)
        again = read_motion(tmp_path / "b.bvh")
        assert again.skeleton.difference(found.skeleton) == ""
        np.testing.assert_array_equal(again.values, found.values)
        assert again.frame_time == found.frame_time
        words, expected = ((tmp_path / name).read_text().split() for name in ("b.bvh", "a.bvh"))
        for word, its in zip(words, expected, strict=True):
            assert word == its or float(word) == float(its)

    def test_six_decimals(self, tmp_path):
        motion = wild_motion(0)
        write_motion(tmp_path / "a.bvh", motion)
        found = read_motion(tmp_path / "a.bvh")
        assert np.abs(found.values - motion.values).max() <= 0.5e-6 + 1e-12
        write_motion(tmp_path / "b.bvh", found)
        assert (tmp_path / "a.bvh").read_bytes() == (tmp_path / "b.bvh").read_bytes()

    def test_frame_times_stay_the_same(self, tmp_path):
        for rate in (24, 29.97, 30, 60, 119.88, 120):
            motion = Motion(body(), np.zeros((1, body().width)), 1 / rate)
            write_motion(tmp_path / "a.bvh", motion)
            assert read_motion(tmp_path / "a.bvh").frame_time == pytest.approx(1 / rate, rel=1e-9)

    def test_no_minus_zero(self, tmp_path):
        write_motion(tmp_path / "a.bvh", Motion(body(), np.full((1, body().width), -1e-9), 0.1))
        assert "-0.000000" not in (tmp_path / "a.bvh").read_text()

    def test_end_sites_beside_joints_keep_their_order(self, tmp_path):
        two_ends = HIERARCHY.replace(
            "    JOINT Left", "    End Site { OFFSET 1 2 3 }\n    JOINT Left"
        )
        path = save(tmp_path / "a.bvh", two_ends + text()[len(HIERARCHY) :])
        found = read_motion(path)
        assert found.skeleton.ends.tolist() == [1, 2, 3]
        write_motion(tmp_path / "b.bvh", found)
        assert read_motion(tmp_path / "b.bvh").skeleton.difference(found.skeleton) == ""

    def test_a_missing_folder(self, tmp_path):
        with pytest.raises(GatedError, match="cannot be written: No such file"):
            write_motion(tmp_path / "no" / "a.bvh", wild_motion(0))


class TestSkeleton:
    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"names": ()}, "0 names, and parents"),
            ({"names": ("hip",)}, "1 names, and parents"),
            ({"parents": np.array([-1, 1, 1, 0, 3, 0, 0])}, "a joint before its parent"),
            ({"parents": np.array([-1, -1, 1, 0, 3, 0, 0])}, "not exactly one root"),
            ({"ends": np.array([2, 4, 5, 7])}, "an end site of a joint that does not exist"),
            ({"ends": np.array([2])}, "1 end sites and offsets"),
            ({"offsets": np.full((7, 3), np.inf)}, "offsets that are not finite"),
            ({"channels": (("Zspin",),) * 7}, "channels that are unknown"),
            ({"channels": (("Zrotation", "Zrotation"),) * 7}, "there twice"),
            ({"names": ("a{", *"bcdefg")}, "a name with braces"),
        ],
    )
    def test_parts_that_do_not_fit(self, change, message):
        good = body()
        parts = {name: getattr(good, name) for name in Skeleton.__dataclass_fields__} | change
        with pytest.raises(UsageError, match=rf"{message}.* is given. Expected J names.*Use the"):
            Skeleton(**parts)

    @pytest.mark.parametrize(
        ("old", "new", "difference"),
        [
            ("JOINT leg", "JOINT limb", "it has the joint `limb` in the place of `leg`"),
            ("1 Xrotation", "1 Yrotation", "`leg` has the channels Yrotation instead of Xrotation"),
            ("OFFSET 8 -5", "OFFSET 8 -6", "the offset of `leg` differs by 1: its body has other"),
            ("0 -3 9.25", "0 -3 9", r"the offset of `Left Foot \(end\)` differs by 0.25"),
            (
                "    End Site\n    {\n      OFFSET 0 30 0\n    }\n",
                "",
                "its end sites belong to other",
            ),
        ],
    )
    def test_the_difference_is_described(self, tmp_path, old, new, difference):
        one = read_motion(save(tmp_path / "a.bvh", text())).skeleton
        other = read_motion(save(tmp_path / "b.bvh", text().replace(old, new))).skeleton
        assert one.difference(one) == ""
        with pytest.raises(AssertionError, match=difference):
            raise AssertionError(other.difference(one))

    def test_other_parents(self):
        one, parts = body(), vars(body()).copy()
        other = Skeleton(**(parts | {"parents": np.array([-1, 0, 1, 0, 3, 0, 5])}))
        assert other.difference(one) == "its joint `rArm` is connected to `lArm` instead of `hip`"
        fewer = Skeleton(
            ("hip",), np.array([-1]), np.zeros((1, 3)), ((),), one.ends[:0], one.end_offsets[:0]
        )
        assert fewer.difference(one) == "it has 1 joints instead of 7"


class TestMotion:
    @pytest.mark.parametrize(
        "values", [np.zeros((2, 3)), np.zeros((0, 24)), np.zeros(24), np.full((1, 24), np.nan)]
    )
    def test_values_of_another_skeleton(self, values):
        with pytest.raises(
            UsageError, match=r"Expected finite numbers \[T, 24\] with T ≥ 1.*Check"
        ):
            Motion(body(), values, 0.1)

    @pytest.mark.parametrize("frame_time", [0, -1, float("nan"), float("inf")])
    def test_the_frame_time(self, frame_time):
        with pytest.raises(
            UsageError, match=r"A frame time of .* Expected a positive.*Pass 1 / 30"
        ):
            Motion(body(), np.zeros((1, 24)), frame_time)
