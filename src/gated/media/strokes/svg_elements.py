"""Reads the outlines of an SVG document: paths and basic shapes, with their transformations.

The document is read element by element, so that its depth needs no recursion. Entities are
refused: a few of them can expand to gigabytes.
"""

import math
import re
from collections import Counter
from xml.parsers import expat

import numpy as np

from gated.arrays import FloatArray
from gated.media.strokes.svg_path import Outline, arc, path_outlines

__all__ = ["SvgError", "read_outlines"]

_NAMESPACE = "http://www.w3.org/2000/svg"
_NOT_DRAWN = {
    "defs", "clipPath", "mask", "symbol", "pattern", "marker", "linearGradient", "radialGradient",
    "filter", "metadata", "title", "desc", "style", "script",
}  # fmt: skip
_LEFT_OUT = {"text", "image", "use", "foreignObject", "switch", "svg"}
_GROUPS = {"g", "a"}
_LENGTH = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(px|pt|pc|mm|cm|in)?\s*$")
_PIXELS = {
    "": 1.0,
    "px": 1.0,
    "pt": 4 / 3,
    "pc": 16.0,
    "mm": 96 / 25.4,
    "cm": 96 / 2.54,
    "in": 96.0,
}
_TRANSFORM = re.compile(r"\s*,?\s*(\w+)\s*\(([^()]*)\)")
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_HIDDEN = re.compile(r"(^|;)\s*(display\s*:\s*none|visibility\s*:\s*hidden)\b")


class SvgError(Exception):
    """A document cannot be read; the message gives the reason."""


def read_outlines(content: bytes) -> tuple[list[Outline], Counter[str]]:
    """Return the outlines of an SVG document, and the number of elements left out of each name.

    Raises:
        SvgError: it is no SVG document, damaged, or declares entities.
    """
    document = _Document()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = document.start
    parser.EndElementHandler = document.end
    parser.EntityDeclHandler = _refuse_entities
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError) as error:  # an unknown encoding
        raise SvgError(f"it is no complete XML: {error}") from error
    return document.outlines, document.left_out


def _refuse_entities(name: str, *_: object) -> None:
    raise SvgError(f"it declares the entity `{name}`, and entities can expand without limit")


class _Document:
    """The elements of a document, one after the other."""

    def __init__(self) -> None:
        self.outlines: list[Outline] = []
        self.left_out: Counter[str] = Counter()
        self._transforms: list[FloatArray] = []  # of the open elements, [2, 3]
        self._skipped = 0  # open elements inside one that is left out, and itself

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        namespace, _, name = tag.rpartition(" ")
        if not self._transforms and not self._skipped:
            if name != "svg" or namespace not in ("", _NAMESPACE):
                raise SvgError(f"it is no SVG document, but one of `{name}`")
            self._transforms.append(_matrix(1, 0, 0, 1, 0, 0))
            return
        is_known = namespace in ("", _NAMESPACE)
        if self._skipped or not is_known or name in _NOT_DRAWN:
            self._skipped += 1
            return
        if name in _LEFT_OUT or _is_hidden(attributes):
            self.left_out[name if name in _LEFT_OUT else f"hidden {name}"] += 1
            self._skipped += 1
            return
        here = _after(self._transforms[-1], _transform(attributes.get("transform", "")))
        self._transforms.append(here)
        if name not in _GROUPS:
            try:
                outlines = _outlines(name, attributes)
            except ValueError as error:
                raise SvgError(f"an element `{name}` is damaged: {error}") from error
            self.outlines += [[_mapped(here, piece) for piece in each] for each in outlines]

    def end(self, _: str) -> None:
        if self._skipped:
            self._skipped -= 1
        else:
            self._transforms.pop()


def _is_hidden(attributes: dict[str, str]) -> bool:
    return (
        attributes.get("display") == "none"
        or attributes.get("visibility") == "hidden"
        or _HIDDEN.search(attributes.get("style", "")) is not None
    )


