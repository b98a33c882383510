"""Folders of recordings: what becomes a label, what is named, and what is refused."""

import os
import struct
from pathlib import Path

import numpy as np
import pytest

from gated.errors import DataError, UsageError
from gated.media.audio import read_folder, read_recording
from tests.media.audio.sounds import RATE, chunk, form, riff, save, soundfile, tone, write

TONE = tone(440)


def labelled(folder: Path, **counts: int) -> Path:
    """A folder with so many recordings of each label."""
    for label, count in counts.items():
        for index in range(count):
            write(folder / label / f"{index:02}.wav", tone(300 + 10 * index))
    return folder


class TestFolder:
    def test_labels_are_the_names_of_the_sub_folders(self, tmp_path):
        found = read_folder(labelled(tmp_path, yes=3, no=2))
        assert found.labels == ["no", "no", "yes", "yes", "yes"]
        assert found.paths == sorted(tmp_path.glob("*/*.wav"))
        assert (found.rate, found.notes) == (RATE, ())
        for path, recording in zip(found.paths, found.recordings, strict=True):
            np.testing.assert_array_equal(recording.samples, read_recording(path).samples)
            assert recording.rate == RATE

    def test_one_broken_file_among_hundreds_is_left_out_and_named(self, tmp_path):
        labelled(tmp_path, yes=150, no=150)
        save(tmp_path / "yes" / "07.wav", b"hello")
        save(tmp_path / "no" / "08.wav", b"")
        found = read_folder(tmp_path)
        assert (len(found.recordings), len(found.labels), len(found.paths)) == (298, 298, 298)
        assert tmp_path / "yes" / "07.wav" not in found.paths
        empty, broken = found.notes
        assert empty.startswith(f"{tmp_path}/no/08.wav is left out: the file is empty (0 bytes).")
        assert broken.startswith(f"{tmp_path}/yes/07.wav is left out: is not a file of sound.")

    def test_the_most_frequent_rate_is_used(self, tmp_path):
        labelled(tmp_path, yes=3, no=2)
        write(tmp_path / "no" / "99.wav", tone(440, rate=16_000), 16_000)
        found = read_folder(tmp_path)
        assert found.rate == RATE
        assert {len(recording.samples) for recording in found.recordings} == {800}
        assert found.notes == (
            f"{tmp_path}: 1 of 6 recordings resampled from 16,000 to 8,000 Hz: `no/99.wav`.",
        )

    def test_the_lowest_of_equally_frequent_rates(self, tmp_path):
        for label in ("no", "yes"):
            write(tmp_path / label / "0.wav", tone(440, rate=16_000), 16_000)
            write(tmp_path / label / "1.wav", TONE)
        assert read_folder(tmp_path).rate == 8_000

    def test_a_requested_rate(self, tmp_path):
        found = read_folder(labelled(tmp_path, yes=4, no=2), rate=16_000)
        assert {recording.rate for recording in found.recordings} == {found.rate} == {16_000}
        assert {len(recording.samples) for recording in found.recordings} == {1_600}
        (note,) = found.notes
        assert "6 of 6 recordings resampled from 8,000 to 16,000 Hz: `no/00.wav`" in note
        assert note.endswith("and 3 more.")

    def test_stereo_and_loud_recordings_are_named(self, tmp_path):
        labelled(tmp_path, yes=2, no=2)
        write(tmp_path / "no" / "2.wav", np.stack([TONE, TONE], axis=1))
        loud = riff(form(3, bits=32), chunk(b"data", struct.pack("<f", 2)))
        save(tmp_path / "yes" / "3.wav", loud)
        start = f"{tmp_path}: 1 of 6 recordings"
        assert read_folder(tmp_path).notes == (
            f"{start} divided by the largest sample, which is above 1: `yes/3.wav`.",
            f"{start} several channels mixed to one: `no/2.wav`.",
        )

    def test_silent_recordings_are_left_out_and_named(self, tmp_path):
        labelled(tmp_path, yes=2, no=2)
        write(tmp_path / "no" / "constant.wav", np.full(800, 0.25))
        write(tmp_path / "yes" / "faint.wav", TONE * 1e-4)
        write(tmp_path / "yes" / "quiet.wav", TONE * 4e-4)
        found = read_folder(tmp_path)
        assert [path.name for path in found.paths if path.stem[0].isalpha()] == ["quiet.wav"]
        rest = "Expected a loudest sample of −80 dBFS or more. Record it again, or remove the file."
        assert found.notes == (
            f"{tmp_path}/no/constant.wav is left out: it is silent (all its samples are equal). "
            + rest,
            f"{tmp_path}/yes/faint.wav is left out: it is silent (its loudest sample is at "
            f"−84 dBFS). {rest}",
        )

    def test_everything_else_is_in_a_note_except_hidden_files(self, tmp_path):
        labelled(tmp_path, yes=2, no=2)
        (tmp_path / "empty").mkdir()
        (tmp_path / ".git").mkdir()
        for name in ("readme.md", "yes/list.csv", ".hidden", "yes/.hidden.wav", "loose.wav"):
            save(tmp_path / name, b"x")
        write(tmp_path / "yes" / "more" / "0.wav", TONE)
        found = read_folder(tmp_path)
        assert found.labels == ["no", "no", "yes", "yes"]
        assert found.notes == (
            f"{tmp_path}/empty: has no file of sound; it is not used as a label.",
            f"{tmp_path}: left out, because they are not at folder/label/file: `loose.wav`, "
            "`yes/more`.",
            f"{tmp_path}: 2 files of other kinds than sound left out.",
        )

    def test_progress_is_reported(self, tmp_path):
        calls = []
        read_folder(labelled(tmp_path, yes=2, no=2), progress=lambda *call: calls.append(call))
        assert calls == [(1, 4), (2, 4), (3, 4), (4, 4)]

    def test_flac_among_wav(self, tmp_path):
        labelled(tmp_path, yes=2, no=2)
        soundfile().write(tmp_path / "no" / "2.FLAC", TONE, RATE, format="FLAC")
        assert read_folder(tmp_path).labels == ["no", "no", "no", "yes", "yes"]

    def test_flac_without_soundfile(self, tmp_path, no_soundfile):
        labelled(tmp_path, yes=2, no=2)
        save(tmp_path / "no" / "2.flac", b"fLaC")
        with pytest.raises(UsageError, match=r"no/2\.flac: is no WAV.*gated\[audio\]"):
            read_folder(tmp_path)


