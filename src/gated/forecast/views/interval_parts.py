"""Makes the tables and charts of the intervals in the report of a backtest."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray, IntArray
from gated.forecast.config import MODEL_NAME
from gated.forecast.quantiles import QUANTILES
from gated.forecast.views.report_parts import finite_or_none
from gated.report import Coverage, LineChart, ReportTable
from gated.table import Table
from gated.text import plain, shown_times

__all__ = ["IntervalsView", "Scores", "coverage_by_level", "coverage_by_step", "interval_tables"]

_MOST_CHARTS = 3

Scores = dict[str, dict[str, FloatArray]]


class CutoffsView(Protocol):
    """The cutoffs of a backtest."""

    @property
    def h(self) -> int:
        """Steps forecast from each cutoff."""

    @property
    def n_windows(self) -> int:
        """Number of cutoffs."""

    @property
    def step_size(self) -> int:
        """Steps from one cutoff to the next."""


class CoverageView(Protocol):
    """The coverage of one level over K groups; see `IntervalCoverage`."""

    @property
    def values(self) -> IntArray:
        """[K] number of values."""

    @property
    def coverage(self) -> FloatArray:
        """[K] share of the values inside the interval."""

    @property
    def below(self) -> FloatArray:
        """[K] share below it."""

    @property
    def above(self) -> FloatArray:
        """[K] share above it."""

    @property
    def kupiec(self) -> FloatArray:
        """[K] p-value of the coverage."""

    @property
    def independence(self) -> FloatArray:
        """[K] p-value of the independence of misses."""

    @property
    def conditional(self) -> FloatArray:
        """[K] p-value of both."""


class IntervalsView(Protocol):
    """The attributes of a backtest that the tables and charts of its intervals use."""

    @property
    def table(self) -> Table:
        """The whole past."""

    @property
    def cutoffs(self) -> CutoffsView:
        """The cutoffs."""

    @property
    def levels(self) -> tuple[float, ...]:
        """The levels of the intervals, in percent."""

    @property
    def overall(self) -> Mapping[str, Mapping[str, float]]:
        """Maps method → score → value."""

    @property
    def coverage_text(self) -> tuple[str, ...]:
        """What the tests of the coverage say, in sentences."""

    def coverage_of(self, level: float, by: Any) -> CoverageView:
        """The coverage of one level by group."""

    def groups(self, by: Any) -> tuple[NDArray[Any], IntArray]:
        """The labels of the groups, and the group of every step."""

    def scored(self, group: IntArray, count: int, levels: Sequence[float] | None = None) -> Scores:
        """Maps method → score → [count] values, over groups of steps."""


def interval_tables(found: IntervalsView) -> tuple[ReportTable, ...]:
    """The scores of the intervals, their tests, and their coverage by cutoff."""
    tests, cutoffs = _tests(found), _by_cutoff(found)
    return (
        _scores(found),
        *((tests,) if tests.rows else ()),
        *((cutoffs,) if cutoffs.rows else ()),
    )


def _scores(found: IntervalsView) -> ReportTable:
    rows = []
    for method, scores in found.overall.items():
        for level in found.levels:
            coverage = finite_or_none(100 * scores[f"coverage-{level:g}"])
            if coverage is not None:
                name = f"{plain(method)}, {level:g} %"
                rows.append((name, coverage, finite_or_none(scores[f"msis-{level:g}"])))
    return ReportTable(
        title="Intervals over all cutoffs",
        columns=("method, level", "coverage, %", "MSIS"),
        rows=tuple(rows),
        note="MSIS: the width of the interval plus a penalty for each miss, in the unit of MASE. "
        "Closed steps are left out.",
    )


def _tests(found: IntervalsView) -> ReportTable:
    """The tests of gated's intervals, with what they say in sentences."""
    rows = []
    for level in found.levels:
        one = found.coverage_of(level, "overall")
        if one.values[0]:
            shares = (one.coverage[0], one.below[0], one.above[0])
            tests = (one.kupiec[0], one.independence[0], one.conditional[0])
            cells = (*(100 * float(share) for share in shares), *map(_p_value, tests))
            rows.append((f"{level:g} %", *cells))
    return ReportTable(
        title="Tests of the intervals",
        columns=(
            "interval",
            "inside, %",
            "below, %",
            "above, %",
            "Kupiec, p",
            "Christoffersen, p",
            "both, p",
        ),
        rows=tuple(rows),
        note=" ".join(found.coverage_text)
        + " A p-value below 0.05 means that chance hardly explains what was found.",
    )


def _p_value(value: float) -> str | None:
    """Text of a p-value: in a table, 0.0004 would be written as a power of ten."""
    if not np.isfinite(value):
        return None
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def _by_cutoff(found: IntervalsView) -> ReportTable:
    heads, _ = found.groups("cutoff")
    shares = [100 * found.coverage_of(level, "cutoff").coverage for level in found.levels]
    names = shown_times(found.table.local(heads))
    rows = tuple(
        (name, *(finite_or_none(share[index]) for share in shares))
        for index, name in enumerate(names)
    )
    columns = ("cutoff", *(f"{level:g} % interval" for level in found.levels))
    return ReportTable("Coverage by cutoff, in percent", columns, rows if len(rows) > 1 else ())


def coverage_by_step(found: IntervalsView) -> tuple[LineChart, ...]:
    """A chart of the coverage by step ahead for each of the first levels."""
    steps = np.arange(1.0, found.cutoffs.h + 1)
    charts = []
    for level in found.levels[:_MOST_CHARTS]:
        share = 100 * found.coverage_of(level, "step").coverage
        if len(steps) > 1 and np.isfinite(share).any():
            lines = {f"{level:g} % interval": share, "level": np.full(len(steps), level)}
            title = f"Coverage of the {level:g} % interval by step ahead"
            charts.append(LineChart(title, "steps ahead", "coverage, %", steps, lines))
    return tuple(charts)


def coverage_by_level(found: IntervalsView) -> Coverage:
    """The coverage of central intervals at many levels."""
    tails = [tail for tail in QUANTILES if tail < 0.5]
    levels = tuple(round(100 * (1 - 2 * tail), 1) for tail in tails)
    whole = np.zeros((1, 1), dtype=np.int64)
    scores = found.scored(whole, 1, levels)[MODEL_NAME]
    shares = [100 * float(scores[f"coverage-{level:g}"][0]) for level in levels]
    kept = [(level, share) for level, share in zip(levels, shares, strict=True) if share == share]
    return Coverage(tuple(a for a, _ in kept), tuple(b for _, b in kept))