def _outlines(name: str, attributes: dict[str, str]) -> list[Outline]:
    """The outlines of an element, none where it draws nothing.

    Raises:
        ValueError: an attribute is damaged; the message gives the reason.
    """
    if name == "path":
        return path_outlines(attributes.get("d", ""))
    if name in ("polyline", "polygon"):
        numbers = _numbers(attributes.get("points", ""))
        points = np.reshape(numbers[: len(numbers) // 2 * 2], (-1, 2))
        return [_straight(points, closed=name == "polygon")] if len(points) > 1 else []
    if name == "line":
        x1, y1, x2, y2 = (_length(attributes, key) for key in ("x1", "y1", "x2", "y2"))
        return [_straight(np.array([[x1, y1], [x2, y2]]), closed=False)]
    if name == "rect":
        return _rectangle(attributes)
    if name in ("circle", "ellipse"):
        names = ("r", "r") if name == "circle" else ("rx", "ry")
        radii = np.array([_length(attributes, each) for each in names])
        centre = np.array([_length(attributes, each) for each in ("cx", "cy")])
        return [_ellipse(centre, radii)] if (radii > 0).all() else []
    return []


def _straight(points: FloatArray, closed: bool) -> Outline:
    if closed:
        points = np.concatenate([points, points[:1]])
    return [points[at : at + 2] for at in range(len(points) - 1)]


def _ellipse(centre: FloatArray, radii: FloatArray) -> Outline:
    across = np.array([radii[0], 0])
    right, left = centre + across, centre - across
    return [*arc(right, left, radii, 0, False, True), *arc(left, right, radii, 0, False, True)]


def _rectangle(attributes: dict[str, str]) -> list[Outline]:
    x, y, width, height = (_length(attributes, key) for key in ("x", "y", "width", "height"))
    if width <= 0 or height <= 0:
        return []
    rx = _length(attributes, "rx" if "rx" in attributes else "ry")
    ry = _length(attributes, "ry" if "ry" in attributes else "rx")
    rx, ry = min(max(rx, 0), width / 2), min(max(ry, 0), height / 2)
    corners = np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]])
    if not (rx and ry):
        return [_straight(corners, closed=True)]
    radii = np.array([rx, ry])
    inward = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]]) * radii
    outline: Outline = []
    for at in range(4):  # a side, then the corner at its end
        along = np.array([1, 0]) if at % 2 == 0 else np.array([0, 1])
        after = (at + 1) % 4
        begin = corners[at] + inward[at] * along
        end = corners[after] + inward[after] * along
        turned = corners[after] + inward[after] * along[::-1]
        outline += [np.stack([begin, end]), *arc(end, turned, radii, 0, False, True)]
    return [outline]


def _length(attributes: dict[str, str], name: str) -> float:
    """An attribute in pixels, 0 where it is missing."""
    text = attributes.get(name, "0")
    match = _LENGTH.match(text)
    if match is None:
        raise ValueError(f"{name}={text[:40]!r} is no length")
    return float(match[1]) * _PIXELS[match[2] or ""]


def _numbers(text: str) -> list[float]:
    if _NUMBER.sub("", text).strip(" \t\r\n,"):
        raise ValueError(f"{text[:40]!r} is no list of numbers")
    return [float(number) for number in _NUMBER.findall(text)]


def _transform(text: str) -> FloatArray:
    """[2, 3] the matrix of the attribute `transform`, the last of its functions applied first."""
    result = _matrix(1, 0, 0, 1, 0, 0)
    at = 0
    for match in _TRANSFORM.finditer(text):
        if match.start() != at:
            break
        at = match.end()
        try:
            result = _after(result, _function(match[1], _numbers(match[2])))
        except ValueError:
            at = -1
            break
    if at < 0 or text[at:].strip(" \t\r\n,"):
        raise SvgError(f"the transformation {text[:60]!r} is damaged or unknown")
    return result


def _function(name: str, numbers: list[float]) -> FloatArray:
    """The matrix of one function.

    Raises:
        ValueError: it is unknown, or has another number of arguments.
    """
    match name, numbers:
        case "matrix", [a, b, c, d, e, f]:
            return _matrix(a, b, c, d, e, f)
        case "translate", [x, *rest] if len(rest) <= 1:
            return _matrix(1, 0, 0, 1, x, rest[0] if rest else 0)
        case "scale", [x, *rest] if len(rest) <= 1:
            return _matrix(x, 0, 0, rest[0] if rest else x, 0, 0)
        case "rotate", [angle]:
            c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
            return _matrix(c, s, -s, c, 0, 0)
        case "rotate", [angle, x, y]:
            there = _after(_matrix(1, 0, 0, 1, x, y), _function("rotate", [angle]))
            return _after(there, _matrix(1, 0, 0, 1, -x, -y))
        case "skewX", [angle]:
            return _matrix(1, 0, math.tan(math.radians(angle)), 1, 0, 0)
        case "skewY", [angle]:
            return _matrix(1, math.tan(math.radians(angle)), 0, 1, 0, 0)
        case _:
            raise ValueError(name)


def _matrix(a: float, b: float, c: float, d: float, e: float, f: float) -> FloatArray:
    """[2, 3] in the order of SVG: the columns one after the other."""
    return np.array([[a, c, e], [b, d, f]], dtype=np.float64)


def _after(outer: FloatArray, inner: FloatArray) -> FloatArray:
    """The map that applies `inner` first."""
    linear = outer[:, :2] @ inner
    linear[:, 2] += outer[:, 2]
    return linear


def _mapped(matrix: FloatArray, points: FloatArray) -> FloatArray:
    mapped: FloatArray = points @ matrix[:, :2].T + matrix[:, 2]
    return mapped
