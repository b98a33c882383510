"""Defines the result of an update: how likely each new value was, and what was repaired."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from gated.arrays import BoolArray, FloatArray, ObjectArray, TimeArray
from gated.overview import FIRST_ROWS, Overview, Overviewed, not_shown
from gated.table import Schema, to_frame
from gated.text import counted

__all__ = ["Observed"]


@dataclass(frozen=True, repr=False)
class Observed(Overviewed):
    """The values of one update, in the order of their rows. `Live.update` returns it.

    Attributes:
        schema: names of the columns.
        ids: [M] the series of each value.
        ds: [M] its time.
        y: [M] the value.
        expected: [M] the median of the latest forecast made before; NaN without one.
        probability: [M] how likely a value as unlikely as this one was under that forecast: 1 for
            its median, near 0 far outside. NaN without a forecast, and at closed steps.
        unlikely: [M] whether the probability is below the limit: an anomaly.
        notes: what was repaired or left out, one sentence each.
    """

    schema: Schema
    ids: ObjectArray
    ds: TimeArray
    y: FloatArray
    expected: FloatArray
    probability: FloatArray
    unlikely: BoolArray
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.y)

    @cached_property
    def frame(self) -> Any:
        """The values as a frame of the kind of the table."""
        return to_frame(
            self.schema,
            {
                self.schema.id_col: self.ids,
                self.schema.time_col: self.ds,
                self.schema.target_col: self.y,
                "expected": self.expected,
                "probability": self.probability,
                "unlikely": self.unlikely,
            },
        )

    @property
    def _title(self) -> str:
        return f"Update of {counted(len(self), 'value')}, {int(self.unlikely.sum()):,} unlikely."

    def _overview(self) -> Overview:
        shown = slice(0, FIRST_ROWS)
        columns: dict[str, list[Any]] = {
            self.schema.id_col: [str(label) for label in self.ids[shown]],
            self.schema.time_col: list(self.ds[shown]),
            self.schema.target_col: list(self.y[shown]),
            "expected": list(self.expected[shown]),
            "probability": list(self.probability[shown]),
        }
        more = not_shown(max(len(self) - FIRST_ROWS, 0), ".frame")
        return Overview(self._title, columns, (*more, *self.notes))
