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
        kinds: of tables, by name.
    """

    def __init__(self, windows: int, kinds: Mapping[str, Kind] = KINDS) -> None:
        self.windows, self.kinds = windows, kinds
        self._shares = torch.tensor([kind.share for kind in kinds.values()])

    def draw(self, generator: torch.Generator) -> Batch:
        """A batch of windows of one kind; the generator is the source of all randomness."""
        name = list(self.kinds)[int(torch.multinomial(self._shares, 1, generator=generator))]
        kind = self.kinds[name]
        rhythm = _other_rhythm(generator) if kind.rhythm is None else kind.rhythm
        if _uniform(generator) < _WITHOUT_LONG_SEASON.get(name, 0):
            rhythm = replace(rhythm, long_season=0.0)
        patch = rhythm.season
        count = max(8, round(self.windows * kind.windows))
        context = _CONTEXTS[_whole(generator, len(_CONTEXTS))] if kind.short else CONTEXT
        far = 3
        if patch <= _LONGEST_PATCH_ASKED_FAR:
            far = 2 + int(math.exp(_uniform(generator) * math.log(_FARTHEST - 2)))
        layout = PatchLayout(patch, far, rhythm.long_season, rhythm.seasonal, context)
        window = _window(rhythm, layout, count, generator)
        return Batch(window, min(_DENSE, context - 2), torch.tensor([1, 2, far]))


def _window(rhythm: Rhythm, layout: PatchLayout, count: int, generator: torch.Generator) -> Window:
    """Series of random beginnings, the rows before them hidden."""
    patch, reach = layout.patch, 1
    if layout.long_season:
        cycles = _whole(generator, CYCLES + 1)
        reach += math.ceil(cycles * layout.long_season / patch)
    length = (reach + layout.context + layout.leads) * patch
    values = draw_series(rhythm, count, length, generator)
    told = draw_mask(count, length, generator)
    first_origin = (reach + layout.context - min(_DENSE, layout.context - 2) + 1) * patch
    begins = _beginnings(count, reach * patch, first_origin, generator)
    told = told * (torch.arange(length) >= begins)
    # On the scale of a series: the network is never shown raw numbers.
    spread = (values * told)[:, :first_origin].std(1, keepdim=True)
    values = values / torch.where(spread > 0, spread, 1.0)
    cutoff = length - layout.leads * patch
    return Window.of_values(values * told, told, told * (torch.arange(length) < cutoff), layout)


def _beginnings(count: int, reach: int, first_origin: int, generator: torch.Generator) -> Tensor:
    """[B, 1] where each series begins: a fifth at once, the others later.

    Of five series one begins with the window, one or two before the context, two within it,
    the later the likelier, and at the latest so that three steps are seen.
    """
    late = torch.rand(count, 1, generator=generator)
    within = reach + (first_origin - reach - _FEWEST_SEEN) * (1 - late.square())
    early = torch.rand(count, 1, generator=generator) * reach
    kind = torch.rand(count, 1, generator=generator)
    begins = torch.where(kind < 0.35, within, torch.where(kind < 0.65, early, 0.0))
    return begins.long()


def _other_rhythm(generator: torch.Generator) -> Rhythm:
    season = _OTHER_SEASONS[_whole(generator, len(_OTHER_SEASONS))]
    has_long_season = _uniform(generator) >= 0.6
    return Rhythm(season, season * (4.0 + _whole(generator, 10)) if has_long_season else 0.0)


def _uniform(generator: torch.Generator) -> float:
    return float(torch.rand((), generator=generator))


def _whole(generator: torch.Generator, high: int) -> int:
    return int(torch.randint(high, (), generator=generator))
