"""Defines the season memory: a forecast as a weighted mean of past values, plus a correction.

For every step to forecast, a small network reads the references (`season_references`), the state of
the recurrence and the position in the season. It computes a weight for each reference (softmax) and
a correction of their weighted mean. All steps of all series share its weights. The weights explain
the forecast by construction.

Past seasons are shifted towards the current level, by a share that depends on the state. The
weight of a reference is smaller if its known covariates differ from those of the step to forecast.
"""

from dataclasses import dataclass

import numpy as np

from gated.arrays import Array
from gated.forecast.data.patching import RECENT, PatchLayout
from gated.forecast.data.windows import Window
from gated.forecast.model.season_grid import GRID, from_grid
from gated.forecast.model.season_references import (
    LONG,
    PLAIN,
    REFERENCES,
    Long,
    Recent,
    Reference,
    drifts,
    long,
    recent,
)
from gated.forecast.model.window_scaler import WindowHistory, WindowScaler
from gated.numeric import Parameters, clip, namespace, primitives

__all__ = ["EMBEDDED", "PROFILES", "WIDTH", "MemoryWeights", "season_memory"]

WIDTH = 96
"""Features of its network."""
PROFILES = 4
"""Profiles over a season that the state gives."""
_PLACE = 3
EMBEDDED = 2 * (LONG + PLAIN) + PROFILES + _PLACE + 2 * LONG
"""Inputs of the layer `other`: the references but those of `recent`, profiles and position."""
# Reduction of the logit of a missing reference.
_MISSING_LOGIT = 20.0
_SMALLEST_SPREAD = 1e-3


@dataclass(frozen=True)
class MemoryWeights:
    """The result of the memory for D origins, J leads, patches of P steps, R references.

    Attributes:
        base: [B, D, J, P] the weighted mean of the references, relative to the current level.
        spread: [B, D, J, P] the weighted standard deviation of the references.
        weights: [B, D, J, P, R] the weights of the references; they sum to 1.
        contrast: [B, D, J, P, F] covariates of the step, minus the weighted mean of those of the
            references.
        steps: int64 [D, J, P, R] the steps of the references, from the start of the window.
        correction: [B, D, J, P, Q] correction of the base for every quantile.
    """

    base: Array
    spread: Array
    weights: Array
    contrast: Array
    steps: Array
    correction: Array


def season_memory(
    weights: Parameters,
    past: WindowHistory,
    scale: WindowScaler,
    window: Window,
    origins: Array,
    leads: Array,
    state: Array,
) -> MemoryWeights:
    """Compute the weights for origins [D] and leads [J] from decoder states [B, D, J, H]."""
    xp, fast = namespace(state), primitives(state)
    layout = window.layout
    seasons = recent(past, scale, origins)
    cycles = long(past, scale, origins, leads, layout)
    shifted = [
        part.shifted(fast.softmax(fast.float32(weights.linear(name, state))))
        for name, part in (("lift", seasons), ("lift_long", cycles))
    ]
    plain = drifts(past, scale, origins, leads)
    shape = shifted[0].shape[:-1]
    parts = [seasons.reference, cycles.reference, plain]
    values = fast.float32(xp.concat([*shifted, plain.values], axis=-1))
    visible = fast.concat_last([part.visible for part in parts], shape)
    steps = fast.concat_last([part.steps for part in parts], shape[1:])
    hidden = _embed(weights, seasons, cycles, plain, layout, state)
    targets = window.targets(origins, leads)
    if weights.has("known"):
        known = xp.concat([window.covariates, window.calendar], axis=-1)
        hidden = hidden + weights.linear("known", known[:, targets])
    hidden = weights.silu(weights.linear("mix", weights.silu(hidden)))
    out = fast.float32(weights.linear("out", hidden))
    logits = out[..., :REFERENCES] + weights["prior"] + _MISSING_LOGIT * (visible - 1)
    sensitivity = weights.get("sensitivity")
    before, future = _covariates(window, steps, targets, is_read=sensitivity is not None)
    if sensitivity is not None:
        difference = (future[..., None, :] - before) * visible[..., None]
        logits = logits - xp.sum(xp.square(difference) * xp.abs(sensitivity), axis=-1)
    shares = fast.softmax(logits)
    base = xp.sum(shares * values, axis=-1)
    variance = xp.sum(shares * xp.square(values - base[..., None]), axis=-1)
    return MemoryWeights(
        base=base,
        spread=xp.sqrt(clip(variance, _SMALLEST_SPREAD**2)),
        weights=shares,
        contrast=future - xp.sum(shares[..., None] * before, axis=-2),
        steps=steps,
        correction=out[..., REFERENCES:],
    )


