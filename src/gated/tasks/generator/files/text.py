"""Files of text."""

from pathlib import Path

from gated.files import write_whole
from gated.media.text import read_text, read_text_folder
from gated.tasks.generator.files.base import FileFormat, PieceFiles, ReadAs

__all__ = ["TEXT"]


def _read_text(path: Path, read_as: ReadAs) -> PieceFiles:
    if path.is_dir():
        texts, paths, notes = read_text_folder(path)
    else:
        texts, paths = [read_text(path)], [path]
        notes = list(texts[0].notes)
    return PieceFiles("text", [text.content for text in texts], list(map(str, paths)), tuple(notes))


def _write_text(path: Path, pieces: list[str]) -> None:
    write_whole(path, "\n\n".join(pieces).encode())


TEXT = FileFormat(
    reader=_read_text,
    prompt=lambda path, codec: read_text(path).content,
    writer=_write_text,
)
