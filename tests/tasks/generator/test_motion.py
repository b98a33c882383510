"""Motions: their codec, what is refused, and where a generated one begins."""

from dataclasses import replace

import numpy as np
import pytest

from gated import Generator
from gated.errors import DataError
from gated.media.motion import Motion, from_poses, planted, positions, to_poses
from gated.tasks.generator.codecs import motion
from gated.tasks.generator.codecs.motion import MotionCodec
from tests.media.motion.motions import ROOT, body, still_motion, wild_motion
from tests.tasks.generator.pieces import cut, numbers, pieces_of


@pytest.fixture(scope="module")
def motions() -> list[Motion]:
    return pieces_of("motion", 4)


@pytest.fixture(scope="module")
def model(motions) -> Generator:
    sizes = {"hidden_size": 16, "num_layers": 1, "window": 20, "batch_size": 4, "max_steps": 20}
    return Generator("motion", validation=0, **sizes).fit(motions)


def test_components_hold_nearly_all_movement(motions) -> None:
    codec = MotionCodec.learn(motions)
    for piece in motions:
        again = codec.decode(codec.encode(piece, "motion"))
        far = np.linalg.norm(positions(again) - positions(piece), axis=-1)
        assert np.sqrt(np.square(far).mean()) < 3  # of a body of 180
        assert again.skeleton is codec.rest.skeleton
    assert codec.size < 4 + 6 * 7


def test_all_components_give_any_pose_back(monkeypatch) -> None:
    monkeypatch.setattr(motion, "_SHARE", 2.0)
    motions = [wild_motion(seed, 200) for seed in range(3)]
    codec = MotionCodec.learn(motions)
    symbols = codec.encode(motions[0], "motion")
    found, expected = to_poses(codec.decode(symbols)), to_poses(motions[0])
    np.testing.assert_allclose(found.values[1:, :4], expected.values[1:, :4], atol=1e-3)
    again = codec.encode(codec.decode(symbols), "motion")
    np.testing.assert_allclose(again[1:], symbols[1:], atol=1e-3)


def test_symbols_are_standardised(motions) -> None:
    codec = MotionCodec.learn(motions)
    symbols = np.concatenate([codec.encode(piece, "motion") for piece in motions])
    np.testing.assert_allclose(symbols.mean(0), 0, atol=1e-4)
    np.testing.assert_allclose(np.cov(symbols.T, bias=True), np.eye(codec.size), atol=1e-3)


def test_a_motion_goes_on_where_its_prompt_ends(model, motions) -> None:
    prompt = motions[0]
    there = np.array([500, 0, -300, *[0] * 21])
    moved = Motion(prompt.skeleton, prompt.values + there, prompt.frame_time)
    first, far = (model.generate(each, length=5, seed=0) for each in (prompt, moved))
    np.testing.assert_allclose(far.values[:, 0] - first.values[:, 0], 500, atol=1e-6)
    np.testing.assert_allclose(far.values[:, 2] - first.values[:, 2], -300, atol=1e-6)
    step = np.linalg.norm(first.values[0, [0, 2]] - prompt.values[-1, [0, 2]])
    assert step < 30


def test_a_stream_of_motion_goes_on_in_its_place(model) -> None:
    whole = model.generate(length=12, seed=3)
    parts = list(model.generate(length=12, seed=3, stream=True))
    assert all(len(part.values) == 1 for part in parts)
    np.testing.assert_allclose(np.concatenate([part.values for part in parts]), whole.values)


def test_a_motion_without_a_prompt_begins_at_a_pose_of_the_training(model, motions) -> None:
    made = to_poses(model.generate(length=3, seed=0))
    codec = model.codec_
    expected = to_poses(codec.decode(codec.encode(motions[0], "motion")))
    np.testing.assert_allclose(made.values[0, 4:], expected.values[0, 4:], atol=1e-5)


def test_a_generated_motion_is_a_file_of_the_same_skeleton(model, motions) -> None:
    made = model.generate(length=6, seed=0)
    assert made.skeleton.difference(motions[0].skeleton) == ""
    assert made.skeleton.channels[0] == ROOT
    assert made.frame_time == motions[0].frame_time
    assert made.values.shape == (6, made.skeleton.width)


