"""What happens to a series on its way into a table: counting, closing, cutting, rounding, failing.

Each takes series [B, L] and gives series [B, L], on an axis of its own.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from gated.synthetic.draws import Draws, unit
from gated.synthetic.rhythm import Clock

__all__ = ["EFFECTS", "spikes"]

_MOST_COUNTED = 1e4


def counts(draws: Draws, y: Tensor, clock: Clock) -> Tensor:
    """Poisson counts around a positive rate."""
    bent = F.softplus(unit(y) * draws.uniform(0.5, 2) + draws.uniform(-1, 2))
    rate = (bent * draws.log_uniform(0.3, 10)).clamp(0, _MOST_COUNTED)
    return torch.poisson(rate, generator=draws.generator)


def intermittent(draws: Draws, y: Tensor, clock: Clock) -> Tensor:
    """Mostly nothing; now and then an order, of a geometric size."""
    likely = torch.sigmoid(unit(y) * draws.uniform(0, 1.5) + draws.uniform(-2.5, 0.5))
    wait = -torch.log(draws.uniform(1e-9, 1, y.shape[1]))
    size = 1 + torch.floor(wait * draws.log_uniform(0.1, 10))
    return draws.chance(likely, y.shape[1]) * size


def floored(draws: Draws, y: Tensor, clock: Clock) -> Tensor:
    """Cut off from below, as sales are at nothing."""
    return torch.maximum(unit(y), draws.uniform(-1.5, 0))


def capped(draws: Draws, y: Tensor, clock: Clock) -> Tensor:
    """Cut off from above, as by a stock or a line's capacity."""
    return torch.minimum(unit(y), draws.uniform(0, 1.5))


def rounded(draws: Draws, y: Tensor, clock: Clock) -> Tensor:
    """Told in coarse units."""
    return torch.round(unit(y) / draws.log_uniform(0.03, 1))


def half_empty(draws: Draws, y: Tensor, clock: Clock) -> Tensor:
    """Only what is above zero."""
    return torch.relu(y)


def steps(draws: Draws, y: Tensor, clock: Clock) -> Tensor:
    """A handful of constant stretches, often exactly constant; some rows are one."""
    length = y.shape[1]
    piece = torch.cumsum(draws.chance(5 / length, length), 1).long().clamp(max=length - 1)
    levels = draws.normal(length).gather(1, piece) * draws.chance(0.8)
    return levels + draws.normal(1) + 0.02 * draws.normal(length) * draws.chance(0.4)


def closed(draws: Draws, y: Tensor, clock: Clock) -> Tensor:
    """Nothing at all on one day of the week, or at one phase of the season."""
    rhythm = clock.rhythm
    place = clock.day if rhythm.has_week else clock.phase
    shut = draws.whole(rhythm.days if rhythm.has_week else rhythm.season) == place
    raised = unit(y)
    raised = raised - raised.amin(1, keepdim=True) * draws.uniform(0.6, 1.2)
    return raised * ~shut


def outage(draws: Draws, y: Tensor, clock: Clock) -> Tensor:
    """A stretch of nothing, or of the lowest value, up to a tenth of the series long."""
    length = y.shape[1]
    since = torch.arange(length) - draws.whole(length)
    lost = (since >= 0) & (since < draws.uniform(2, max(3, length / 10)))
    return torch.where(lost, y.amin(1, keepdim=True) * draws.chance(0.7), y)


def spikes(draws: Draws, y: Tensor) -> Tensor:
    """Single values far off, in both directions or in one, in one row of seven."""
    length = y.shape[1]
    hit = draws.chance(draws.log_uniform(1e-3, 0.03), length) * draws.chance(0.15)
    size = draws.normal(length) * draws.uniform(2, 8)
    size = torch.where(draws.chance(0.5) > 0, size.abs(), size)
    return y + hit * size * y.std(1, keepdim=True)


# The share of all series that each happens to; a series has one at most.
EFFECTS = {
    "counts": (0.06, counts),
    "intermittent": (0.08, intermittent),
    "floored": (0.04, floored),
    "capped": (0.03, capped),
    "rounded": (0.05, rounded),
    "half_empty": (0.03, half_empty),
    "steps": (0.03, steps),
    "closed": (0.05, closed),
    "outage": (0.03, outage),
}
