"""Files of sound: every codec to the same samples, and a message for every bad file."""

import builtins
import os
import struct
from pathlib import Path

import numpy as np
import pytest

from gated.errors import DataError, GatedError, UsageError
from gated.media.audio import read_folder, read_recording, write_recording
from tests.media.audio.sounds import RATE, chunk, form, riff, save, soundfile, tone, write

TONE = tone(440)
TWO = np.array([0.5, -0.25])
SAMPLES = {  # tag of the codec, bits: TWO as a file holds it
    (1, 8): bytes([192, 96]),
    (1, 16): struct.pack("<hh", 16_384, -8_192),
    (1, 24): b"\x00\x00\x40" + b"\x00\x00\xe0",
    (1, 32): struct.pack("<ii", 2**30, -(2**29)),
    (3, 32): struct.pack("<ff", *TWO),
    (3, 64): struct.pack("<dd", *TWO),
}
DATA = chunk(b"data", SAMPLES[1, 16])


class TestWav:
    @pytest.mark.parametrize(("codec", "data"), SAMPLES.items())
    def test_every_codec_gives_the_same_samples(self, tmp_path, no_soundfile, codec, data):
        content = riff(form(codec[0], bits=codec[1]), chunk(b"data", data))
        found = read_recording(save(tmp_path / "a.wav", content))
        assert found.samples.dtype == np.float32
        np.testing.assert_array_equal(found.samples, TWO)
        assert (found.rate, found.notes) == (RATE, ())

    def test_the_extensible_layout(self, tmp_path, no_soundfile):
        more = struct.pack("<HHIH", 22, 16, 4, 1) + bytes(14)
        path = save(tmp_path / "a.wav", riff(form(0xFFFE, more=more), DATA))
        np.testing.assert_array_equal(read_recording(path).samples, TWO)

    def test_other_chunks_are_skipped(self, tmp_path):
        content = riff(
            chunk(b"LIST", b"odd"), form(), chunk(b"fact", b"1234"), DATA, chunk(b"x   ", b"")
        )
        found = read_recording(save(tmp_path / "a.wav", content))
        np.testing.assert_array_equal(found.samples, TWO)

    def test_samples_of_unknown_number_last_until_the_end(self, tmp_path):
        """Programs that write to a pipe do not know the number in advance."""
        data = b"data" + struct.pack("<I", 0xFFFFFFFF) + SAMPLES[1, 16]
        found = read_recording(save(tmp_path / "a.wav", riff(form(), data)))
        np.testing.assert_array_equal(found.samples, TWO)

    def test_extremes_of_16_bits_lie_within_the_range(self, tmp_path):
        data = chunk(b"data", struct.pack("<hh", -32_768, 32_767))
        found = read_recording(save(tmp_path / "a.wav", riff(form(), data)))
        assert found.samples.tolist() == [-1.0, 32_767 / 32_768]
        assert found.notes == ()

    def test_stereo_is_mixed_and_a_note_says_it(self, tmp_path):
        path = write(tmp_path / "a.wav", np.stack([TONE, 0 * TONE], axis=1))
        found = read_recording(path)
        np.testing.assert_allclose(found.samples, TONE / 2, atol=2 / 32_768)
        assert found.notes == ("a.wav: 2 channels mixed to one.",)

    def test_another_rate_is_resampled_and_a_note_says_it(self, tmp_path):
        path = write(tmp_path / "clip.wav", tone(440, rate=16_000), 16_000)
        found = read_recording(path, rate=8_000)
        assert (len(found.samples), found.rate) == (800, 8_000)
        np.testing.assert_allclose(found.samples[200:600], TONE[200:600], atol=1e-3)
        assert found.notes == ("clip.wav: resampled from 16,000 to 8,000 Hz.",)
        assert read_recording(path, rate=16_000).notes == ()

    def test_samples_above_1_are_divided_and_a_note_says_it(self, tmp_path):
        data = chunk(b"data", struct.pack("<ff", 2.5, -1.25))
        found = read_recording(save(tmp_path / "a.wav", riff(form(3, bits=32), data)))
        assert found.samples.tolist() == [1.0, -0.5]
        assert found.notes == (
            "a.wav: divided by its largest sample, 2.5, to lie between −1 and 1.",
        )

    def test_resampling_does_not_leave_the_range(self, tmp_path):
        square = np.sign(tone(100, rate=16_000) + 1e-9)
        found = read_recording(write(tmp_path / "a.wav", square, 16_000), rate=8_000)
        assert np.abs(found.samples).max() == 1


