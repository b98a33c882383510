"""Files of sound: what is read, what is changed and said, what is refused."""

import wave
from pathlib import Path

import numpy as np
import pytest

from gated.errors import DataError, GatedError
from gated.media.audio import read_folder, read_recording, write_recording


def _tone(seconds: float = 0.1, rate: int = 8_000, hertz: float = 440.0) -> np.ndarray:
    steps = np.arange(round(seconds * rate))
    return (0.5 * np.sin(2 * np.pi * hertz * steps / rate)).astype(np.float32)


def _write(
    path: Path, values: np.ndarray, width: int, channels: int = 1, rate: int = 8_000
) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    scaled = np.round(values * (2.0 ** (8 * width - 1) - 1)).astype("<i4")
    if width == 1:
        data = (scaled + 128).astype(np.uint8).tobytes()
    else:
        data = scaled.view(np.uint8).reshape(-1, 4)[:, :width].tobytes()
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(data)


@pytest.mark.parametrize(("width", "error"), [(1, 1e-2), (2, 1e-4), (3, 1e-6), (4, 1e-6)])
def test_a_wav_file_of_any_width_has_the_values_that_were_written(tmp_path, width, error) -> None:
    _write(tmp_path / "a.wav", _tone(), width)
    found = read_recording(tmp_path / "a.wav")
    assert (found.rate, found.notes) == (8_000, ())
    np.testing.assert_allclose(found.samples, _tone(), atol=error)


def test_a_written_recording_is_read_again(tmp_path) -> None:
    write_recording(tmp_path / "a.wav", _tone(), 8_000)
    np.testing.assert_allclose(read_recording(tmp_path / "a.wav").samples, _tone(), atol=1e-4)


def test_stereo_is_mixed_and_said(tmp_path) -> None:
    both = np.stack([_tone(), np.zeros_like(_tone())], axis=1)
    _write(tmp_path / "a.wav", both.ravel(), 2, channels=2)
    found = read_recording(tmp_path / "a.wav")
    assert found.notes == ("a.wav: 2 channels were mixed to one.",)
    np.testing.assert_allclose(found.samples, _tone() / 2, atol=1e-4)


def test_another_rate_is_resampled_and_said(tmp_path) -> None:
    _write(tmp_path / "a.wav", _tone(0.5, 16_000), 2, rate=16_000)
    found = read_recording(tmp_path / "a.wav", 8_000)
    assert found.notes == ("a.wav: was resampled from 16,000 to 8,000 Hz.",)
    middle = slice(400, -400)
    np.testing.assert_allclose(found.samples[middle], _tone(0.5)[middle], atol=1e-3)


def test_flac_is_read_through_soundfile(tmp_path) -> None:
    soundfile = pytest.importorskip("soundfile", reason="FLAC needs the extra gated[audio]")
    soundfile.write(tmp_path / "a.flac", _tone(), 8_000)
    np.testing.assert_allclose(read_recording(tmp_path / "a.flac").samples, _tone(), atol=1e-3)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is an empty file"),
        (b"broken", "has the name of a WAV file, but is none"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "cannot be read as WAV"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path, content, message) -> None:
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_recording(tmp_path / "a.wav")


def test_a_file_without_samples_is_refused(tmp_path) -> None:
    _write(tmp_path / "a.wav", np.zeros(0), 2)
    with pytest.raises(DataError, match="holds no sample of sound"):
        read_recording(tmp_path / "a.wav")


def test_a_file_that_is_cut_off_is_refused(tmp_path) -> None:
    _write(tmp_path / "a.wav", _tone(), 2)
    content = (tmp_path / "a.wav").read_bytes()
    (tmp_path / "a.wav").write_bytes(content[:-400])
    with pytest.raises(DataError, match="600 of 800 samples, so it is cut off"):
        read_recording(tmp_path / "a.wav")


def test_another_format_is_refused_in_words(tmp_path) -> None:
    (tmp_path / "a.mp3").write_text("no sound at all")
    with pytest.raises(GatedError, match=r"cannot be read as sound|soundfile is not"):
        read_recording(tmp_path / "a.mp3")


def test_a_folder_and_a_missing_file_are_refused(tmp_path) -> None:
    with pytest.raises(DataError, match="is a folder"):
        read_recording(tmp_path)
    with pytest.raises(DataError, match="cannot be read: No such file"):
        read_recording(tmp_path / "none.wav")


def _folder(root: Path, counts: dict[str, int], rate: int = 8_000) -> Path:
    for label, count in counts.items():
        for index in range(count):
            _write(root / label / f"{index}.wav", _tone(rate=rate), 2, rate=rate)
    return root


def test_the_labels_of_a_folder_are_its_sub_folders(tmp_path) -> None:
    found = read_folder(_folder(tmp_path, {"no": 2, "yes": 3}))
    assert found.labels == ["no"] * 2 + ["yes"] * 3
    assert (found.rate, found.notes) == (8_000, ())


def test_one_broken_file_among_many_is_left_out_and_named(tmp_path) -> None:
    _folder(tmp_path, {"no": 20, "yes": 20})
    (tmp_path / "yes" / "7.wav").write_bytes(b"broken")
    (tmp_path / "yes" / "notes.txt").write_text("")
    found = read_folder(tmp_path)
    assert len(found.recordings) == 39
    left_out, ignored = found.notes
    assert left_out.startswith("Left out: ")
    assert "7.wav" in left_out
    assert ignored == "Ignored 1 other files, which are no files of sound."


def test_files_of_another_rate_are_resampled_to_the_most_frequent_one(tmp_path) -> None:
    _folder(tmp_path, {"no": 3, "yes": 3})
    _write(tmp_path / "yes" / "9.wav", _tone(rate=16_000), 2, rate=16_000)
    found = read_folder(tmp_path)
    assert {recording.rate for recording in found.recordings} == {8_000}
    assert found.notes == ("1 of 7 files were resampled from 16,000 to 8,000 Hz.",)


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ({}, "has no file of sound in its sub-folders. Expected folder/label"),
        ({"yes": 3}, "all recordings have the label 'yes'. Expected at least two labels"),
        ({"no": 1, "yes": 3}, "no: has one recording that can be read. Expected at least two"),
    ],
)
def test_a_folder_that_cannot_be_learned_from_is_refused(tmp_path, counts, message) -> None:
    with pytest.raises(DataError, match=message):
        read_folder(_folder(tmp_path, counts))


def test_a_file_instead_of_a_folder_is_refused(tmp_path) -> None:
    (tmp_path / "a").write_text("")
    with pytest.raises(DataError, match="is no folder"):
        read_folder(tmp_path / "a")
