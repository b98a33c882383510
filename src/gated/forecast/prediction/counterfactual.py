"""Defines `Counterfactual`: a forecast, and the forecast with other past values or covariates."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gated.arrays import FloatArray
from gated.overview import FIRST_ROWS, Overview, Overviewed, not_shown
from gated.table import to_frame
from gated.text import amount, counted

if TYPE_CHECKING:
    from gated.forecast.prediction.forecast import Forecast

__all__ = ["Counterfactual"]


@dataclass(frozen=True, repr=False)
class Counterfactual(Overviewed):
    """A forecast, and the same with changes. `Forecast.what_if` returns it.

    Weights, the validation and its combination with a baseline are those of the forecast: nothing
    is fitted again.

    Attributes:
        before: the forecast.
        after: the forecast with the changes.
    """

    before: "Forecast"
    after: "Forecast"

    @property
    def _title(self) -> str:
        series, steps = (
            counted(self._moved.shape[0], "series", "series"),
            counted(self.before.h, "step"),
        )
        return f"What the changes move, in {series}, {steps} ahead."

    def _overview(self) -> Overview:
        shown = min(FIRST_ROWS, self.before.h)
        row = int(np.abs(self._moved).sum(axis=1).argmax())
        schema = self.before.table.schema
        values = (self._values(self.before)[row], self._values(self.after)[row], self._moved[row])
        columns: dict[str, Sequence[Any]] = {
            schema.id_col: [str(self.before.ids[row])] * shown,
            schema.time_col: list(self.before.table.local(self.before.ds[row, :shown])),
            **{
                name: list(map(float, part[:shown]))
                for name, part in zip(("before", "after", "difference"), values, strict=True)
            },
        }
        more = not_shown(self._moved.size - shown, ".frame")
        return Overview(self._title, columns, (*more, self.text))

    @property
    def text(self) -> str:
        """By how much the total moves, in one sentence."""
        before, after = (float(self._values(one).sum()) for one in (self.before, self.after))
        if not self._moved.any():
            whole = " by a whole number" if self.before.prediction.is_integer.all() else ""
            return f"The forecast does not move{whole}."
        steps = counted(self.before.h, "step")
        change = f"{'+' if after >= before else '−'}{amount(abs(after - before))}"
        return f"The sum over {steps} moves from {amount(before)} to {amount(after)} ({change})."

    @property
    def frame(self) -> Any:
        """A frame of the same kind as the table: id, time, `before`, `after` and `difference`."""
        made, schema = self.before, self.before.table.schema
        return to_frame(
            schema,
            {
                schema.id_col: np.repeat(made.ids, made.h),
                schema.time_col: made.ds.reshape(-1),
                "before": self._values(self.before).reshape(-1),
                "after": self._values(self.after).reshape(-1),
                "difference": self._moved.reshape(-1),
            },
        )

    @property
    def _moved(self) -> FloatArray:
        moved: FloatArray = self._values(self.after) - self._values(self.before)
        return moved

    def _values(self, made: "Forecast") -> FloatArray:
        """[N, h] the number that the forecast shows: the median or the mean."""
        return made.columns[self.before.point.column]