HEADER = form()
BAD = {
    "no sound": (b"hello", "is not a file of sound. Expected a file of sound: WAV, FLAC.*Check"),
    "empty": (b"", r"the file is empty \(0 bytes\). Expected.*Record or convert"),
    "length 0": (riff(HEADER, chunk(b"data", b"")), "has length 0. Expected at least one.*remove"),
    "cut in the samples": (
        riff(HEADER, b"data" + struct.pack("<I", 2_000) + bytes(20)),
        "is cut off: it has 10 of 1,000 samples. Expected a complete WAV file. Record or convert",
    ),
    "cut before the samples": (riff(HEADER), "is cut off before its samples.*Expected.*Record"),
    "cut in the header": (riff(HEADER)[:30], "description of its samples is cut off. Expected"),
    "no header": (riff(DATA), "no description of its samples.*Expected a complete WAV file. Rec"),
    "no channel": (riff(form(channels=0), DATA), "0 channels of 16 bits do not fit 0 bytes. Exp"),
    "rate 0": (riff(form(rate=0), DATA), "has 0 samples a second. Expected 1,000 to 768,000. Rec"),
    "rate": (riff(form(rate=2**31), DATA), "has 2,147,483,648 samples a second. Expected"),
    "nan": (
        riff(form(3, bits=32), chunk(b"data", struct.pack("<ff", 0, float("nan")))),
        "has samples that are not finite.*Expected numbers from −1 to 1. Record or convert",
    ),
    "beyond float32": (
        riff(form(3, bits=64), chunk(b"data", struct.pack("<dd", 0, 1e300))),
        "has samples that are not finite",
    ),
}  # fmt: skip


class TestBadFiles:
    @pytest.mark.parametrize(("content", "message"), BAD.values(), ids=BAD)
    def test_a_message_names_the_file_and_the_fault(self, tmp_path, content, message):
        path = save(tmp_path / "a.wav", content)
        with pytest.raises(DataError, match=rf"a\.wav: .*{message}"):
            read_recording(path)

    def test_a_missing_file(self, tmp_path):
        with pytest.raises(
            DataError, match=r"a\.wav: there is no such file. Expected.*Check the n"
        ):
            read_recording(tmp_path / "a.wav")

    def test_a_folder(self, tmp_path):
        with pytest.raises(
            DataError, match=r"is a folder. Expected a file of sound.*Name one file"
        ):
            read_recording(tmp_path)

    def test_an_invalid_name(self):
        with pytest.raises(DataError, match=r"cannot be read \(embedded null.*Expected.*Check the"):
            read_recording("a\0.wav")

    def test_a_file_without_permission(self, tmp_path, monkeypatch):
        def refused(_: Path) -> bytes:
            raise PermissionError(13, os.strerror(13))

        path = write(tmp_path / "a.wav", TONE)
        monkeypatch.setattr(Path, "read_bytes", refused)
        with pytest.raises(DataError, match=r"Permission denied.*Expected.*the permissions"):
            read_recording(path)

    def test_a_file_of_another_kind(self, tmp_path):
        path = save(tmp_path / "notes.txt", b"hello")
        with pytest.raises(DataError, match=r"notes\.txt: is not a file of sound"):
            read_recording(path)

    @pytest.mark.parametrize("rate", [0, -8_000, 999, 10**9])
    def test_a_rate_out_of_range(self, tmp_path, rate):
        path = write(tmp_path / "a.wav", TONE)
        for use in (
            lambda: read_recording(path, rate),
            lambda: read_folder(tmp_path, rate),
            lambda: write_recording(path, TONE, rate),
        ):
            with pytest.raises(UsageError, match=r"is given. Expected 1,000 to 768,000.*Choose"):
                use()

    def test_damaged_bytes_are_refused_or_read_but_never_crash(self, tmp_path):
        rng = np.random.default_rng(0)
        content = riff(form(channels=2), chunk(b"data", bytes(40)))
        outcomes = set()
        for _ in range(500):
            changed = bytearray(content)
            for at in rng.integers(0, len(content), 3):
                changed[at] = rng.integers(256)
            path = save(tmp_path / "a.wav", bytes(changed[: rng.integers(1, len(changed) + 1)]))
            try:
                found = read_recording(path)
            except GatedError:  # DataError, or UsageError where soundfile is missing
                outcomes.add("refused")
            else:
                assert np.abs(found.samples).max() <= 1
                outcomes.add("read")
        assert outcomes == {"refused", "read"}


