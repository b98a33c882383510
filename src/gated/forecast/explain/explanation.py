"""Defines `Explanation`: what the forecast of each series consists of, as frames and sentences."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray, IntArray
from gated.errors import UsageError
from gated.forecast.explain.contributions import Contributions
from gated.forecast.explain.number import NumberName
from gated.forecast.explain.series_explanation import LEAST_SHARE, SeriesExplanation
from gated.overview import Overview, Overviewed, not_shown
from gated.plot import bars_matplotlib
from gated.table import Table, to_frame
from gated.text import amount, counted, percent, shown_times

__all__ = ["Explanation"]

_SHOWN = 6  # drivers in a sentence
_FARTHEST = 800  # steps of the weights by distance: two years of days
_STEPS_SHOWN, _DRIVERS_OF_STEP = 3, 4


@dataclass(frozen=True, repr=False)
class Explanation(Overviewed):
    """What the forecasts of some series consist of. `Forecaster.explain` returns it.

        forecast = reference + Σ contributions of the drivers

    The reference of a series is the mean of the past that the recurrence reads, such as the last 24
    weeks of days; the drivers are groups of past values, the covariates, and what is left.

    `print` shows what moved the first series; a notebook shows it as HTML.

    Attributes:
        table: the past.
        number: the number that is explained: "median" (`gated`) or "mean" (`gated-mean`).
        series: the explanation of each series.
        reference_text: what the reference is.
    """

    table: Table
    number: NumberName
    series: tuple[SeriesExplanation, ...]
    reference_text: str

    @property
    def _title(self) -> str:
        count = counted(len(self.series), "series", "series")
        steps = len(self.series[0].ds) if self.series else 0
        return f"Explanation of the {self.number} of {count}, {counted(steps, 'step')} ahead."

    def _overview(self) -> Overview:
        if not self.series:
            return Overview(self._title)
        first = self._one(None)
        shown = first.mean_shares[:_SHOWN]
        columns: dict[str, Sequence[Any]] = {
            "driver": [name for name, _ in shown],
            "share": [percent(share) for _, share in shown],
        }
        more = not_shown(len(first.mean_shares) - len(shown), ".frame")
        return Overview(self._title, columns, (*more, *self.sentences(first.label)))

    @property
    def labels(self) -> list[Any]:
        """The labels of the explained series."""
        return [one.label for one in self.series]

    @property
    def first_moved(self) -> Any:
        """The label of the first series that anything moves; the first if there is none."""
        return self._one(None).label

    def weights_by_distance(self) -> tuple[FloatArray, FloatArray]:
        """The mean absolute weight of past values by their distance to the forecast step.

        Returns:
            Distances in steps, from 1, and the mean over the open steps of all series at each: by
            how much the forecast moves if a value of this distance is larger by 1.
        """
        longest = min(_FARTHEST, max((len(one.past_ds) for one in self.series), default=0))
        total, count = np.zeros(longest), np.zeros(longest)
        for one in self.series:
            past = len(one.past_ds)
            for step in np.flatnonzero(one.open):
                distance = past + step - np.arange(past)  # of each past value
                near = distance <= longest
                total[distance[near] - 1] += np.abs(one.parts.weights[step, near])
                count[distance[near] - 1] += 1
        known = count > 0
        return np.arange(1.0, longest + 1)[known], (total / np.maximum(count, 1))[known]

    @property
    def drivers(self) -> list[tuple[str, float]]:
        """(driver, share), largest first: the mean over all series; the shares add up to 1."""
        total: dict[str, float] = {}
        explained = [one.mean_shares for one in self.series if one.mean_shares]
        for shares in explained:
            for name, share in shares:
                total[name] = total.get(name, 0.0) + share / len(explained)
        return sorted(total.items(), key=lambda one: -one[1])

    @property
    def frame(self) -> Any:
        """The contribution of each driver to each open forecast step, largest first.

        A frame of the same kind as the table: id, time, `driver`, `contribution` (in the unit of
        the target) and `share` (of the sum of absolute contributions). The first row of each step
        is its reference, without a share: it and the contributions add up to the forecast before
        it is rounded.
        """
        rows: list[tuple[Any, Any, str, float, float]] = []
        for one in self.series:
            for step in np.flatnonzero(one.open):
                at = (one.label, one.ds[step])
                rows.append((*at, self.reference_text, one.parts.reference, np.nan))
                named = sorted(one.drivers, key=lambda name: -abs(one.drivers[name][step]))
                rows += [
                    (*at, name, float(one.drivers[name][step]), float(one.shares[name][step]))
                    for name in named
                ]
        labels, times, names, parts, shares = zip(*rows, strict=True) if rows else ((),) * 5
        return self._frame(
            labels,
            times,
            {
                "driver": np.array(names, dtype=object),
                "contribution": np.array(parts, dtype=np.float64),
                "share": np.array(shares, dtype=np.float64),
            },
        )

    def past(self, top: int | None = None) -> Any:
        """The contribution of each past value to each open forecast step, largest first.

        Args:
            top: so many rows for each forecast step; None: all values that are read.

        Returns:
            A frame of the same kind as the table: id, time, `past` (the past time), `contribution`
            (in the unit of the target) and `weight` (by how much the forecast moves if the past
            value is larger by 1; 0 for an outlier that is read as a smaller value).

        Raises:
            UsageError: `top` is below 1.
        """
        if top is not None and top < 1:
            raise UsageError(f"top is {top!r}. Expected a whole number, at least 1.")
        labels, times, columns = [], [], []
        for one in self.series:
            for step in np.flatnonzero(one.open):
                order = _largest(one.parts, int(step), top)
                labels += [one.label] * len(order)
                times += [one.ds[step]] * len(order)
                columns.append(
                    (
                        one.past_ds[order],
                        one.parts.past[step, order],
                        one.parts.weights[step, order],
                    )
                )
        past_ds, parts, weights = (
            (np.concatenate(part) for part in zip(*columns, strict=True))
            if columns
            else (self.table.ds[:0], np.empty(0), np.empty(0))
        )
        return self._frame(
            labels, times, {"past": past_ds, "contribution": parts, "weight": weights}
        )

    def sentences(self, series: object = None) -> tuple[str, ...]:
        """What moved the forecast of one series, in sentences.

        Args:
            series: its label; by default the first that anything moves.

        Raises:
            UsageError: it is not among the explained series.
        """
        one = self._one(series)
        if not one.mean_shares:
            return (f"Nothing moves the forecast away from {self.reference_text}.",)
        named = [
            f"{name} {percent(share)}"
            for name, share in one.mean_shares[:_SHOWN]
            if share >= LEAST_SHARE
        ]
        reference = amount(one.parts.reference)
        said = [
            f"What moves the forecast away from {self.reference_text} ({reference}): "
            f"{', '.join(named)}."
        ]
        moved = np.where(one.open, np.abs(one.parts.number - one.parts.reference), -1.0)
        most = np.sort(np.argsort(-moved, kind="stable")[:_STEPS_SHOWN])
        return (*said, *(self._step(one, int(step)) for step in most if one.open[step]))

    def plot(self, series: object = None, step: int | None = None) -> Any:
        """Draw the drivers of one series as bars, with matplotlib.

        Args:
            series: its label; by default the first that anything moves.
            step: of the forecast, from 1: the contributions to it. None: the mean shares.

        Returns:
            A `matplotlib.figure.Figure`, not registered with pyplot.

        Raises:
            UsageError: the series is not explained here, there is no such step, or matplotlib is
                not installed.
        """
        one = self._one(series)
        if step is None:
            rows = [(name, 100 * share) for name, share in one.mean_shares]
            return bars_matplotlib(rows, title=str(one.label), x_label="share in %")
        if isinstance(step, bool) or not isinstance(step, int) or not 1 <= step <= len(one.ds):
            raise UsageError(f"step is {step!r}. Expected a whole number from 1 to {len(one.ds)}.")
        (when,) = shown_times(self.table.local(one.ds[step - 1 : step]))
        rows = one.largest(step - 1, len(one.drivers))
        title = f"{one.label}, {when}: what moves it from {amount(one.parts.reference)}"
        return bars_matplotlib(rows, title=title, x_label=self.table.schema.target_col)

    def _step(self, one: SeriesExplanation, step: int) -> str:
        """One forecast as a sum: reference, the largest drivers, and all others."""
        (when,) = shown_times(self.table.local(one.ds[step : step + 1]))
        number, reference = float(one.parts.number[step]), one.parts.reference
        largest = one.largest(step, _DRIVERS_OF_STEP)
        others = number - reference - sum(part for _, part in largest)
        if len(largest) == _DRIVERS_OF_STEP:  # else the others are nearly nothing
            largest = [*largest, ("all others", others)]
        parts = [f"{_signed(part)} ({name})" for name, part in largest]
        return f"{when}: {amount(number)} = {amount(reference)} {' '.join(parts)}."

    def _one(self, label: object) -> SeriesExplanation:
        if label is None and self.series:
            return next((one for one in self.series if one.mean_shares), self.series[0])
        for one in self.series:
            if one.label == label or str(one.label) == str(label):
                return one
        such_as = f", such as {self.labels[0]!r}" if self.labels else ""
        raise UsageError(
            f"series is {label!r}, which is not explained here. Expected one of the "
            f"{counted(len(self.series), 'explained series', 'explained series')}{such_as}."
        )

    def _frame(
        self, labels: Sequence[Any], times: Sequence[Any], columns: dict[str, NDArray[Any]]
    ) -> Any:
        schema = self.table.schema
        ids = np.empty(len(labels), dtype=object)
        ids[:] = labels
        return to_frame(
            schema,
            {
                schema.id_col: ids,
                schema.time_col: np.array(times, dtype=self.table.ds.dtype),
                **columns,
            },
        )


def _largest(parts: Contributions, step: int, top: int | None) -> IntArray:
    """The past steps with the largest contributions, those that are not read left out."""
    order: IntArray = np.argsort(-np.abs(parts.past[step]), kind="stable")
    is_read = (parts.weights[step] != 0) | (parts.past[step] != 0)
    largest: IntArray = order[is_read[order]][:top]
    return largest


def _signed(value: float) -> str:
    """A number as a part of a sum.

    >>> _signed(31.0), _signed(-2.5)
    ('+ 31', '− 2.5')
    """
    return f"{'+' if value >= 0 else '−'} {amount(abs(value))}"
