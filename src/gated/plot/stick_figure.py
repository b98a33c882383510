"""Draws the movement of a body as a stick figure: an animated page, or a row of poses as SVG.

The page loads no other file and runs only its own script.
"""

import base64
import hashlib
import html
import json
from collections.abc import Sequence
from importlib import resources
from typing import Any

import numpy as np

from gated.arrays import FloatArray, IntArray
from gated.errors import UsageError

__all__ = ["stick_figure_page", "stick_figure_svg"]

_GROUND_QUANTILE = 0.01  # of the lowest points: one bad frame does not lower the ground
_LARGEST_WHOLE = 32_767  # int16
_VIEW = (np.deg2rad(30), np.deg2rad(8))  # turn and tilt of the row of poses
_CELL = 100.0  # height of a pose in the row, in units of the SVG
_LABEL = 16.0


def stick_figure_page(
    positions: FloatArray,
    bones: IntArray,
    frame_time: float,
    title: str,
    *,
    below: str = "",
    sentences: Sequence[str] = (),
) -> str:
    """Write an HTML page with the animated figure.

    It has a button for play and pause, a bar of the time, a choice of the speed, and a ground with
    a grid. Dragging turns the view, the wheel changes its size, and the view follows the first
    point. Without scripts, the page shows the row of poses.

    Args:
        positions: [T, P, 3] x, y and z of the points, y upwards, in any unit.
        bones: [B, 2] the pairs of points that are connected.
        frame_time: seconds from a frame to the next.
        title: above the figure.
        below: an SVG picture below the figure.
        sentences: below that.

    Returns:
        A whole HTML document, of about 8 · T · P bytes.

    Raises:
        UsageError: the arrays do not describe a figure, or the frame time is not positive.

    >>> points = np.array([[[0.0, 0, 0], [0, 1, 0]], [[1.0, 0, 0], [1, 1, 0]]])
    >>> page = stick_figure_page(points, np.array([[0, 1]]), 1 / 30, "A <walk>")
    >>> "<title>A &lt;walk&gt;</title>" in page, " src=" in page or 'href="http' in page
    (True, False)
    """
    points = _checked(positions, bones)
    _check_frame_time(frame_time)
    style, script = _resource("stick_figure.css"), _resource("stick_figure.js")
    policy = html.escape(_policy(style, script))
    name = html.escape(title)
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            f"<title>{name}</title>",
            f"<style>{style}</style></head><body>",
            f"<main><h1>{name}</h1>",
            f'<canvas id="stage" tabindex="0" role="img" aria-label="{name}: a moving stick '
            'figure. Drag to turn the view."></canvas>',
            _CONTROLS,
            f"<noscript>{stick_figure_svg(points, bones)}</noscript>",
            _picture(below, name),
            *(f"<p>{html.escape(sentence)}</p>" for sentence in sentences),
            "</main>",
            _data(points, bones, frame_time),
            f"<script>{script}</script>",
            "</body></html>",
            "",
        ]
    )


def stick_figure_svg(
    positions: FloatArray, bones: IntArray, frames: int = 12, *, at: IntArray | None = None
) -> str:
    """Draw poses at equal distances in time beside each other, each with the number of its frame.

    The lines have the colour of the text around the picture.

    Args:
        positions: [T, P, 3] x, y and z of the points, y upwards, in any unit.
        bones: [B, 2] the pairs of points that are connected.
        frames: poses at most; fewer if T is smaller.
        at: the frames to draw, in order; by default at equal distances from the first to the last.

    Returns:
        An SVG element, which is a whole file too.

    Raises:
        UsageError: the arrays do not describe a figure, or no pose is requested.

    >>> points = np.array([[[0.0, 0, 0], [0, 1, 0]], [[1.0, 0, 0], [1, 1, 0]]])
    >>> stick_figure_svg(points, np.array([[0, 1]])).count("<path")
    2
    """
    points = _checked(positions, bones)
    if frames < 1:
        raise UsageError(f"frames={frames} is given. Expected at least one pose. Pass 12.")
    chosen = np.linspace(0, len(points) - 1, min(frames, len(points))).round()
    chosen = np.unique(chosen).astype(np.int64) if at is None else np.asarray(at)
    ground, height = _ground(points), _height(points)
    shown = points[chosen] - points[chosen][:, :1] * [1, 0, 1] - [0, ground, 0]
    flat = _projected(shown) * (_CELL / height)  # [n, P, 2], the root in the middle
    reach = float(np.abs(flat[..., 0]).max())
    low, high = float(min(flat[..., 1].min(), 0.0)), float(flat[..., 1].max())
    cell = 2 * reach + 0.1 * _CELL
    width, tall = cell * len(chosen), high - low + 0.1 * _CELL
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.1f} {tall + _LABEL:.1f}" '
        'role="img" aria-label="Poses of a stick figure" fill="none" stroke="currentColor" '
        'stroke-width="1.3" stroke-linecap="round" stroke-linejoin="round">'
    ]
    for index, frame in enumerate(chosen):
        place = np.array([cell * (index + 0.5), 0.05 * _CELL + high])
        at = place + flat[index] * [1, -1]
        lines = "".join(
            f"M{at[begin, 0]:.1f} {at[begin, 1]:.1f}L{at[end, 0]:.1f} {at[end, 1]:.1f}"
            for begin, end in bones
        )
        parts.append(
            f'<path d="{lines}"/><text x="{place[0]:.1f}" y="{tall + 0.7 * _LABEL:.1f}" '
            f'font-size="9" font-family="sans-serif" text-anchor="middle" fill="currentColor" '
            f'stroke="none">{frame}</text>'
        )
    return "".join([*parts, "</svg>"])


