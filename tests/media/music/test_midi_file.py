"""Writing MIDI: another library reads back what was written, or a message names the fault."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gated.errors import GatedError, UsageError
from gated.media.music import Music, read_music, write_midi
from tests.media.music.midi import QUARTER, check_equal, symusic


@st.composite
def pieces(draw) -> Music:
    """Notes on the ticks of a file, of which none lies within another of its voice and pitch."""
    ticks = st.integers(1, 5_000)
    onset, duration, pitch, voice = [], [], [], []
    for part in range(draw(st.integers(1, 18))):  # more voices than channels
        for key in draw(st.sets(st.integers(0, 127), min_size=1, max_size=3)):
            begin = draw(st.integers(0, 3_000))
            for _ in range(draw(st.integers(1, 3))):
                length = draw(ticks)
                onset.append(begin)
                duration.append(length)
                pitch.append(key)
                voice.append(part)
                begin += length + draw(st.sampled_from([0, 7]))
    tempo = draw(st.floats(10, 500))
    return Music.of(np.array(onset) / QUARTER, np.array(duration) / QUARTER, pitch, voice, tempo)


@settings(deadline=None)
@given(music=pieces())
def test_what_is_written_is_read(tmp_path_factory, music):
    symusic()
    path = tmp_path_factory.mktemp("music") / "a.mid"
    write_midi(path, music)
    found = read_music(path)
    check_equal(found, music)
    assert found.notes == ()


def test_times_are_rounded_to_ticks(tmp_path):
    symusic()
    music = Music.of([0, 1 / 3], [1e-9, 1 / 3], [60, 62])
    write_midi(tmp_path / "a.mid", music)
    found = read_music(tmp_path / "a.mid")
    assert found.duration.tolist() == [1 / 480, 160 / 480]
    assert found.onset.tolist() == [0, 160 / 480]


def test_overlapping_notes_of_one_pitch_are_kept(tmp_path):
    symusic()
    music = Music.of([0, 0.5], [1, 1], [60, 60])
    write_midi(tmp_path / "a.mid", music)
    check_equal(read_music(tmp_path / "a.mid"), music)


def test_voices_are_numbered_without_gaps(tmp_path):
    symusic()
    write_midi(tmp_path / "a.mid", Music.of([0, 1], [1, 1], [60, 62], [3, 7]))
    assert read_music(tmp_path / "a.mid").voice.tolist() == [0, 1]


def test_no_voice_is_a_voice_of_drums(tmp_path):
    symusic()
    voice = np.arange(40)
    write_midi(tmp_path / "a.mid", Music.of(voice, np.ones(40), voice + 40, voice))
    found = read_music(tmp_path / "a.mid")
    assert (found.voice.tolist(), found.notes) == (voice.tolist(), ())


@pytest.mark.parametrize(
    ("music", "message"),
    [
        (Music.of([], [], []), "has no notes. Expected at least one.*Generate a longer piece"),
        (Music.of([0], [1], [60], tempo=3), r"3 quarter notes a minute. Expected 3\.58 to.*Choose"),
        (Music.of([0], [1], [60], tempo=1e9), "1e.09 quarter notes a minute. Expected.*Choose"),
        (Music.of([0, 1e9], [1, 1], [60, 60]), r"ends after 1e\+09 quarter.*Expected.*split"),
        (
            Music.of([0, 1], [4, 1], [60, 60], [2, 2]),
            "Voice 2 has a note of the pitch 60 at quarter note 1 within a longer one.*Expected"
            ".*Shorten the longer",
        ),
    ],
)
def test_a_message_says_what_no_file_can_hold(tmp_path, music, message):
    with pytest.raises(UsageError, match=message):
        write_midi(tmp_path / "a.mid", music)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder(tmp_path):
    with pytest.raises(GatedError, match=r"cannot be written: No such file.*Choose another place"):
        write_midi(tmp_path / "no" / "a.mid", Music.of([0], [1], [60]))
