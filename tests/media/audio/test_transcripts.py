"""Recordings with their transcripts: the table, its files, and what is refused."""

import numpy as np
import pytest

from gated.errors import DataError
from gated.media.audio import read_transcripts, write_recording

_SOUND = np.tile(np.array([0.25, -0.25], dtype=np.float32), 400)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "clips").mkdir()
    for name in ("a", "b", "c"):
        write_recording(tmp_path / "clips" / f"{name}.wav", _SOUND, 8_000)
    return tmp_path


def _write(folder, content: str | bytes, name: str = "texts.csv"):
    data = content if isinstance(content, bytes) else content.encode()
    (folder / name).write_bytes(data)
    return folder / name


def test_files_are_found_beside_the_table_in_its_order(folder) -> None:
    found = read_transcripts(
        _write(folder, 'speaker,file,text\nx,clips/b.wav,"one, two"\ny,clips/a.wav,\n')
    )
    assert found.texts == ["one, two", ""]
    assert [path.name for path in found.paths] == ["b.wav", "a.wav"]
    assert (found.rate, len(found.recordings[0].samples), found.notes) == (8_000, 800, ())


def test_a_table_with_tabs_and_a_byte_order_mark_is_read(folder) -> None:
    content = "\ufefffile\ttext\nclips/a.wav\tone\nclips/b.wav\ttwo\n"
    assert read_transcripts(_write(folder, content, "texts.tsv")).texts == ["one", "two"]


def test_a_file_that_cannot_be_read_is_left_out_and_named(folder) -> None:
    (folder / "bad.wav").write_bytes(b"text")
    write_recording(folder / "fast.wav", _SOUND, 16_000)
    rows = "file,text\nclips/a.wav,x\nbad.wav,y\nnone.wav,z\nclips/b.wav,x\nfast.wav,x\n"
    found = read_transcripts(_write(folder, rows))
    assert [path.name for path in found.paths] == ["a.wav", "b.wav", "fast.wav"]
    assert "bad.wav is left out: is not a file of sound." in found.notes[0]
    assert "none.wav is left out: there is no such file." in found.notes[1]
    assert "1 of 3 recordings resampled from 16,000 to 8,000 Hz: `fast.wav`." in found.notes[2]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "lacks the column file; it is empty. Expected a .csv or .tsv table"),
        (b"file,words\na,b\n", "lacks the column text; it has `file`, `words`. Expected"),
        (b"file,text\nclips/a.wav\n", "line 2 has not both a file and a text. Expected"),
        (b"file,text\nclips/a.wav,x\nclips/a.wav,y\n", "line 3 names clips/a.wav again. Expected"),
        (b"file,text\nclips/a.wav,x\n", "1 recording of 1 can be read. Expected at least two"),
        (b"file,text\nno.wav,x\nnor.wav,y\n", "0 recordings of 2 can be read.*\nno.wav is left"),
        (b"file,text\n\xff\xfe,x\n", "is not text in UTF-8 .* Save it again in UTF-8"),
        (b'file,text\n"a,x\n', "line 1: unexpected end of data. Expected"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(folder, monkeypatch, content, message) -> None:
    _write(folder, content)
    monkeypatch.chdir(folder)
    with pytest.raises(DataError, match=message):
        read_transcripts("texts.csv")


def test_a_missing_table_or_a_folder_is_refused(folder) -> None:
    with pytest.raises(DataError, match=r"none.csv: there is no such file\. Expected"):
        read_transcripts(folder / "none.csv")
    with pytest.raises(DataError, match=r"clips: is a folder\. Expected"):
        read_transcripts(folder / "clips")
