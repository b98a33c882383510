"""Draws the extras of a whole network once for each call, for every layer and direction.

They are drawn here and not in a backend, so that all backends give the same results under one seed.
"""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import dropout

from gated.nn.recurrent.options import Shares
from gated.ops.recurrence import Extras

__all__ = ["before_reverse_steps", "draw", "zoneout_of"]


def draw(
    shares: Shares,
    x: Tensor,  # [T, B, I], or the rows of a packed sequence [N, I]
    batch_sizes: Tensor | None,
    resets: Tensor | None,  # [T, B] or [N] bool
    *,
    sizes: tuple[int, int],  # P and H
    directions: Sequence[int],  # of each layer and direction: 0 forward, 1 reverse
    training: bool,
) -> list[Extras] | None:
    """Draw one `Extras` for each of `directions`; None where all of them would be empty."""
    if not any(shares) and resets is None:
        return None
    output_size, hidden_size = sizes
    batch = x.shape[1] if batch_sizes is None else int(batch_sizes[0])
    by_direction = [resets, resets]
    if resets is not None and 1 in directions:
        by_direction[1] = before_reverse_steps(resets, batch_sizes)
    extras = []
    for direction in directions:
        mask = None
        if training and shares.recurrent_dropout > 0:
            mask = dropout(x.new_ones(batch, output_size), shares.recurrent_dropout)
        zoneout_h = zoneout_of(shares.zoneout_h, x, output_size, training)
        zoneout_c = zoneout_of(shares.zoneout_c, x, hidden_size, training)
        extras.append(Extras(by_direction[direction], mask, zoneout_h, zoneout_c))
    return None if all(own.is_empty for own in extras) else extras


def zoneout_of(share: float, x: Tensor, features: int, training: bool) -> Tensor | None:
    """Return a draw of zeros and ones `[…, features]` in training, else the probability."""
    if share == 0:
        return None
    shape = (*x.shape[:-1], features)
    if training:
        return torch.bernoulli(x.new_full(shape, share))
    return x.new_full((), share).expand(shape)


def before_reverse_steps(resets: Tensor, batch_sizes: Tensor | None) -> Tensor:
    """Return the resets of the backward direction, bool `[T, B]` or `[N]` as given.

    A reset at t marks a boundary between t − 1 and t. The backward direction passes it from t to
    t − 1, so it clears the state before step t − 1.
    """
    if batch_sizes is None:
        return torch.cat([resets[1:], torch.zeros_like(resets[:1])])
    steps = torch.split(resets, batch_sizes.tolist())
    after = [*steps[1:], steps[-1].new_zeros(0)]
    short = [
        torch.cat([later, now.new_zeros(len(now) - len(later))])
        for now, later in zip(steps, after, strict=True)
    ]
    return torch.cat(short)