class TestBadFolders:
    LAYOUT = r"Expected.* folder/label/\*\.wav"

    def refused(self, folder: Path, message: str) -> None:
        with pytest.raises(DataError, match=message):
            read_folder(folder)

    def test_missing(self, tmp_path):
        self.refused(tmp_path / "no", f"no: there is no such folder. {self.LAYOUT}.*Check the name")

    def test_a_file(self, tmp_path):
        path = write(tmp_path / "a.wav", TONE)
        self.refused(path, rf"a\.wav: is not a folder. {self.LAYOUT}.*Name the folder above")

    def test_without_sub_folders(self, tmp_path):
        write(tmp_path / "a.wav", TONE)
        self.refused(tmp_path, f"has no file of sound in a sub-folder. {self.LAYOUT}.*Move")

    def test_empty(self, tmp_path):
        self.refused(tmp_path, f"has no file of sound in a sub-folder. {self.LAYOUT}")

    def test_one_label_only(self, tmp_path):
        labelled(tmp_path, yes=5)
        expected = r"Expected at least two labels, as folder/label/\*\.wav. Add a sub-folder"
        self.refused(tmp_path, f"all recordings have the label `yes`. {expected}")

    def test_one_example_of_a_label(self, tmp_path):
        labelled(tmp_path, yes=5, no=1, perhaps=2)
        self.refused(
            tmp_path,
            r"1 label with fewer than two recordings that can be read and are not silent: "
            r"`no \(1\)`. "
            r"Expected two or more files folder/label/\*\.wav for each label.*Add recordings",
        )

    def test_a_label_of_broken_files(self, tmp_path):
        labelled(tmp_path, yes=5, no=2)
        for path in (tmp_path / "no").iterdir():
            path.write_bytes(b"hello")
        self.refused(tmp_path, r"1 label with fewer than two.*`no \(0\)`")

    def test_without_permission(self, tmp_path, monkeypatch):
        def refused(_: Path) -> None:
            raise PermissionError(13, os.strerror(13))

        monkeypatch.setattr(Path, "iterdir", refused)
        self.refused(tmp_path, r"cannot be listed \(Permission denied\). .*Check the permissions")
