"""Notes to steps and back: the same roll, the same voices, and messages for the rest."""

import json

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from gated.errors import GatedWarning, UsageError
from gated.media.music import Music, from_roll, from_voices, to_roll, to_voices
from tests.folders import DATA
from tests.media.music.midi import check_equal

CHORALES = DATA / "music" / "jsb-16th-separated.json"
ROLLS = arrays(np.bool_, st.tuples(st.integers(0, 20), st.just(88)))
STEPS = st.integers(1, 12)


@st.composite
def voices(draw) -> np.ndarray:
    """[T, V], a note in every voice, no silence at the end, heights that differ and fall."""
    shape = draw(array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12))
    array = draw(arrays(np.int16, shape, elements=st.integers(-1, 127)))
    array[-1] = np.maximum(array[-1], 0)
    heights = [column[column >= 0].mean() for column in array.T]
    assume(len(set(heights)) == len(heights))
    return array[:, np.argsort(heights)[::-1]]


class TestRolls:
    @given(roll=ROLLS, steps=STEPS)
    def test_a_roll_comes_back(self, roll, steps):
        """Up to the silence at its end, which notes do not have."""
        sounding = roll[: np.flatnonzero(roll.any(axis=1)).max(initial=-1) + 1]
        music = from_roll(roll, steps, tempo=90)
        np.testing.assert_array_equal(to_roll(music, steps), sounding)
        check_equal(from_roll(sounding, steps, tempo=90), music)

    def test_times_are_rounded_and_a_note_has_at_least_one_step(self):
        music = Music.of([0, 0.3, 1], [0.01, 0.3, 1], [60, 62, 64])
        roll = to_roll(music)
        assert roll.dtype == np.bool_
        assert np.flatnonzero(roll[:, 39]).tolist() == [0]
        assert np.flatnonzero(roll[:, 41]).tolist() == [1]
        assert np.flatnonzero(roll[:, 43]).tolist() == [4, 5, 6, 7]

    def test_notes_in_a_row_of_half_a_step_fall_on_steps_in_order(self):
        begins = to_roll(Music.of(np.arange(6) / 8, np.ones(6) / 8, np.arange(6) + 60))
        assert [np.flatnonzero(column)[0] for column in begins.T if column.any()] == [
            0, 1, 1, 2, 2, 3
        ]  # fmt: skip

    def test_pitches_outside_the_keys_are_left_out_and_a_warning_says_it(self):
        music = Music.of([0, 0, 0, 0], [1, 1, 1, 1], [20, 21, 108, 109])
        with pytest.warns(GatedWarning, match=r"2 notes of 4 outside the 88 keys.*\(MIDI pitches "):
            roll = to_roll(music)
        assert roll.sum(axis=0)[[0, 87]].tolist() == [4, 4]
        assert roll.sum() == 8

    def test_all_voices_are_in_the_roll(self):
        assert to_roll(Music.of([0, 0], [1, 1], [60, 64], [0, 1])).sum() == 8

    def test_numbers_0_and_1_are_a_roll(self):
        roll = np.zeros((2, 88), np.float32)
        roll[:, 0] = 1
        assert from_roll(roll).pitch.tolist() == [21]

    @pytest.mark.parametrize(
        "roll", [np.zeros((3, 87)), np.zeros(88), np.full((1, 88), 0.5), np.full((1, 88), "a")]
    )
    def test_other_arrays_are_refused(self, roll):
        with pytest.raises(UsageError, match=r"is given, or.*Expected \[T, 88\] of bool.*Choose"):
            from_roll(roll)


class TestVoices:
    @given(array=voices(), steps=STEPS)
    def test_voices_come_back(self, array, steps):
        music = from_voices(array, steps, tempo=90)
        found = to_voices(music, array.shape[1], steps)
        assert found.dtype == np.int16
        np.testing.assert_array_equal(found, array)
        check_equal(from_voices(array, steps, tempo=90), music)

    @pytest.mark.skipif(not CHORALES.exists(), reason="needs shared/data, not in the package")
    def test_every_chorale_comes_back(self):
        for part in json.loads(CHORALES.read_text()).values():
            for piece in part:
                array = np.array(piece, dtype=np.int16)
                music = from_voices(array)
                np.testing.assert_array_equal(to_voices(music)[: len(array)], array[: _end(array)])
                expected = np.zeros((_end(array), 88), dtype=np.bool_)
                step, voice = np.nonzero(array >= 0)
                expected[step, array[step, voice] - 21] = True
                np.testing.assert_array_equal(to_roll(music), expected)

    def test_the_highest_voice_is_first(self):
        music = Music.of([0, 0, 0], [1, 1, 1], [48, 72, 60], [0, 1, 2])
        assert to_voices(music, 3)[0].tolist() == [72, 60, 48]

    def test_a_legato_of_half_a_step_is_no_chord(self):
        music = Music.of([0, 0.9], [1, 1.1], [60, 62])
        assert to_voices(music, 1)[:, 0].tolist() == [60] * 4 + [62] * 4

    def test_notes_without_a_step_are_left_out_and_a_warning_says_it(self):
        music = Music.of([0, 0.05, 0.1], [0.05, 0.05, 0.9], [60, 62, 64])
        with pytest.warns(GatedWarning, match=r"2 notes of 3 shorter than a step.*More steps"):
            assert to_voices(music, 1)[:, 0].tolist() == [64] * 4

    def test_a_voice_with_chords_is_refused(self):
        music = Music.of([0, 1, 1.5], [1, 1, 1], [60, 62, 64], [3, 3, 3])
        message = (
            "Voice 3 has several notes at quarter note 1.5, the pitches `62`, `64`. "
            "Expected one note at a time in each voice. Choose pieces"
        )
        with pytest.raises(UsageError, match=message):
            to_voices(music, 1)

    @pytest.mark.parametrize("number", [1, 3])
    def test_another_number_of_voices_is_refused(self, number):
        music = Music.of([0, 0], [1, 1], [60, 62], [0, 1])
        with pytest.raises(UsageError, match=f"has 2 voices with.*Expected {number}. Choose"):
            to_voices(music, number)

    @pytest.mark.parametrize("array", [[60], [[60.5]], [[128]], [[-2]], [["a"]]])
    def test_other_arrays_are_refused(self, array):
        with pytest.raises(UsageError, match=r"are given, or.*Expected whole.*\[T, V\].*Give one"):
            from_voices(array)


@pytest.mark.parametrize("steps", [0, -4])
def test_fewer_than_one_step_a_quarter_note(steps):
    music = Music.of([0], [1], [60])
    for use in (
        lambda: to_roll(music, steps),
        lambda: from_roll(np.zeros((1, 88)), steps),
        lambda: to_voices(music, 1, steps),
        lambda: from_voices([[60]], steps),
    ):
        with pytest.raises(UsageError, match=rf"{steps} steps a.*Expected at least 1. Choose 4"):
            use()


def test_a_piece_that_would_fill_the_memory():
    music = Music.of([0, 1e9], [1, 1], [60, 60])
    for use in (to_roll, to_voices):
        with pytest.raises(UsageError, match=r"4,000,000,004 steps. Expected at most.*split"):
            use(music)


def test_no_notes():
    assert to_roll(Music.of([], [], [])).shape == (0, 88)
    assert from_roll(np.zeros((4, 88))).pitch.shape == (0,)
    assert from_voices(np.full((3, 2), -1)).pitch.shape == (0,)


def _end(array: np.ndarray) -> int:
    return int(np.flatnonzero((array >= 0).any(axis=1)).max()) + 1
