"""Draws the batches of pretraining: windows of synthetic series, of many kinds of tables."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from gated.forecast.data.patching import CONTEXT, CYCLES, PatchLayout
from gated.forecast.data.windows import Window
from gated.numeric import converted
from gated.synthetic import Seasonality, draw_mask, draw_series

__all__ = ["KINDS", "Batch", "Curriculum", "TableKind"]

YEAR = 365.25
_OTHER_SEASONS = (6, 8, 10, 13, 14, 16, 20, 30, 36, 60)
_MOST_ORIGINS = 4
_SHORT_CONTEXTS = (8, 12, 16, 24)  # in patches
# The farthest patch ahead; of patches of more steps than these it is the third.
_FARTHEST_LEAD, _LONGEST_PATCH_FORECAST_FAR = 32, 48
# The share of batches that are laid out without their long season: as of tables that are too
# short to show one.
_WITHOUT_LONG_SEASON = {"hours": 0.15, "days": 0.25, "business_days": 0.25, "weeks": 0.25}
_FEWEST_OBSERVED = 3
# The share of batches without a year or week whose series have a cycle of no calendar length, and
# the shortest and longest such cycle, in patches.
_CYCLE_SHARE, _CYCLE_PATCHES = 0.2, (2.0, 15.0)


@dataclass(frozen=True)
class TableKind:
    """A kind of table, by its frequency.

    Attributes:
        seasonality: its season lengths; None where each batch draws its own.
        share: of all batches.
        batch_share: windows in a batch, as a share of the usual: fewer where they are long.
        has_short_series: whether contexts are often short.
    """

    seasonality: Seasonality | None
    share: float
    batch_share: float = 1.0
    has_short_series: bool = False


KINDS = {
    "hours": TableKind(Seasonality(24, 168, low_noise_share=0.5), 0.23),
    "half_hours": TableKind(Seasonality(48, 336, low_noise_share=0.5), 0.05, 0.5),
    "quarter_hours": TableKind(Seasonality(96, 672, low_noise_share=0.5), 0.03, 0.25),
    "days": TableKind(Seasonality(7, YEAR, random_walk_share=0.12, structural_share=0.06), 0.18),
    "business_days": TableKind(
        Seasonality(5, 260.9, random_walk_share=0.4, structural_share=0.06), 0.03
    ),
    "weeks": TableKind(
        Seasonality(4, YEAR / 7, has_season=False, random_walk_share=0.15, structural_share=0.25),
        0.11,
        has_short_series=True,
    ),
    "months": TableKind(
        Seasonality(
            12,
            random_walk_share=0.1,
            low_noise_share=0.2,
            growth_share=0.12,
            structural_share=0.4,
        ),
        0.16,
        has_short_series=True,
    ),
    "quarters": TableKind(
        Seasonality(
            4,
            random_walk_share=0.12,
            low_noise_share=0.2,
            growth_share=0.12,
            structural_share=0.45,
        ),
        0.08,
        has_short_series=True,
    ),
    "years": TableKind(
        Seasonality(
            4, has_season=False, random_walk_share=0.3, growth_share=0.12, structural_share=0.55
        ),
        0.08,
        has_short_series=True,
    ),
    "others": TableKind(None, 0.05, has_short_series=True),
}


@dataclass(frozen=True)
class Batch:
    """Windows to train on, and which forecasts of them count.

    Attributes:
        window: B windows of one seasonality.
        dense: origins D of forecasts, the last patches of the context.
        leads: [J] int64 patches ahead.
    """

    window: Window
    dense: int
    leads: Tensor

    @property
    def size(self) -> int:
        """Windows B."""
        return len(self.window.values)

    def to(self, device: torch.device) -> "Batch":
        """The batch on another device."""
        window = converted(self.window, lambda tensor: tensor.to(device))
        return Batch(window, self.dense, self.leads.to(device))


class Curriculum:
    """Draws batches, each of one kind of table.

    Args:
        batch_size: windows in a batch, for kinds whose windows have the usual length.
        kinds: of tables, by name.
    """

    def __init__(self, batch_size: int, kinds: Mapping[str, TableKind] = KINDS) -> None:
        self.batch_size, self.kinds = batch_size, kinds
        self._shares = torch.tensor([kind.share for kind in kinds.values()])

    def draw(self, generator: torch.Generator) -> Batch:
        """A batch of windows of one kind; the generator is the source of all randomness."""
        name = list(self.kinds)[int(torch.multinomial(self._shares, 1, generator=generator))]
        kind = self.kinds[name]
        seasonality = kind.seasonality or _draw_seasonality(generator)
        if _uniform(generator) < _WITHOUT_LONG_SEASON.get(name, 0):
            seasonality = replace(seasonality, long_season=0.0)
        patch = seasonality.season_length
        if not seasonality.long_season and _uniform(generator) < _CYCLE_SHARE:
            low, high = _CYCLE_PATCHES
            cycle = patch * low * (high / low) ** _uniform(generator)
            seasonality = replace(seasonality, long_season=cycle, cycle=cycle)
        count = max(8, round(self.batch_size * kind.batch_share))
        context = CONTEXT
        if kind.has_short_series:
            context = _SHORT_CONTEXTS[_integer(generator, len(_SHORT_CONTEXTS))]
        last_lead = 3
        if patch <= _LONGEST_PATCH_FORECAST_FAR:
            last_lead = 2 + int(math.exp(_uniform(generator) * math.log(_FARTHEST_LEAD - 2)))
        layout = PatchLayout(
            patch, last_lead, seasonality.long_season, seasonality.has_season, context
        )
        window = _draw_window(seasonality, layout, count, generator)
        return Batch(window, _origins(context), torch.tensor([1, 2, last_lead]))


def _origins(context: int) -> int:
    """Origins of forecasts in a context of so many patches."""
    return min(_MOST_ORIGINS, context - 2)


def _draw_window(
    seasonality: Seasonality, layout: PatchLayout, count: int, generator: torch.Generator
) -> Window:
    """Draw series that begin at random steps; the values before are missing."""
    patch, reach = layout.patch, 1
    if layout.long_season:
        cycles = _integer(generator, CYCLES + 1)
        reach += math.ceil(cycles * layout.long_season / patch)
    length = (reach + layout.context + layout.leads) * patch
    values = draw_series(seasonality, count, length, generator)
    observed = draw_mask(count, length, generator)
    first_origin = (reach + layout.context - _origins(layout.context) + 1) * patch
    begins = _draw_beginnings(count, reach * patch, first_origin, generator)
    observed = observed * (torch.arange(length) >= begins)
    # Scaled as in a table: the network never reads raw numbers.
    spread = (values * observed)[:, :first_origin].std(1, keepdim=True)
    values = values / torch.where(spread > 0, spread, 1.0)
    cutoff = length - layout.leads * patch
    is_past = torch.arange(length) < cutoff
    return Window.of_values(values * observed, observed, observed * is_past, layout)


def _draw_beginnings(
    count: int, reach: int, first_origin: int, generator: torch.Generator
) -> Tensor:
    """[B, 1] the first step of each series.

    A third of the series begin with the window, a third before the context, a third within it,
    late beginnings being more frequent, and early enough that three steps lie before the first
    origin.
    """
    late = torch.rand(count, 1, generator=generator)
    within = reach + (first_origin - reach - _FEWEST_OBSERVED) * (1 - late.square())
    early = torch.rand(count, 1, generator=generator) * reach
    kind = torch.rand(count, 1, generator=generator)
    begins = torch.where(kind < 0.35, within, torch.where(kind < 0.65, early, 0.0))
    return begins.long()


def _draw_seasonality(generator: torch.Generator) -> Seasonality:
    season = _OTHER_SEASONS[_integer(generator, len(_OTHER_SEASONS))]
    has_long_season = _uniform(generator) >= 0.6
    return Seasonality(season, season * (4.0 + _integer(generator, 10)) if has_long_season else 0.0)


def _uniform(generator: torch.Generator) -> float:
    return float(torch.rand((), generator=generator))


def _integer(generator: torch.Generator, high: int) -> int:
    return int(torch.randint(high, (), generator=generator))
