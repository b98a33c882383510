"""The roofline of a run as SVG: how fast each cell is, under the roofs that the machine sets.

Across: operations per byte that a step must move (`Case.intensity`). Upwards: GFLOP/s. Both axes
are logarithmic, so that a bandwidth is a straight line of slope one (Williams, Waterman and
Patterson 2009, "Roofline", Communications of the ACM 52(4)). The background is transparent and
every colour a middle tone, for white pages and for black ones.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.common.report import Report, Value
from benchmarks.layers.cases import MODES
from gated.arrays import FloatArray
from gated.errors import UsageError
from gated.plot import svg

__all__ = ["roofline"]

Row = Mapping[str, Value]


_COLOURS = {"rnn": "#3f9e66", "lstm": "#5b8db8", "gru": "#e07b39"}
_TORCH, _ROOF = "#808080", "#a0679e"
_WIDTH, _HEIGHT = 900, 470
_TOP, _BOTTOM, _LEFT, _GAP, _RIGHT = 92, 420, 58, 34, 20
_STEPS = (1, 2, 5)  # marks in every power of ten


def roofline(report: Report, threads: int | None = None) -> str:
    """Draw both modes side by side.

    Args:
        report: of a run.
        threads: whose cells; None takes the largest number that was measured.

    Raises:
        UsageError: nothing was measured with so many threads.
    """
    tables = {sheet.key: sheet.rows for sheet in report.sheets}
    measured = sorted({_int(row["threads"]) for row in tables["cells"]})
    chosen = max(measured, default=0) if threads is None else threads
    cells = [row for row in tables["cells"] if row["threads"] == chosen]
    limits = [row for row in tables["limits"] if row["threads"] == chosen]
    if not cells:
        raise UsageError(f"There is no cell of {chosen} threads. The results have {measured}.")

    peaks, roofs = _rates(limits, "GFLOP/s"), _rates(limits, "GB/s")
    x = _axis((_float(row["intensity"]) for row in cells), room_before=3)  # for the slopes' names
    y = _axis(
        [
            *peaks.values(),
            *(_float(row[key]) for row in cells for key in ("gflops", "torch_gflops")),
        ]
    )
    panel_width = (_WIDTH - _LEFT - _GAP - _RIGHT) / 2
    parts = _heading(chosen, sorted({str(row["kind"]) for row in cells}))
    for number, mode in enumerate(MODES):
        left = _LEFT + number * (panel_width + _GAP)
        panel = _Panel(x, y, left, left + panel_width)
        parts += panel.axes(mode, names_rates=number == 0)
        parts += panel.roofs(peaks, roofs)
        parts += panel.points([row for row in cells if row["mode"] == mode])
    name = f"GFLOP/s over operations per byte, {chosen} threads"
    return svg.document(parts, name, _WIDTH, _HEIGHT)


@dataclass(frozen=True)
class _Panel:
    """One plot: two logarithmic axes, each from `[0]` to `[1]`, and where it lies in pixels."""

    x_ends: tuple[float, float]
    y_ends: tuple[float, float]
    left: float
    right: float

    def x(self, values: Iterable[float]) -> FloatArray:
        return _place(values, self.x_ends, self.left, self.right)

    def y(self, values: Iterable[float]) -> FloatArray:
        return _place(values, self.y_ends, _BOTTOM, _TOP)

    def axes(self, mode: str, *, names_rates: bool) -> list[str]:
        parts = [svg.text(self.left, _TOP - 10, mode, weight=600)]
        rates, shares = _marks(self.y_ends), _marks(self.x_ends)
        for rate, y in zip(rates, self.y(rates), strict=True):
            parts.append(svg.rule((self.left, self.right), (y, y), 'stroke-opacity="0.2"'))
            if names_rates:
                parts.append(svg.text(self.left - 7, y + 4, f"{rate:g}", anchor="end", size=11))
        for share, x in zip(shares, self.x(shares), strict=True):
            parts.append(svg.rule((x, x), (_BOTTOM, _BOTTOM + 5)))
            parts.append(svg.text(x, _BOTTOM + 18, f"{share:g}", anchor="middle", size=11))
        middle = (self.left + self.right) / 2
        parts.append(
            svg.text(middle, _BOTTOM + 38, "operations per byte", anchor="middle", size=11)
        )
        return parts

    def roofs(self, peaks: Mapping[str, float], rates: Mapping[str, float]) -> list[str]:
        """A level line for each matrix product and a slope for each bandwidth, with their names."""
        first, last = self.x_ends
        parts = []
        highest = max(peaks.values())
        for what, rate in rates.items():
            begin, end = max(first, self.y_ends[0] / rate), min(last, highest / rate)
            if begin < end:
                x, y = self.x([begin, end]), self.y([begin * rate, end * rate])
                parts += svg.curve(x, y, _ROOF, 1.1)
                parts.append(_along(x, y, f"{what} {rate:.0f} GB/s"))
        for peak in peaks.values():
            begin = max(first, peak / max(rates.values(), default=peak / first))
            parts += svg.curve(self.x([begin, last]), self.y([peak, peak]), _ROOF, 1.6)
        names = sorted(peaks, key=peaks.__getitem__, reverse=True)
        words = ", below it ".join(f"{name} {peaks[name]:.0f}" for name in names) + " GFLOP/s"
        top = float(self.y([highest])[0])  # above the highest line no dot is in the way
        parts.append(svg.text(self.right, top - 5, words, anchor="end", size=10))
        return parts

    def points(self, cells: Sequence[Row]) -> list[str]:
        """torch's cells as small grey dots, ours above them, larger for a larger H."""
        x = self.x(_float(row["intensity"]) for row in cells)
        parts = svg.points(x, self.y(_float(row["torch_gflops"]) for row in cells), _TORCH, 1.3)
        y = self.y(_float(row["gflops"]) for row in cells)
        for across, down, row in zip(x, y, cells, strict=True):
            radius = round(0.8 + math.log2(_float(row["H"])) * 0.35, 1)
            colour = _COLOURS[str(row["kind"])]
            parts += svg.points(np.array([across]), np.array([down]), colour, radius)
        return parts


