"""The benchmark of dances: its cut, its batches, and its figures of known motions."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.common.folders import data_folder
from benchmarks.sequences import motion as dances
from gated import Generator
from gated.media.motion import Motion
from tests.folders import DATA
from tests.media.motion.motions import body, wild_motion
from tests.tasks.generator.pieces import cut, pieces_of


@pytest.fixture(scope="module")
def model() -> Generator:
    sizes = {"hidden_size": 16, "num_layers": 1, "window": 20, "batch_size": 4, "max_steps": 20}
    return Generator("motion", validation=0, **sizes).fit(pieces_of("motion"))


@pytest.mark.skipif(not DATA.is_dir(), reason="the data sets are not beside the repository")
def test_both_dancers_of_a_take_are_in_one_part() -> None:
    found = dances.read_dances(data_folder(DATA))
    assert [len(part) for part in (found.train, found.validation, found.test)] == [20, 4, 4]
    # The two clips of a take have the same number of frames; the first one is a rest pose.
    assert [len(clip.values) for clip in found.validation] == [422, 567, 422, 567]
    assert [len(clip.values) for clip in found.test] == [487, 535, 487, 535]


def test_a_batch_is_what_generate_gives(model) -> None:
    starts = [cut(piece, 0, 12) for piece in pieces_of("motion", 3, seed=7)]
    made = list(dances.continued(model, starts, 9, 0.0, 0))
    for start, found in zip(starts, made, strict=True):
        expected = model.generate(start, length=9, temperature=0)
        np.testing.assert_allclose(found.values, expected.values, atol=1e-2)


def test_recorded_motions_are_as_lively_as_themselves() -> None:
    recorded = pieces_of("motion", 3)
    found = dances.liveliness(recorded, recorded)
    assert found.alive == 3
    assert found.energy[0] <= 1 <= found.energy[1]
    assert found.skate == pytest.approx(1)
    still = Motion(body(), np.zeros((100, 24)), 0.04)
    found = dances.liveliness([still], recorded)
    assert (found.alive, found.energy, found.frozen) == (0, (0, 0), pytest.approx(99 * 0.04))


def test_the_error_of_the_last_pose_is_one(model, monkeypatch) -> None:
    """A model that repeats the last pose has the ratio 1 at each horizon."""

    def repeated(model, starts, length, temperature, seed):
        for start in starts:
            yield Motion(start.skeleton, np.repeat(start.values[-1:], length, 0), start.frame_time)

    monkeypatch.setattr(dances, "continued", repeated)
    clip = replace(wild_motion(1, 90), frame_time=1 / 30)
    assert dances.error_ratios(model, [clip]) == pytest.approx([1, 1, 1, 1])


def test_starts_are_spread_over_the_clips() -> None:
    clips = [wild_motion(seed, 100) for seed in range(4)]
    starts = dances.prompts(clips, 20)
    assert [len(start.values) for start in starts] == [60] * 20
    for index, begin in enumerate((0, 10, 20, 30, 40)):
        np.testing.assert_array_equal(starts[index].values, clips[0].values[begin : begin + 60])
