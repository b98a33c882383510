"""What a network is pretrained on: windows of synthetic series, of every rhythm of a table."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from gated.forecast.data.patching import CONTEXT, CYCLES, PatchLayout
from gated.forecast.data.windows import Window
from gated.synthetic import Rhythm, draw_mask, draw_series

__all__ = ["KINDS", "Batch", "Curriculum", "Kind"]

YEAR = 365.25
_OTHER_SEASONS = (6, 8, 10, 13, 14, 16, 20, 30, 36, 60)
_DENSE = 4
_CONTEXTS = (8, 12, 16, 24)
_FARTHEST = 32
_LONGEST_PATCH_ASKED_FAR = 48
# Of four batches of days or weeks one knows of no year, of seven of hours one of no week.
_WITHOUT_LONG_SEASON = {"hours": 0.15, "days": 0.25, "business_days": 0.25, "weeks": 0.25}
_FEWEST_SEEN = 3


@dataclass(frozen=True)
class Kind:
    """A kind of table.

    Attributes:
        rhythm: how it ticks; None for one drawn anew for each batch.
        share: of all batches.
        windows: in a batch, as a share of the whole: fewer where they are long.
        short: whether its series are often short.
    """

    rhythm: Rhythm | None
    share: float
    windows: float = 1.0
    short: bool = False


KINDS = {
    "hours": Kind(Rhythm(24, 168, calm=0.5), 0.24),
    "half_hours": Kind(Rhythm(48, 336, calm=0.5), 0.05, 0.5),
    "quarter_hours": Kind(Rhythm(96, 672, calm=0.5), 0.03, 0.25),
    "days": Kind(Rhythm(7, YEAR, wandering=0.12), 0.18),
    "business_days": Kind(Rhythm(5, 260.9, wandering=0.4), 0.03),
    "weeks": Kind(Rhythm(4, YEAR / 7, seasonal=False, wandering=0.15), 0.11, short=True),
    "months": Kind(Rhythm(12, wandering=0.1), 0.17, short=True),
    "quarters": Kind(Rhythm(4, wandering=0.12), 0.08, short=True),
    "years": Kind(Rhythm(4, seasonal=False, wandering=0.45), 0.06, short=True),
    "others": Kind(None, 0.05, short=True),
}


@dataclass(frozen=True)
class Batch:
    """Windows to learn from, and what is asked of them.

    Attributes:
        window: B windows of one rhythm.
        dense: origins D, the last ones of the context.
        leads: [J] patches ahead.
    """

    window: Window
    dense: int
    leads: Tensor

    @property
    def size(self) -> int:
        """Windows B."""
        return len(self.window.values)

    def to(self, device: torch.device) -> "Batch":
        """The same on another device."""
        return Batch(self.window.to(device), self.dense, self.leads.to(device))


class Curriculum:
    """Draws batches without end.

    Args:
        windows: in a batch, for kinds whose windows are of usual length.
        generator: the source of all randomness.
        kinds: of tables, by name.
    """

    def __init__(
        self, windows: int, generator: torch.Generator, kinds: Mapping[str, Kind] = KINDS
    ) -> None:
        self.windows, self.generator, self.kinds = windows, generator, kinds
        self._shares = torch.tensor([kind.share for kind in kinds.values()])

    def draw(self) -> Batch:
        """A batch of windows of one kind."""
        name = list(self.kinds)[int(torch.multinomial(self._shares, 1, generator=self.generator))]
        kind = self.kinds[name]
        rhythm = self._other_rhythm() if kind.rhythm is None else kind.rhythm
        if self._uniform() < _WITHOUT_LONG_SEASON.get(name, 0):
            rhythm = replace(rhythm, long_season=0.0)
        patch = rhythm.season
        count = max(8, round(self.windows * kind.windows))
        context = _CONTEXTS[self._whole(len(_CONTEXTS))] if kind.short else CONTEXT
        far = 3
        if patch <= _LONGEST_PATCH_ASKED_FAR:
            far = 2 + int(math.exp(self._uniform() * math.log(_FARTHEST - 2)))
        layout = PatchLayout(patch, far, rhythm.long_season, rhythm.seasonal, context)
        window = self._window(rhythm, layout, count)
        return Batch(window, min(_DENSE, context - 2), torch.tensor([1, 2, far]))

    def _window(self, rhythm: Rhythm, layout: PatchLayout, count: int) -> Window:
        """Series of random beginnings, the rows before them hidden."""
        patch, reach = layout.patch, 1
        if layout.long_season:
            cycles = self._whole(CYCLES + 1)
            reach += math.ceil(cycles * layout.long_season / patch)
        length = (reach + layout.context + layout.leads) * patch
        values = draw_series(rhythm, count, length, self.generator)
        told = draw_mask(count, length, self.generator)
        first_origin = (reach + layout.context - min(_DENSE, layout.context - 2) + 1) * patch
        told = told * (torch.arange(length) >= self._beginnings(count, reach * patch, first_origin))
        # On the scale of a series: the network is never shown raw numbers.
        spread = (values * told)[:, :first_origin].std(1, keepdim=True)
        values = values / torch.where(spread > 0, spread, 1.0)
        cutoff = length - layout.leads * patch
        return Window.of_values(values * told, told, told * (torch.arange(length) < cutoff), layout)

    def _beginnings(self, count: int, reach: int, first_origin: int) -> Tensor:
        """[B, 1] where each series begins: a fifth at once, the others later.

        Of five series one begins with the window, one or two before the context, two within it,
        the later the likelier, and at the latest so that three steps are seen.
        """
        late = torch.rand(count, 1, generator=self.generator)
        within = reach + (first_origin - reach - _FEWEST_SEEN) * (1 - late.square())
        early = torch.rand(count, 1, generator=self.generator) * reach
        kind = torch.rand(count, 1, generator=self.generator)
        begins = torch.where(kind < 0.35, within, torch.where(kind < 0.65, early, 0.0))
        return begins.long()

    def _other_rhythm(self) -> Rhythm:
        season = _OTHER_SEASONS[self._whole(len(_OTHER_SEASONS))]
        return Rhythm(season, 0.0 if self._uniform() < 0.6 else season * (4.0 + self._whole(10)))

    def _uniform(self) -> float:
        return float(torch.rand((), generator=self.generator))

    def _whole(self, high: int) -> int:
        return int(torch.randint(high, (), generator=self.generator))
