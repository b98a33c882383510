"""Files of one kind below a folder are read in order; those left out are named."""

from pathlib import Path

import pytest

from gated.errors import DataError
from gated.media.folder_reading import FileKind, read_each

KIND = FileKind(lambda path: path.suffix == ".n", "numbers", "file of numbers", ".n files")


def numbers(path: Path) -> tuple[list[int], list[str]]:
    """The numbers of a file, and a note on their count."""
    words = path.read_text().split()
    if "x" in words:
        raise DataError(f"{path}: has an x.")
    return [int(word) for word in words], [f"{path.name}: {len(words)}"]


def test_items_have_their_files_and_the_progress_counts_all_files(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    for name, text in {"b/c.n": "3", "a.n": "1 2", "bad.n": "x", "other.txt": ""}.items():
        (tmp_path / name).write_text(text)
    steps: list[tuple[int, int]] = []
    items, paths, notes = read_each(tmp_path, KIND, numbers, lambda *step: steps.append(step))
    assert items == [1, 2, 3]
    assert [path.name for path in paths] == ["a.n", "a.n", "c.n"]
    assert notes == [
        "a.n: 2",
        "c.n: 1",
        f"{tmp_path}/bad.n is left out: has an x.",
        f"{tmp_path}: 1 file of other kinds than numbers left out.",
    ]
    assert steps == [(1, 3), (2, 3), (3, 3)]


def test_a_folder_without_a_file_that_can_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"has no file of numbers\. Expected \.n files"):
        read_each(tmp_path, KIND, numbers)
    (tmp_path / "bad.n").write_text("x")
    with pytest.raises(DataError, match=r"read, of 1 file\..* The first: .* has an x\."):
        read_each(tmp_path, KIND, numbers)
