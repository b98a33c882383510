"""Files of music: what becomes a note, what is left out and said, and what is refused."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from gated.errors import DataError, UsageError
from gated.media.music import Music, read_music, read_music_folder
from tests.media.music.midi import check_equal, midi, note, off, on, save, symusic, tempo, track

SCALE = midi(track((0, tempo(600_000)), *note(60), *note(62), *note(64, 960)))
ABC = "X:1\nT:a scale\nM:4/4\nL:1/4\nQ:1/4=90\nK:C\nCDEF|[CEG]4|\n"


class TestMidi:
    def test_notes_in_quarter_notes(self, tmp_path):
        symusic()
        found = read_music(save(tmp_path / "a.mid", SCALE))
        check_equal(found, Music.of([0, 1, 2], [1, 1, 2], [60, 62, 64], tempo=100))
        assert found.notes == ()

    def test_voices_are_tracks_with_notes(self, tmp_path):
        symusic()
        content = midi(track((0, tempo(500_000))), track(*note(72)), track(), track(*note(48)))
        found = read_music(save(tmp_path / "a.MIDI", content))
        check_equal(found, Music.of([0, 0], [1, 1], [48, 72], [1, 0]))

    def test_channels_of_a_single_track_are_voices(self, tmp_path):
        symusic()
        events = [(0, on(60, 0)), (0, on(62, 1)), (480, off(60, 0)), (0, off(62, 1))]
        found = read_music(save(tmp_path / "a.mid", midi(track(*events))))
        check_equal(found, Music.of([0, 0], [1, 1], [60, 62], [0, 1]))

    def test_a_file_without_a_tempo_has_that_of_midi(self, tmp_path):
        symusic()
        assert read_music(save(tmp_path / "a.mid", midi(track(*note(60))))).tempo == 120

    def test_drums_are_left_out_and_a_note_says_it(self, tmp_path):
        symusic()
        drums = track(*note(36, channel=9), *note(38, channel=9))
        found = read_music(save(tmp_path / "a.mid", midi(drums, track(*note(60)))))
        check_equal(found, Music.of([0], [1], [60]))
        assert found.notes == ("a.mid: 2 notes of drums left out.",)

    def test_the_first_of_several_tempi_is_kept_and_a_note_says_it(self, tmp_path):
        symusic()
        content = midi(track((0, tempo(600_000)), (480, tempo(500_000))), track(*note(60)))
        found = read_music(save(tmp_path / "a.mid", content))
        assert found.tempo == 100
        assert found.notes == ("a.mid: the first of 2 tempi is kept, 100 quarter notes a minute.",)

    def test_equal_tempi_need_no_note(self, tmp_path):
        symusic()
        content = midi(track((0, tempo(600_000)), (480, tempo(600_000))), track(*note(60)))
        assert read_music(save(tmp_path / "a.mid", content)).notes == ()

    def test_notes_of_length_zero_are_left_out_and_a_note_says_it(self, tmp_path):
        symusic()
        found = read_music(save(tmp_path / "a.mid", midi(track(*note(60, 0), *note(62)))))
        check_equal(found, Music.of([0], [1], [62]))
        assert found.notes == ("a.mid: 1 note of length zero left out.",)


class TestAbc:
    def test_notes_are_those_of_the_score(self, tmp_path, capfd):
        """Without the articulation of abc2midi, which starts notes late and spreads chords."""
        symusic()
        found = read_music(save(tmp_path / "a.abc", ABC.encode()))
        expected = Music.of(
            [0, 1, 2, 3, 4, 4, 4], [1, 1, 1, 1, 4, 4, 4], [60, 62, 64, 65, 60, 64, 67], tempo=90
        )
        check_equal(found, expected)
        assert found.tempo == 90
        assert found.notes == ()
        assert capfd.readouterr() == ("", "")

    def test_chord_names_and_fermatas_have_no_effect(self, tmp_path):
        symusic()
        plain = read_music(save(tmp_path / "a.abc", b"X:1\nL:1/4\nK:C\nCDEF|G4|\n"))
        text = b'X:1\nL:1/4\nK:C\n"C"CD"G7"EF|HG4|\n'
        check_equal(read_music(save(tmp_path / "b.abc", text)), plain)

    def test_voices_and_triplets(self, tmp_path):
        symusic()
        text = b"X:1\nM:4/4\nL:1/4\nK:C\nV:1\n(3cde c2|\nV:2\nC4|\n"
        found = read_music(save(tmp_path / "a.abc", text))
        expected = Music.of(
            [0, 2 / 3, 4 / 3, 2, 0],
            [2 / 3, 2 / 3, 2 / 3, 2, 4],
            [72, 74, 76, 72, 60],
            [0, 0, 0, 0, 1],
        )
        check_equal(found, expected)

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_the_first_of_several_tunes_is_read_and_a_note_says_it(self, tmp_path, end):
        symusic()
        text = (ABC + "\nX:2\nL:1/4\nK:C\nG4|\n").replace("\n", end)
        found = read_music(save(tmp_path / "a.abc", text.encode()))
        assert found.pitch[0] == 60
        assert found.notes == ("a.abc: the first of 2 tunes is read.",)


EMPTY_PIECE = midi(track((0, tempo(500_000))))
BAD = {
    "empty": ("a.mid", b"", r"the file is empty \(0 bytes\). Expected a file of music.*Save"),
    "no music": ("a.mid", b"hello", "cannot be read: Invalid midi file.*Expected.*Save or exp"),
    "cut off": ("a.mid", SCALE[:-12], r"cannot be read: .*\. Expected a file of music.*Save"),
    "no notes": ("a.mid", EMPTY_PIECE, r"it has no notes\. Expected a file of music.*Save"),
    "drums": ("a.mid", midi(track(*note(36, channel=9))), r"no notes but 1 of drums\. Expected"),
    "no ticks": ("a.mid", midi(track(*note(60)), ticks=0), "cannot be read: .*Expected.*Save"),
    "frames": ("a.mid", midi(track(*note(60)), ticks=0xE728), "cannot be read: Division type.*E"),
    "kind": ("a.txt", SCALE, r"a\.txt: is not a file of music\. Expected.*MIDI.*ABC.*Check the n"),
    "no tune": ("a.abc", b"hello", "it has no tune: no line begins with `X:`. Expected.*Save"),
    "empty tune": ("a.abc", b"X:1\nT:a\nK:C\n", r"it has no notes\. Expected"),
    "bad tune": ("a.abc", b"X:1\nK:C\n:|1 C D :|2 [3E!!q|$%&\n", r"cannot be read: .*\. Expected"),
    "midi as abc": ("a.abc", SCALE, "it has no tune"),
}  # fmt: skip


class TestBadFiles:
    @pytest.mark.parametrize(("name", "content", "message"), BAD.values(), ids=BAD)
    def test_a_message_names_the_file_and_the_fault(self, tmp_path, name, content, message):
        symusic()
        with pytest.raises(DataError, match=rf"{name}: .*{message}|{message}"):
            read_music(save(tmp_path / name, content))

    def test_a_missing_file(self, tmp_path):
        with pytest.raises(DataError, match=r"a\.mid: there is no such file. Expected.*Check the"):
            read_music(tmp_path / "a.mid")

    def test_a_folder(self, tmp_path):
        with pytest.raises(DataError, match=r"is a folder. Expected a file of music.*Name one fi"):
            read_music(tmp_path)

    @pytest.mark.parametrize(("name", "content"), [("a.mid", SCALE), ("a.abc", ABC.encode())])
    def test_without_symusic(self, tmp_path, no_symusic, name, content):
        path = save(tmp_path / name, content)
        expected = r'Expected that symusic.*installed. Install it with pip install "gated\[midi\]"'
        for use in (lambda: read_music(path), lambda: read_music_folder(tmp_path)):
            with pytest.raises(UsageError, match=rf"{name}: is a file of music. {expected}"):
                use()

    def test_importing_the_package_does_not_import_symusic(self):
        program = "import sys, gated.media.music; sys.exit('symusic' in sys.modules)"
        paths = {"PYTHONPATH": os.pathsep.join(sys.path)}
        assert (
            subprocess.run([sys.executable, "-c", program], env=os.environ | paths).returncode == 0
        )

    def test_damaged_bytes_are_refused_or_read_but_never_crash(self, tmp_path):
        symusic()
        rng = np.random.default_rng(0)
        outcomes = set()
        for _ in range(500):
            changed = bytearray(SCALE)
            for at in rng.integers(0, len(SCALE), 2):
                changed[at] = rng.integers(256)
            path = save(tmp_path / "a.mid", bytes(changed[: rng.integers(40, len(changed) + 9)]))
            try:
                found = read_music(path)
            except DataError:
                outcomes.add("refused")
            else:
                assert (found.duration > 0).all()
                outcomes.add("read")
        assert outcomes == {"refused", "read"}


class TestFolder:
    def test_all_files_below_are_read_in_order(self, tmp_path):
        symusic()
        calls = []
        for name in ("b.mid", "a/c.abc", "a/d/e.MID"):
            save(tmp_path / name, ABC.encode() if name.endswith("abc") else SCALE)
        save(tmp_path / ".hidden.mid", b"hello")
        save(tmp_path / ".git/a.mid", b"hello")
        pieces, paths, notes = read_music_folder(tmp_path, lambda *call: calls.append(call))
        assert paths == [tmp_path / name for name in ("a/c.abc", "a/d/e.MID", "b.mid")]
        for piece, path in zip(pieces, paths, strict=True):
            check_equal(piece, read_music(path))
        assert (notes, calls) == ([], [(1, 3), (2, 3), (3, 3)])

    def test_a_broken_file_is_left_out_and_named(self, tmp_path):
        symusic()
        save(tmp_path / "a.mid", SCALE)
        save(tmp_path / "b.mid", b"hello")
        save(tmp_path / "readme.md", b"hello")
        _, paths, notes = read_music_folder(tmp_path)
        assert paths == [tmp_path / "a.mid"]
        broken, others = notes
        assert broken.startswith(f"{tmp_path}/b.mid is left out: cannot be read: Invalid midi")
        assert others == f"{tmp_path}: 1 file of other kinds than music left out."

    def test_all_tunes_of_an_abc_file_are_read_but_the_broken_one(self, tmp_path):
        symusic()
        broken = "X:2\nK:C\n[3E!!q|$%&\n\n"
        path = save(tmp_path / "a.abc", (ABC + "\n" + broken + "X:3\nL:1/4\nK:C\nG4|\n").encode())
        pieces, paths, notes = read_music_folder(tmp_path)
        assert [piece.pitch[0] for piece in pieces] == [60, 67]
        assert paths == [path, path]
        (note,) = notes
        assert note.startswith("a.abc, tune 2 is left out: ")

    def test_notes_of_the_pieces_are_among_those_of_the_folder(self, tmp_path):
        symusic()
        save(tmp_path / "a.mid", midi(track(*note(60, 0), *note(62))))
        assert read_music_folder(tmp_path)[2] == ["a.mid: 1 note of length zero left out."]

    def test_a_missing_folder(self, tmp_path):
        with pytest.raises(DataError, match=r"no such folder. Expected a folder with.*Check the n"):
            read_music_folder(tmp_path / "no")

    def test_a_file(self, tmp_path):
        path = save(tmp_path / "a.mid", SCALE)
        with pytest.raises(DataError, match=r"is not a folder. Expected.*Name the folder above"):
            read_music_folder(path)

    def test_a_folder_without_music(self, tmp_path):
        save(tmp_path / "a.txt", b"hello")
        with pytest.raises(DataError, match=r"has no file of music\. Expected MIDI.*Check the na"):
            read_music_folder(tmp_path)

    def test_a_folder_of_broken_files(self, tmp_path):
        symusic()
        save(tmp_path / "a.mid", b"hello")
        save(tmp_path / "b.mid", b"hello")
        message = r"no file of music that can be read, of 2 files\. Expected MIDI.*add files\. "
        with pytest.raises(DataError, match=rf"{message}The first: .*a\.mid is left out: cannot"):
            read_music_folder(tmp_path)

    def test_without_permission(self, tmp_path, monkeypatch):
        def refused(path: Path) -> None:
            raise PermissionError(13, os.strerror(13), str(path))

        monkeypatch.setattr(os, "scandir", refused)
        with pytest.raises(DataError, match=r"cannot be listed \(Permission denied\).*Check the p"):
            read_music_folder(tmp_path)
