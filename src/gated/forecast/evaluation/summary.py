"""Summarises a backtest in sentences: accuracy relative to a reference method, and coverage."""

import math
from collections.abc import Collection, Mapping, Sequence

from gated.forecast.config import MODEL_NAME
from gated.text import counted, plain, whole_percent

__all__ = ["summary"]

# Errors with a smaller relative difference count as equal.
_AS_MUCH = 0.005


def summary(
    overall: Mapping[str, Mapping[str, float]],
    reference: str,
    windows: int,
    levels: Sequence[float],
    unlike: Collection[float] = (),
) -> str:
    """Summarise a backtest.

    Args:
        overall: maps method → score → value.
        reference: the method that gated is compared with.
        windows: number of cutoffs.
        levels: the levels of the intervals, in percent.
        unlike: the levels whose coverage differs from the level by more than chance explains, as a
            test shows. Only their intervals are called too narrow or too wide.

    >>> scores = {"coverage-80": 0.79, "mase": 0.69, "wape": 0.2}
    >>> summary({"gated": scores, "naive": {"mase": 1.0, "wape": 0.3}}, "naive", 4, [80])
    '31 % more accurate than naive over 4 cutoffs (MASE 0.69; naive 1.00); 80 % intervals held 79 \
% of the time.'
    """
    ours = overall[MODEL_NAME]
    # An exactly periodic series has no MASE; the WAPE is used instead.
    key = "mase" if math.isfinite(overall[reference]["mase"]) else "wape"
    against = {name: scores[key] for name, scores in overall.items() if name != MODEL_NAME}
    compared = _compared(ours[key], against[reference], reference)
    text = f"{compared} over {counted(windows, 'cutoff')}"
    if math.isfinite(ours[key]):
        text += f" ({key.upper()} {ours[key]:.2f}; {plain(reference)} {against[reference]:.2f})"
    held = [
        _held(level, ours[f"coverage-{level:g}"], is_unlike=level in unlike) for level in levels
    ]
    sentences = ["; ".join([text, *held]) + "."]
    best = min(against, key=lambda name: _or_infinite(against[name]))
    if best != reference and math.isfinite(against[best]):
        sentences.append(
            f"The best of the others, {plain(best)}, "
            f"{_beaten(ours[key], against[best])} ({key.upper()} {against[best]:.2f})."
        )
    return " ".join(sentences)


def _compared(ours: float, theirs: float, name: str) -> str:
    if not (math.isfinite(ours) and math.isfinite(theirs)):
        return f"Not comparable with {plain(name)} (no observed values, or all zero)"
    if theirs == 0:
        return f"{plain(name).capitalize()} made no error" + (
            ", and neither did gated" if ours == 0 else "; gated did"
        )
    ratio = ours / theirs
    if abs(ratio - 1) < _AS_MUCH:
        return f"As accurate as {plain(name)}"
    if ratio < 1:
        return f"{whole_percent(1 - ratio)} more accurate than {plain(name)}"
    return f"{whole_percent(ratio - 1)} less accurate than {plain(name)}"


def _beaten(ours: float, theirs: float) -> str:
    if not math.isfinite(ours):
        return "could be scored, unlike gated"
    if theirs == 0 or ours == 0:
        return "made no error" if theirs == 0 else "erred; gated did not"
    ratio = ours / theirs
    if abs(ratio - 1) < _AS_MUCH:
        return "was as accurate as gated"
    if ratio < 1:
        return f"erred {whole_percent(1 / ratio - 1)} more than gated"
    return f"erred {whole_percent(1 - 1 / ratio)} less than gated"


def _held(level: float, share: float, *, is_unlike: bool) -> str:
    if not math.isfinite(share):
        return f"{level:g} % intervals could not be checked"
    coverage = f"{level:g} % intervals held {whole_percent(share)} of the time"
    if not is_unlike:
        return coverage
    return f"{coverage}: too {'narrow' if share < level / 100 else 'wide'}"


def _or_infinite(value: float) -> float:
    return value if math.isfinite(value) else math.inf