class TestOtherFormats:
    @pytest.mark.parametrize(
        ("name", "tolerance"),
        [("a.flac", 2**-15), ("a.ogg", 0.05), ("a.mp3", 0.05)],  # 16 bits; the others lose some
    )
    def test_are_read_by_soundfile(self, tmp_path, name, tolerance):
        samples = tone(440, 0.5)
        soundfile().write(tmp_path / name, samples, RATE)
        found = read_recording(tmp_path / name)
        assert (found.rate, found.samples.dtype, found.notes) == (RATE, np.float32, ())
        inside = slice(1_000, 3_000)
        np.testing.assert_allclose(found.samples[inside], samples[inside], atol=tolerance)

    def test_stereo_at_another_rate(self, tmp_path):
        soundfile().write(tmp_path / "a.flac", np.stack([TONE, TONE], 1), RATE)
        assert read_recording(tmp_path / "a.flac", 16_000).notes == (
            "a.flac: 2 channels mixed to one.",
            "a.flac: resampled from 8,000 to 16,000 Hz.",
        )

    def test_a_compressed_wav_file(self, tmp_path):
        soundfile().write(tmp_path / "a.wav", TONE, RATE, subtype="ULAW")
        np.testing.assert_allclose(read_recording(tmp_path / "a.wav").samples, TONE, atol=0.02)

    def test_a_codec_that_soundfile_does_not_know(self, tmp_path):
        soundfile()
        path = save(tmp_path / "a.wav", riff(form(0x7777), DATA))
        with pytest.raises(
            DataError, match=r"a\.wav: cannot be read: .*Expected a file of sound.*R"
        ):
            read_recording(path)

    def test_content_that_is_no_sound(self, tmp_path):
        soundfile()
        path = save(tmp_path / "a.flac", b"hello" * 100)
        with pytest.raises(
            DataError, match=r"a\.flac: cannot be read: .*\. Expected a file.*Record"
        ):
            read_recording(path)

    @pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
    def test_a_flac_file_that_is_cut_off(self, tmp_path, share):
        path = tmp_path / "a.flac"
        soundfile().write(path, np.random.default_rng(0).uniform(-1, 1, 40_000), RATE)
        content = path.read_bytes()
        path.write_bytes(content[: int(share * len(content))])
        with pytest.raises(
            DataError, match=r"a\.flac: .*(cut off|cannot be read).*Expected.*Record"
        ):
            read_recording(path)

    def test_length_0(self, tmp_path):
        soundfile().write(tmp_path / "a.aiff", np.zeros(0), RATE)
        with pytest.raises(DataError, match=r"a\.aiff: the sound has length 0"):
            read_recording(tmp_path / "a.aiff")

    def test_a_header_that_promises_more_than_memory_holds(self, tmp_path):
        path = tmp_path / "a.flac"
        soundfile().write(path, TONE, RATE)
        content = bytearray(path.read_bytes())
        content[21] |= 0x0F  # the highest bits of the 36-bit number of samples
        content[22:26] = b"\xff" * 4
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"a\.flac: .*(cut off|cannot be read)"):
            read_recording(path)

    @pytest.mark.parametrize(
        ("name", "content", "why"),
        [
            ("a.flac", b"fLaC" + bytes(99), "is no WAV file"),
            ("a.wav", riff(form(7, bits=8), DATA), "codec has the number 7, with 8 bits a sample"),
        ],
    )
    def test_without_soundfile(self, tmp_path, no_soundfile, name, content, why):
        path = save(tmp_path / name, content)
        expected = rf'{why}\. Expected a WAV file of uncompressed.*pip install "gated\[audio\]"'
        with pytest.raises(UsageError, match=rf"{name}: .*{expected}"):
            read_recording(path)

    def test_without_the_library_of_soundfile(self, tmp_path, monkeypatch):
        """soundfile raises an OSError at import if libsndfile is missing."""
        found = builtins.__import__

        def importing(name, *rest, **more):
            if name == "soundfile":
                raise OSError("sndfile library not found")
            return found(name, *rest, **more)

        path = save(tmp_path / "a.flac", b"fLaC" + bytes(99))
        monkeypatch.setattr(builtins, "__import__", importing)
        with pytest.raises(UsageError, match=r"pip install \"gated\[audio\]\""):
            read_recording(path)


class TestWriting:
    def test_what_is_written_is_read(self, tmp_path):
        write_recording(tmp_path / "a.wav", TONE, RATE)
        found = read_recording(tmp_path / "a.wav")
        np.testing.assert_allclose(found.samples, TONE, atol=0.5 / 32_768 + 1e-7)  # rounding
        write_recording(tmp_path / "b.wav", found.samples, RATE)
        assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()

    def test_samples_above_1_are_clipped(self, tmp_path):
        write_recording(tmp_path / "a.wav", np.array([2.0, -2.0, 0.0]), RATE)
        assert read_recording(tmp_path / "a.wav").samples.tolist() == [32_767 / 32_768, -1.0, 0.0]

    @pytest.mark.parametrize(
        "samples", [np.zeros((4, 2)), np.zeros(4, np.int16), np.array([0.0, np.nan])]
    )
    def test_samples_that_are_no_sound(self, tmp_path, samples):
        with pytest.raises(UsageError, match=r"a\.wav: samples of the shape.*Expected finite.*Mix"):
            write_recording(tmp_path / "a.wav", samples, RATE)
        assert list(tmp_path.iterdir()) == []

    def test_a_missing_folder(self, tmp_path):
        with pytest.raises(GatedError, match="cannot be written: No such file"):
            write_recording(tmp_path / "no" / "a.wav", TONE, RATE)
