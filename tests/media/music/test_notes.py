"""Notes of a piece: converted, sorted, and a message for every value that is out of range."""

import numpy as np
import pytest

from gated.errors import UsageError
from gated.media.music import Music


def test_notes_are_converted_and_sorted_by_onset_then_pitch():
    music = Music.of([1, 0, 1], [0.5, 1, 2], [64, 60, 62], [0, 1, 2], tempo=90, notes=("a",))
    assert music.onset.tolist() == [0, 1, 1]
    assert music.pitch.tolist() == [60, 62, 64]
    assert music.voice.tolist() == [1, 2, 0]
    assert music.end.tolist() == [1, 3, 1.5]
    assert (music.onset.dtype, music.pitch.dtype) == (np.float64, np.int64)
    assert (music.tempo, music.notes) == (90, ("a",))


def test_the_inputs_are_unchanged():
    onset = np.array([1.0, 0.0])
    Music.of(onset, [1, 1], [60, 60])
    assert onset.tolist() == [1, 0]


def test_a_piece_may_have_no_notes():
    assert Music.of([], [], []).pitch.shape == (0,)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        (([0], [1, 1], [60]), r"shapes \[1\], \[2\], \[1\], \[1\]. Expected four.*Give one of"),
        ((0, 1, 60), r"have the shapes \[\], .*Expected four arrays \[N\]"),
        (([0], [1], [60.5]), "not whole numbers. Expected float64 and int64. Build.*Music.of"),
        ((["a"], [1], [60]), "are not floating-point numbers, or"),
        (([-1], [1], [60]), "Note 0 has an onset of -1. Expected 0 or more.*Correct the note"),
        (([np.inf], [1], [60]), "an onset of inf. Expected"),
        (([0], [0], [60]), "a duration of 0. Expected more than 0 quarter notes. Correct"),
        (([0], [np.nan], [60]), "a duration of nan. Expected"),
        (([0, 1], [1, 1], [60, 128]), "Note 1 has a pitch of 128. Expected MIDI pitches.*Correct"),
        (([0], [1], [-1]), "a pitch of -1. Expected"),
        (([0], [1], [60], [-1]), "a voice of -1. Expected voices from 0. Correct"),
        (([0], [1], [60], [0], 0.0), "The tempo is 0. Expected more than 0.*Choose"),
        (([0], [1], [60], [0], float("nan")), "The tempo is nan. Expected"),
    ],
)
def test_a_message_names_the_fault(arrays, message):
    with pytest.raises(UsageError, match=message):
        Music.of(*arrays)


@pytest.mark.parametrize(("onset", "pitch"), [([1.0, 0.0], [60, 60]), ([0.0, 0.0], [64, 60])])
def test_notes_out_of_order_are_refused(onset, pitch):
    zeros = np.zeros(2, np.int64)
    with pytest.raises(UsageError, match=r"not in order. Expected them sorted.*Music\.of, which"):
        Music(np.array(onset), np.ones(2), np.array(pitch), zeros)
