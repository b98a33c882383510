"""Pictures of notes and of poses as panels: they are drawn by modules of their own."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.text import Text

from gated.arrays import BoolArray, FloatArray, IntArray
from gated.plot.panels.picture import MARGIN, Frame, Page, Panel
from gated.plot.piano_roll import piano_roll_svg, piano_roll_text
from gated.plot.stick_figure import stick_figure_svg

__all__ = ["QUARTERS_PER_BAR", "Notes", "Poses"]

QUARTERS_PER_BAR = 4.0
"""A piano roll shows so many quarter notes at least."""
_POSES = 12
_ROLL_LEFT, _ROLL_SIDES = 34.0, 42.0  # margins of a piano roll: left, and both


@dataclass(frozen=True)
class Notes(Panel):
    """The piano roll of a piece, on an axis of seconds.

    Attributes:
        title: above it.
        notes: [N, 4], as `piano_roll_svg` reads them.
        roll: [T, 88], for the terminal.
        tempo: quarter notes a minute.
        quarters: length of the piece in quarter notes.
    """

    title: str
    notes: FloatArray
    roll: BoolArray
    tempo: float
    quarters: float

    def height(self, width: float) -> float:
        """See `Panel`."""
        return _size(self._drawn(width))[1]

    def svg(self, frame: Frame) -> list[str]:
        """See `Panel`."""
        drawn = self._drawn(frame.width)
        left = frame.left - _ROLL_LEFT
        return [drawn.replace("<svg ", f'<svg x="{left:g}" y="{frame.top:g}" ', 1)]

    def lines(self, page: Page) -> list[Text]:
        """See `Panel`."""
        # A label and a bar are four characters; the margin has three more.
        text = piano_roll_text(self.roll, page.width + 4, ascii_only=page.ascii_only)
        return [Text(" " * (MARGIN - 4) + line) for line in text.splitlines()]

    def _drawn(self, width: float) -> str:
        return piano_roll_svg(
            self.notes, tempo=self.tempo, width=round(width + _ROLL_SIDES), end=self.quarters
        )


@dataclass(frozen=True)
class Poses(Panel):
    """Poses of a body, each above the time of its frame.

    Attributes:
        title: above them.
        positions: [T, P, 3].
        bones: [B, 2].
    """

    title: str
    positions: FloatArray
    bones: IntArray

    def height(self, width: float) -> float:
        """See `Panel`."""
        across, down = _size(self._drawn())
        return width * down / across

    def svg(self, frame: Frame) -> list[str]:
        """See `Panel`."""
        place = (
            f'<svg x="{frame.left:g}" y="{frame.top:g}" width="{frame.width:g}" '
            f'height="{frame.height:.1f}" '
        )
        return [self._drawn().replace("<svg ", place, 1)]

    def lines(self, page: Page) -> list[Text]:
        """See `Panel`: none, a terminal is too coarse for a body."""
        return []

    def _drawn(self) -> str:
        return stick_figure_svg(self.positions, self.bones, at=self._frames())

    def _frames(self) -> NDArray[np.int64]:
        """The frames in the middle of equal parts of the time."""
        count = min(_POSES, len(self.positions))
        return ((np.arange(count) + 0.5) / count * len(self.positions)).astype(np.int64)


def _size(picture: str) -> tuple[float, float]:
    """Width and height of the view of an SVG picture."""
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', picture)
    assert found is not None  # both modules write it
    return float(found[1]), float(found[2])
