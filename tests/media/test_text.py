"""Files of text: what is changed, left out and refused."""

import pytest

from gated.errors import DataError
from gated.media.text import read_text, read_text_folder


def test_a_text_is_read_as_it_is(tmp_path) -> None:
    (tmp_path / "a.txt").write_text("Ærø\nzwei\n", encoding="utf-8")
    text = read_text(tmp_path / "a.txt")
    assert text.content == "Ærø\nzwei\n"
    assert text.notes == ()


def test_line_ends_and_byte_order_are_said(tmp_path) -> None:
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbfone\r\ntwo\rthree\n")
    text = read_text(tmp_path / "a.txt")
    assert text.content == "one\ntwo\nthree\n"
    assert text.notes == (
        "a.txt: the mark of the byte order is left out.",
        "a.txt: line ends of Windows read as line feeds.",
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"a\.txt: the file is empty \(0 bytes\). Expected text in UTF-8"),
        (b"\xef\xbb\xbf", r"a\.txt: has no character"),
        (b"caf\xe9", r"a\.txt: byte 3 is not UTF-8.*iconv -f latin1"),
        (b"MZ\0\0", r"a\.txt: has a zero byte, so it is no text"),
    ],
)
def test_other_files_are_refused(tmp_path, content, message) -> None:
    (tmp_path / "a.txt").write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_text(tmp_path / "a.txt")


def test_a_missing_file_and_a_folder_are_refused(tmp_path) -> None:
    with pytest.raises(DataError, match="there is no such file"):
        read_text(tmp_path / "none.txt")
    with pytest.raises(DataError, match="a folder"):
        read_text(tmp_path)


def test_a_folder_is_read_in_order_without_broken_files(tmp_path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "two.txt").write_text("two")
    (tmp_path / "a.md").write_text("one")
    (tmp_path / ".hidden.txt").write_text("no")
    (tmp_path / "bad.txt").write_bytes(b"\xff")
    (tmp_path / "other.csv").write_text("no")
    texts, paths, notes = read_text_folder(tmp_path)
    assert [text.content for text in texts] == ["one", "two"]
    assert [path.name for path in paths] == ["a.md", "two.txt"]
    assert notes[0].startswith(f"{tmp_path / 'bad.txt'} is left out: byte 0 is not UTF-8")
    assert notes[1:] == [f"{tmp_path}: 1 file of other kinds than text left out."]


def test_a_folder_without_text_is_refused(tmp_path) -> None:
    with pytest.raises(DataError, match=r"has no file of text\. Expected files of text \(`\.txt`"):
        read_text_folder(tmp_path)
    with pytest.raises(DataError, match="there is no such folder"):
        read_text_folder(tmp_path / "none")
