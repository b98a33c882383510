"""Files of line drawings: SVG."""

from pathlib import Path
from typing import Any

from gated.files import write_whole
from gated.media.strokes import (
    drawing_svg,
    read_strokes,
    read_strokes_folder,
    sheet_svg,
    simplified,
)
from gated.tasks.generator.files.base import FileFormat, PieceFiles, ReadAs

__all__ = ["DRAWING"]


def _read_drawings(path: Path, read_as: ReadAs) -> PieceFiles:
    if path.is_dir():
        found, paths, notes = read_strokes_folder(path)
    else:
        found, paths = [read_strokes(path)], [path]
        notes = list(found[0].notes)
    pieces = [simplified(drawing.points) for drawing in found]
    before, after = sum(len(drawing.points) for drawing in found), sum(map(len, pieces))
    if after < before:
        notes.append(f"Strokes simplified from {before:,} to {after:,} points.")
    return PieceFiles("drawing", pieces, list(map(str, paths)), tuple(notes))


def _write_drawings(path: Path, pieces: list[Any]) -> None:
    content = drawing_svg(pieces[0]) if len(pieces) == 1 else sheet_svg(pieces)
    write_whole(path, content.encode())


DRAWING = FileFormat(
    reader=_read_drawings,
    prompt=lambda path, codec: simplified(read_strokes(path).points),
    writer=_write_drawings,
)
