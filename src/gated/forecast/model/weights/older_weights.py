"""Converts weights of older networks, which had fewer references and ways to shift them."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from gated.forecast.data.patching import RECENT
from gated.forecast.model.patch_features import PATCH_FEATURES
from gated.forecast.model.season_references import LONG, LONG_WAYS, PLAIN, RECENT_WAYS

__all__ = ["NEVER", "converted"]

NEVER = -30.0
"""The logit of what the older network did not have: its weight is below 1e-12."""

Weights = NDArray[np.float32]

_OLD_PLAIN, _OLD_RECENT_WAYS, _OLD_PATCH_FEATURES = 5, 3, 198
_OLD_REFERENCES = RECENT + LONG + _OLD_PLAIN


def converted(weights: Mapping[str, Weights], logit: float = NEVER) -> dict[str, Weights]:
    """The weights of a network for the present references; present ones are returned unchanged.

    Args:
        weights: maps names to weights.
        logit: of the references and ways that the older network did not have. The default keeps
            its forecasts; training needs one that is not so small.
    """
    weights = dict(weights)
    if "memory.lift_long.weight" in weights or "memory.lift.weight" not in weights:
        return weights
    for name, change in _changes(logit).items():
        weights[name] = change(weights[name])
    state = weights["memory.lift.weight"]
    weights["memory.lift_long.weight"] = np.zeros((LONG_WAYS, state.shape[1]), state.dtype)
    bias = np.full(LONG_WAYS, logit, state.dtype)
    bias[0] = 0.0
    weights["memory.lift_long.bias"] = bias
    return weights


def _changes(logit: float) -> dict[str, Callable[[Weights], Weights]]:
    """How each weight changes, by its name."""
    plain, ways = PLAIN - _OLD_PLAIN, RECENT_WAYS - _OLD_RECENT_WAYS

    def rows(at: int, count: int, value: float = 0.0) -> Callable[[Weights], Weights]:
        return lambda old: _inserted(old, at, np.full((count, *old.shape[1:]), value, old.dtype))

    def columns(count: int) -> Callable[[Weights], Weights]:
        return lambda old: np.pad(old, ((0, 0), (0, count)))

    def other(old: Weights) -> Weights:
        # Columns: values and visibility of the long and the plain references, and more.
        first, second = LONG + _OLD_PLAIN, 2 * (LONG + _OLD_PLAIN)
        nothing, ways = np.zeros((len(old), plain), old.dtype), np.zeros((len(old), 2 * LONG))
        parts = (old[:, :first], nothing, old[:, first:second], nothing, old[:, second:], ways)
        return np.concatenate(parts, axis=1, dtype=old.dtype)

    return {
        "embed.0.weight": columns(PATCH_FEATURES - _OLD_PATCH_FEATURES),
        "memory.lift.weight": rows(_OLD_RECENT_WAYS, ways),
        "memory.lift.bias": rows(_OLD_RECENT_WAYS, ways, logit),
        "memory.out.weight": rows(_OLD_REFERENCES, plain),
        "memory.out.bias": rows(_OLD_REFERENCES, plain),
        "memory.prior": rows(_OLD_REFERENCES, plain, logit),
        "memory.recent.weight": columns(RECENT),
        "memory.other.weight": other,
    }


def _inserted(values: Weights, at: int, new: Weights) -> Weights:
    return np.concatenate([values[:at], new, values[at:]])