def _along(x: FloatArray, y: FloatArray, words: str) -> str:
    """Words along a rising line, above where it begins."""
    angle = math.degrees(math.atan2(float(y[1] - y[0]), float(x[1] - x[0])))
    place = f"translate({x[0]:.1f} {y[0]:.1f}) rotate({angle:.1f})"
    return f'<g transform="{place}">{svg.text(6, -4, words, size=10)}</g>'


def _heading(threads: int, kinds: Sequence[str]) -> list[str]:
    threads_told = f"{threads} thread" + "s" * (threads > 1)
    title = f"GFLOP/s of every cell under the machine's roofs, {threads_told}, float32"
    parts = [svg.text(_LEFT, 22, title, size=15, weight=600)]
    samples = [(f"gated {kind.upper()}", _COLOURS[kind], 3.2) for kind in kinds]
    at = float(_LEFT)
    for name, colour, radius in [*samples, ("torch", _TORCH, 1.6)]:
        parts += svg.points(np.array([at + 5]), np.array([45.0]), colour, radius)
        parts.append(svg.text(at + 14, 49, name))
        at += 14 + 7 * len(name) + 22
    parts.append(svg.text(at, 49, "a larger dot: a larger H"))
    return parts


def _rates(limits: Sequence[Row], unit: str) -> dict[str, float]:
    """What was measured in a unit; a rate that could not be is left out."""
    known = [row for row in limits if row["unit"] == unit and row["rate"] is not None]
    rates = {str(row["what"]): _float(row["rate"]) for row in known}
    return {what: rate for what, rate in rates.items() if math.isfinite(rate)}


def _axis(values: Iterable[float], room_before: float = 1.4) -> tuple[float, float]:
    """Ends of an axis that holds all values, each end a factor away from them."""
    known = [value for value in values if value > 0]
    return min(known) / room_before, max(known) * 1.4


def _place(
    values: Iterable[float], ends: tuple[float, float], begin: float, end: float
) -> FloatArray:
    low, high = map(math.log, ends)
    logs = np.log(np.array(list(values), dtype=np.float64))
    return np.asarray(begin + (logs - low) / (high - low) * (end - begin))


def _marks(ends: tuple[float, float]) -> list[float]:
    """1, 2 and 5 times each power of ten between two ends.

    >>> _marks((0.7, 12.0))
    [1.0, 2.0, 5.0, 10.0]
    """
    powers = range(math.floor(math.log10(ends[0])), math.ceil(math.log10(ends[1])) + 1)
    marks = [step * 10.0**power for power in powers for step in _STEPS]
    return [mark for mark in marks if ends[0] <= mark <= ends[1]]


def _int(value: object) -> int:
    return int(str(value))


def _float(value: object) -> float:
    return float(str(value))
