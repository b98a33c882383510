"""Reads line drawings of SVG files, and of all such files below a folder."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from gated.errors import DataError, UsageError
from gated.files import read_content
from gated.media.folder_reading import FileKind, read_each
from gated.media.strokes.stroke3 import Strokes, extent, from_lines
from gated.media.strokes.svg_elements import SvgError, read_outlines
from gated.media.strokes.svg_path import straightened
from gated.text import counted, joined

__all__ = ["is_drawing_file", "read_strokes", "read_strokes_folder"]

_EXPECTED = "Expected an SVG file with lines."
_AGAIN = "Save it again as plain SVG."
_TOLERANCE = 1 / 500  # of the longer side
_LARGEST = 1e30  # sums of offsets stay within float32


def is_drawing_file(path: Path) -> bool:
    """Return whether a file has the suffix of an SVG file.

    >>> is_drawing_file(Path("a.SVG")), is_drawing_file(Path("a.png"))
    (True, False)
    """
    return path.suffix.lower() == ".svg"


_FILES = FileKind(is_drawing_file, "SVG", "SVG file", "SVG files with lines")


def read_strokes(path: str | Path, tolerance: float | None = None) -> Strokes:
    """Read the lines of an SVG file, in the order in which they are drawn.

    Paths and basic shapes are read, with their transformations; each outline is a stroke, whether
    it is filled or not. Text, images, copies (`use`), nested documents and hidden elements are left
    out, and a note counts them. The first point is at the origin: stroke-3 has no absolute
    position. Points that repeat the one before are left out.

    Args:
        path: of an SVG file.
        tolerance: largest distance of the straight pieces from a curve, in pixels of the drawing;
            by default 1/500 of its longer side. `simplified` reduces the points further.

    Raises:
        DataError: the file is missing, a folder, empty, no SVG file, damaged, without a line, or
            declares entities, which can expand without limit.
        UsageError: the tolerance is not above 0.

    Example:
        >>> import tempfile
        >>> from gated.media.strokes import write_drawing
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_drawing(f"{folder}/a.svg", [[0, 0, 0], [30, 0, 1], [0, 40, 0], [-30, 0, 1]])
        ...     read_strokes(f"{folder}/a.svg").points
        array([[  0.,   0.,   0.],
               [ 30.,   0.,   1.],
               [  0.,  40.,   0.],
               [-30.,   0.,   1.]], dtype=float32)
    """
    if tolerance is not None and not (np.isfinite(tolerance) and tolerance > 0):
        raise UsageError(
            f"tolerance={tolerance:g} is given. Expected a distance above 0, in pixels of the "
            "drawing. Leave it out for 1/500 of its longer side."
        )
    path = Path(path)
    content = read_content(path, _EXPECTED, _AGAIN)
    if not is_drawing_file(path):
        raise DataError(f"{path}: is not an SVG file. {_EXPECTED} Check the name.")
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # refused below
            outlines, left_out = read_outlines(content)
    except SvgError as error:
        raise DataError(f"{path}: cannot be read: {error}. {_EXPECTED} {_AGAIN}") from error
    without = joined([counted(left_out[name], name, name) for name in sorted(left_out)] or [""])
    if not outlines:
        but = f" but {without}, which are not read" if without else ""
        raise DataError(
            f"{path}: has no lines{but}. {_EXPECTED} Convert its content to paths, or choose "
            "another file."
        )
    pieces = [piece for outline in outlines for piece in outline]
    if not (np.abs(np.concatenate(pieces)) <= _LARGEST).all():
        raise DataError(
            f"{path}: has points that are not finite, or above 1e30. Expected coordinates in "
            f"pixels. {_AGAIN}"
        )
    distance = _TOLERANCE * extent(pieces)[1] if tolerance is None else tolerance
    lines = [straightened(outline, distance) for outline in outlines]
    notes = (f"{path.name}: left out: {without}.",) if without else ()
    return Strokes(from_lines(lines), notes)


def read_strokes_folder(
    folder: str | Path, progress: Callable[[int, int], None] | None = None
) -> tuple[list[Strokes], list[Path], list[str]]:
    """Read all SVG files in a folder and its sub-folders, in the order of their paths.

    A file that cannot be read is left out, and a note names it with the reason. Hidden files are
    ignored without a note.

    Args:
        folder: with SVG files, at any depth.
        progress: called with the number of files read, and of all files.

    Returns:
        The drawings, the file of each, and notes on what was changed or left out.

    Raises:
        DataError: it is no folder, or has no SVG file that can be read.
    """
    return read_each(folder, _FILES, _read, progress)


def _read(path: Path) -> tuple[list[Strokes], tuple[str, ...]]:
    drawing = read_strokes(path)
    return [drawing], drawing.notes
