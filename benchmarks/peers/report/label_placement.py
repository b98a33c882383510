"""Places the labels of points in a chart, so that they overlap neither points nor each other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["Box", "place_labels"]

_GAP = 9.0  # pixels between the centre of a point and its label
_POINT_RADIUS = 6.0
_SHIFT, _MAX_SHIFTS = 7.0, 20


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels; y grows upwards."""

    left: float
    bottom: float
    right: float
    top: float

    def overlaps(self, other: "Box") -> bool:
        """Whether the two have a common area."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.bottom < other.top
            and other.bottom < self.top
        )

    def contains(self, other: "Box") -> bool:
        """Whether the other lies completely inside."""
        return (
            self.left <= other.left
            and other.right <= self.right
            and self.bottom <= other.bottom
            and other.top <= self.top
        )


def place_labels(
    points: Sequence[tuple[float, float]], sizes: Sequence[tuple[float, float]], area: Box
) -> list[Box]:
    """The place of each label: the nearest free one, right of, left of, above or below its point.

    Upper points are served first. A label without a free place overlaps others, at its first place.

    Args:
        points: x and y of each point, in pixels.
        sizes: width and height of each label, in pixels.
        area: the rectangle that the labels must not leave.

    >>> [box] = place_labels([(50.0, 50.0)], [(30.0, 10.0)], Box(0, 0, 100, 100))
    >>> box
    Box(left=59.0, bottom=45.0, right=89.0, top=55.0)
    """
    radius = _POINT_RADIUS
    taken = [Box(x - radius, y - radius, x + radius, y + radius) for x, y in points]
    places: dict[int, Box] = {}
    for number in sorted(range(len(points)), key=lambda one: -points[one][1]):
        candidates = list(_candidates(points[number], sizes[number]))
        inside = [box for box in candidates if area.contains(box)] or candidates
        free = (box for box in inside if not any(box.overlaps(other) for other in taken))
        places[number] = next(free, inside[0])
        taken.append(places[number])
    return [places[number] for number in range(len(points))]


def _candidates(point: tuple[float, float], size: tuple[float, float]) -> Iterator[Box]:
    """Places of a label, by vertical distance from its point; right, left, centred at each."""
    (x, y), (width, height) = point, size
    shifts = np.arange(-_MAX_SHIFTS, _MAX_SHIFTS + 1) * _SHIFT
    for shift in sorted(shifts.tolist(), key=abs):
        bottom = y + shift - height / 2
        for left in (x + _GAP, x - _GAP - width, x - width / 2):
            yield Box(left, bottom, left + width, bottom + height)
