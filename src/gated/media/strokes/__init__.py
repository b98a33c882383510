"""Converts line drawings of SVG files to strokes in the stroke-3 format and back."""

from gated.media.strokes.drawings import drawing_svg, sheet_svg, write_drawing
from gated.media.strokes.raster import rasterised
from gated.media.strokes.simplify import simplified
from gated.media.strokes.stroke3 import Strokes, from_lines, to_lines
from gated.media.strokes.svg_file import is_drawing_file, read_strokes, read_strokes_folder

__all__ = [
    "Strokes",
    "drawing_svg",
    "from_lines",
    "is_drawing_file",
    "rasterised",
    "read_strokes",
    "read_strokes_folder",
    "sheet_svg",
    "simplified",
    "to_lines",
    "write_drawing",
]