def _embed(
    weights: Parameters,
    seasons: Recent,
    cycles: Long,
    plain: Reference,
    layout: PatchLayout,
    state: Array,
) -> Array:
    """[B, D, J, P, W] an embedding of the references and the state for each step."""
    xp, fast = namespace(state), primitives(state)
    past, patch = seasons.reference, layout.patch
    at_level = (past.values + seasons.rise[:, :, None, None]) * past.visible
    grown = past.values + seasons.above * seasons.growth[:, :, None, None]
    recent_inputs = [
        _signed_log(past.values),
        _signed_log(at_level),
        past.visible,
        _signed_log(grown) * seasons.has_growth[:, :, None, None] * past.visible,
    ]
    profile = weights.linear("profile", state)
    profile = profile.reshape(*profile.shape[:-1], PROFILES, GRID)
    if patch != GRID:
        profile = profile @ fast.like(from_grid(patch), profile)
    profile = xp.matrix_transpose(profile)  # [B, D, J, P, C]
    position = np.arange(patch)
    place = np.stack(
        [np.full(patch, float(layout.seasonal)), (position + 0.5) / patch, position == 0], axis=-1
    )
    others = [cycles.reference, plain]
    inputs = [_signed_log(part.values) for part in others] + [part.visible for part in others]
    usual = cycles.reference.values + cycles.usual[..., None, :]
    grown = cycles.reference.values + cycles.fall[..., None, :]
    grown = grown + cycles.above * cycles.growth[..., None, :]
    ways = [usual * cycles.reference.visible, grown * cycles.has_growth[..., None, :]]
    inputs = [*inputs, fast.like(place, profile), profile, *(_signed_log(way) for way in ways)]
    inputs = [xp.astype(part, profile.dtype, copy=False) for part in inputs]
    embedded = weights.linear("other", fast.concat_last(inputs, profile.shape[:-1]))
    recent_part = xp.astype(xp.concat(recent_inputs, axis=-1), profile.dtype)
    embedded = embedded + weights.linear("recent", recent_part)
    return embedded + weights.linear("state", state)[..., None, :]


def _covariates(
    window: Window, steps: Array, targets: Array, *, is_read: bool
) -> tuple[Array, Array]:
    """Known covariates of the references [B, D, J, P, R, F], of the targets [B, D, J, P, F].

    The plain references have no single step: they get the covariates of the target. Without
    sensitivity to covariates there are none.
    """
    xp, future = namespace(steps), window.covariates[:, targets]
    if not is_read:
        nothing = future[..., :0]
        shape = (*nothing.shape[:-1], REFERENCES, 0)
        return xp.zeros(shape, dtype=nothing.dtype, device=nothing.device), nothing
    features = future.shape[-1]
    flat = window.covariates.reshape(len(future), -1, features)
    dated = clip(steps[..., : RECENT + LONG], 0)
    plain = xp.broadcast_to(future[..., None, :], (*future.shape[:-1], PLAIN, features))
    return xp.concat([flat[:, dated], plain], axis=-2), future


def _signed_log(x: Array) -> Array:
    """sign(x) · log(1 + |x|)."""
    xp = namespace(x)
    return xp.copysign(xp.log(1 + xp.abs(x)), x)  # several times as fast as log1p