def test_no_temperature_gives_the_mean_prediction(model, motions) -> None:
    found = [model.generate(motions[0], length=4, temperature=0, seed=seed) for seed in (0, 1)]
    np.testing.assert_array_equal(numbers(found[0]), numbers(found[1]))
    noisy = model.generate(motions[0], length=4, seed=0)
    assert not np.allclose(numbers(noisy), numbers(found[0]))


def test_a_saved_codec_is_the_same_to_the_bit(model, tmp_path) -> None:
    model.save(tmp_path / "a.gated")
    found, expected = Generator.load(tmp_path / "a.gated").codec_, model.codec_
    for name in ("mean", "to_symbols", "to_poses", "change", "start"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))
    assert found.rest.skeleton.difference(expected.rest.skeleton) == ""
    assert found.rest.frame_time == expected.rest.frame_time
    assert (found.ground.height, found.ground.contact) == (
        expected.ground.height,
        expected.ground.contact,
    )


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("parents", [0] * 7, "codec: A skeleton with"),
        ("channels", [["Yrotation"]] * 7, "no six channels of the root"),
        ("names", [1] * 7, "no texts"),
        ("frame_time", -1.0, "no positive number"),
        ("mean", np.zeros(3, np.float32), r"codec.mean is no array \[46\]"),
        ("start", np.array([np.nan] * 46, np.float32), "codec.start is no array"),
        ("ground", [1.0], "no two numbers"),
        ("ground", [1.0, 0.0], "no positive height"),
        ("change", np.zeros(0, np.float32), "codec"),
    ],
)
def test_a_damaged_codec_is_refused(name, value, message) -> None:
    stored = MotionCodec.learn([wild_motion(seed, 200) for seed in range(2)]).to_json()
    with pytest.raises(ValueError, match=message):
        MotionCodec.from_json({**stored, name: value})


def test_motions_that_cannot_be_learned_from_are_refused(motions) -> None:
    still = still_motion()
    with pytest.raises(DataError, match=r"do not move: all poses are the same. Expected movement"):
        MotionCodec.learn([still])
    with pytest.raises(DataError, match=r"Motion 1 has one frame. Expected at least 2"):
        MotionCodec.learn([motions[0], cut(motions[1], 0, 1)])
    with pytest.raises(DataError, match=r"Motion 1 has another skeleton than Motion 0: its joint"):
        MotionCodec.learn([motions[0], wild_motion(0, order="XYZ")])
    fast = replace(motions[1], frame_time=0.01)
    with pytest.raises(DataError, match=r"Motion 1 has 100 frames a second. Expected 25, as"):
        MotionCodec.learn([motions[0], fast])
    with pytest.raises(DataError, match=r"Motion 0 is a ndarray. Expected a Motion. Read it with"):
        MotionCodec.learn([motions[0].values])


def test_a_root_without_rotations_is_refused(motions) -> None:
    skeleton = replace(body(), channels=(ROOT[:3], *body().channels[1:]))
    piece = Motion(skeleton, motions[0].values[:, 3:], 0.04)
    with pytest.raises(DataError, match=r"Motion 0: The root `hip` has no channel Xrotation"):
        MotionCodec.learn([piece])


def test_a_prompt_of_another_body_is_refused(model) -> None:
    with pytest.raises(DataError, match=r"The prompt has another skeleton than the motions of the"):
        model.generate(wild_motion(0, order="XYZ"))
    with pytest.raises(DataError, match=r"The prompt has 10 frames a second. Expected 25"):
        model.generate(wild_motion(0, frame_time=0.1))


def test_generated_feet_are_planted(model) -> None:
    codec = model.codec_
    symbols = codec.encode(pieces_of("motion", 1, seed=2)[0], "motion")
    poses = to_poses(codec.decode(symbols))
    expected = from_poses(planted(poses, codec.rest, codec.ground), codec.rest)
    np.testing.assert_allclose(codec.decoder().decode(symbols).values, expected.values, atol=1e-6)


def test_a_body_without_feet_is_learned(motions) -> None:
    names = tuple(f"joint {index}" for index in range(7))
    skeleton = replace(motions[0].skeleton, names=names)
    codec = MotionCodec.learn([replace(motion, skeleton=skeleton) for motion in motions])
    assert codec.ground is None
    assert MotionCodec.from_json(codec.to_json()).ground is None
    symbols = codec.encode(replace(motions[0], skeleton=skeleton), "motion")
    np.testing.assert_allclose(
        codec.decoder().decode(symbols).values, codec.decode(symbols).values, atol=1e-9
    )