_CONTROLS = """<div class="controls">
<button id="play" type="button" aria-label="Play">▶</button>
<input id="time" type="range" min="0" value="0" step="any" aria-label="Time">
<output id="clock" for="time"></output>
<label>Speed <select id="speed"><option value="0.25">¼</option><option value="0.5">½</option>
<option value="1" selected>1</option><option value="2">2</option></select></label>
<button id="reset" type="button">Reset view</button>
</div>"""


def _picture(svg: str, name: str) -> str:
    """An SVG picture as an image."""
    content = base64.b64encode(svg.encode()).decode()
    return f'<img alt="{name}" src="data:image/svg+xml;base64,{content}">' if svg else ""


def _checked(positions: FloatArray, bones: IntArray) -> FloatArray:
    """The positions as float64."""
    points, pairs = np.asarray(positions, dtype=np.float64), np.asarray(bones)
    if points.ndim != 3 or points.shape[2] != 3 or 0 in points.shape:
        raise UsageError(
            f"Positions of the shape {list(points.shape)} are given. Expected [T, P, 3]: at least "
            "one frame and one point. Pass those of one motion."
        )
    if not np.isfinite(points).all():
        raise UsageError(
            "Positions that are not finite (NaN or infinite) are given. Expected finite numbers. "
            "Leave out these frames."
        )
    whole = pairs.dtype.kind in "iu" and pairs.ndim == 2 and pairs.shape[1] == 2
    if not whole or ((pairs < 0) | (pairs >= points.shape[1])).any():
        raise UsageError(
            f"Bones of the shape {list(pairs.shape)} and the type {pairs.dtype} are given. "
            f"Expected whole numbers [B, 2] from 0 to {points.shape[1] - 1}, the pairs of points "
            "that are connected. Check that they belong to these positions."
        )
    return points


def _check_frame_time(frame_time: float) -> None:
    if not (np.isfinite(frame_time) and frame_time > 0):
        raise UsageError(
            f"A frame time of {frame_time} s is given. Expected a positive number of seconds. Pass "
            "1 / 30 for 30 frames a second."
        )


def _policy(style: str, script: str) -> str:
    """The content security policy of a page with this style and this script only."""
    return (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _ground(points: FloatArray) -> float:
    return float(np.quantile(points[..., 1].min(axis=1), _GROUND_QUANTILE))


def _height(points: FloatArray) -> float:
    """The size of the body: its height, or its width where it lies."""
    size = np.ptp(points, axis=1).max(axis=1)
    return float(np.median(size)) or 1.0


def _projected(points: FloatArray) -> FloatArray:
    """[..., 2] to the right and upwards, seen from the front, turned and tilted."""
    turn, tilt = _VIEW
    right = np.cos(turn) * points[..., 0] + np.sin(turn) * points[..., 2]
    away = np.sin(turn) * points[..., 0] - np.cos(turn) * points[..., 2]
    up = np.cos(tilt) * points[..., 1] + np.sin(tilt) * away
    return np.stack([right, up], axis=-1)


def _data(points: FloatArray, bones: IntArray, frame_time: float) -> str:
    """The motion as JSON; places are whole numbers of 16 bits, steps of a small unit."""
    low = points.min(axis=(0, 1))
    unit = float((points.max(axis=(0, 1)) - low).max()) / _LARGEST_WHOLE or 1.0
    whole = np.round((points - low) / unit).astype("<i2")
    content: dict[str, Any] = {
        "frames": len(points),
        "points": points.shape[1],
        "bones": np.asarray(bones).tolist(),
        "frameTime": float(frame_time),
        "low": low.tolist(),
        "unit": unit,
        "ground": _ground(points),
        "height": _height(points),
        "places": base64.b64encode(whole.tobytes()).decode(),
    }
    return f'<script type="application/json" id="motion">{json.dumps(content)}</script>'


def _resource(name: str) -> str:
    return resources.files("gated.plot").joinpath(name).read_text(encoding="utf-8")


def _digest(source: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}"
