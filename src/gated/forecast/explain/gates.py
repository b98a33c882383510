"""Shows the gates of the recurrence over the past of a series: as numbers, sentences, a picture."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gated.arrays import FloatArray
from gated.forecast.data.dataset import Dataset
from gated.forecast.model.inspection.gates import past_gates
from gated.forecast.model.network import SeasonNetwork
from gated.insight import BlockGates
from gated.insight.pictures import CONVENTION, gate_panels, half_life_shares
from gated.plot.panels.lines import Curves
from gated.plot.panels.picture import Picture
from gated.table import Table
from gated.text import counted, percent, roughly, shown_time

__all__ = ["SeriesGates", "gates_of"]

_LONGEST_TENTH = 0.9


@dataclass(frozen=True)
class SeriesGates:
    """The gates of the forecasting network over the past of one series.

    The recurrence reads one season at a step, such as a week of days. Older values, and the values
    of the same season a year ago, are read by the season memory, which has no gates.

    Attributes:
        label: of the series.
        ds: [T] the time of the first value in each step of the recurrence, in the time zone of the
            table.
        y: [S] the past values over these steps, NaN where missing or before the series.
        before: how many steps of the table the last value lies before the forecast.
        patch: steps of the table in a step of the recurrence.
        noun: of a step of the table: "day".
        blocks: the gates of each block [T, H], the first block first.
    """

    label: Any
    ds: NDArray[Any]
    y: FloatArray
    before: int
    patch: int
    noun: str
    blocks: tuple[BlockGates, ...]

    @cached_property
    def half_lives(self) -> tuple[FloatArray, ...]:
        """[H] of each block: steps of the table until a unit has overwritten half of its memory."""
        return tuple(block.memory.half_life * self.patch for block in self.blocks)

    def half_life_shares(self, block: int | None = None) -> list[tuple[str, float]]:
        """The histogram of the half-lives of the units: (class, share), the shortest first.

        Args:
            block: the index of a block; None for the units of all blocks.
        """
        chosen = self.blocks if block is None else (self.blocks[block],)
        lives = np.concatenate([each.memory.half_life for each in chosen])
        return half_life_shares(lives, self.patch, self.noun)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What the gates did, in words."""
        spans = f"{counted(len(self.ds), 'step')} of {counted(self.patch, self.noun)}"
        said = [f"The recurrence reads {spans}, from {shown_time(self.ds[0])} on."]
        for index, (block, lives) in enumerate(zip(self.blocks, self.half_lives, strict=True), 1):
            kept = block.kept
            words = (
                f"Block {index} keeps {percent(float(kept.mean()))} of its memory a step on average"
            )
            if len(kept) > 1:
                least, most = int(kept.argmin()), int(kept.argmax())
                words += (
                    f": most in the step from {shown_time(self.ds[most])} "
                    f"({percent(float(kept[most]))}), least in that from "
                    f"{shown_time(self.ds[least])} ({percent(float(kept[least]))})"
                )
            middle = self._span(float(np.median(lives)))
            tenth = self._span(float(np.quantile(lives, _LONGEST_TENTH, method="lower")))
            said.append(
                f"{words}. Half of what a unit stores is overwritten after {middle} (the median of "
                f"{counted(len(lives), 'unit')}); a tenth of the units need {tenth} or more."
            )
        return (*said, CONVENTION)

    @property
    def picture(self) -> Picture:
        """The values, and below them a heat map of the update gate of each block."""
        begin, end = -float(len(self.y) + self.before - 1), -float(self.before - 1)
        values = Curves(f"{self.label}", self.y[None], begin, end)
        unit = f"{self.noun}s"
        panels = [values, *gate_panels(self.blocks, begin, end)]
        return Picture(f"{self.label}: values and gates", panels, begin, end, unit)

    def _span(self, steps: float) -> str:
        return f"{roughly(steps)} {self.noun}s" if np.isfinite(steps) else "no number of steps"


def gates_of(
    network: SeasonNetwork, table: Table, data: Dataset, h: int, series: Sequence[int]
) -> tuple[SeriesGates, ...]:
    """The gates of the network over the past of some series.

    Args:
        network: in evaluation mode.
        table: the past.
        data: its rows, and those of the steps ahead.
        h: steps ahead.
        series: their indices.
    """
    found = []
    for one in series:
        history = int(data.history[one])
        gates = past_gates(network, data.source, one, history, h)
        count = gates.blocks[0].update.shape[0]
        steps = gates.begin + np.arange(count * gates.patch)
        is_past = (steps >= 0) & (steps < history)
        rows = np.clip(steps, 0, history - 1)
        y = np.where(is_past, data.target[data.offsets[one] + rows], np.nan)
        ds = table.local(table.ds[table.offsets[one] + rows[:: gates.patch]])
        before = history - int(steps[-1])
        noun = table.frequency.noun
        found.append(SeriesGates(table.ids[one], ds, y, before, gates.patch, noun, gates.blocks))
    return tuple(found)
