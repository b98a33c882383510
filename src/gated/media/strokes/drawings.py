"""Draws strokes as SVG pictures: one drawing, or a sheet of many."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from gated.arrays import FloatArray
from gated.errors import UsageError
from gated.files import write_whole
from gated.media.strokes.stroke3 import extent, to_lines

__all__ = ["drawing_svg", "sheet_svg", "write_drawing"]

_INK, _PAPER, _GRID = "#1d2b3a", "#ffffff", "#d5d9de"
_MARGIN = 0.06  # of the longer side
_PEN = 0.015  # width of a line, of the longer side
_DIGITS = 5  # of the longer side, as a number of positions


def drawing_svg(points: npt.ArrayLike, size: int = 400) -> str:
    """Return an SVG picture of one drawing, dark on white.

    The coordinates are those of the drawing: `read_strokes` gives the same points, up to 1/10,000
    of the longer side.

    Args:
        points: [T, 3] in the stroke-3 format.
        size: of the longer side in pixels.

    Raises:
        UsageError: as `Strokes`, or the size is below 1.

    Example:
        >>> drawing_svg([[0, 0, 0], [30, 40, 1]]).splitlines()[1]
        '<path d="M0 0L30 40"/>'
    """
    _require_positive("size", size)
    lines = to_lines(points)
    (x, y), longer = extent(lines)
    unit = longer or 1.0
    margin = _MARGIN * unit
    width, height = np.concatenate(lines).max(axis=0) - (x, y) + 2 * margin
    scale = size / max(width, height)
    decimals = _decimals(unit)
    view = " ".join(_number(part, decimals) for part in (x - margin, y - margin, width, height))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width * scale:.6g}" '
        f'height="{height * scale:.6g}" viewBox="{view}" style="background:{_PAPER}" fill="none" '
        f'stroke="{_INK}" stroke-width="{_PEN * unit:.4g}" stroke-linecap="round" '
        f'stroke-linejoin="round">\n<path d="{_path(lines, decimals)}"/>\n</svg>\n'
    )


def write_drawing(path: str | Path, points: npt.ArrayLike, size: int = 400) -> None:
    """Write an SVG file of one drawing, completely or not at all.

    Args:
        path: of the file; an existing one is replaced.
        points, size: as of `drawing_svg`.

    Raises:
        UsageError: as `drawing_svg`.
        GatedError: the file cannot be written.
    """
    write_whole(path, drawing_svg(points, size).encode())


def sheet_svg(drawings: Sequence[npt.ArrayLike], columns: int = 10, cell: int = 100) -> str:
    """Return an SVG picture of many drawings in equal cells, row by row, dark on white.

    Each drawing is scaled to its cell.

    Args:
        drawings: each [T, 3] in the stroke-3 format; at least one.
        columns: cells of a row, at most as many as there are drawings.
        cell: width and height of a cell in pixels.

    Raises:
        UsageError: there is no drawing, one of them is wrong (as `Strokes`), or a number is below
            1.

    Example:
        >>> sheet_svg([[[0, 0, 0], [30, 40, 1]]] * 3, columns=2).count("<path")
        4
    """
    _require_positive("columns", columns)
    _require_positive("cell", cell)
    if not len(drawings):
        raise UsageError(
            "No drawings are given. Expected at least one. Read or generate some first."
        )
    columns = min(columns, len(drawings))
    rows = math.ceil(len(drawings) / columns)
    width, height = columns * cell, rows * cell
    grid = [f"M{at * cell} 0V{height}" for at in range(columns + 1)]
    grid += [f"M0 {at * cell}H{width}" for at in range(rows + 1)]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" style="background:{_PAPER}" fill="none" '
        f'stroke="{_INK}" stroke-width="{2 * _PEN * cell:.4g}" stroke-linecap="round" '
        'stroke-linejoin="round">',
        f'<path d="{"".join(grid)}" stroke="{_GRID}" stroke-width="1"/>',
    ]
    for index, points in enumerate(drawings):
        corner = np.array([index % columns, index // columns]) * cell
        lines = _in_cell(to_lines(points), corner + cell / 2, cell * (1 - 4 * _MARGIN))
        parts.append(f'<path d="{_path(lines, 2)}"/>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _in_cell(lines: list[FloatArray], centre: FloatArray, room: float) -> list[FloatArray]:
    """Lines that are scaled to `room` and moved to a centre."""
    positions = np.concatenate(lines)
    low, high = positions.min(axis=0), positions.max(axis=0)
    longer = float((high - low).max())
    scale = room / longer if longer else 1.0
    return [centre + (line - (low + high) / 2) * scale for line in lines]


def _path(lines: list[FloatArray], decimals: int) -> str:
    """The data of a path; a line of one point has length zero, which round ends draw as a dot."""
    parts = []
    for line in lines:
        texts = [" ".join(_number(value, decimals) for value in point) for point in line]
        parts.append("M" + "L".join(texts if len(texts) > 1 else texts * 2))
    return "".join(parts)


def _number(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _decimals(unit: float) -> int:
    """Decimals that distinguish 10,000 positions along the longer side."""
    return max(0, _DIGITS - 1 - math.floor(math.log10(unit)))


def _require_positive(name: str, value: int) -> None:
    if value < 1:
        raise UsageError(
            f"{name}={value} is given. Expected 1 or more. Leave it out for the usual one."
        )
