"""Accuracy against seconds as SVG: one dot a method, better towards the lower left.

The background is transparent and every colour a middle tone, for white pages and for black ones.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.common.report import Report, Row
from benchmarks.forecasting.scores import SCORE_FORMATS
from benchmarks.peers.peers_report import OURS, TRIAL
from gated.errors import UsageError
from gated.plot import svg

__all__ = ["picture"]

_COLOURS = {
    "gated": "#e07b39",
    "neuralforecast": "#5b8db8",
    "darts": "#3f9e66",
    "GluonTS": "#a0679e",
    "statsforecast": "#808080",
}
_WIDTH, _TOP, _BOTTOM, _LEFT, _RIGHT = 900, 66, 410, 62, 880
_LINE, _LETTER = 14, 6.4  # pixels that a line and a letter of 11 pixels take
_LOG_FROM = 5.0  # where the largest error is so many times the smallest, the axis is logarithmic


def picture(report: Report) -> str:
    """Draw what was done; what was not is named below.

    Args:
        report: of a run, or loaded.

    Raises:
        UsageError: no method was done.
    """
    rows = _joined(report)
    score = "wape" if report.facts["data"] == "shop" else "mase"
    dots = [_Dot.of(row, score) for row in rows if row["outcome"] == "done"]
    if not dots:
        raise UsageError("No method of these results was done, so there is nothing to draw.")
    x = _Axis.holding([dot.seconds for dot in dots], (_LEFT, _RIGHT), is_log=True)
    errors = [dot.error for dot in dots]
    is_log = max(errors) > _LOG_FROM * min(errors)
    y = _Axis.holding(errors, (_BOTTOM, _TOP), is_log=is_log)
    parts = _heading(report, SCORE_FORMATS[score][0])
    parts += _axes(x, y)
    places = [(x.place(dot.seconds), y.place(dot.error)) for dot in dots]
    for dot, (across, down) in zip(dots, places, strict=True):
        radius = 5.5 if dot.library == OURS else 4.0
        parts += svg.points(np.array([across]), np.array([down]), dot.colour, radius)
    labels = label_places([dot.label for dot in dots], places)
    for dot, (across, down, anchor) in zip(dots, labels, strict=True):
        weight = 600 if dot.library == OURS else 400
        parts.append(svg.text(across, down, dot.label, anchor=anchor, size=11, weight=weight))
    missing = [f"{_label(row)}: {row['outcome']}" for row in rows if row["outcome"] != "done"]
    for line, words in enumerate(missing):
        parts.append(svg.text(_LEFT, _BOTTOM + 62 + _LINE * line, words[:140], size=11))
    height = _BOTTOM + 60 + _LINE * len(missing)
    name = f"{SCORE_FORMATS[score][0]} against seconds, {report.facts['data']}"
    return svg.document(parts, name, _WIDTH, height)


@dataclass(frozen=True)
class _Dot:
    label: str
    library: str
    seconds: float
    error: float

    @classmethod
    def of(cls, row: Row, score: str) -> "_Dot":
        seconds = sum(float(str(row[key])) for key in ("import", "fit", "predict"))
        library = str(row["method"]).removeprefix(TRIAL).split()[0]
        return cls(_label(row), library, seconds, float(str(row[score])))

    @property
    def colour(self) -> str:
        return _COLOURS.get(self.library, "#808080")


@dataclass(frozen=True)
class _Axis:
    """Values from `ends[0]` to `ends[1]` on pixels from `pixels[0]` to `pixels[1]`."""

    ends: tuple[float, float]
    pixels: tuple[float, float]
    is_log: bool

    @classmethod
    def holding(
        cls, values: Sequence[float], pixels: tuple[float, float], *, is_log: bool
    ) -> "_Axis":
        """An axis with room about all values; a linear one begins at 0."""
        low, high = min(values), max(values)
        ends = (low / 1.5, high * 1.5) if is_log else (0.0, high * 1.1)
        return cls(ends, pixels, is_log)

    def place(self, value: float) -> float:
        low, high = self.ends
        if self.is_log:
            low, high, value = math.log(low), math.log(high), math.log(value)
        return self.pixels[0] + (value - low) / (high - low) * (self.pixels[1] - self.pixels[0])

    def marks(self) -> list[float]:
        """Round values: 1, 2, 5 times a power of ten, or about six equal steps."""
        low, high = self.ends
        if self.is_log:
            powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
            found = [step * 10.0**power for power in powers for step in (1, 2, 5)]
            return [mark for mark in found if low <= mark <= high]
        rough = high / 6
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(power * size for size in (1, 2, 5, 10) if power * size >= rough)
        return [step * number for number in range(int(high / step) + 1)]


def label_places(
    labels: Sequence[str], dots: Sequence[tuple[float, float]]
) -> list[tuple[float, float, str]]:
    """Where each label stands, in pixels, and which end of it: clear of dots and other labels.

    The nearest of the free places beside its dot is taken; upper dots choose first.
    """
    taken = [(x - 6, y - 6, x + 6, y + 6) for x, y in dots]
    places: dict[int, tuple[float, float, str]] = {}
    for number in sorted(range(len(dots)), key=lambda i: dots[i][1]):
        width = _LETTER * len(labels[number])
        x, y = dots[number]
        options = [
            (across, y + 4 + shift, anchor)
            for shift in sorted(np.arange(-20, 21) * _LINE / 2, key=abs)
            for across, anchor in ((x + 9, "start"), (x - 9, "end"), (x, "middle"))
            if _LEFT <= across - _BEFORE[anchor] * width <= _RIGHT - width
            and _TOP <= y + shift <= _BOTTOM - 4
        ]
        boxes = [_box(width, *option) for option in options]
        free = [i for i, box in enumerate(boxes) if not any(_meet(box, other) for other in taken)]
        at = free[0] if free else 0
        places[number] = options[at]
        taken.append(boxes[at])
    return [places[number] for number in range(len(dots))]


_Box = tuple[float, float, float, float]
_BEFORE = {"start": 0.0, "middle": 0.5, "end": 1.0}  # the share of the words before their anchor


def _box(width: float, across: float, base: float, anchor: str) -> _Box:
    left = across - _BEFORE[anchor] * width
    return left, base - 11, left + width, base + 3


def _meet(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _axes(x: _Axis, y: _Axis) -> list[str]:
    parts = []
    for mark in y.marks():
        down = y.place(mark)
        parts.append(svg.rule((_LEFT, _RIGHT), (down, down), 'stroke-opacity="0.2"'))
        parts.append(svg.text(_LEFT - 7, down + 4, f"{mark:g}", anchor="end", size=11))
    for mark in x.marks():
        across = x.place(mark)
        parts.append(svg.rule((across, across), (_BOTTOM, _BOTTOM + 5)))
        parts.append(svg.text(across, _BOTTOM + 18, f"{mark:g}", anchor="middle", size=11))
    words = "seconds: import, fit and first forecast"
    parts.append(svg.text((_LEFT + _RIGHT) / 2, _BOTTOM + 38, words, anchor="middle", size=11))
    return parts


def _heading(report: Report, score: str) -> list[str]:
    trial = "TRIAL, worth nothing: " if report.facts["trial"] else ""
    where = f"{report.facts['data']}, threads: {report.machine['threads']}"
    words = f"{trial}{score} against seconds, {where}"
    return [
        svg.text(_LEFT, 22, words, size=15, weight=600),
        svg.text(_LEFT, 44, "better: lower, and further to the left", size=12),
    ]


def _label(row: Row) -> str:
    method, configuration = str(row["method"]), str(row["configuration"])
    return method if configuration == "default" else f"{method}, {configuration}"


def _joined(report: Report) -> list[Row]:
    """One row a method, of the tables' columns together."""
    rows: list[Row] = [{} for _ in report.sheets[0].rows]
    for sheet in report.sheets:
        for row, part in zip(rows, sheet.rows, strict=True):
            row.update(part)
    return rows
